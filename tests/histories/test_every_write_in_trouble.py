"""Every write of every flow, one after the other, in each trouble that a write can have: once it is
over, everything has crossed, once.

The same for all flows and without chance, beside the histories that Hypothesis makes up.
"""

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

import pytest

from tests.histories.cases import CASES
from tests.histories.events import TIMEOUTS
from tests.histories.history import History
from tests.histories.life import Life
from tests.histories.place import Place

TROUBLES = (
    "drop_answer",
    *(
        pytest.param(kind, marks=pytest.mark.slow)
        for kind in ("truncate", "fail_before", "not_xml", "soap_fault", "slow")
    ),
)
"""Kinds of `st_spectrum.sandbox.faults`; what is slow is carried out after its time-out."""

LEASE_SECONDS = 300.0


def cancel(history: History, which: int) -> None:
    """So that its items are taken off again."""
    history.contractor.control.order(str(history.made[which]), "cancel")


SEEN_OR_NOT = {
    **CASES,
    **{
        f"{name} without Info-Link": replace(CASES[name], has_infolink=False)
        for name in ("customers", "sites", "jobs")
    },
}
NAMES = [
    name if name in CASES else pytest.param(name, marks=pytest.mark.slow) for name in SEEN_OR_NOT
]
SEEN = [name for name, case in CASES.items() if case.has_infolink]
EVERY_CASE = {
    **SEEN_OR_NOT,
    "purchase orders that are cancelled": replace(CASES["purchase orders"], change=cancel),
}


def lives(history: History) -> None:
    """Two records are approved, and one of them is changed afterwards."""
    history.make()
    history.make()
    history.round()
    history.change(0)
    history.round()


@cache
def writes_of_a_life(place: Place, name: str) -> list[tuple[str, str]]:
    """Every operation that writes, as (system, operation)."""
    with place.history(EVERY_CASE[name]) as history:
        lives(history)
        calls = place.door.rig.calls.entries(writes=True)
        return list(dict.fromkeys((call.system, call.operation) for call in calls))


@dataclass(frozen=True)
class Write:
    """A call of the round that carries one record: `number` as `Life` counts, `before` of its own
    kind go before it.
    """

    number: int
    system: str
    operation: str
    before: int


@cache
def writes_of_a_record(place: Place, name: str) -> list[Write]:
    """In their order."""
    with place.history(SEEN_OR_NOT[name]) as history:
        history.make()
        history.round()
        calls = place.door.rig.calls.entries()
    names = [(call.system, call.operation) for call in calls]
    return [
        Write(place + 1, *names[place], names[:place].count(names[place]))
        for place, call in enumerate(calls)
        if call.is_write
    ]


def assert_all_has_crossed_once(history: History, *about: object) -> None:
    """Where nothing can be looked up, somebody is asked."""
    history.settle()
    if history.case.flow == "timecards" and history.judge().waiting:
        history.make()  # a card that is not there is believed lost once a newer one shows
        history.settle()
    judged = history.judge()
    assert (judged.doubled, judged.silent) == ([], []), about
    assert judged.waiting == {} or not history.case.has_infolink, (judged.waiting, about)


@pytest.mark.parametrize("kind", TROUBLES)
@pytest.mark.parametrize("name", EVERY_CASE)
def test_whatever_becomes_of_its_answer_each_write_is_carried_out_once(
    place: Place, name: str, kind: str
) -> None:
    writes = writes_of_a_life(place, name)
    with place.history(EVERY_CASE[name]) as history:
        for system, operation in writes:
            history.fault(
                system=system, operation=operation, kind=kind, count=2, delay=TIMEOUTS[system] + 30
            )

        lives(history)

        met = {call.operation for call in place.door.rig.calls.entries() if call.fault == kind}
        assert met or history.clock.waiting()
        assert_all_has_crossed_once(history, kind)


@pytest.mark.parametrize("kind", ["drop_answer", pytest.param("truncate", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SEEN)
def test_an_answer_that_is_lost_costs_a_look_up_and_no_second_write(
    place: Place, name: str, kind: str
) -> None:
    """A repetition that would do no harm is none either."""
    case = CASES[name]
    repeated: dict[str, list[str]] = {}
    for operation in dict.fromkeys(write.operation for write in writes_of_a_record(place, name)):
        with place.history(case) as history:
            history.make()
            history.fault(system="*", operation=operation, kind=kind, count=3)
            history.round()
            history.settle()
            calls = place.door.rig.calls.entries(writes=True)
            counts = Counter((call.operation, call.key) for call in calls if call.is_committed)
            if found := [f"{name} {key}" for (name, key), count in counts.items() if count > 1]:
                repeated[operation] = found
    assert repeated == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_that_is_killed_before_or_after_any_write_leaves_nothing_lost_or_doubled(
    place: Place, name: str
) -> None:
    case = SEEN_OR_NOT[name]
    for write, is_carried_out in itertools.product(writes_of_a_record(place, name), (False, True)):
        with place.history(case) as history:
            history.make()
            life = Life(dies_at=write.number, is_carried_out=is_carried_out)
            history.round(life)
            assert life.is_over
            assert_all_has_crossed_once(history, write, is_carried_out)


@pytest.mark.parametrize("name", NAMES)
def test_a_call_that_outlives_its_sender_and_arrives_after_the_next_one_looked_is_made_once(
    place: Place, name: str
) -> None:
    case = SEEN_OR_NOT[name]
    for write in writes_of_a_record(place, name):
        with place.history(case) as history:
            history.make()
            history.fault(
                system=write.system,
                operation=write.operation,
                skip=write.before,
                kind="slow",
                delay=TIMEOUTS[write.system] + 120,
            )
            history.round(Life(dies_at=write.number, is_carried_out=True))
            assert history.clock.waiting() == 1, write

            history.round()

            history.clock.move(121)
            assert_all_has_crossed_once(history, write)


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_slower_than_its_lease_is_taken_over_and_sees_it_when_it_comes_back(
    place: Place, name: str
) -> None:
    case = SEEN_OR_NOT[name]
    for write in writes_of_a_record(place, name):
        with place.history(case) as history:
            history.make()

            def meets(history: History = history) -> None:
                history.clock.move(LEASE_SECONDS + 1)
                history.round()

            reports = history.round(Life(meets_at=write.number, meets=meets))

            assert reports is not None and reports[case.flow].counts()["busy"] == 1, write
            assert_all_has_crossed_once(history, write)


@pytest.mark.parametrize("name", NAMES)
def test_another_worker_that_comes_in_at_any_write_leaves_the_record_to_the_one_that_has_it(
    place: Place, name: str
) -> None:
    case = SEEN_OR_NOT[name]
    for write in writes_of_a_record(place, name):
        with place.history(case) as history:
            history.make()
            others: list[int] = []

            def meets(history: History = history, others: list[int] = others) -> None:
                reports = history.round()
                assert reports is not None
                others.append(reports[case.flow].counts()["busy"])

            history.round(Life(meets_at=write.number, meets=meets))

            assert others and others[0] >= 1, write
            assert_all_has_crossed_once(history, write)


@pytest.mark.parametrize("kind", ["drop_answer", "truncate"])
def test_items_whose_source_is_a_reference_are_found_again_after_lost_answers(
    place: Place, kind: str
) -> None:
    """What `tests/audit` cannot compare, for it knows sources of vendors."""
    case = replace(CASES["purchase orders"], settings={"purchase_orders": {"source": "refnumber"}})
    with place.history(case) as history:
        for operation in ("POST /jobitem", "PUT /jobitem/{id}", "PUT /externalid"):
            history.fault(system="servicetrade", operation=operation, kind=kind, count=2)

        lives(history)
        history.settle()

        assert history.judge().doubled == []
        lines = zip((history.made[0], *[history.made[1]] * 2), (1, 1, 2), strict=True)
        items = history.records("servicetrade", "jobitem")
        assert sorted(item["externalIds"]["spectrum"] for item in items) == [
            f"{order}|{line}" for order, line in lines
        ]
        assert all(item["source"]["refNumber"].startswith("PO ") for item in items)
