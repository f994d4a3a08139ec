"""Payroll weeks made by hand, as a reconciliation would have found them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from st_spectrum.engine.report import Outcome, Report, Result
from st_spectrum.flows.timecards.description import TIMECARDS
from st_spectrum.flows.timecards.payroll_rows import Row
from st_spectrum.flows.timecards.week_comparison import PayrollWeek

END = date(2026, 4, 11)
API = "https://api.servicetrade.com/api"
SENT_AT = datetime(2026, 4, 8, 12, tzinfo=UTC)
NO_CODE = "has no Spectrum employee code"
ADVICE = "Enter the employee code as external id of the user in ServiceTrade."


def sent(
    number: int, hours: str = "8.00", who: str = "Ann Lee", code: str = "T0001", **changes: Any
) -> Row:
    """A piece of time that payroll has, with the same hours."""
    row = Row(
        entry=f"20260411.timecard.{number}",
        technician=who,
        work_date=date(2026, 4, 6),
        hours=Decimal(hours),
        target_key=f"STCARD{number}",
        state="confirmed",
        first_seen_at=SENT_AT,
        sent_at=SENT_AT,
        hours_sent=Decimal(hours),
        hours_in_spectrum=Decimal(hours),
        difference=Decimal("0.00"),
        employee=code,
        pay_type="R",
        job="10001",
        department="100",
        remark="",
    )
    return replace(row, **changes)


def held(number: int, hours: str = "8.00", who: str = "Björn Vance") -> tuple[Row, Outcome]:
    """A piece of time that is not in payroll."""
    row = sent(
        number, hours, who, who, target_key="", state="held", sent_at=None, hours_sent=Decimal("0.00"),
        hours_in_spectrum=None, difference=Decimal(hours), pay_type="", job="", department="", remark=f"{who} {NO_CODE}",
    )  # fmt: skip
    return row, Outcome(
        "timecards",
        row.entry,
        who,
        Result.HELD,
        reason=f"{who} {NO_CODE}",
        advice=ADVICE,
        needs=("a person",),
    )


def changed(number: int, before: str = "8.00", now: str = "9.50") -> tuple[Row, Outcome]:
    """A piece of time that says something else than what was sent."""
    why = f"card STCARD{number} was sent, and since then the time was {before} h, is {now} h"
    row = replace(
        sent(number, before, remark=why),
        hours=Decimal(now),
        difference=Decimal(now) - Decimal(before),
    )
    return row, Outcome(
        "timecards",
        row.entry,
        "x",
        Result.HELD,
        reason=why,
        advice="Correct the card in Spectrum.",
        needs=("a person",),
    )


def week(
    *found: Row | tuple[Row, Outcome], missed: tuple[str, ...] = (), **more: Any
) -> PayrollWeek:
    """The week with these pieces of time."""
    rows = tuple(piece if isinstance(piece, Row) else piece[0] for piece in found)
    outcomes = tuple(piece[1] for piece in found if not isinstance(piece, Row))
    made = tuple(Outcome("timecards", key, key, Result.CREATED) for key in missed)
    return PayrollWeek(END, rows, missed, Report(TIMECARDS, (*outcomes, *made)), **more)
