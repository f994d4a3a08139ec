"""A ledger put back from a copy, or lost: nothing is made twice, and nothing is kept quiet."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from st_spectrum.account.timecards import TimeWitness
from st_spectrum.assets.ledger_check import check_result_of
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.report import Result
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.timecards.accepting import accept_time
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.recovery import recoveries
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.ar_clerk import ArClerk
from tests.world.contractor import Contractor
from tests.world.ledger_file import copy_ledger, lose_ledger, lose_witness, put_back
from tests.world.timekeeper import Timekeeper, build_timekeeper


def warnings_of(contractor: Contractor) -> list[str]:
    with contractor.session() as session:
        return [recovery.sentence() for recovery in recoveries(session.ledger).values()]


def keeps_time(sandbox: Sandbox, folder: Path, **rules: object) -> Timekeeper:
    timekeeper = build_timekeeper(sandbox, folder, TimeSizes(weeks=1, approved=1.0), technicians=2)
    timekeeper.set_rules(**rules)
    return timekeeper


@pytest.mark.parametrize("target", ["soap", "rest"])
def test_a_ledger_of_this_morning_sends_no_time_card_a_second_time(
    sandbox: Sandbox, tmp_path: Path, target: str
) -> None:
    timekeeper = keeps_time(sandbox, tmp_path, target=target)
    keys = timekeeper.keys()
    timekeeper.carry(keys[:2])
    copy = copy_ledger(timekeeper.contractor)
    timekeeper.carry(keys)
    timekeeper.assert_exact()
    put_back(timekeeper.contractor, copy)

    report = timekeeper.carry(keys)

    timekeeper.assert_exact()
    assert not report.writes and not report.stopped_by
    (sentence,) = warnings_of(timekeeper.contractor)
    assert "of timecards" in sentence
    assert not timekeeper.carry(keys).writes


def test_without_info_link_time_waits_until_a_person_says_what_was_sent(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = keeps_time(sandbox, tmp_path)
    connection = timekeeper.contractor.account.spectrum
    keys = timekeeper.keys()
    timekeeper.carry(keys[:2])
    copy = copy_ledger(timekeeper.contractor)
    timekeeper.carry(keys)
    rows = len(timekeeper.rows())
    put_back(timekeeper.contractor, copy)
    timekeeper.contractor.overrides["spectrum"] = {"infolink": None}

    report = timekeeper.carry(keys)

    assert len(timekeeper.rows()) == rows
    held = [
        outcome
        for outcome in report.outcomes
        if outcome.result is Result.HELD and "accept --sent-through" in outcome.advice
    ]
    assert held and not report.stopped_by
    assert "a person says what was sent" in warnings_of(timekeeper.contractor)[0]
    timekeeper.contractor.overrides["spectrum"] = {"infolink": connection.infolink}
    timekeeper.carry(keys)
    timekeeper.assert_exact()


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_ledger_of_this_morning_makes_no_master_record_a_second_time(
    contractor: Contractor, has_infolink: bool
) -> None:
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    copy = copy_ledger(contractor)
    for _ in range(2):
        contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    writes = contractor.writes()
    put_back(contractor, copy)
    if not has_infolink:
        contractor.overrides = {"spectrum": {"infolink": None}}

    contractor.rounds_until_quiet()

    assert contractor.writes() == writes
    assert len(warnings_of(contractor)) == 1
    contractor.assert_exact({})


def test_an_invoice_posted_since_the_copy_and_then_voided_is_offset(ar_clerk: ArClerk) -> None:
    ar_clerk.contractor.retry_at_once()
    ar_clerk.invoice()
    ar_clerk.rounds_until_quiet()
    copy = copy_ledger(ar_clerk.contractor)
    key = ar_clerk.invoice()
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.net(key)
    ar_clerk.change(key, status="void")
    put_back(ar_clerk.contractor, copy)

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.entry(key).state is State.VOIDED
    assert ar_clerk.net(key) == 0
    assert ar_clerk.complaints(key) == []


@pytest.mark.parametrize("is_lost", [False, True])
def test_without_info_link_such_a_void_is_put_before_a_person(
    ar_clerk: ArClerk, is_lost: bool
) -> None:
    ar_clerk.invoice()
    ar_clerk.rounds_until_quiet()
    copy = copy_ledger(ar_clerk.contractor)
    key = ar_clerk.invoice()
    ar_clerk.rounds_until_quiet()
    ar_clerk.change(key, status="void")
    put_back(ar_clerk.contractor, copy)
    if is_lost:
        lose_ledger(ar_clerk.contractor)
    ar_clerk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""

    ar_clerk.round()

    entry = ar_clerk.entry(key)
    assert entry.state is State.HELD
    assert "by hand" in entry.advice


def test_a_number_that_a_lost_ledger_had_posted_is_put_before_a_person_and_not_called_failed(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    ar_clerk.invoice()
    ar_clerk.rounds_until_quiet()
    key = ar_clerk.invoice()
    ar_clerk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="fail_before", count=50
    )
    ar_clerk.round()  # posted, and not closed
    ar_clerk.control.clear_faults()
    lose_ledger(ar_clerk.contractor)

    ar_clerk.round()

    entry = ar_clerk.entry(key)
    assert entry.state is State.HELD, entry.reason
    assert "the ledger was lost once" in entry.reason
    assert ar_clerk.seen(key)["status"] == "pending_accounting", "nobody was told that it failed"


def test_an_offset_that_a_ledger_put_back_does_not_know_is_put_before_a_person_who_credits_nothing_besides(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    key = ar_clerk.invoice()
    ar_clerk.rounds_until_quiet()
    copy = copy_ledger(ar_clerk.contractor)
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.complaints(key) == [], "it was offset"
    put_back(ar_clerk.contractor, copy)

    ar_clerk.round()

    entry = ar_clerk.entry(key)
    assert entry.state is State.HELD
    assert "may be the offset itself" in entry.reason
    assert "nothing may be credited besides" in entry.advice
    assert ar_clerk.complaints(key) == []


def test_a_plan_says_that_the_ledger_is_older_and_changes_nothing(contractor: Contractor) -> None:
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    copy = copy_ledger(contractor)
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    put_back(contractor, copy)
    before = epoch(contractor)
    with contractor.session() as session:
        run_round(session, FLOWS, "plan", is_dry_run=True)
        assert ["older than what was sent" in text for text in session.guard.warnings] == [True]
    assert epoch(contractor) == before
    assert warnings_of(contractor) == []


@pytest.mark.parametrize("left", [b'{"version": 1, "led', b"", b"\0" * 176, b"\xff\xfe{\x00"])
def test_a_damaged_witness_stops_everything_in_one_sentence(
    contractor: Contractor, left: bytes
) -> None:
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    (contractor.state_dir / f"witness-{contractor.account.name}.json").write_bytes(left)
    contractor.dispatcher.chain()
    writes = contractor.writes()

    stopped = contractor.round()["customers"].stopped_by

    assert contractor.writes() == writes
    assert (
        stopped is not None
        and "witness-" in str(stopped)
        and "Move this file away" in stopped.advice
    )


def test_rounds_that_send_nothing_and_plans_move_nothing(contractor: Contractor) -> None:
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    before = epoch(contractor)
    contractor.round()
    contractor.dispatcher.chain()
    with contractor.session() as session:
        run_round(session, ("customers",), "plan", is_dry_run=True)
    assert epoch(contractor) == before
    contractor.round()
    assert epoch(contractor)[0] == before[0] + 6, (
        "before and after one batch of each flow, not for each record"
    )


def test_several_workers_and_a_lost_state_folder_are_ordinary(contractor: Contractor) -> None:
    contractor.dispatcher.chain()
    with contractor.session() as one, contractor.session() as other:
        run_round(one, ("customers",), "one")
        contractor.dispatcher.chain()
        run_round(other, ("customers",), "other")
        contractor.dispatcher.chain()
        report = run_round(one, ("customers",), "one")["customers"]
        assert not report.stopped_by and report.writes
        assert one.guard.warnings == other.guard.warnings == []
    lose_witness(contractor)
    contractor.dispatcher.chain()
    with contractor.session() as session:
        run_round(session, ("customers",), "one")
        assert len(session.guard.warnings) == 1
    assert warnings_of(contractor) == []
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def epoch(contractor: Contractor) -> tuple[int, str]:
    with contractor.session() as session:
        found = session.ledger.epochs.read()
    assert found is not None
    return found.number, found.ledger_id


def test_a_backup_that_is_put_back_on_a_new_machine_is_brought_up_to_date(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    file = contractor.state_dir / "backup"
    assert contractor.command("ledger", "backup", str(file)).returncode == 0
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    writes = contractor.writes()
    contractor.state_dir = contractor.state_dir / "new machine"

    result = contractor.command("ledger", "restore", str(file))
    round_ = contractor.command("sync")

    assert result.returncode == round_.returncode == 0, result.stderr + round_.stderr
    assert contractor.writes() == writes
    assert "put back from a backup" in round_.stderr
    assert "put back from a backup" in contractor.command("ledger", "accept").stdout
    assert warnings_of(contractor) == []
    contractor.assert_exact({})


def test_time_through_a_day_counts_as_sent_on_a_persons_word_and_later_time_goes_out(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = keeps_time(sandbox, tmp_path)
    keys = timekeeper.keys()
    days = sorted({entry.work_date for entry in entries(timekeeper)})
    early = [entry.key for entry in entries(timekeeper) if entry.work_date <= days[1]]
    timekeeper.carry(early[:1])
    copy = copy_ledger(timekeeper.contractor)
    timekeeper.carry(early)
    sent = len(timekeeper.rows())
    put_back(timekeeper.contractor, copy)
    infolink = timekeeper.contractor.account.spectrum.infolink
    timekeeper.contractor.overrides["spectrum"] = {"infolink": None}
    timekeeper.carry(keys)
    assert len(timekeeper.rows()) == sent

    with timekeeper.contractor.session() as session:
        count, hours = accept_time(time_context(session.flows), days[1])
    waiting = timekeeper.carry(keys)
    timekeeper.contractor.ahead = timedelta(minutes=16)
    timekeeper.carry(keys)

    assert not waiting.writes and any(
        "be on its way" in outcome.reason for outcome in waiting.outcomes
    )
    assert 0 < count < len(keys) and hours > 0
    timekeeper.contractor.overrides["spectrum"] = {"infolink": infolink}
    timekeeper.assert_exact()
    assert not timekeeper.carry(keys).writes


def entries(timekeeper: Timekeeper) -> list[TimeEntry]:
    with timekeeper.contractor.session() as session:
        return [
            entry
            for end in timekeeper.week_ends
            for entry in time_context(session.flows).times.week(end)
            if entry.is_approved
        ]


def test_at_night_an_entry_that_cannot_be_read_is_found_and_named(contractor: Contractor) -> None:
    company, _, _ = contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    with sqlite3.connect(contractor.state_dir / "ledger.sqlite") as connection:
        path = f"entries/customers/{company}"
        connection.execute(
            'UPDATE documents SET body = \'{"schema": 1, "fl\' WHERE key = ?', (path,)
        )
    customers = contractor.night("customers")
    with contractor.session() as session:
        verdict = check_result_of(session.ledger, "customers", is_time_stopped=False)

    assert f"entries/customers/{company}" in customers.damage
    assert not verdict.passed and customers.damage in str(verdict.description)
    assert contractor.command("reconcile", "sites").returncode == 0


def test_without_info_link_a_record_of_servicetrade_tells_another_machine_what_was_sent(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = keeps_time(sandbox, tmp_path)
    user = sandbox.control.records("servicetrade", "user")[0]["id"]
    timekeeper.set_rules(witness=TimeWitness(entity="user", id=user))
    keys = timekeeper.keys()
    timekeeper.carry(keys[:2])
    copy = copy_ledger(timekeeper.contractor)
    timekeeper.carry(keys)
    rows = len(timekeeper.rows())
    put_back(timekeeper.contractor, copy)
    lose_witness(timekeeper.contractor)
    timekeeper.contractor.overrides["spectrum"] = {"infolink": None}

    report = timekeeper.carry(keys)

    assert len(timekeeper.rows()) == rows and not report.writes
    assert warnings_of(timekeeper.contractor)
