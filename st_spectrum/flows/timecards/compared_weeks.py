"""Which payroll weeks a night goes through: the latest ones always, older ones until each was, and
then one of them each night.

Time that was approved before the first night, an absence or a clock event that is corrected late:
nothing else would notice it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from st_spectrum.account import Account
from st_spectrum.flows.timecards.notice import compared_weeks
from st_spectrum.flows.timecards.payroll_week import week_end
from st_spectrum.ledger.documents.timecards import ComparedWeeks
from st_spectrum.ledger.ledger import Ledger


def weeks_of_a_night(account: Account, ledger: Ledger, today: date) -> tuple[date, ...]:
    """The weeks' last days, oldest first: all that no night has gone through, else one old week."""
    recent = compared_weeks(account, today)
    older = _older(account, recent)
    span = ledger.document_or_none(ComparedWeeks)
    unseen = [end for end in older if span is None or not span.since_end <= end <= span.through]
    if not unseen and older and span is not None:
        unseen = [next((end for end in older if end > span.old), older[0])]
    return (*unseen, *recent)


def remember_compared(ledger: Ledger, ends: Sequence[date]) -> None:
    """These weeks were gone through to their end; to be called with all that `weeks_of_a_night`
    named.
    """
    if not ends:
        return
    before = ledger.document_or_none(ComparedWeeks)
    since = min(ends[0], before.since_end) if before else ends[0]
    ledger.put(ComparedWeeks(since, through=ends[-1], old=ends[0]))


def _older(account: Account, recent: Sequence[date]) -> list[date]:
    if not recent:
        return []
    rules = account.timecards
    end, found = week_end(date.fromisoformat(rules.first_day), rules.week_starts_on), []
    while end < recent[0]:
        found.append(end)
        end += timedelta(weeks=1)
    return found
