"""What time a believable crew reports: work on jobs, clocked travel and standby, days off; week by
week, from a seed.

Decided before any call, like the rest of the world. Everything is in whole hundredths of an hour,
so that sums can be compared exactly whichever way the time goes.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from st_spectrum.sandbox.invoice_plan import ZONE

TICK_SECONDS = 180
"""Three minutes, which are five hundredths of an hour."""

DAY_SECONDS = 24 * 3600

GENERIC = {"PTO": 40, "Sick": 20, "Holiday": 15, "Training": 25}
"""What is written down when nobody works on a job, and how often."""

CLOCKED = ("enroute", "offsite", "onsite")
ITEM_CODES = {"LAB-REG": 85, "LAB-OT": 15}
TIME_OFF_CHANCE = 0.02
"""How often a day off is booked as work on the job that is kept for it, as ServiceTrade used to
advise [ST 8.3].
"""


@dataclass(frozen=True)
class PlannedEntry:
    """One piece of time from `start`, epoch seconds, that lasts `seconds` of real time.

    `kind` is labor, clock or generic. `job` picks one out of the jobs for it, None where there is
    none; `name` is the item
    code, the activity, or what a generic entry is called. A clocked entry may go over midnight.
    """

    kind: str
    start: int
    seconds: int
    name: str
    job: int | None = None
    service_line: int = 0
    is_time_off: bool = False

    @property
    def days(self) -> tuple[tuple[date, int], ...]:
        """Local days with the seconds that fall on each; they add up to `seconds`."""
        found: list[tuple[date, int]] = []
        at, end = self.start, self.start + self.seconds
        while at < end:
            day = datetime.fromtimestamp(at, ZONE).date()
            until = min(end, moment(day + timedelta(days=1)))
            found.append((day, until - at))
            at = until
        return tuple(found)


@dataclass(frozen=True)
class PlannedCard:
    """One technician's week. `technician` is a place in the list; `week` the Sunday on which it
    begins.
    """

    technician: int
    week: date
    status: str
    entries: tuple[PlannedEntry, ...]


@dataclass(frozen=True)
class PlannedRow:
    """What of an entry falls on one day: one row of the time card of that day's week."""

    entry: PlannedEntry
    day: date
    seconds: int


def until(card: PlannedCard, today: date) -> PlannedCard:
    """The card as it stands on a day: it has no time of days to come, and is open until its week is
    over.
    """
    if (today - card.week).days >= 7:
        return card
    begun = tuple(entry for entry in card.entries if entry.days[0][0] <= today)
    return replace(card, entries=begun, status="open")


def rows_of(cards: Sequence[PlannedCard]) -> tuple[tuple[PlannedRow, ...], ...]:
    """The rows of each card. A call that goes on into the next week stands on two cards, each with
    the days of its week.
    """
    places = {(card.technician, card.week): place for place, card in enumerate(cards)}
    found: list[list[PlannedRow]] = [[] for _ in cards]
    for card in cards:
        for entry in card.entries:
            for day, seconds in entry.days:
                week = day - timedelta(days=(day.weekday() + 1) % 7)
                found[places[card.technician, week]].append(PlannedRow(entry, day, seconds))
    return tuple(map(tuple, found))


def moment(day: date, hour: int = 0, minute: int = 0) -> int:
    """Epoch seconds of a local time of day."""
    return int(datetime.combine(day, time(hour, minute), ZONE).timestamp())


def hours(seconds: int) -> Decimal:
    """Hours to the hundredth; exact for what is planned here."""
    return (Decimal(seconds) / 3600).quantize(Decimal("0.01"))


def plan_time(
    seed: int,
    technicians: int,
    first_week: date,
    weeks: int,
    approved: float,
    clocked: Collection[date] = (),
) -> Iterator[PlannedCard]:
    """A card for every technician and week, about 19 entries each; `approved` is the share that is
    released for payroll.

    In the weeks that are `clocked`, named by their first days, technicians clock in and out where
    they book labor in others.
    """
    random = Random(f"time of world {seed}")  # noqa: S311  a reproducible world, no secret
    for number in range(weeks):
        week = first_week + timedelta(days=7 * number)
        for technician in range(technicians):
            is_approved = random.random() < approved
            status = "approved" if is_approved else random.choice(("submitted", "open", "rejected"))
            entries = [
                *_week(random, week, week in clocked),
                *_on_call(random, technician, week, number == 0),
            ]
            yield PlannedCard(technician, week, status, tuple(entries))


def _week(random: Random, week: date, is_clocked: bool) -> Iterator[PlannedEntry]:
    off = random.randrange(1, 6) if random.random() < 0.2 else 0
    for place in range(1, 6):
        day = week + timedelta(days=place)
        if place == off:
            yield PlannedEntry("generic", moment(day, 8), 8 * 3600, _drawn(random, GENERIC))
        else:
            yield from _working_day(random, day, is_clocked)
    if random.random() < 0.6:
        yield PlannedEntry(
            "generic", moment(week + timedelta(days=5), 16), 20 * TICK_SECONDS, "Training"
        )


def _working_day(random: Random, day: date, is_clocked: bool) -> Iterator[PlannedEntry]:
    at = moment(day, 7) + TICK_SECONDS * random.randrange(10)
    if random.random() < 0.7:
        drive = TICK_SECONDS * random.randint(3, 15)
        yield PlannedEntry("clock", at, drive, random.choice(CLOCKED), random.randrange(1_000_000))
        at += drive
    for _ in range(random.choice((2, 3, 3, 3, 4))):
        seconds = TICK_SECONDS * random.randint(20, 60)
        item, job, line = (
            _drawn(random, ITEM_CODES),
            random.randrange(1_000_000),
            random.randrange(1_000_000),
        )
        is_off = random.random() < TIME_OFF_CHANCE
        if is_clocked:
            yield PlannedEntry("clock", at, seconds, "onsite", job)
        else:
            yield PlannedEntry("labor", at, seconds, item, job, line, is_time_off=is_off)
        at += seconds


def _on_call(
    random: Random, technician: int, week: date, is_first_week: bool
) -> Iterator[PlannedEntry]:
    """Some are called in a weekend night; in the nights when clocks change, the first technician
    always is.
    """
    is_called, at_the_end = random.random() < 0.25, random.choice((False, True)) or is_first_week
    if (
        technician == 0
        and not is_first_week
        and moment(week + timedelta(days=1)) - moment(week) != DAY_SECONDS
    ):
        yield PlannedEntry(
            "clock",
            moment(week - timedelta(days=1), 22),
            6 * 3600,
            "onsite",
            random.randrange(1_000_000),
        )
    elif is_called:
        yield _standby(random, week + timedelta(days=6 if at_the_end else 0))


def _standby(random: Random, day: date) -> PlannedEntry:
    """A call on a weekend night that ends on the next day; twice a year such a night is an hour
    longer or shorter.
    """
    start = moment(day - timedelta(days=1), 22) + TICK_SECONDS * random.randrange(20)
    return PlannedEntry(
        "clock",
        start,
        TICK_SECONDS * random.randint(60, 120),
        "onsite",
        random.randrange(1_000_000),
    )


def _drawn(random: Random, words: dict[str, int]) -> str:
    return random.choices(tuple(words), tuple(words.values()))[0]
