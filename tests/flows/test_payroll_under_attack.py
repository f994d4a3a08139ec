"""A weekly reconciliation that is killed, hurried, cut off and lied to: every approved hour is in
payroll once afterwards.
"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import done_cards
from st_spectrum.flows.timecards.target import TimecardTargets
from st_spectrum.flows.timecards.week_comparison import PayrollWeek
from st_spectrum.ledger.documents.timecards import TimeBegun
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.flows.payroll_worker import (
    Moment,
    killed_at,
    killed_on_the_line,
    side_by_side,
    until_it_has_arrived,
)
from tests.flows.timekeeper import Timekeeper, timekeeper

pytestmark = pytest.mark.slow

TIMEOUT = 1.2
"""Seconds after which a call to Spectrum is given up on."""

OPERATIONS = {"soap": "PreTimeCard", "rest": "POST /timecard/timecards"}

MOMENTS = {
    "before the first claim": Moment(Ledger, "claim", 1),
    "claimed, nothing announced": Moment(Ledger, "claim", 4, is_before=False),
    "announced, not sent": Moment(TimecardTargets, "post", 7),
    "taken by Spectrum, not noted": Moment(TimecardTargets, "post", 7, is_before=False),
    "confirmed, not marked": Moment(Ledger, "mark_done", 5),
    "all sent, no table": Moment(Ledger, "done", 2),
}


@pytest.fixture
def keeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """Three technicians and one week of time, of which nothing was delivered by the fast path."""
    keeper = timekeeper(sandbox, tmp_path, TimeSizes(weeks=1))
    keeper.contractor.overrides["spectrum"] = {"timeout_seconds": TIMEOUT}
    return keeper


def reconciled(keeper: Timekeeper) -> PayrollWeek:
    """The one week, in a session of its own as a run has it."""
    (end,) = keeper.week_ends
    with keeper.contractor.session() as session:
        return reconcile_week(session, end, "reconciliation")


def recovered(keeper: Timekeeper) -> None:
    """What is in doubt is looked up, looked up again when it cannot arrive any more, and only then
    sent.
    """
    for _ in range(
        4
    ):  # what is sent by one of them proves to the next that the look-up is no old copy
        if not reconciled(keeper).report.counts()["unknown"]:
            break
        keeper.contractor.ahead += timedelta(minutes=16)


def release(keeper: Timekeeper, place: int, status: str) -> None:
    """Somebody releases a card, or takes it back before any of its time is sent."""
    with ServiceTradeCaller(keeper.contractor.sandbox.servicetrade_url, parallel=1) as office:
        office.put(f"/timecard/{keeper.kept.ids[place]}", status=status)
    cards = list(keeper.kept.cards)
    cards[place] = replace(cards[place], status=status)
    keeper.kept = replace(keeper.kept, cards=tuple(cards))


def documents(keeper: Timekeeper) -> dict[str, str]:
    """Everything in the ledger, with the etag of its last change."""
    with sqlite3.connect(keeper.contractor.account.ledger.path) as file:
        return dict(file.execute("SELECT key, etag FROM documents"))


def documents_of(found: dict[str, str], kind: str) -> list[str]:
    """Those of one kind, such as markers."""
    return [key for key in found if key.startswith(f"{kind}/timecards/")]


def assert_exact_and_quiet(keeper: Timekeeper) -> None:
    """Both sides agree; a further reconciliation agrees too, calls no write and changes nothing in
    the ledger.
    """
    keeper.assert_exact()
    before = keeper.contractor.writes(), documents(keeper)
    week = reconciled(keeper)
    assert (keeper.contractor.writes(), documents(keeper)) == before
    assert (week.missed, week.difference, {row.state for row in week.rows}) == (
        (),
        0,
        {"confirmed"},
    )
    assert [row.entry for row in week.rows if row.remark] == []
    assert sum(row.hours for row in week.rows) == sum(keeper.expected().values())


@pytest.mark.parametrize("target", OPERATIONS)
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_reconciliation_that_is_killed_loses_and_doubles_nothing(
    keeper: Timekeeper, moment: Moment, target: str
) -> None:
    keeper.set(target=target)

    killed_at(keeper, moment)

    recovered(keeper)
    assert_exact_and_quiet(keeper)


@pytest.mark.parametrize(("target", "operation"), OPERATIONS.items())
def test_a_card_that_arrives_after_its_sender_was_killed_is_found_and_not_sent_again(
    keeper: Timekeeper, target: str, operation: str
) -> None:
    keeper.set(target=target)
    killed_on_the_line(keeper, operation, skip=2)
    reconciled(keeper)
    until_it_has_arrived(keeper, operation)
    recovered(keeper)
    assert_exact_and_quiet(keeper)


@pytest.mark.parametrize("moment", ["announced, not sent", "taken by Spectrum, not noted"])
def test_without_info_link_what_a_killed_reconciliation_left_in_doubt_waits_for_a_person(
    keeper: Timekeeper, moment: str
) -> None:
    contractor = keeper.contractor
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    contractor.overrides["pace"] = {"workers": 2}
    killed_at(keeper, MOMENTS[moment])

    week = reconciled(keeper)

    there = {str(row["Message"]).strip() for row in keeper.rows()}
    held = [outcome for outcome in week.report.outcomes if outcome.needs == ("a person",)]
    assert 1 <= len(held) <= 2
    assert week.difference == sum(row.hours for row in week.rows if row.state == "held") > 0
    writes = contractor.writes()
    assert {outcome.needs for outcome in reconciled(keeper).report.outcomes} == {("a person",)}
    assert contractor.writes() == writes
    for outcome in held:
        word = "--there" if token_of(outcome.key) in there else "--not-there"
        command = f"st-spectrum ledger resolve timecards {outcome.key} {word}"
        assert command in outcome.advice
        assert token_of(outcome.key) in outcome.advice
        assert contractor.process(*command.split()[1:]).returncode == 0
    reconciled(keeper)
    assert_exact_and_quiet(keeper)


@pytest.mark.parametrize(("target", "operation"), OPERATIONS.items())
def test_every_answer_dropped_during_a_reconciliation_doubles_no_card(
    keeper: Timekeeper, target: str, operation: str
) -> None:
    keeper.set(target=target)
    control = keeper.contractor.sandbox.control
    control.add_fault(system="spectrum", operation=operation, kind="drop_answer", count=10_000)

    week = reconciled(keeper)

    assert not any(call.is_answered for call in control.calls(operation=operation))
    control.clear_faults()
    assert week.report.counts()["created"] == len(week.missed) == len(keeper.rows()) > 30
    assert_exact_and_quiet(keeper)


@pytest.mark.parametrize(("target", "operation"), OPERATIONS.items())
def test_without_info_link_every_dropped_answer_is_one_card_for_a_person(
    keeper: Timekeeper, target: str, operation: str
) -> None:
    keeper.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    keeper.set(target=target)
    control = keeper.contractor.sandbox.control
    control.add_fault(system="spectrum", operation=operation, kind="drop_answer", count=10_000)
    first = reconciled(keeper)
    control.clear_faults()
    writes = keeper.contractor.writes()

    again = reconciled(keeper)

    keeper.assert_exact()
    assert keeper.contractor.writes() == writes
    assert [row.entry for row in again.rows] == [row.entry for row in first.rows]
    for outcome in (*first.report.outcomes, *again.report.outcomes):
        assert outcome.needs == ("a person",)
        assert token_of(outcome.key) in outcome.advice
        assert f"st-spectrum ledger resolve timecards {outcome.key} --there" in outcome.advice
    assert {row.state for row in again.rows} == {"held"}


@pytest.mark.parametrize("target", OPERATIONS)
@pytest.mark.parametrize("workers", ["threads", "processes"])
def test_a_real_time_run_and_a_reconciliation_of_the_same_cards_send_each_once(
    keeper: Timekeeper, workers: str, target: str
) -> None:
    keeper.set(target=target)
    keys = keeper.keys()
    control = keeper.contractor.sandbox.control
    control.latency(spectrum=0.1)

    if workers == "processes":
        side_by_side(keeper, keys)
    else:
        with ThreadPoolExecutor(2) as pool:
            for work in (pool.submit(keeper.carry, keys), pool.submit(reconciled, keeper)):
                work.result()

    control.latency()
    with keeper.contractor.session() as session:
        senders = {
            entry.run_id
            for entry in session.ledger.entries("timecards")
            if entry.state == "confirmed"
        }
    assert len(senders) == 2, "both must have had a part in it"
    recovered(keeper)
    assert_exact_and_quiet(keeper)


READS = {"timecard": "GET /timecard", "jobitem": "GET /jobitem", "clock": "GET /clock"}
BROKEN = ("status", "truncate", "drop_answer", "refuse", "not_xml")


@pytest.mark.parametrize(
    ("adapter", "kind"),
    [*(("timecard", kind) for kind in BROKEN), ("jobitem", "truncate"), ("clock", "status")],
)
def test_a_list_that_fails_half_way_is_no_shorter_week(
    keeper: Timekeeper, adapter: str, kind: str
) -> None:
    keeper.set(adapter=adapter)
    keeper.contractor.overrides["servicetrade"] = {"page_limit": 2, "read_attempts": 1}
    keys = keeper.keys()
    keeper.carry(keys[::2])
    before = keeper.contractor.writes(), documents(keeper)
    control = keeper.contractor.sandbox.control
    control.add_fault(system="servicetrade", operation=READS[adapter], kind=kind, skip=1, count=50)

    with pytest.raises(SyncFault):
        reconciled(keeper)

    assert (keeper.contractor.writes(), documents(keeper)) == before
    control.clear_faults()
    week = reconciled(keeper)
    assert [row.remark for row in week.rows if row.remark and row.state == "confirmed"] == []
    assert len(week.rows) > len(documents_of(before[1], "done"))
    if adapter == "timecard":
        assert_exact_and_quiet(keeper)


def test_a_list_that_fails_while_it_is_read_anew_holds_what_is_left_and_tells_nothing_as_deleted(
    keeper: Timekeeper,
) -> None:
    """A long reconciliation reads the week again on its way, for half a minute later people may
    have changed it.
    """
    (end,) = keeper.week_ends
    keeper.contractor.overrides |= {
        "servicetrade": {"page_limit": 2, "read_attempts": 1},
        "pace": {"workers": 1},
    }
    control = keeper.contractor.sandbox.control
    control.add_fault(
        system="servicetrade", operation="GET /timecard", kind="truncate", skip=9, count=500
    )

    with keeper.contractor.session() as session:
        stopped = reconcile_week(session, end, "long", on_outcome=lambda _: session.times.forget())

    assert stopped.report.stopped_by is not None
    assert 0 < len(keeper.rows()) < len(stopped.missed)
    assert "deleted" not in " ".join(row.remark for row in stopped.rows)
    control.clear_faults()
    recovered(keeper)
    assert_exact_and_quiet(keeper)


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
    keeper: Timekeeper, how: str, target: str
) -> None:
    last = len(keeper.kept.cards) - 1
    release(keeper, last, "open")
    keeper.set(target=target)
    keeper.contractor.overrides["pace"] = {"workers": 2}
    keeper.contractor.overrides["spectrum"] |= {"read_attempts": 1}
    (end,) = keeper.week_ends
    control = keeper.contractor.sandbox.control
    if how != "no connection":
        kind = "refuse" if how == "connections cut" else "status"
        control.add_fault(system="spectrum", kind=kind, skip=9, count=10_000)
    with keeper.contractor.session() as session:
        calls = 0

        def count(_: object) -> None:
            nonlocal calls
            calls += 1
            if how == "no connection" and calls == 9:
                control.pause("spectrum")

        week = reconcile_week(session, end, "reconciliation", on_outcome=count)
        done = done_cards(session.ledger, f"{end:%Y%m%d}")

    assert 0 < len(keeper.rows()) < len(week.missed)
    assert len(done) <= len(keeper.rows())
    assert week.difference == sum(row.hours for row in week.rows if row.state != "confirmed")
    if how == "no connection":
        control.resume("spectrum")
    control.clear_faults()
    release(keeper, last, "approved")  # its time shows that the look-up is no old copy
    recovered(keeper)
    assert_exact_and_quiet(keeper)


def test_a_lost_ledger_whose_rebuilding_was_killed_half_way_is_rebuilt_by_the_next(
    keeper: Timekeeper,
) -> None:
    keeper.carry()
    (path := keeper.contractor.account.ledger.path).unlink()
    for part in path.parent.glob(f"{path.name}-*"):
        part.unlink()
    writes = keeper.contractor.writes()

    killed_at(keeper, Moment(Ledger, "mark_done", 9))

    with keeper.contractor.session() as session:
        assert not session.ledger.has(TimeBegun)
    assert len(documents_of(documents(keeper), "done")) == 8
    reconciled(keeper)
    assert keeper.contractor.writes() == writes
    assert_exact_and_quiet(keeper)
