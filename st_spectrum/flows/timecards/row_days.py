"""The day that a row of a time card is for. Pure.

A week is read by the periods of its cards, so a row counts only on a day near that of its card: a
day that somebody mistyped by months would be looked for where its card is not, and be paid by
nobody.
"""

from datetime import date
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.calendar_days import day_of
from st_spectrum.flows.local_days import ZoneOf, day_of_midnight, uncertain_day, zones_of
from st_spectrum.flows.timecards.payroll_week import week_end, week_window
from st_spectrum.servicetrade.time_models import DayLog, TimeCard

DAY = 24 * 3600
OTHER_CARD_DAYS = 35
"""A row may tell of a day outside of its card's period: what is not found is looked for in so many
days around the week.
"""

WEEK_SECONDS = 7 * DAY

FAR = "its day lies far outside of its card's period"


def row_day(card: TimeCard, row: DayLog, account: Account, zone_of: ZoneOf) -> tuple[date, str]:
    """The day of a row, and why it waits for another one; "" when it does not. One whose day lies
    far from its card is kept with the card, where a person sees it.
    """
    certain = day_of_midnight(row.date, zones_of(account, card.user.id, zone_of))
    day = certain or day_of(row.date, ZoneInfo(account.timezone))
    if _is_far(card, day, account):
        return _day_of_card(card, account), f"{FAR}: {day:%m/%d/%Y}"
    return day, "" if certain else uncertain_day(row.date, account)


def _is_far(card: TimeCard, day: date, account: Account) -> bool:
    """Whether whoever reads the week of that day would not come upon the card."""
    if not card.period_start:
        return False
    end = week_end(day, account.timecards.week_starts_on)
    start, until = week_window(end, ZoneInfo(account.timezone))
    margin = OTHER_CARD_DAYS * DAY
    return not start - margin <= card.period_start < until + margin


def _day_of_card(card: TimeCard, account: Account) -> date:
    """The last day of its period, or of the first week of one that is longer."""
    last = min(card.period_end, card.period_start + WEEK_SECONDS - 1)
    return day_of(max(card.period_start, last), ZoneInfo(account.timezone))
