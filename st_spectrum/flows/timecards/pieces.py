"""Time as ServiceTrade keeps it -> entries: rows of time cards, labor job items, absences. Clock
events: `clock`.

What the rows mean is assumed where the models say so [ST 8.4]; hours keep their sum by person and
day when rounded.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from st_spectrum.account import Account
from st_spectrum.domain.calendar_days import split_by_day
from st_spectrum.domain.fitting import tidy
from st_spectrum.domain.time_entries import Kind, TimeEntry, entry_key
from st_spectrum.flows.local_days import (
    ZoneOf,
    calendar_day,
    no_zone,
    whole_days,
    zones_of,
)
from st_spectrum.flows.timecards.paid_hours import with_hours
from st_spectrum.flows.timecards.payroll_week import WEEKDAYS, week_end
from st_spectrum.flows.timecards.row_days import row_day
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.servicetrade.models import Job
from st_spectrum.servicetrade.time_models import (
    APPROVED,
    CARD_STATUSES,
    CLOCK,
    LABOR,
    OTHER,
    ROW_TYPES,
    Absence,
    DayLog,
    TimeCard,
)

KINDS: dict[str, Kind] = {LABOR: "labor", CLOCK: "clock", OTHER: "generic"}
"""How a row of a time card is paid, by its type."""

ACTIVITY_NAMES = {
    "on site": "onsite",
    "en route": "enroute",
    "job prep": "offsite",
    "on break": "onbreak",
}
"""What the rows of clocked time are called, assumed to be the names on the technician's screen
[ST 8.1].
"""

DISAGREE = "its quantity and its duration are different hours"
UNKNOWN_TYPE = "the type of its row is not known"
UNKNOWN_STATUS = "the status of its card is not known"
"""How time waits of which a word says what it is that nobody knows: it may be paid, and it may not.
"""
HUNDREDTH = Fraction(1, 100)


def is_row_read(entry: TimeEntry, account: Account) -> bool:
    """Whether the account still has rows of its type read; those from elsewhere are none."""
    rules = account.timecards
    if entry.source != "timecard":
        return True
    is_kind_read = any(KINDS[row] == entry.kind for row in rules.card_rows)
    return is_kind_read and _is_by_the_clock(entry.kind, entry.activity, account)


def _is_by_the_clock(kind: Kind, activity: str, account: Account) -> bool:
    """True of all that is not clocked, and of each activity where nothing but the clock pays."""
    rules = account.timecards
    is_chosen = not rules.has_labor_and_clock or activity in rules.clocked_activities
    return kind != "clock" or is_chosen


def card_entries(
    card: TimeCard, account: Account, zone_of: ZoneOf = no_zone
) -> tuple[TimeEntry, ...]:
    """The rows of a time card that the account pays; expenses are no time."""
    rows = (row for row in card.day_logs if _is_read(row, account))
    exact = (
        (_row_entry(card, row, account, zone_of), _row_hours(row, account))
        for row in sorted(rows, key=lambda row: row.id)
    )
    return _as_paid(exact, account)


def _is_read(row: DayLog, account: Account) -> bool:
    """A row of a type that nobody knows may be any of them."""
    type_, read = _row_type(row, account), account.timecards.card_rows
    if type_ not in ROW_TYPES:
        return bool(read)
    return type_ in read and _is_by_the_clock(KINDS[type_], _activity(row), account)


def _row_type(row: DayLog, account: Account) -> str:
    """One of `ROW_TYPES`, in whatever word or case it is written; "" for an unknown word."""
    known: dict[str, str] = {word: word for word in ROW_TYPES}
    known |= {word.casefold(): type_ for word, type_ in account.timecards.row_types.items()}
    return known.get(row.type.strip().casefold(), "")


def _card_status(card: TimeCard, account: Account) -> str:
    """The same of a card's status."""
    known: dict[str, str] = {word: word for word in CARD_STATUSES}
    known |= {word.casefold(): status for word, status in account.timecards.card_statuses.items()}
    return known.get(card.status.strip().casefold(), "")


def labor_entries(
    items: Iterable[JobItem], account: Account, zone_of: ZoneOf = no_zone
) -> tuple[TimeEntry, ...]:
    """Labor job items whose source is a technician [ST 7.2]; all others are no time."""
    found = {
        item.id: item
        for item in items
        if item.lib_item and item.lib_item.type.casefold() == "labor"
    }
    exact = (
        (_item_entry(item, item.source.user_id, account, zone_of), Fraction(item.quantity or 0))
        for _, item in sorted(found.items())
        if item.source and item.source.type == "tech" and item.source.user_id
    )
    return _as_paid(exact, account)


def absence_entries(
    absence: Absence, account: Account, zone_of: ZoneOf = no_zone
) -> tuple[TimeEntry, ...]:
    """One entry for each paid day of an absence, with so many hours at most [ST 9.2]."""
    rules = account.timecards.absences
    found = []
    zones = zones_of(account, absence.user.id, zone_of)
    for day, seconds in split_by_day(*whole_days(absence.window_start, absence.window_end, zones)):
        if not rules.are_paid or WEEKDAYS[day.weekday()] not in rules.weekdays:
            continue
        end = week_end(day, account.timecards.week_starts_on)
        entry = TimeEntry(
            # By its day, for absences are lengthened and shortened at either end.
            key=entry_key(end, "absence", absence.id, int(f"{day:%Y%m%d}")),
            source="absence",
            kind="generic",
            user_id=absence.user.id,
            user_name=absence.user.name,
            work_date=day,
            hours=Decimal("0.00"),
            generic_name=tidy(absence.name) or rules.name,
            is_approved=True,  # nothing shows an approval of absences: whoever has them paid approves by that
            updated=absence.updated,
        )
        found.append((entry, min(Fraction(seconds, 3600), Fraction(rules.hours_per_day))))
    return _as_paid(found, account)


def with_job(entry: TimeEntry, job: Job, service_lines: tuple[str, ...] = ()) -> TimeEntry:
    """The entry with what only the job says: number, type, place, office, service line if the job
    has a single one.
    """
    office = job.assigned_office.name if job.assigned_office else ""
    only_line = service_lines[0] if len(set(service_lines)) == 1 else ""
    return replace(
        entry,
        job_number=job.number,
        job_type=job.type,
        location_id=job.location.id,
        office=entry.office or office,
        service_line=entry.service_line or only_line,
    )


def _row_entry(card: TimeCard, row: DayLog, account: Account, zone_of: ZoneOf) -> TimeEntry:
    day, other_day = row_day(card, row, account, zone_of)
    kind = KINDS[_row_type(row, account) or account.timecards.card_rows[0]]
    name = tidy(row.name)
    status = _card_status(card, account)
    return TimeEntry(
        key=entry_key(week_end(day, account.timecards.week_starts_on), "timecard", row.id),
        source="timecard",
        kind=kind,
        user_id=card.user.id,
        user_name=card.user.name,
        work_date=day,
        hours=Decimal("0.00"),
        job_id=row.job.id if row.job else None,
        job_number=row.job.number if row.job else None,
        job_type=row.job.type if row.job else "",
        service_line=row.service_line.name if row.service_line else "",
        office=card.office.name if card.office else "",
        lib_item_code=row.lib_item.code if row.lib_item else "",
        activity=_activity(row) if kind == "clock" else "",
        generic_name=name if kind == "generic" else "",
        is_approved=status in (APPROVED, ""),
        updated=card.updated,
        card_id=card.id,
        waits=other_day or _disagreement(row, account) or _unknown_word(card, row, account),
    )


def _unknown_word(card: TimeCard, row: DayLog, account: Account) -> str:
    """What a row waits for whose type or whose card's status is on no list; else ""."""
    if not _row_type(row, account):
        return f"{UNKNOWN_TYPE}: {row.type!r} is none of {', '.join(ROW_TYPES)}"
    if not _card_status(card, account):
        return f"{UNKNOWN_STATUS}: {card.status!r} is none of {', '.join(CARD_STATUSES)}"
    return ""


def _activity(row: DayLog) -> str:
    name = tidy(row.name)
    return ACTIVITY_NAMES.get(name.casefold(), name)


def _row_hours(row: DayLog, account: Account) -> Fraction:
    """As the account says where a row has both; `both` takes the quantity, which the duration then
    confirms (assumed) [ST 8.4].
    """
    quantity, duration = Fraction(row.quantity), Fraction(row.duration, 3600)
    return (
        duration or quantity if account.timecards.card_hours == "duration" else quantity or duration
    )


def _disagreement(row: DayLog, account: Account) -> str:
    """What a row waits for that says two different things about its hours, each more than rounding
    apart; else "".
    """
    quantity, duration = Fraction(row.quantity), Fraction(row.duration, 3600)
    is_either_enough = account.timecards.card_hours != "both" or not quantity or not duration
    if is_either_enough or abs(quantity - duration) < HUNDREDTH:
        return ""
    return f"{DISAGREE}: {float(quantity):.2f} and {float(duration):.2f}"


def _item_entry(item: JobItem, user_id: int, account: Account, zone_of: ZoneOf) -> TimeEntry:
    # The day of use may bear the hour of the appointment [ST 5.1, 7.1], so not every instant is a
    # midnight.
    day = calendar_day(item.used_on or item.created, zones_of(account, user_id, zone_of))
    line = item.service_line or (item.lib_item.service_line if item.lib_item else None)
    return TimeEntry(
        key=entry_key(week_end(day, account.timecards.week_starts_on), "jobitem", item.id),
        source="jobitem",
        kind="labor",
        user_id=user_id,
        user_name="",
        work_date=day,
        hours=Decimal("0.00"),
        job_id=item.job.id if item.job else None,
        service_line=line.name if line else "",
        lib_item_code=item.lib_item.code if item.lib_item else "",
        is_approved=True,  # job items know no approval: whoever chooses them approves by that [ST 8.3]
        pay_rate=item.cost,
        updated=item.updated,
        waits="" if item.used_on else "it has no day on which it was used",
    )


def _as_paid(
    exact: Iterable[tuple[TimeEntry, Fraction]], account: Account
) -> tuple[TimeEntry, ...]:
    return with_hours(((entry.versioned(str(hours)), hours) for entry, hours in exact), account)
