"""What the campaign is made of does what it says: both judges see what is planted, an interleaving
crosses once, and the script without guards doubles.
"""

import pytest

from st_spectrum.flows.customers.flow import CustomersFlow
from tests.campaign.happenings import BooksClosed, ClockBack, Interleaved, MachineBack
from tests.campaign.naive import NaiveHistory
from tests.campaign.running import blocks
from tests.campaign.scheduler import interleave
from tests.campaign.tally import tally
from tests.campaign.trial import outcome_of
from tests.campaign.whole import EVERY_CASE, WHOLE, parts_of
from tests.histories.events import Backup, Fault, Make, Pass, Twin, Work
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


def test_a_mistake_of_the_program_is_no_reason_to_wait(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object) -> None:
        raise TypeError("of nothing")

    monkeypatch.setattr(CustomersFlow, "evaluate", mistaken)
    with place.history(EVERY_CASE["customers"]) as history:
        outcome = outcome_of(history, [Make(), Work()])

    assert "of nothing" in outcome.wrong["broke"][0]


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


def test_of_interleaved_workers_each_calls_and_everything_crosses_once(place: Place) -> None:
    with place.history(EVERY_CASE["customers"]) as history:
        history.make()
        interleave(history.round, 3, 1)
        calls = [call.operation for call in history.place.door.rig.calls.entries()]
        assert calls.count("POST /oauth2/token") == 3
        assert (tally(history).missing, tally(history).doubled) == (0, 0)


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


def test_time_that_a_list_left_out_twice_crosses_after_the_reconciliation(place: Place) -> None:
    empty = Fault("servicetrade", "GET /timecard", "empty_list", count=2, skip=1)
    with place.history(EVERY_CASE["time by SOAP"]) as history:
        outcome = outcome_of(history, [Make(), empty, Work()])
        assert (outcome.wrong, outcome.tally.missing) == ({}, 0)


@pytest.mark.parametrize("name", ["time by SOAP", "time by REST", "invoices by REST"])
def test_a_machine_that_was_put_back_whole_doubles_nothing(place: Place, name: str) -> None:
    with place.history(EVERY_CASE[name]) as history:
        outcome = outcome_of(history, [Backup(), Make(), Work(), MachineBack(), Make(), Work()])
        assert (outcome.wrong, outcome.tally.missing) == ({}, 0)


def test_blocks_are_just_so_many_histories_of_seeds_of_their_own() -> None:
    made = list(blocks(997, 3, tuple(EVERY_CASE)))
    assert sum(count for _, count, _ in made) == 997
    assert len({number for _, _, number in made}) == len(made)
    assert made == list(blocks(997, 3, tuple(EVERY_CASE)))


def _make_two(history: History) -> None:
    history.make()
    history.make()
