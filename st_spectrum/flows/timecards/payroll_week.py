"""Weeks of payroll in the account's time zone: of a day, their beginning and their batch code."""

from datetime import date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from st_spectrum.account.types import Weekday
from st_spectrum.domain.calendar_days import day_begins

WEEKDAYS: tuple[str, ...] = get_args(Weekday)
"""Monday first, as `date.weekday` counts."""

BATCH_LENGTH = 8
"""Batch_Code of a pre-time card [SP 13.1]."""


def week_end(day: date, starts_on: Weekday) -> date:
    """The last day of the payroll week that `day` belongs to."""
    return day + timedelta(days=(WEEKDAYS.index(starts_on) - 1 - day.weekday()) % 7)


def week_from(text: str) -> date:
    """The week's last day from `CCYYMMDD`, as keys bear it; raises `ValueError`."""
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day, no instant


def week_window(end: date, zone: ZoneInfo) -> tuple[int, int]:
    """First second of the week that ends with `end`, and first second after it."""
    return day_begins(end - timedelta(days=6), zone), day_begins(end + timedelta(days=1), zone)


def batch_code(end: date, prefix: str) -> str:
    """The account's prefix and the end of the week as YYMMDD: one batch for each payroll week."""
    return f"{prefix}{end:%y%m%d}"[:BATCH_LENGTH]
