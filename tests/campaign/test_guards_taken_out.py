"""With a guard taken out, the campaign finds the product wanting within 500 histories: so it would
see the day on which that guard no longer holds.
"""

import itertools

import pytest

from tests.campaign.guards import GUARDS, no_second_guard
from tests.campaign.happenings import MachineBack
from tests.campaign.trial import outcome_of, run_block
from tests.campaign.whole import EVERY_CASE
from tests.histories.events import Backup, Make, Work
from tests.histories.place import Place

MOST, AT_ONCE, FIRST_SEED = 500, 50, 201


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_taken_out_is_missed_within_500_histories(
    place: Place, guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_out, cases = GUARDS[guard]
    take_out(monkeypatch)
    tried = 0
    for number, name in enumerate(itertools.cycle(cases), start=FIRST_SEED):
        block = run_block(place, name, AT_ONCE, number, shrinks=False)
        tried += block.histories
        if block.failed:
            print(f"without {guard}: {block.failed} after {tried} histories, {name}")
            break
        assert tried < MOST, f"{tried} histories without {guard} and nothing was seen"


def test_without_the_second_guard_a_machine_that_was_put_back_whole_doubles_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_second_guard(monkeypatch)
    with place.history(EVERY_CASE["time by SOAP"]) as history:
        outcome = outcome_of(history, [Backup(), Make(), Work(), MachineBack(), Make(), Work()])
        assert outcome.tally.doubled == 2
