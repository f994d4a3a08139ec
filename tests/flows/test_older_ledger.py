"""A ledger put back from a copy, lost, or one of two: nothing is made twice, and nothing is kept quiet."""

import shutil
from pathlib import Path

import pytest

from st_spectrum.flows.epoch_guard import SECOND_CAUSE, SecondLedger
from st_spectrum.flows.report import Result
from st_spectrum.flows.round import run_round
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


def told(contractor: Contractor) -> list[str]:
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
    (sentence,) = told(keeper.contractor)
    assert "of timecards" in sentence
    assert not keeper.carry(keys).writes


def test_without_info_link_time_waits_until_a_person_says_what_was_sent(sandbox: Sandbox, tmp_path: Path) -> None:
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
    held = [each for each in report.outcomes if each.result is Result.HELD and "accept --sent-through" in each.advice]
    assert held and not report.stopped_by
    assert "a person says what was sent" in told(keeper.contractor)[0]
    keeper.contractor.overrides["spectrum"] = {"infolink": connection.infolink}
    keeper.carry(keys)
    keeper.assert_exact()


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_ledger_of_this_morning_makes_no_master_record_a_second_time(little: Little, has_infolink: bool) -> None:
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
    assert len(told(little)) == 1
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


def test_without_info_link_such_a_void_is_put_before_a_person(desk: Desk) -> None:
    desk.invoice()
    desk.quiet()
    copy = copy_ledger(desk.contractor)
    key = desk.invoice()
    desk.quiet()
    desk.change(key, status="void")
    put_back(desk.contractor, copy)
    desk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""

    desk.round()

    entry = desk.entry(key)
    assert entry.state is State.HELD
    assert "by hand" in entry.advice


def test_of_two_ledgers_the_second_stops_at_its_first_batch_and_says_so(little: Little) -> None:
    little.chain()
    little.rounds_until_quiet()
    little.chain()
    writes = little.writes()
    second = little.account.ledger.model_copy(update={"path": little.state_dir / "second.sqlite"})
    little.overrides = {"ledger": {"path": second.path}}

    reports = little.round()

    assert little.writes() == writes
    stopped = reports["customers"].stopped_by
    assert isinstance(stopped, SecondLedger)
    assert SECOND_CAUSE in str(stopped) and "ledger.sqlite" in str(stopped)
    assert list(reports) == ["customers"]
    little.overrides = {}
    little.rounds_until_quiet()
    little.assert_exact({})


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
    assert epoch(little)[0] == before[0] + 3, "one batch for each flow, not one for each record"


def test_several_workers_and_a_lost_state_folder_are_ordinary(little: Little) -> None:
    little.chain()
    with little.session() as one, little.session() as other:
        run_round(one, ("customers",), "one")
        little.chain()
        run_round(other, ("customers",), "other")
        little.chain()
        report = run_round(one, ("customers",), "one")["customers"]
        assert not report.stopped_by and report.writes
        assert one.guard.told == other.guard.told == []
    for file in little.state_dir.glob("witness-*"):
        file.unlink()
    little.chain()
    with little.session() as session:
        run_round(session, ("customers",), "one")
        assert len(session.guard.told) == 1
    assert told(little) == []
    little.rounds_until_quiet()
    little.assert_exact({})


def epoch(contractor: Contractor) -> tuple[int, str]:
    with contractor.session() as session:
        found = session.ledger.epochs.read()
    assert found is not None
    return found.number, found.ledger_id
