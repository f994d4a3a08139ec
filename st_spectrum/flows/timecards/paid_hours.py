"""Exact hours of entries as the hundredths that payroll takes, and which are paid at all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from st_spectrum.account import Account
from st_spectrum.domain.fitting import tidy
from st_spectrum.domain.time_entries import TimeEntry, in_hundredths


def is_unpaid(entry: TimeEntry, account: Account) -> bool:
    """Whether the account lists its activity or name as time that is written down, but not paid."""
    rules = account.timecards
    names = {tidy(name).casefold() for name in rules.unpaid_names}
    return entry.activity in rules.unpaid_activities or tidy(entry.generic_name).casefold() in names


def is_before_the_first_day(entry: TimeEntry, account: Account) -> bool:
    """Whether it is older than what the account carries: such time was entered by hand."""
    first_day = account.timecards.first_day
    return bool(first_day) and entry.work_date.isoformat() < first_day


def first_day_setting(account: Account) -> str:
    """The key of the account file by which time begins."""
    return "go_live" if account.go_live else "timecards.first_day"


def is_due(entry: TimeEntry, account: Account) -> bool:
    """Whether it has to be in payroll, or to wait for a person: approved, paid, and not too old."""
    is_wanted = (
        entry.is_approved
        and not is_unpaid(entry, account)
        and not is_before_the_first_day(entry, account)
    )
    return is_wanted and (bool(entry.hours) or bool(entry.waits))


def is_part_of(hours: Decimal, sent: Decimal) -> bool:
    """Whether rows of a card pay no more of it than was sent, and take no hours away: payroll
    splits a card, and takes one back with a minus.
    """
    return min(sent, Decimal(0)) <= hours <= max(sent, Decimal(0))


def with_hours(
    exact: Iterable[tuple[TimeEntry, Fraction]], account: Account
) -> tuple[TimeEntry, ...]:
    """The entries with hours in hundredths; what one person is paid for a day is the rounded sum of
    the exact hours.

    Give them in the order in which they came about, so that what is entered later never moves a
    hundredth of what was sent.
    What waits is no part of that sum until it has been corrected, and what is not paid never is.
    """
    by_day: dict[tuple[int, date, bool], list[tuple[TimeEntry, Fraction]]] = defaultdict(list)
    for entry, hours in exact:
        by_day[entry.user_id, entry.work_date, is_unpaid(entry, account)].append((entry, hours))
    found = []
    for parts in by_day.values():
        ordered = sorted(parts, key=lambda part: bool(part[0].waits))
        shares = in_hundredths(hours for _, hours in ordered)
        found += [
            replace(entry, hours=hours) for (entry, _), hours in zip(ordered, shares, strict=True)
        ]
    return tuple(found)
