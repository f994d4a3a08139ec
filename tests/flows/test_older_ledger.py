"""A ledger put back from a copy, or lost: nothing is made twice, and nothing is kept quiet."""

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from st_spectrum.account.timecards import TimeWitness
from st_spectrum.assets.ledger_check import check_result_of
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.reconciliation import run_reconciliation
from st_spectrum.engine.report import Result
from st_spectrum.engine.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.timecards.accepting import accept_time
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.recovery import recoveries
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.flows.contractor import Contractor
from tests.flows.desk import Desk
from tests.flows.little import Little
from tests.flows.timekeeper import Timekeeper, timekeeper


def copy_ledger(contractor: Contractor) -> Path:
    """What `cp` makes of a ledger at rest."""
    copy = contractor.state_dir / "copy of this morning"
    shutil.copy(contractor.state_dir / "ledger.sqlite", copy)
    return copy


def put_back(contractor: Contractor, copy: Path) -> None:
    for file in contractor.state_dir.glob("ledger.sqlite*"):
        file.unlink()
    shutil.copy(copy, contractor.state_dir / "ledger.sqlite")


def warnings_of(contractor: Contractor) -> list[str]:
    with contractor.session() as session:
        return [recovery.sentence() for recovery in recoveries(session.ledger).values()]


def keeps_time(sandbox: Sandbox, folder: Path, **rules: object) -> Timekeeper:
    keeper = timekeeper(sandbox, folder, TimeSizes(weeks=1, approved=1.0), technicians=2)
    keeper.set(**rules)
    return keeper


@pytest.mark.parametrize("target", ["soap", "rest"])
def test_a_ledger_of_this_morning_sends_no_time_card_a_second_time(
    sandbox: Sandbox, tmp_path: Path, target: str
) -> None:
    keeper = keeps_time(sandbox, tmp_path, target=target)
    keys = keeper.keys()
    keeper.carry(keys[:2])
    copy = copy_ledger(keeper.contractor)
    keeper.carry(keys)
    keeper.assert_exact()
    put_back(keeper.contractor, copy)

    report = keeper.carry(keys)

    keeper.assert_exact()
    assert not report.writes and not report.stopped_by
    (sentence,) = warnings_of(keeper.contractor)
    assert "of timecards" in sentence
    assert not keeper.carry(keys).writes


def test_without_info_link_time_waits_until_a_person_says_what_was_sent(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    keeper = keeps_time(sandbox, tmp_path)
    connection = keeper.contractor.account.spectrum
    keys = keeper.keys()
    keeper.carry(keys[:2])
    copy = copy_ledger(keeper.contractor)
    keeper.carry(keys)
    rows = len(keeper.rows())
    put_back(keeper.contractor, copy)
    keeper.contractor.overrides["spectrum"] = {"infolink": None}

    report = keeper.carry(keys)

    assert len(keeper.rows()) == rows
    held = [
        outcome
        for outcome in report.outcomes
        if outcome.result is Result.HELD and "accept --sent-through" in outcome.advice
    ]
    assert held and not report.stopped_by
    assert "a person says what was sent" in warnings_of(keeper.contractor)[0]
    keeper.contractor.overrides["spectrum"] = {"infolink": connection.infolink}
    keeper.carry(keys)
    keeper.assert_exact()


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_ledger_of_this_morning_makes_no_master_record_a_second_time(
    little: Little, has_infolink: bool
) -> None:
    little.chain()
    little.rounds_until_quiet()
    copy = copy_ledger(little)
    for _ in range(2):
        little.chain()
    little.rounds_until_quiet()
    writes = little.writes()
    put_back(little, copy)
    if not has_infolink:
        little.overrides = {"spectrum": {"infolink": None}}

    little.rounds_until_quiet()

    assert little.writes() == writes
    assert len(warnings_of(little)) == 1
    little.assert_exact({})


def test_an_invoice_posted_since_the_copy_and_then_voided_is_offset(desk: Desk) -> None:
    desk.is_impatient()
    desk.invoice()
    desk.quiet()
    copy = copy_ledger(desk.contractor)
    key = desk.invoice()
    desk.quiet()
    assert desk.net(key)
    desk.change(key, status="void")
    put_back(desk.contractor, copy)

    desk.quiet()

    assert desk.entry(key).state is State.VOIDED
    assert desk.net(key) == 0
    assert desk.complaints(key) == []


@pytest.mark.parametrize("is_lost", [False, True])
def test_without_info_link_such_a_void_is_put_before_a_person(desk: Desk, is_lost: bool) -> None:
    desk.invoice()
    desk.quiet()
    copy = copy_ledger(desk.contractor)
    key = desk.invoice()
    desk.quiet()
    desk.change(key, status="void")
    put_back(desk.contractor, copy)
    if is_lost:
        desk.contractor.state_dir.joinpath("ledger.sqlite").unlink()
    desk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""

    desk.round()

    entry = desk.entry(key)
    assert entry.state is State.HELD
    assert "by hand" in entry.advice


def test_a_number_that_a_lost_ledger_had_posted_is_put_before_a_person_and_not_called_failed(
    desk: Desk,
) -> None:
    desk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    desk.invoice()
    desk.quiet()
    key = desk.invoice()
    desk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="fail_before", count=50
    )
    desk.round()  # posted, and not closed
    desk.control.clear_faults()
    desk.contractor.state_dir.joinpath("ledger.sqlite").unlink()

    desk.round()

    entry = desk.entry(key)
    assert entry.state is State.HELD, entry.reason
    assert "the ledger was lost once" in entry.reason
    assert desk.seen(key)["status"] == "pending_accounting", "nobody was told that it failed"


def test_an_offset_that_a_ledger_put_back_does_not_know_is_put_before_a_person_who_credits_nothing_besides(
    desk: Desk,
) -> None:
    desk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    key = desk.invoice()
    desk.quiet()
    copy = copy_ledger(desk.contractor)
    desk.change(key, status="void")
    desk.quiet()
    assert desk.complaints(key) == [], "it was offset"
    put_back(desk.contractor, copy)

    desk.round()

    entry = desk.entry(key)
    assert entry.state is State.HELD
    assert "may be the offset itself" in entry.reason
    assert "nothing may be credited besides" in entry.advice
    assert desk.complaints(key) == []


def test_a_plan_says_that_the_ledger_is_older_and_changes_nothing(little: Little) -> None:
    little.chain()
    little.rounds_until_quiet()
    copy = copy_ledger(little)
    little.chain()
    little.rounds_until_quiet()
    put_back(little, copy)
    before = epoch(little)
    with little.session() as session:
        run_round(session, FLOWS, "plan", is_dry_run=True)
        assert ["older than what was sent" in text for text in session.guard.warnings] == [True]
    assert epoch(little) == before
    assert warnings_of(little) == []


@pytest.mark.parametrize("left", [b'{"version": 1, "led', b"", b"\0" * 176, b"\xff\xfe{\x00"])
def test_a_damaged_witness_stops_everything_in_one_sentence(little: Little, left: bytes) -> None:
    little.chain()
    little.rounds_until_quiet()
    (little.state_dir / f"witness-{little.account.name}.json").write_bytes(left)
    little.chain()
    writes = little.writes()

    stopped = little.round()["customers"].stopped_by

    assert little.writes() == writes
    assert (
        stopped is not None
        and "witness-" in str(stopped)
        and "Move this file away" in stopped.advice
    )


def test_rounds_that_send_nothing_and_plans_move_nothing(little: Little) -> None:
    little.chain()
    little.rounds_until_quiet()
    before = epoch(little)
    little.round()
    little.chain()
    with little.session() as session:
        run_round(session, ("customers",), "plan", is_dry_run=True)
    assert epoch(little) == before
    little.round()
    assert epoch(little)[0] == before[0] + 6, (
        "before and after one batch of each flow, not for each record"
    )


def test_several_workers_and_a_lost_state_folder_are_ordinary(little: Little) -> None:
    little.chain()
    with little.session() as one, little.session() as other:
        run_round(one, ("customers",), "one")
        little.chain()
        run_round(other, ("customers",), "other")
        little.chain()
        report = run_round(one, ("customers",), "one")["customers"]
        assert not report.stopped_by and report.writes
        assert one.guard.warnings == other.guard.warnings == []
    for file in little.state_dir.glob("witness-*"):
        file.unlink()
    little.chain()
    with little.session() as session:
        run_round(session, ("customers",), "one")
        assert len(session.guard.warnings) == 1
    assert warnings_of(little) == []
    little.rounds_until_quiet()
    little.assert_exact({})


def epoch(contractor: Contractor) -> tuple[int, str]:
    with contractor.session() as session:
        found = session.ledger.epochs.read()
    assert found is not None
    return found.number, found.ledger_id


def test_a_backup_that_is_put_back_on_a_new_machine_is_brought_up_to_date(little: Little) -> None:
    little.chain()
    little.rounds_until_quiet()
    file = little.state_dir / "backup"
    assert little.command("ledger", "backup", str(file)).returncode == 0
    little.chain()
    little.rounds_until_quiet()
    writes = little.writes()
    little.state_dir = little.state_dir / "new machine"

    result = little.command("ledger", "restore", str(file))
    round_ = little.command("sync")

    assert result.returncode == round_.returncode == 0, result.stderr + round_.stderr
    assert little.writes() == writes
    assert "put back from a backup" in round_.stderr
    assert "put back from a backup" in little.command("ledger", "accept").stdout
    assert warnings_of(little) == []
    little.assert_exact({})


def test_time_through_a_day_counts_as_sent_on_a_persons_word_and_later_time_goes_out(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    keeper = keeps_time(sandbox, tmp_path)
    keys = keeper.keys()
    days = sorted({entry.work_date for entry in entries(keeper)})
    early = [entry.key for entry in entries(keeper) if entry.work_date <= days[1]]
    keeper.carry(early[:1])
    copy = copy_ledger(keeper.contractor)
    keeper.carry(early)
    sent = len(keeper.rows())
    put_back(keeper.contractor, copy)
    infolink = keeper.contractor.account.spectrum.infolink
    keeper.contractor.overrides["spectrum"] = {"infolink": None}
    keeper.carry(keys)
    assert len(keeper.rows()) == sent

    with keeper.contractor.session() as session:
        count, hours = accept_time(session, days[1])
    waiting = keeper.carry(keys)
    keeper.contractor.ahead = timedelta(minutes=16)
    keeper.carry(keys)

    assert not waiting.writes and any(
        "be on its way" in outcome.reason for outcome in waiting.outcomes
    )
    assert 0 < count < len(keys) and hours > 0
    keeper.contractor.overrides["spectrum"] = {"infolink": infolink}
    keeper.assert_exact()
    assert not keeper.carry(keys).writes


def entries(keeper: Timekeeper) -> list[TimeEntry]:
    with keeper.contractor.session() as session:
        return [
            entry
            for end in keeper.week_ends
            for entry in session.times.week(end)
            if entry.is_approved
        ]


def test_at_night_an_entry_that_cannot_be_read_is_found_and_named(little: Little) -> None:
    company, _, _ = little.chain()
    little.rounds_until_quiet()
    with sqlite3.connect(little.state_dir / "ledger.sqlite") as connection:
        path = f"entries/customers/{company}"
        connection.execute(
            'UPDATE documents SET body = \'{"schema": 1, "fl\' WHERE key = ?', (path,)
        )
    with little.session() as session:
        (customers,) = run_reconciliation(session, ("customers",), "night")
        verdict = check_result_of(session.ledger, "customers", is_time_stopped=False)

    assert f"entries/customers/{company}" in customers.damage
    assert not verdict.passed and customers.damage in str(verdict.description)
    assert little.command("reconcile", "sites").returncode == 0


def test_without_info_link_a_record_of_servicetrade_tells_another_machine_what_was_sent(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    keeper = keeps_time(sandbox, tmp_path)
    user = sandbox.control.records("servicetrade", "user")[0]["id"]
    keeper.set(witness=TimeWitness(entity="user", id=user))
    keys = keeper.keys()
    keeper.carry(keys[:2])
    copy = copy_ledger(keeper.contractor)
    keeper.carry(keys)
    rows = len(keeper.rows())
    put_back(keeper.contractor, copy)
    for file in tmp_path.glob("witness-*"):
        file.unlink()
    keeper.contractor.overrides["spectrum"] = {"infolink": None}

    report = keeper.carry(keys)

    assert len(keeper.rows()) == rows and not report.writes
    assert warnings_of(keeper.contractor)
