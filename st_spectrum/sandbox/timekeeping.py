"""Fills a world with time: technicians who are employees in Spectrum, and their weeks in every form
ServiceTrade has for them.

    kept = keep_time(sandbox.control, built, TimeSizes(weeks=52))

The same time is there as labor job items, as clock events, as absences, and on time cards, so that
any of them may be read.
Tens of thousands of records go through the control API's bulk path, not through ServiceTrade's own;
who they belong to is set up as people would do it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.invoice_plan import ZONE
from st_spectrum.sandbox.time_plan import (
    PlannedCard,
    PlannedEntry,
    PlannedRow,
    hours,
    moment,
    plan_time,
    rows_of,
    until,
)
from st_spectrum.sandbox.world import Built

Row = dict[str, Any]

ITEMS = {"LAB-REG": "Labor - Regular", "LAB-OT": "Labor - Overtime"}
TIME_OFF_JOB = "administrative"
"""Type of the job at the own office on which days off are booked."""


@dataclass(frozen=True)
class TimeSizes:
    """How much time. The last technicians lack what is counted here, in this order; the others are
    sound.
    """

    weeks: int = 2
    first_week: date = date(2026, 4, 5)
    """A Sunday, on which the weeks of time cards begin [ST 8.2]."""
    through: date = date.max
    """Today: nobody has worked on a day to come, and no card is submitted before its week is over.
    """
    approved: float = 0.97
    clocked: Collection[date] = ()
    """Weeks, by their first days, in which all work is clocked and no labor is booked."""
    without_id: int = 0
    """Technicians whom nobody gave their employee code."""
    unknown: int = 0
    """Technicians with a code that Spectrum does not know."""
    inactive: int = 0
    """Technicians who are no active employees any more."""


def weeks_until_now(weeks: int = 2) -> TimeSizes:
    """The present week up to today and those before it, a part not approved yet, and one technician
    without employee code.
    """
    today = datetime.now(ZONE).date()
    sunday = today - timedelta(days=(today.weekday() + 1) % 7 + 7 * (weeks - 1))
    return TimeSizes(weeks=weeks, first_week=sunday, through=today, approved=0.8, without_id=1)


@dataclass(frozen=True)
class Technician:
    """A user of ServiceTrade and the employee code in its external id; "" without one. `is_sound`
    means that time can cross.
    """

    user: int
    employee_code: str
    is_sound: bool


@dataclass(frozen=True)
class Kept:
    """What was written: cards with their ids in ServiceTrade, in the same order."""

    technicians: tuple[Technician, ...]
    cards: tuple[PlannedCard, ...]
    ids: tuple[int, ...]
    time_off_job: int
    jobs: tuple[int, ...]

    @property
    def entries(self) -> int:
        """Pieces of time of all cards, approved or not."""
        return sum(len(card.entries) for card in self.cards)

    def approved_hours(self) -> dict[tuple[str, date], Decimal]:
        """Hours of approved cards by employee code and the first day of the week, clocked and
        generic time included.

        A call over midnight of a week's first day counts on both cards.
        """
        sums: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for card, rows in zip(self.cards, rows_of(self.cards), strict=True):
            if card.status == "approved":
                key = self.technicians[card.technician].employee_code, card.week
                sums[key] += sum((hours(row.seconds) for row in rows), Decimal(0))
        return dict(sums)


def keep_time(control: Control, built: Built, sizes: TimeSizes) -> Kept:
    """Write the time of `built`'s technicians; a world is to be filled with time only once."""
    with ServiceTradeCaller(built.servicetrade_url, parallel=2) as servicetrade:
        technicians = _employ(control, servicetrade, built.account.technicians, sizes)
        items = _labor_items(servicetrade)
        office = built.account.offices[0]
        vendor = built.account.own_company
        made = servicetrade.post(
            "/job",
            locationId=office,
            vendorId=vendor,
            type=TIME_OFF_JOB,
            description="Time off",
            officeIds=[office],
        )
    jobs = tuple(invoice.target["jobId"] for invoice in built.billed)
    seed, count = built.world.seed, len(technicians)
    planned = plan_time(seed, count, sizes.first_week, sizes.weeks, sizes.approved, sizes.clocked)
    cards = tuple(until(card, sizes.through) for card in planned)
    writing = _Writing(
        control, technicians, jobs, int(made["id"]), items, built.account.service_lines
    )
    return Kept(technicians, cards, writing.write(cards), int(made["id"]), jobs)


def _employ(
    control: Control, servicetrade: ServiceTradeCaller, users: Sequence[int], sizes: TimeSizes
) -> tuple[Technician, ...]:
    flaws = (
        ["without_id"] * sizes.without_id
        + ["unknown"] * sizes.unknown
        + ["inactive"] * sizes.inactive
    )
    by_place = [""] * (len(users) - len(flaws)) + flaws
    technicians, employees = [], []
    for number, (user, flaw) in enumerate(zip(users, by_place, strict=True), start=1):
        code = "" if flaw == "without_id" else f"T{number:04d}"
        if code:
            servicetrade.put(f"/externalid/user/{user}/{EXTERNAL_SYSTEM}", value=code)
        if flaw in ("", "inactive"):
            status = "I" if flaw else "A"
            employees.append(
                {
                    "Employee_Code": code,
                    "Employee_Name": f"Technician {number}",
                    "Employment_Status": status,
                }
            )
        technicians.append(Technician(user, code, is_sound=not flaw))
    control.keep_employees(*employees)
    return tuple(technicians)


def _labor_items(servicetrade: ServiceTradeCaller) -> dict[str, int]:
    """Library items by code; those that invoices brought along are used again."""
    known = {item["code"]: int(item["id"]) for item in servicetrade.all("/libitem", "libItems")}
    for code, name in ITEMS.items():
        if code not in known:
            known[code] = int(
                servicetrade.post("/libitem", name=name, type="labor", code=code)["id"]
            )
    return known


@dataclass(frozen=True)
class _Writing:
    """Turns plans into stored records of the four tables."""

    control: Control
    technicians: Sequence[Technician]
    jobs: Sequence[int]
    time_off_job: int
    items: dict[str, int]
    service_lines: Sequence[int]

    def write(self, cards: Sequence[PlannedCard]) -> tuple[int, ...]:
        """The ids of the cards; their rows name the job items, which are written first."""
        labor = [(card, entry) for card in cards for entry in card.entries if entry.kind == "labor"]
        made = iter(
            self.control.add_records(
                "jobitem", [self._job_item(card, entry) for card, entry in labor]
            )
        )
        numbers = {id(entry): number for (_, entry), number in zip(labor, made, strict=True)}
        clocked = [
            (card, entry) for card in cards for entry in card.entries if entry.kind == "clock"
        ]
        self.control.add_records(
            "clockevent", [event for card, entry in clocked for event in self._events(card, entry)]
        )
        off = [(card, entry) for card in cards for entry in card.entries if entry.kind == "generic"]
        self.control.add_records("absence", [self._absence(card, entry) for card, entry in off])
        rows = zip(cards, rows_of(cards), strict=True)
        return tuple(
            self.control.add_records("timecard", [self._card(*row, numbers) for row in rows])
        )

    def _user(self, card: PlannedCard) -> int:
        return self.technicians[card.technician].user

    def _job(self, entry: PlannedEntry) -> int | None:
        if entry.is_time_off:
            return self.time_off_job
        return None if entry.job is None else self.jobs[entry.job % len(self.jobs)]

    def _line(self, entry: PlannedEntry) -> int:
        return self.service_lines[entry.service_line % len(self.service_lines)]

    def _job_item(self, card: PlannedCard, entry: PlannedEntry) -> Row:
        return {
            "name": ITEMS[entry.name],
            "jobId": self._job(entry),
            "libItemId": self.items[entry.name],
            "serviceLineId": self._line(entry),
            "quantity": float(hours(entry.seconds)),
            "usedOn": entry.start,
            "source": {"type": "tech", "userId": self._user(card)},
        }

    def _events(self, card: PlannedCard, entry: PlannedEntry) -> Iterable[Row]:
        common = {"userId": self._user(card), "jobId": self._job(entry), "activity": entry.name}
        yield common | {"eventType": "in", "eventTime": entry.start}
        yield common | {"eventType": "out", "eventTime": entry.start + entry.seconds}

    def _absence(self, card: PlannedCard, entry: PlannedEntry) -> Row:
        end = entry.start + entry.seconds
        return {
            "userId": self._user(card),
            "windowStart": entry.start,
            "windowEnd": end,
            "name": entry.name,
        }

    def _card(self, card: PlannedCard, rows: Iterable[PlannedRow], numbers: dict[int, int]) -> Row:
        is_approved = card.status == "approved"
        next_week = moment(card.week + timedelta(days=7))
        return {
            "userId": self._user(card),
            "periodStart": moment(card.week),
            "periodEnd": next_week - 1,
            "status": card.status,
            "submittedOn": None if card.status == "open" else next_week,
            "approvedOn": next_week + 3600 if is_approved else None,
            "dayLogs": [self._row(row, numbers.get(id(row.entry))) for row in rows],
        }

    def _row(self, planned: PlannedRow, job_item: int | None) -> Row:
        entry, seconds = planned.entry, planned.seconds
        row = {
            "date": moment(planned.day),
            "duration": seconds,
            "quantity": float(hours(seconds)),
            "name": entry.name,
        }
        if entry.kind == "generic":
            return row | {"type": "other"}
        if entry.kind == "clock":
            return row | {"type": "clock", "jobId": self._job(entry)}
        made = {
            "jobItemId": job_item,
            "libItemId": self.items[entry.name],
            "name": ITEMS[entry.name],
        }
        return (
            row
            | made
            | {"type": "labor", "jobId": self._job(entry), "serviceLineId": self._line(entry)}
        )
