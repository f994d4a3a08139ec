"""The weekly reconciliation of payroll, killed at every call and at every write to the ledger, and
met by a round: every approved hour is in payroll once, and the week says so.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.histories.cases import CASES
from tests.histories.history import History
from tests.histories.life import Life
from tests.histories.place import SUNDAY, Place

END = SUNDAY + timedelta(days=6)
TIME = ("time by SOAP", "time by REST")


def lives(place: Place, name: str) -> Iterator[Life]:
    """One that ends just before, and one just after, each write to a system or to the ledger."""
    whole = Life()
    with place.history(CASES[name]) as history:
        history.make()
        assert history.week(END, whole)
        calls = place.door.rig.calls.entries()
    writes = [number for number, call in enumerate(calls, start=1) if call.is_write]
    assert writes and whole.writes
    for is_carried_out in (False, True):
        for number in writes:
            yield Life(dies_at=number, is_carried_out=is_carried_out)
        for number in range(1, whole.writes + 1):
            yield Life(dies_at_write=number, is_carried_out=is_carried_out)


def assert_every_hour_is_there_once(history: History, *about: object) -> None:
    """The week is done again until nothing is in doubt; then both sides agree, and a further one
    writes nothing.
    """
    for _ in range(4):  # what one of them sends proves to the next that the look-up is no old copy
        week = history.week(END)
        assert week
        if not week.report.counts()["unknown"]:
            break
        history.clock.move(16 * 60)
    judged = history.judge()
    assert (judged.doubled, judged.silent, judged.waiting) == ([], [], {}), about
    again = history.week(END)
    assert again and (again.missed, again.difference, again.report.writes) == ((), 0, 0), about
    assert {row.state for row in again.rows} == {"confirmed"}, about


@pytest.mark.slow
@pytest.mark.parametrize("name", TIME)
def test_a_week_that_is_killed_at_any_write_loses_and_doubles_nothing(
    place: Place, name: str
) -> None:
    for life in lives(place, name):
        with place.history(CASES[name]) as history:
            history.make()
            history.week(END, life)
            assert life.is_over
            history.make()  # it is believed that a card never arrived once a newer one shows
            assert_every_hour_is_there_once(history, life)


@pytest.mark.parametrize("kind", ["drop_answer", "slow"])
@pytest.mark.parametrize("name", TIME)
def test_a_week_of_which_every_answer_is_lost_or_late_doubles_no_card(
    place: Place, name: str, kind: str
) -> None:
    case = CASES[name]
    _, operation = case.operations[0]
    with place.history(case) as history:
        history.make()
        history.make()
        history.fault(operation=operation, kind=kind, count=99, delay=90)
        assert history.week(END)
        assert not any(
            call.is_answered for call in place.door.rig.calls.entries(operation=operation)
        )
        place.contractor.control.clear_faults()
        history.clock.move(31)
        assert_every_hour_is_there_once(history, kind)


@pytest.mark.slow
@pytest.mark.parametrize("name", TIME)
def test_a_round_that_comes_in_at_any_call_of_a_week_sends_no_card_twice(
    place: Place, name: str
) -> None:
    """While a card is being sent, it leaves that card to the week."""
    with place.history(CASES[name]) as history:
        history.make()
        history.week(END)
        calls = place.door.rig.calls.entries()
    for number, call in enumerate(calls, start=1):
        with place.history(CASES[name]) as history:
            history.make()
            busy: list[int] = []

            def meets(history: History = history, busy: list[int] = busy) -> None:
                reports = history.round()
                assert reports is not None
                busy.append(reports["timecards"].counts()["busy"])

            assert history.week(END, Life(meets_at=number, meets=meets))

            assert busy and (busy[0] or not call.is_write), number
            assert_every_hour_is_there_once(history, number)
