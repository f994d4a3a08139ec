"""A weekly reconciliation that is killed, hurried, cut off and lied to: every approved hour is in
payroll once afterwards.
"""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import done_cards
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.target import TimecardTargets
from st_spectrum.flows.timecards.week_comparison import PayrollWeek
from st_spectrum.ledger.documents.timecards import TimeBegun
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.ledger_file import lose_ledger
from tests.world.payroll_processes import (
    Moment,
    killed_at,
    killed_on_the_line,
    side_by_side,
    until_it_has_arrived,
)
from tests.world.timekeeper import Timekeeper, build_timekeeper

pytestmark = pytest.mark.slow

TIMEOUT = 1.2
"""Seconds after which a call to Spectrum is given up on."""

OPERATIONS = {"soap": "PreTimeCard", "rest": "POST /timecard/timecards"}

MOMENTS = {
    "before the first claim": Moment(Ledger, "claim", 1),
    "announced, not sent": Moment(TimecardTargets, "post", 7),
    "taken by Spectrum, not noted": Moment(TimecardTargets, "post", 7, is_before=False),
    "confirmed, not marked": Moment(Ledger, "mark_done", 5),
    "all sent, no table": Moment(Ledger, "done", 2),
}


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Iterator[Timekeeper]:
    """Three technicians and one week of time, of which nothing was delivered by the fast path."""
    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1))
    timekeeper.contractor.overrides["spectrum"] = {"timeout_seconds": TIMEOUT}
    with closing(timekeeper):
        yield timekeeper


def reconciled(timekeeper: Timekeeper) -> PayrollWeek:
    """The one week, in a session of its own as a run has it."""
    (end,) = timekeeper.week_ends
    with timekeeper.contractor.session() as session:
        return reconcile_week(session, end, "reconciliation")


def recovered(timekeeper: Timekeeper) -> None:
    """What is in doubt is looked up, looked up again when it cannot arrive any more, and only then
    sent.
    """
    for _ in range(
        4
    ):  # what is sent by one of them proves to the next that the look-up is no old copy
        if not reconciled(timekeeper).report.counts()["unknown"]:
            break
        timekeeper.contractor.ahead += timedelta(minutes=16)


def documents(timekeeper: Timekeeper) -> dict[str, str]:
    """Everything in the ledger, with the etag of its last change."""
    with sqlite3.connect(timekeeper.contractor.account.ledger.path) as file:
        return dict(file.execute("SELECT key, etag FROM documents"))


def documents_of(found: dict[str, str], kind: str) -> list[str]:
    """Those of one kind, such as markers."""
    return [key for key in found if key.startswith(f"{kind}/timecards/")]


def assert_exact_and_quiet(timekeeper: Timekeeper) -> None:
    """Both sides agree; a further reconciliation agrees too, calls no write and changes nothing in
    the ledger.
    """
    timekeeper.assert_exact()
    before = timekeeper.contractor.writes(), documents(timekeeper)
    week = reconciled(timekeeper)
    assert (timekeeper.contractor.writes(), documents(timekeeper)) == before
    assert (week.missed, week.difference, {row.state for row in week.rows}) == (
        (),
        0,
        {"confirmed"},
    )
    assert [row.entry for row in week.rows if row.remark] == []
    assert sum(row.hours for row in week.rows) == sum(timekeeper.expected().values())


@pytest.mark.parametrize(
    ("moment", "target"),
    [
        ("taken by Spectrum, not noted", "soap"),
        *(
            (moment, target)
            for moment in ("before the first claim", "confirmed, not marked", "all sent, no table")
            for target in OPERATIONS
        ),
    ],
)
def test_a_reconciliation_that_is_killed_loses_and_doubles_nothing(
    timekeeper: Timekeeper, moment: str, target: str
) -> None:
    """At any write: `tests/histories/test_a_payroll_week_in_trouble.py`."""
    timekeeper.set_rules(target=target)

    killed_at(timekeeper, MOMENTS[moment])

    recovered(timekeeper)
    assert_exact_and_quiet(timekeeper)


def test_a_card_that_arrives_after_its_sender_was_killed_is_found_and_not_sent_again(
    timekeeper: Timekeeper,
) -> None:
    operation = OPERATIONS["soap"]
    killed_on_the_line(timekeeper, operation, skip=2)
    reconciled(timekeeper)
    until_it_has_arrived(timekeeper, operation)
    recovered(timekeeper)
    assert_exact_and_quiet(timekeeper)


@pytest.mark.parametrize("moment", ["announced, not sent", "taken by Spectrum, not noted"])
def test_without_info_link_what_a_killed_reconciliation_left_in_doubt_waits_for_a_person(
    timekeeper: Timekeeper, moment: str
) -> None:
    contractor = timekeeper.contractor
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    contractor.overrides["pace"] = {"workers": 2}
    killed_at(timekeeper, MOMENTS[moment])

    week = reconciled(timekeeper)

    there = {str(row["Message"]).strip() for row in timekeeper.rows()}
    held = [outcome for outcome in week.report.outcomes if outcome.needs == ("a person",)]
    assert 1 <= len(held) <= 2
    assert week.difference == sum(row.hours for row in week.rows if row.state == "held") > 0
    writes = contractor.writes()
    assert {outcome.needs for outcome in reconciled(timekeeper).report.outcomes} == {("a person",)}
    assert contractor.writes() == writes
    for outcome in held:
        word = "--there" if token_of(outcome.key) in there else "--not-there"
        command = f"st-spectrum ledger resolve timecards {outcome.key} {word}"
        assert command in outcome.advice
        assert token_of(outcome.key) in outcome.advice
        assert contractor.process(*command.split()[1:]).returncode == 0
    reconciled(timekeeper)
    assert_exact_and_quiet(timekeeper)


def test_every_answer_dropped_during_a_reconciliation_doubles_no_card(
    timekeeper: Timekeeper,
) -> None:
    operation = OPERATIONS["rest"]
    timekeeper.set_rules(target="rest")
    control = timekeeper.control
    control.add_fault(system="spectrum", operation=operation, kind="drop_answer", count=10_000)

    week = reconciled(timekeeper)

    assert not any(call.is_answered for call in control.calls(operation=operation))
    control.clear_faults()
    assert week.report.counts()["created"] == len(week.missed) == len(timekeeper.rows()) > 30
    assert_exact_and_quiet(timekeeper)


@pytest.mark.parametrize(("target", "operation"), OPERATIONS.items())
def test_without_info_link_every_dropped_answer_is_one_card_for_a_person(
    timekeeper: Timekeeper, target: str, operation: str
) -> None:
    timekeeper.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    timekeeper.set_rules(target=target)
    control = timekeeper.control
    control.add_fault(system="spectrum", operation=operation, kind="drop_answer", count=10_000)
    first = reconciled(timekeeper)
    control.clear_faults()
    writes = timekeeper.contractor.writes()

    again = reconciled(timekeeper)

    timekeeper.assert_exact()
    assert timekeeper.contractor.writes() == writes
    assert [row.entry for row in again.rows] == [row.entry for row in first.rows]
    for outcome in (*first.report.outcomes, *again.report.outcomes):
        assert outcome.needs == ("a person",)
        assert token_of(outcome.key) in outcome.advice
        assert f"st-spectrum ledger resolve timecards {outcome.key} --there" in outcome.advice
    assert {row.state for row in again.rows} == {"held"}


@pytest.mark.parametrize(("workers", "target"), [("threads", "soap"), ("processes", "rest")])
def test_a_real_time_run_and_a_reconciliation_of_the_same_cards_send_each_once(
    timekeeper: Timekeeper, workers: str, target: str
) -> None:
    timekeeper.set_rules(target=target)
    keys = timekeeper.keys()
    control = timekeeper.control
    control.latency(spectrum=0.1)

    if workers == "processes":
        side_by_side(timekeeper, keys)
    else:
        with ThreadPoolExecutor(2) as pool:
            for work in (pool.submit(timekeeper.carry, keys), pool.submit(reconciled, timekeeper)):
                work.result()

    control.latency()
    with timekeeper.contractor.session() as session:
        senders = {
            entry.run_id
            for entry in session.ledger.entries("timecards")
            if entry.state == "confirmed"
        }
    assert len(senders) == 2, "both must have had a part in it"
    recovered(timekeeper)
    assert_exact_and_quiet(timekeeper)


READS = {"timecard": "GET /timecard", "jobitem": "GET /jobitem", "clock": "GET /clock"}
BROKEN = ("status", "truncate", "drop_answer", "refuse", "not_xml")


@pytest.mark.parametrize(
    ("adapter", "kind"),
    [*(("timecard", kind) for kind in BROKEN), ("jobitem", "truncate"), ("clock", "status")],
)
def test_a_list_that_fails_half_way_is_no_shorter_week(
    timekeeper: Timekeeper, adapter: str, kind: str
) -> None:
    timekeeper.set_rules(adapter=adapter)
    timekeeper.contractor.overrides["servicetrade"] = {"page_limit": 2, "read_attempts": 1}
    keys = timekeeper.keys()
    timekeeper.carry(keys[::2])
    before = timekeeper.contractor.writes(), documents(timekeeper)
    control = timekeeper.control
    control.add_fault(system="servicetrade", operation=READS[adapter], kind=kind, skip=1, count=50)

    with pytest.raises(SyncFault):
        reconciled(timekeeper)

    assert (timekeeper.contractor.writes(), documents(timekeeper)) == before
    control.clear_faults()
    week = reconciled(timekeeper)
    assert [row.remark for row in week.rows if row.remark and row.state == "confirmed"] == []
    assert len(week.rows) > len(documents_of(before[1], "done"))
    if adapter == "timecard":
        assert_exact_and_quiet(timekeeper)


def test_a_list_that_fails_while_it_is_read_anew_holds_what_is_left_and_tells_nothing_as_deleted(
    timekeeper: Timekeeper,
) -> None:
    """A long reconciliation reads the week again on its way, for half a minute later people may
    have changed it.
    """
    (end,) = timekeeper.week_ends
    timekeeper.contractor.overrides |= {
        "servicetrade": {"page_limit": 2, "read_attempts": 1},
        "pace": {"workers": 1},
    }
    control = timekeeper.control
    control.add_fault(
        system="servicetrade", operation="GET /timecard", kind="truncate", skip=9, count=500
    )

    with timekeeper.contractor.session() as session:
        stopped = reconcile_week(
            session, end, "long", on_outcome=lambda _: time_context(session.flows).times.forget()
        )

    assert stopped.report.stopped_by is not None
    assert 0 < len(timekeeper.rows()) < len(stopped.missed)
    assert "deleted" not in " ".join(row.remark for row in stopped.rows)
    control.clear_faults()
    recovered(timekeeper)
    assert_exact_and_quiet(timekeeper)


@pytest.mark.parametrize(
    ("how", "target"),
    [
        ("no connection", "rest"),
        ("connections cut", "soap"),
        ("errors", "rest"),
        ("errors", "soap"),
    ],
)
def test_spectrum_that_goes_down_in_the_middle_gets_the_rest_later(
    timekeeper: Timekeeper, how: str, target: str
) -> None:
    last = len(timekeeper.kept.cards) - 1
    timekeeper.set_status("open", last)
    timekeeper.set_rules(target=target)
    timekeeper.contractor.overrides["pace"] = {"workers": 2}
    timekeeper.contractor.overrides["spectrum"] |= {"read_attempts": 1}
    (end,) = timekeeper.week_ends
    control = timekeeper.control
    if how != "no connection":
        kind = "refuse" if how == "connections cut" else "status"
        control.add_fault(system="spectrum", kind=kind, skip=9, count=10_000)
    with timekeeper.contractor.session() as session:
        calls = 0

        def count(_: object) -> None:
            nonlocal calls
            calls += 1
            if how == "no connection" and calls == 9:
                control.pause("spectrum")

        week = reconcile_week(session, end, "reconciliation", on_outcome=count)
        done = done_cards(session.ledger, f"{end:%Y%m%d}")

    assert 0 < len(timekeeper.rows()) < len(week.missed)
    assert len(done) <= len(timekeeper.rows())
    assert week.difference == sum(row.hours for row in week.rows if row.state != "confirmed")
    if how == "no connection":
        control.resume("spectrum")
    control.clear_faults()
    timekeeper.set_status("approved", last)  # its time shows that the look-up is no old copy
    recovered(timekeeper)
    assert_exact_and_quiet(timekeeper)


def test_a_lost_ledger_whose_rebuilding_was_killed_half_way_is_rebuilt_by_the_next(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.carry()
    lose_ledger(timekeeper.contractor)
    writes = timekeeper.contractor.writes()

    killed_at(timekeeper, Moment(Ledger, "mark_done", 9))

    with timekeeper.contractor.session() as session:
        assert not session.ledger.has(TimeBegun)
    assert len(documents_of(documents(timekeeper), "done")) == 8
    reconciled(timekeeper)
    assert timekeeper.contractor.writes() == writes
    assert_exact_and_quiet(timekeeper)
