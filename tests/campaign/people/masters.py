"""Companies, locations and jobs under the hands of people."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from st_spectrum.sandbox.spectrum.table import Table
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS, SITES
from tests.campaign.people.touched import (
    LEFT_ALONE,
    TOLD,
    TYPED_BESIDE,
    Act,
    New,
    Touched,
    acts,
    is_on_its_way,
    named,
    nothing_new,
)
from tests.histories.history import History

Do = Callable[[History, int, Touched], New | None]

KIND = {"customers": "company", "sites": "location", "jobs": "job"}
TABLES: dict[str, tuple[Table, str, str]] = {
    "customers": (CUSTOMERS, "Customer_Code", "Name"),
    "sites": (SITES, "Ship_To_ID", "Ship_To_Name"),
    "jobs": (JOBS, "Job_Number", "Job_Number"),
}
"""Table, column of the code, and column by which people know the record."""


def record_of(part: History, place: int) -> dict[str, Any] | None:
    """The record as it is in ServiceTrade now; None where it was deleted."""
    rows = part.records("servicetrade", KIND[part.case.flow])
    return next((row for row in rows if row["id"] == part.made[place]), None)


def name_of(part: History, place: int) -> str:
    """By which its row in Spectrum is known: its name; of a job the number."""
    row = record_of(part, place) or {}
    return str(row.get("number" if part.case.flow == "jobs" else "name", ""))


def standing(part: History, names: frozenset[str]) -> list[str]:
    """Codes of the rows of Spectrum that go by one of these names."""
    table, code, name = TABLES[part.case.flow]
    rows = part.records("spectrum", table.name)
    return [str(row[code]).strip() for row in rows if str(row[name]).strip() in names]


def untouched(part: History, place: int) -> Touched:
    return Touched((frozenset({name_of(part, place)}),))


def change(**values: Any) -> Do:
    """Somebody edits the record."""

    def do(part: History, place: int, _before: Touched) -> New:
        part.contractor.dispatcher.change(KIND[part.case.flow], part.made[place], **values)
        return nothing_new()

    return do


def rename(part: History, place: int, _before: Touched) -> New:
    name = f"{name_of(part, place)} II"
    part.contractor.dispatcher.change(KIND[part.case.flow], part.made[place], name=name)
    return named(name)


def type_code(part: History, place: int, before: Touched) -> New:
    """Somebody types the record at the screen, and its code into ServiceTrade. Where one stands
    already, or a call or an unseen worker may still bring one, there are two.
    """
    (names,) = before.names
    is_beside = bool(standing(part, names)) or is_on_its_way(part)
    code = f"H{part.case.flow[0].upper()}{place}{len(before.acts)}"
    table, column, name = TABLES[part.case.flow]
    fields = {column: code}
    if name != column:
        fields[name] = name_of(part, place)
    owner = part.records("spectrum", CUSTOMERS.name)[-1]["Customer_Code"].strip()
    fields |= {
        "Ship_To_Customer_Code": owner,
        "Customer_Code": code if table is CUSTOMERS else owner,
    }
    part.contractor.dispatcher.set_external_id(KIND[part.case.flow], part.made[place], code)
    part.contractor.controller.insert(table, [fields])
    return New((frozenset({code} if name == column else ()),), is_beside=is_beside)


def take_code_away(part: History, place: int, _before: Touched) -> New:
    part.contractor.dispatcher.set_external_id(KIND[part.case.flow], part.made[place], "")
    return nothing_new()


def type_next_code(part: History, _place: int, _before: Touched) -> New:
    """Somebody else's record, typed at the screen under the code that would be given next."""
    table, column, name = TABLES[part.case.flow]
    letter = column[0]
    codes = [str(row[column]).strip() for row in part.records("spectrum", table.name)]
    taken = [int(code[1:]) for code in codes if code[:1] == letter and code[1:].isdigit()]
    code = f"{letter}{max(taken, default=0) + 1:05d}"
    row = {column: code, name: "Somebody else", "Ship_To_Customer_Code": "OLD"}
    part.contractor.controller.insert(table, [row])
    part.typed.add(code)
    return nothing_new()


def type_its_number(part: History, place: int, before: Touched) -> New | None:
    """Somebody types a job of another customer at the screen, under the number of this one; beside
    it where it stands already under one that somebody else typed.
    """
    number = name_of(part, place)
    if part.contractor.controller.rows(JOBS, Job_Number=number):
        return None
    is_beside = bool(standing(part, before.names[0]))
    row = {"Job_Number": number, "Status_Code": "A", "Customer_Code": "OLD"}
    part.contractor.controller.insert(JOBS, [row])
    return replace(nothing_new(), is_beside=is_beside)


def move(part: History, place: int, _before: Touched) -> New:
    """To another company, which the dispatcher has just typed in."""
    dispatcher, kind = part.contractor.dispatcher, KIND[part.case.flow]
    other = dispatcher.company(f"Other Owner {part.case.flow} {place}")
    key = "companyId" if kind == "location" else "customerId"
    dispatcher.change(kind, part.made[place], **{key: other})
    return nothing_new()


def delete(part: History, place: int, _before: Touched) -> New:
    part.contractor.office.remove(f"/location/{part.made[place]}")
    return nothing_new()


def merge(part: History, place: int, _before: Touched) -> New:
    """The location turns out to be the same as the first one."""
    stays = part.place.base.location
    part.contractor.office.post(f"/location/{part.made[place]}/merge", replacementId=stays)
    return nothing_new()


KEYS = {
    "is typed at the screen, and its code into ServiceTrade": (type_code, TYPED_BESIDE),
    "its code is taken away": (take_code_away, LEFT_ALONE),
}

MASTER_ACTS: dict[str, dict[str, Act]] = {
    "customers": acts(
        untouched,
        {
            "is renamed": (rename, TOLD),
            "becomes inactive": (change(status="inactive"), LEFT_ALONE),
            "becomes active again": (change(status="active"), TOLD),
            "is a customer no more": (change(customer=False), LEFT_ALONE),
            "its next code is typed at the screen": (type_next_code, TOLD),
            **KEYS,
        },
    ),
    "sites": acts(
        untouched,
        {
            "is renamed": (rename, TOLD),
            "becomes inactive": (change(status="inactive"), LEFT_ALONE),
            "becomes active again": (change(status="active"), TOLD),
            "moves to another company": (move, TOLD),
            "is deleted": (delete, LEFT_ALONE),
            "is merged into another": (merge, LEFT_ALONE),
            "its next code is typed at the screen": (type_next_code, TOLD),
            **KEYS,
        },
    ),
    "jobs": acts(
        untouched,
        {
            "is canceled": (change(status="canceled"), LEFT_ALONE),
            "is completed": (change(status="completed"), TOLD),
            "gets another customer": (move, TOLD),
            "its number is typed at the screen": (type_its_number, replace(TOLD, more=1)),
            **KEYS,
        },
    ),
}
