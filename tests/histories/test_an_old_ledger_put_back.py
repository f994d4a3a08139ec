"""A ledger copied at any moment and put back at any later one, lost, or one of two: nothing doubled, nothing silent.

What these histories leave out: a pre-time card that is carried out after its time-out *and* after the ledger that sent it was put
back. Nobody sees it anywhere when it is sent again.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.histories.cases import CASES, Case
from tests.histories.chronicle import carry_out
from tests.histories.events import Event, events
from tests.histories.place import Place
from tests.histories.test_faults_kills_and_two_workers import FEW, MANY


@pytest.mark.parametrize("name", CASES)
def test_whatever_happens_to_the_ledger_nothing_is_doubled_and_nothing_is_silent(place: Place, name: str) -> None:
    tried(place, CASES[name], FEW)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", CASES)
def test_in_hundreds_of_histories_of_the_ledger_nothing_is_doubled_and_nothing_is_silent(
    place: Place, name: str
) -> None:
    tried(place, CASES[name], MANY)


def tried(place: Place, case: Case, histories: int) -> None:
    @settings(
        max_examples=histories, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(happened=events(case, has_old_ledgers=True), workers=st.sampled_from((1, 1, 3)))
    def in_each(happened: list[Event], workers: int) -> None:
        with place.history(case, workers=workers) as history:
            carry_out(history, happened)
            stopped = history.settle(may_stop=True)
            judged = history.judge()
            assert judged.doubled == []
            assert judged.silent == [] or stopped, judged.silent

    in_each()
