"""A list of time that answers with nothing in it is no week in which everybody's time was deleted:
nobody is told so.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.engine.allowance import allowed
from st_spectrum.engine.report import Result
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.ledger.entry import State
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper

pytestmark = pytest.mark.slow

FLOW = "timecards"


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Iterator[Timekeeper]:
    """Three technicians and last week's time, all of it in payroll."""
    timekeeper = build_timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY, approved=1.0)
    )
    timekeeper.carry()
    assert len(timekeeper.rows()) > 20
    with closing(timekeeper):
        yield timekeeper


def empty_lists(timekeeper: Timekeeper) -> None:
    """From now on ServiceTrade answers 200 with no time card in it."""
    control = timekeeper.control
    control.add_fault(system="servicetrade", operation="GET /timecard", kind="empty_list", count=99)


def told_as_deleted(timekeeper: Timekeeper) -> list[str]:
    with timekeeper.contractor.session() as session:
        return [entry.key for entry in session.ledger.entries(FLOW) if "deleted" in entry.reason]


def test_an_empty_list_at_night_and_in_the_weekly_reconciliation_tells_nothing_as_deleted(
    timekeeper: Timekeeper,
) -> None:
    empty_lists(timekeeper)
    sent = len(timekeeper.rows())

    night = timekeeper.night()
    with (
        timekeeper.contractor.session() as session,
        pytest.raises(UnsafePlan, match="not listed any more") as week,
    ):
        reconcile_week(session, timekeeper.week_ends[0], "weekly")

    assert isinstance(night.report.stopped_by, UnsafePlan)
    assert f"ledger allow timecards {sent}" in week.value.advice
    assert told_as_deleted(timekeeper) == []
    timekeeper.control.clear_faults()
    with timekeeper.contractor.session() as session:
        assert reconcile_week(session, timekeeper.week_ends[0], "weekly").difference == 0
        assert session.ledger.open_keys(FLOW) == ()


def test_an_empty_list_between_tick_and_run_tells_nothing_as_deleted(
    timekeeper: Timekeeper,
) -> None:
    keys = timekeeper.keys()
    empty_lists(timekeeper)
    stopped = []
    for key in keys[:30:10]:
        with timekeeper.contractor.session() as session:
            stopped.append(run_batch(session, FLOW, [key], "batch").stopped_by)

    assert all(isinstance(fault, UnsafePlan) for fault in stopped), stopped
    assert told_as_deleted(timekeeper) == []


def test_time_that_waits_is_not_left_alone_for_good_because_a_list_is_empty(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = build_timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY, approved=1.0)
    )
    timekeeper.set_rules(
        departments=timekeeper.contractor.account.timecards.departments.model_copy(
            update={"by_office": {}, "default": ""}
        )
    )
    timekeeper.carry()
    with timekeeper.contractor.session() as session:
        waiting = session.ledger.open_keys(FLOW)
        assert len(waiting) > 20
    empty_lists(timekeeper)
    with timekeeper.contractor.session() as session:
        assert isinstance(run_batch(session, FLOW, waiting, "re-drive").stopped_by, UnsafePlan)
        states = {session.ledger.get(FLOW, key).entry.state for key in waiting}  # type: ignore[union-attr]
    assert states == {State.HELD}


def test_a_person_confirms_once_that_the_time_was_deleted(timekeeper: Timekeeper) -> None:
    for place in range(len(timekeeper.kept.ids)):
        timekeeper.delete_card(place)
    sent = len(timekeeper.rows())
    failed = timekeeper.contractor.command("reconcile", FLOW)
    assert failed.returncode == 1
    assert f"ledger allow timecards {sent}" in failed.stderr

    assert timekeeper.contractor.command("ledger", "allow", FLOW, str(sent - 1)).returncode == 1
    said = timekeeper.contractor.command("ledger", "allow", FLOW, str(sent))
    assert said.returncode == 0, said.stdout + said.stderr

    for _ in range(2):
        night = timekeeper.night()
        assert night.report.stopped_by is None
        held = [outcome for outcome in night.report.outcomes if outcome.result is Result.HELD]
        assert len(held) == sent
        assert all("was deleted in ServiceTrade" in outcome.reason for outcome in held)
    with timekeeper.contractor.session() as session:
        assert allowed(session.ledger, FLOW) == frozenset()


def test_one_deleted_card_is_told_without_a_question(timekeeper: Timekeeper) -> None:
    timekeeper.delete_card()
    night = timekeeper.night()
    assert night.report.stopped_by is None
    assert 0 < night.report.counts()["held"] == len(told_as_deleted(timekeeper)) <= 20
