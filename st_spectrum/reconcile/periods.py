"""The periods by which people close: a month, or a payroll week. Each has the name that a
comparison of both sides gives it.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from st_spectrum.account.types import Weekday
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.flows import FLOWS
from st_spectrum.flows.timecards.payroll_week import week_end

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Period:
    """What is closed: `name` is what comparisons call it, `last_day` belongs to it."""

    name: str
    last_day: date


def month_named(text: str) -> Period:
    """A month such as 2026-03. Raises `ArgumentInvalid` for any other text: nothing stands in a
    month that does not exist, and nothing would be equal.
    """
    if not _MONTH.fullmatch(text):
        raise ArgumentInvalid([f"{text}: expected a month such as 2026-03"])
    year, month = int(text[:4]), int(text[5:])
    return Period(text, date(year, month, monthrange(year, month)[1]))


def week_from(first_day: date) -> Period:
    """The payroll week that begins with this day."""
    last_day = first_day + timedelta(days=6)
    return Period(last_day.isoformat(), last_day)


def require_period(flow: str, period: str) -> None:
    """What a person named to be compared; "" for all. Raises `ArgumentInvalid` for a flow that
    there is not, and for a period that there cannot be.
    """
    if flow and flow not in FLOWS:
        raise ArgumentInvalid([f"there is no flow {flow!r}; there are {', '.join(FLOWS)}"])
    if period and not _MONTH.fullmatch(period):
        raise ArgumentInvalid([f"{period}: expected a month such as 2026-03"])


def week_ending(text: str, starts_on: Weekday) -> Period:
    """The payroll week of an account that ends with this day. Raises `ArgumentInvalid` for a day
    that no week ends with.
    """
    try:
        last_day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentInvalid([f"{text}: expected a day such as 2026-03-07"]) from None
    if (end := week_end(last_day, starts_on)) != last_day:
        raise ArgumentInvalid([f"{text} is not the last day of a payroll week; {end} is"])
    return Period(text, last_day)


def flow_closed_by(period: str) -> str:
    """The flow that is closed by "month" or by "week"."""
    return next(name for name, flow in FLOWS.items() if flow.closed_by == period)
