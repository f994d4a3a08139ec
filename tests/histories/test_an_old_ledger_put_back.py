"""A ledger copied at any moment and put back at any later one, lost, or one of two: nothing
doubled, nothing silent.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.histories.cases import CASES, Case
from tests.histories.chronicle import execute
from tests.histories.events import TIMEOUTS, Event, Fault, events
from tests.histories.numbers import FEW, MANY, tried
from tests.histories.place import Place

REPEATED_TWICE = ("timecards", "purchase_orders")
"""Flows whose target stores a call twice that is sent twice."""


@pytest.mark.parametrize("name", CASES)
def test_whatever_happens_to_the_ledger_nothing_is_doubled_and_nothing_is_silent(
    place: Place, name: str
) -> None:
    try_case(place, CASES[name], FEW)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", CASES)
def test_in_hundreds_of_histories_of_the_ledger_nothing_is_doubled_and_nothing_is_silent(
    place: Place, name: str
) -> None:
    try_case(place, CASES[name], MANY)


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case.flow in REPEATED_TWICE]
)
@pytest.mark.parametrize("is_copied", [False, True])
def test_what_a_lost_ledger_had_on_its_way_is_waited_for_before_it_is_sent_again(
    place: Place, name: str, is_copied: bool
) -> None:
    case = CASES[name]
    system, operation = case.operations[0]
    late = Fault(system, operation, "slow", delay=TIMEOUTS[system] + 540)
    with place.history(case) as history:
        history.make()
        copy = history.copy()
        history.fault(**late.rule())
        history.round()
        history.make()
        history.put_back(copy) if is_copied else history.lose()
        reports = history.round()
        assert reports is not None and not reports[case.flow].writes
        waiting = history.judge().waiting
        assert waiting and (
            not case.has_infolink or all("be on its way" in reason for reason in waiting.values())
        )
        history.clock.move(601)
        history.round()
        assert not case.has_infolink or 0 < len(history.judge().waiting) < len(waiting), (
            "what has arrived is taken over"
        )
        history.settle()
        judged = history.judge()
        assert (judged.doubled, judged.silent) == ([], [])
        assert not case.has_infolink or judged.waiting == {}


def try_case(place: Place, case: Case, histories: int) -> None:
    @tried(histories)
    @given(happened=events(case, has_old_ledgers=True), workers=st.sampled_from((1, 1, 3)))
    def in_each(happened: list[Event], workers: int) -> None:
        with place.history(case, workers=workers) as history:
            execute(history, happened)
            stopped = history.settle(may_stop=True)
            judged = history.judge()
            assert judged.doubled == []
            assert judged.silent == [] or stopped, judged.silent

    in_each()
