"""What the campaign is made of does what it says: both judges see what is planted, an interleaving
repeats, and the script without guards doubles.
"""

import pytest

from tests.campaign.happenings import BooksClosed, ClockBack, Interleaved
from tests.campaign.naive import NaiveHistory
from tests.campaign.running import blocks
from tests.campaign.scheduler import interleave
from tests.campaign.tally import tally
from tests.campaign.trial import outcome_of
from tests.campaign.whole import EVERY_CASE, WHOLE, parts_of
from tests.histories.events import Fault, Make, Pass, Twin, Work
from tests.histories.history import History
from tests.histories.place import Place
from tests.histories.test_the_means_themselves import PLANTS

SCRIPT = ("customers", "sites", "jobs", "invoices by SOAP", "time by SOAP", "purchase orders")


@pytest.mark.parametrize("name", PLANTS)
def test_the_count_sees_a_double_that_nobody_asked_for(place: Place, name: str) -> None:
    with place.history(EVERY_CASE[name]) as history:
        history.make()
        assert tally(history).missing
        history.round()
        assert (tally(history).missing, tally(history).doubled) == (0, 0)
        PLANTS[name](history)
        assert tally(history).doubled == 1


@pytest.mark.parametrize("name", WHOLE)
def test_all_six_flows_cross_at_once_whatever_their_workers_and_systems_do(
    place: Place, name: str
) -> None:
    with place.history(EVERY_CASE[name]) as history:
        outcome = outcome_of(
            history,
            [
                *[Make()] * 9,
                BooksClosed(is_closed=True),
                Fault("spectrum", "*", "drop_answer", count=2, skip=3),
                Work(dies_at=9, is_carried_out=True),
                Interleaved(2, 5),
                ClockBack(90.0),
                Work(),
            ],
        )

        assert outcome.wrong == {}
        assert outcome.tally.records >= 9 and outcome.tally.missing == 0
        assert {flow for flow, part in parts_of(history).items() if part.made} == set(
            history.case.flows
        )


def test_an_interleaving_of_one_seed_repeats(place: Place) -> None:
    _order_of_calls(place, 0)  # the descriptions of the services are read once for all
    orders = {seed: [_order_of_calls(place, seed) for _ in range(2)] for seed in (1, 2, 3)}

    for first, again in orders.values():
        assert first == again
    assert len({tuple(first) for first, _ in orders.values()}) > 1


def _order_of_calls(place: Place, seed: int) -> list[str]:
    with place.history(EVERY_CASE["customers"]) as history:
        history.make()
        interleave(history.round, 2, seed)
        return [f"{call.operation} {call.key}" for call in history.place.door.rig.calls.entries()]


@pytest.mark.parametrize("name", SCRIPT)
def test_the_script_carries_everything_while_nothing_goes_wrong(place: Place, name: str) -> None:
    with place.history(EVERY_CASE[name], kind=NaiveHistory) as history:
        _make_two(history)
        history.round()
        assert (tally(history).missing, tally(history).doubled) == (0, 0)


@pytest.mark.parametrize("name", ["customers", "sites", "time by SOAP", "purchase orders"])
def test_the_script_doubles_what_was_written_when_it_was_killed(place: Place, name: str) -> None:
    system, operation = EVERY_CASE[name].operations[0]
    lost = Fault(system, operation, "drop_answer")
    with place.history(EVERY_CASE[name], kind=NaiveHistory) as history:
        outcome = outcome_of(history, [Make(), lost, Work(), Pass(61.0), Work()])
        assert outcome.tally.doubled == 1


def test_two_ledgers_double_nothing_of_the_product_and_much_of_the_script(place: Place) -> None:
    name, happened = "time by SOAP", [Make(), Work(), Twin()]
    doubled = {}
    for kind in (History, NaiveHistory):
        with place.history(EVERY_CASE[name], kind=kind) as history:
            doubled[kind] = outcome_of(history, happened).tally.doubled
    assert doubled == {History: 0, NaiveHistory: 2}


def test_blocks_are_just_so_many_histories_of_seeds_of_their_own() -> None:
    made = list(blocks(997, 3, tuple(EVERY_CASE)))
    assert sum(count for _, count, _ in made) == 997
    assert len({number for _, _, number in made}) == len(made)
    assert made == list(blocks(997, 3, tuple(EVERY_CASE)))


def _make_two(history: History) -> None:
    history.make()
    history.make()
