"""Any faults, kills, late calls and other workers on one ledger: once they are over, everything has
crossed, once.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.histories.cases import CASES, Case
from tests.histories.chronicle import execute
from tests.histories.events import Event, events
from tests.histories.numbers import FEW, MANY, tried
from tests.histories.place import Place


@pytest.mark.parametrize("name", CASES)
def test_whatever_happens_to_the_workers_everything_has_crossed_once_in_the_end(
    place: Place, name: str
) -> None:
    try_case(place, CASES[name], FEW)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", CASES)
def test_in_hundreds_of_histories_everything_has_crossed_once_in_the_end(
    place: Place, name: str
) -> None:
    try_case(place, CASES[name], MANY)


def try_case(place: Place, case: Case, histories: int) -> None:
    @tried(histories)
    @given(happened=events(case), workers=st.sampled_from((1, 1, 3)))
    def in_each(happened: list[Event], workers: int) -> None:
        with place.history(case, workers=workers) as history:
            execute(history, happened)
            history.settle()
            if case.flow == "timecards" and history.judge().waiting:
                history.make()  # a card that is not there is believed never to have arrived once a newer one shows
                history.settle()
            judged = history.judge()
            assert (judged.doubled, judged.silent) == ([], [])
            assert judged.waiting == {} or is_for_a_person(case, happened, judged.waiting), (
                judged.waiting
            )

    in_each()


def is_for_a_person(case: Case, happened: list[Event], waiting: dict[str, Any]) -> bool:
    """Where nothing can be looked up, somebody has to look."""
    return not case.has_infolink
