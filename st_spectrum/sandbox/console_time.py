"""What the console knows of time: a technician's week in ServiceTrade, and the pre-time cards of
that week in Spectrum.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.invoice_plan import ZONE

TABLES = (
    "PR_PRE_TC_IMPORT_ERR_MC",
    "PR_PRE_TIME_CARD_MC",
    "PR_TIME_CARD_DETAIL_MC",
    "PR_TIME_CARD_HISTORY_MC",
)
QUERY = " UNION ALL ".join(
    f"SELECT TRIM(Employee_Code), Work_Date, TRIM(Pay_Type), Hours FROM {table}"  # noqa: S608
    for table in TABLES
)
PAID = ("labor", "other")
"""Rows of a card whose hours the example account pays; its clocked rows are the same hours once
more.
"""


def read_weeks(database: sqlite3.Connection) -> dict[str, str]:
    """Pre-time cards by employee and end of week, each with their number, hours and pay types in
    words.
    """
    weeks: dict[str, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for employee, day, pay_type, hours in database.execute(QUERY):
        weeks[_week(employee, date.fromisoformat(str(day)[:10]))][pay_type].append(
            Decimal(str(hours))
        )
    return {week: _hours_text(by_pay_type) for week, by_pay_type in weeks.items()}


def with_names(
    cards: Iterable[Mapping[str, Any]], users: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The approved cards, each under its technician's name and with the technician's employee
    code.
    """
    people = {user["id"]: user for user in users}
    return [
        dict(card)
        | {
            "name": people[card["userId"]]["name"],
            "employee": _code(people[card["userId"]]),
        }
        for card in cards
        if card["status"] == "approved"
    ]


def code_of(card: Mapping[str, Any]) -> str:
    """Under which employee and week its cards stand in Spectrum."""
    return _week(card["employee"], _day(card["periodStart"])) if card["employee"] else ""


def detail_of(card: Mapping[str, Any]) -> str:
    """The card in one line."""
    rows = [row for row in card["dayLogs"] if _is_paid(row)]
    first, last = _day(card["periodStart"]), _day(card["periodEnd"])
    return f"{first} to {last} · {card['status']} · {len(rows)} pieces of {_hours(rows):,.2f} h"


def whole_weeks(
    cards: Iterable[Mapping[str, Any]], database: sqlite3.Connection
) -> Callable[[Mapping[str, Any]], bool]:
    """Whether every piece of a card's week stands in Spectrum, by their number: payroll may have
    corrected the hours of one.
    """
    stored = Counter(
        _week(employee, date.fromisoformat(str(day)[:10]))
        for employee, day, *_ in database.execute(QUERY)
    )
    pieces = Counter(code_of(card) for card in cards for row in card["dayLogs"] if _is_paid(row))
    return lambda card: stored[code_of(card)] >= pieces[code_of(card)]


def totals(cards: Iterable[Mapping[str, Any]], database: sqlite3.Connection) -> str:
    """One sentence for each side."""
    rows = [row for card in cards for row in card["dayLogs"] if _is_paid(row)]
    stored = [Decimal(str(hours)) for *_, hours in database.execute(QUERY)]
    return (
        f"ServiceTrade has approved {len(rows):,} pieces of time, in all {_hours(rows):,.2f} h. "
        f"Spectrum holds {len(stored):,} pre-time cards of {sum(stored, Decimal(0)):,.2f} h."
    )


def _is_paid(row: Mapping[str, Any]) -> bool:
    return row["type"] in PAID


def _hours(rows: Iterable[Mapping[str, Any]]) -> Decimal:
    return Decimal(sum(int(row["duration"]) for row in rows)) / 3600


def _hours_text(by_pay_type: Mapping[str, list[Decimal]]) -> str:
    count = sum(len(hours) for hours in by_pay_type.values())
    total = sum((sum(hours, Decimal(0)) for hours in by_pay_type.values()), Decimal(0))
    parts = ", ".join(
        f"{code} {sum(hours, Decimal(0)):.2f}" for code, hours in sorted(by_pay_type.items())
    )
    return (
        f"{count:,} pre-time card{'' if count == 1 else 's'} of {total:,.2f} h · by pay type:"
        f" {parts}"
    )


def _week(employee: str, day: date) -> str:
    return f"{employee} · week to {day + timedelta(days=(5 - day.weekday()) % 7)}"


def _day(at: int) -> date:
    return datetime.fromtimestamp(at, ZONE).date()


def _code(user: Mapping[str, Any]) -> str:
    return str((user.get("externalIds") or {}).get(EXTERNAL_SYSTEM, ""))
