"""What histories are made of does what it says: the judge sees what is planted, the dead write
nothing, time passes by hand.
"""

from typing import Any

import pytest

from st_spectrum.sandbox.spectrum.tables import CUSTOMERS
from tests.histories.cases import CASES
from tests.histories.history import History
from tests.histories.life import Life
from tests.histories.place import Place

TIME, POSTED = CASES["time by SOAP"], CASES["invoices by REST"]
QUEUE = "PR_PRE_TC_IMPORT_ERR_MC"


def plant_customer(history: History) -> None:
    with spectrum(history).writing() as book:
        book.of(history.account.spectrum.company_code).insert(
            CUSTOMERS, {"Customer_Code": "C00077", "Name": "Again"}
        )


def plant_card(history: History) -> None:
    copy_row(history, QUEUE, Record_Number=f"(SELECT MAX(Record_Number) + 1 FROM {QUEUE})")


def plant_document(history: History) -> None:
    for table in ("CR_INVOICE_HEADER_MC", "CR_INVOICE_DETAIL_MC"):
        copy_row(history, table, Invoice_Or_Transaction="TRIM(Invoice_Or_Transaction) || 'X'")


def copy_row(history: History, table: str, **changes: str) -> None:
    """The first row of a table once more, with other expressions for some columns."""
    with spectrum(history).writing() as book:
        columns = [row[1] for row in book.connection.execute(f"PRAGMA table_info({table})")]
        given = ", ".join(changes.get(name, name) for name in columns)
        book.connection.execute(f"INSERT INTO {table} SELECT {given} FROM {table} LIMIT 1")


def plant_item(history: History) -> None:
    (row, *_) = history.records("servicetrade", "jobitem")
    history.contractor.control.add_records(
        "jobitem", [{name: value for name, value in row.items() if name != "id"}]
    )


def spectrum(history: History) -> Any:
    return history.place.door.rig.inside("spectrum").database


PLANTS = {
    "customers": plant_customer,
    "time by SOAP": plant_card,
    "invoices by REST": plant_document,
    "purchase orders": plant_item,
}


@pytest.mark.parametrize("name", PLANTS)
def test_the_judge_sees_a_double_that_nobody_asked_for(place: Place, name: str) -> None:
    with place.history(CASES[name]) as history:
        history.make()
        history.round()
        assert history.judge().doubled == []
        PLANTS[name](history)
        assert history.judge().doubled != []


@pytest.mark.parametrize("name", CASES)
def test_the_judge_calls_silent_what_has_not_crossed_and_waiting_what_the_ledger_tells(
    place: Place, name: str
) -> None:
    case = CASES[name]
    with place.history(case) as history:
        history.make()
        judged = history.judge()
        assert judged.silent and not judged.waiting
        system, operation = case.operations[0]
        history.fault(system=system, operation=operation, kind="fail_before", count=99)
        history.round()
        judged = history.judge()
        assert judged.waiting and not judged.silent and not judged.doubled
        history.lose()
        assert history.judge().silent


@pytest.mark.parametrize("is_carried_out", [False, True])
def test_a_dead_worker_writes_nothing_any_more(place: Place, is_carried_out: bool) -> None:
    with place.history(TIME) as history:
        history.make()
        history.round()
        first_write = [call.operation for call in calls(history)].index("PreTimeCard") + 1
    with place.history(TIME) as history:
        history.make()
        life = Life(dies_at=first_write, is_carried_out=is_carried_out)
        assert history.round(life) is None and life.is_over
        assert (len(calls(history)), len(rows(history))) == (
            first_write - (not is_carried_out),
            is_carried_out,
        )
        history.settle()
        assert len(rows(history)) == 2
        judged = history.judge()
        assert (judged.doubled, judged.silent, judged.waiting) == ([], [], {})


def test_nobody_takes_over_from_a_worker_whose_death_nobody_saw_before_its_lease_is_over(
    place: Place,
) -> None:
    with place.history(POSTED) as history:
        history.make()
        history.fault(operation="POST /customer/invoice", kind="fail_before", count=2)
        death = next(number for number in range(1, 40) if died_in_a_claim(place, history, number))
        assert death
        reports = history.round()
        assert reports is not None and reports["invoices"].counts()["busy"] == 1
        history.clock.move(301)
        reports = history.round()
        assert reports is not None and reports["invoices"].counts()["busy"] == 0


def died_in_a_claim(place: Place, history: History, number: int) -> bool:
    history.store.restore(place.base.ledger)
    history.round(Life(dies_at=number, is_seen_dead=False))
    return '"claimed"' in "".join(
        stored.body
        for path in history.store.list("entries/invoices/")
        if (stored := history.store.get(path))
    )


def test_another_worker_comes_in_between_at_the_same_call_each_time(place: Place) -> None:
    logs = []
    for _ in range(2):
        with place.history(TIME) as history:
            history.make()
            history.round(Life(meets_at=6, meets=history.round))
            logs.append([(call.operation, call.is_committed) for call in calls(history)])
            assert len(rows(history)) == 2
    assert logs[0] == logs[1]
    assert [operation for operation, _ in logs[0]].count("POST /oauth2/token") == 2


def test_a_call_slower_than_its_time_out_is_carried_out_when_time_has_passed(place: Place) -> None:
    with place.history(TIME) as history:
        history.make()
        history.fault(operation="PreTimeCard", kind="slow", delay=90, count=2)
        history.round()
        assert (len(rows(history)), history.clock.waiting()) == (0, 2)
        history.clock.move(29)
        assert len(rows(history)) == 0
        history.clock.move(2)
        assert len(rows(history)) == 2
        history.settle()
        assert history.judge().doubled == []


def test_a_ledger_can_be_put_back_lost_and_doubled(place: Place) -> None:
    with place.history(POSTED) as history:
        history.make()
        copy, twin = history.copy(), history.twin()
        history.round()
        path = f"entries/invoices/{history.made[0]}"
        assert history.store.get(path) and not twin.get(path)
        history.put_back(copy)
        assert history.store.get(path) is None
        history.lose()
        assert list(history.store.list("")) == []


def test_people_are_not_met_by_faults(place: Place) -> None:
    with place.history(POSTED) as history:
        history.fault(system="*", kind="refuse", count=9)
        history.make()
        history.change(0)
        assert calls(history) == []


def calls(history: History) -> list[Any]:
    return list(history.place.door.rig.calls.entries())


def rows(history: History) -> list[dict[str, Any]]:
    return history.records("spectrum", QUEUE)
