"""The rows of a payroll week's table, and what only shows when they are seen together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from st_spectrum.flows.timecards.refusals import SHARED


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of time of the week. `hours` is what ServiceTrade says to pay now, `hours_sent`
    what went out.

    `hours_in_spectrum` is None where payroll cannot be read. `difference` is what ServiceTrade has
    more than payroll. Codes are those that the card was booked under; of time that was not sent the
    employee is the technician's name.
    """

    entry: str
    technician: str
    work_date: date
    hours: Decimal
    target_key: str
    state: str
    first_seen_at: datetime | None
    sent_at: datetime | None
    hours_sent: Decimal
    hours_in_spectrum: Decimal | None
    difference: Decimal
    employee: str
    pay_type: str
    job: str
    department: str
    remark: str


def with_shared_codes(rows: Iterable[Row], users: Mapping[str, int]) -> tuple[Row, ...]:
    """With a remark on time of two technicians that stands in payroll under one employee code;
    `users` are their ids by entry.
    """
    every = tuple(rows)
    people: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in every:
        if row.sent_at is not None and row.employee and row.entry in users:
            people[row.employee][users[row.entry]] = row.technician
    shared = {
        code: " and ".join(sorted(names.values()))
        for code, names in people.items()
        if len(names) > 1
    }
    return tuple(_remarked(row, shared) if row.entry in users else row for row in every)


def _remarked(row: Row, shared: Mapping[str, str]) -> Row:
    if row.sent_at is None or row.employee not in shared:
        return row
    shared_by = f"{SHARED} {row.employee}: {shared[row.employee]}"
    return replace(row, remark="; ".join(filter(None, (shared_by, row.remark))))
