"""Approved time under the hands of people."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from tests.campaign.people.spectrum_screen import at_the_screen
from tests.campaign.people.touched import (
    LEFT_ALONE,
    TOLD,
    TYPED_BESIDE,
    Act,
    New,
    Touched,
    acts,
    nothing_new,
)
from tests.histories.history import History

TABLES = (
    "PR_PRE_TC_IMPORT_ERR_MC",
    "PR_PRE_TIME_CARD_MC",
    "PR_TIME_CARD_DETAIL_MC",
    "PR_TIME_CARD_HISTORY_MC",
)
DAY = int(timedelta(days=1).total_seconds())
Row = dict[str, Any]
Do = Callable[[History, int, Touched], New | None]


def hours_text(value: Any) -> str:
    return str(Decimal(str(value)).quantize(Decimal("0.01")))


def first_hours(piece: int) -> str:
    """No two pieces of time of a history have the same hours; this is what the case gives them."""
    return hours_text(Decimal(100 + 5 * piece) / 100)


def card_of(part: History, place: int) -> Row | None:
    """The card as it is now; None where it was deleted."""
    rows = part.records("servicetrade", "timecard")
    return next((row for row in rows if row["id"] == part.made[place]), None)


def untouched(part: History, place: int) -> Touched:
    """Two rows, each known by its hours."""
    card = card_of(part, place) or {"dayLogs": []}
    rows = tuple(int(row["id"]) for row in card["dayLogs"])
    pieces = (2 * place, 2 * place + 1)
    return Touched(tuple(frozenset({first_hours(piece)}) for piece in pieces), rows=rows)


def rows_in_payroll(part: History, hours: frozenset[str]) -> list[Row]:
    """Cards of these hours, wherever payroll has them by now."""
    rows = (row for table in TABLES for row in part.records("spectrum", table))
    return [row for row in rows if hours_text(row["Hours"]) in hours]


def status(value: str) -> Do:
    def do(part: History, place: int, _before: Touched) -> New:
        part.contractor.office.put(f"/timecard/{part.made[place]}", status=value)
        return nothing_new(2)

    return do


def edit_rows(edit: Callable[[History, list[Row], Touched], list[Row]]) -> Do:
    """The rows of the card as somebody leaves them; each keeps its id."""

    def do(part: History, place: int, before: Touched) -> New | None:
        card = card_of(part, place)
        if card is None or not card["dayLogs"]:
            return None
        rows = edit(part, [dict(row) for row in card["dayLogs"]], before)
        part.contractor.office.put(f"/timecard/{part.made[place]}", dayLogs=rows)
        hours = {row["id"]: hours_text(Decimal(row["duration"]) / 3600) for row in rows}
        return New(tuple(frozenset({hours[row]} if row in hours else ()) for row in before.rows))

    return do


def _correct(_part: History, rows: list[Row], _before: Touched) -> list[Row]:
    """Four hours more than before; no other piece has these."""
    first = rows[0]
    if first["duration"] >= 4 * 4 * 3600:
        return rows
    rows[0] = first | {"duration": first["duration"] + 4 * 3600, "quantity": first["quantity"] + 4}
    return rows


def _other_job(part: History, rows: list[Row], _before: Touched) -> list[Row]:
    one, other = part.place.base.jobs
    rows[0] = rows[0] | {"jobId": other if rows[0]["jobId"] == one else one}
    return rows


def moved_by(days: int) -> Callable[[History, list[Row], Touched], list[Row]]:
    """The first row tells of another day."""

    def edit(_part: History, rows: list[Row], _before: Touched) -> list[Row]:
        return [rows[0] | {"date": rows[0]["date"] + days * DAY}, *rows[1:]]

    return edit


def _without_first(_part: History, rows: list[Row], _before: Touched) -> list[Row]:
    return rows[1:]


def delete(part: History, place: int, _before: Touched) -> New:
    part.contractor.office.remove(f"/timecard/{part.made[place]}")
    return nothing_new(2)


def payroll(action: str) -> Do:
    """The payroll clerk moves on or takes out all cards that are there."""

    def do(part: History, place: int, before: Touched) -> New | None:
        there = any(rows_in_payroll(part, names) for names in before.names)
        part.contractor.control.payroll(action)
        if action == "delete":
            for other in range(len(part.made)):
                if other != place:
                    known = part.touched.get(other) or untouched(part, other)
                    part.touched[other] = known.after("is taken out", LEFT_ALONE, nothing_new(2))
        return nothing_new(2) if there else None

    return do


def type_in(part: History, place: int, _before: Touched) -> New | None:
    """Somebody types the first row at the screen, though it crosses by itself."""
    card = card_of(part, place)
    if card is None or not card["dayLogs"]:
        return None
    row = card["dayLogs"][0]
    users = {user["id"]: user for user in part.records("servicetrade", "user")}
    jobs = {job["id"]: job for job in part.records("servicetrade", "job")}
    with at_the_screen(part) as screen:
        screen.write(
            "PreTimeCard",
            Employee_Code=users[card["userId"]]["externalIds"][EXTERNAL_SYSTEM],
            Batch_Code="HAND",
            Work_Date=f"{day_of(part, row['date']):%m/%d/%Y}",
            Hours_Employee=hours_text(Decimal(row["duration"]) / 3600),
            Pay_Type="R",
            Department_Code="100",
            Job_Number=(jobs[row["jobId"]].get("externalIds") or {}).get(EXTERNAL_SYSTEM, ""),
            Phase_Code="001",
            Cost_Type="L",
            State="VA",
        )
    return nothing_new(2)


def day_of(part: History, epoch: int) -> date:
    """The day that a row's instant is in the contractor's office."""
    return datetime.fromtimestamp(epoch, ZoneInfo(part.account.timezone)).date()


TIME_ACTS: dict[str, Act] = acts(
    untouched,
    {
        "loses its approval": (status("open"), TOLD),
        "is approved again": (status("approved"), TOLD),
        "gets other hours": (edit_rows(_correct), TOLD),
        "moves to another job": (edit_rows(_other_job), TOLD),
        "moves to the day before": (edit_rows(moved_by(-1)), TOLD),
        "moves to the week before": (edit_rows(moved_by(-7)), TOLD),
        "loses a row": (edit_rows(_without_first), TOLD),
        "is deleted": (delete, TOLD),
        "is approved in payroll": (payroll("approve"), TOLD),
        "is posted in payroll": (payroll("post"), TOLD),
        "is taken out in payroll": (payroll("delete"), LEFT_ALONE),
        "is typed at the screen": (type_in, TYPED_BESIDE),
    },
)
