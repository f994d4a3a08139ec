"""A year of a contractor's time: what the fast path never heard of is found by the weekly
reconciliations, and nothing twice.

The account pays what people clock in winter, by the clock's own events until March and by the
clocked rows of time cards from November on, and what they book as labor in between. So every kind
of time is paid, and a call over each clock change.
"""

import hashlib
import os
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from st_spectrum.account import Account
from st_spectrum.flows.session import Session, open_session
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.week_comparison import PayrollWeek
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.time_plan import PlannedRow, hours, rows_of
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.timekeeper import Sums, Timekeeper, build_timekeeper

TECHNICIANS = int(os.environ.get("ST_SPECTRUM_YEAR_TECHNICIANS", "60"))
FIRST_SUNDAY = date(2026, 1, 4)
WEEKS = 52
NEVER_DELIVERED = 50
"""One event out of so many is lost."""

CLOCK_CHANGES = (date(2026, 3, 8), date(2026, 11, 1))
BY_CLOCK_UNTIL = date(2026, 3, 28)
BY_CLOCKED_ROWS_FROM = date(2026, 10, 31)
"""Last days of payroll weeks."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def rules_of(end: date) -> dict[str, object]:
    """How the account pays the week that ends with `end`."""
    if end <= BY_CLOCK_UNTIL:
        return {"adapter": "clock", "are_paid": True}
    return {
        "adapter": "timecard",
        "card_rows": ("clock" if end >= BY_CLOCKED_ROWS_FROM else "labor", "other"),
    }


def is_paid(row: PlannedRow, status: str, end: date) -> bool:
    """Clock events and absences know no approval; time cards do."""
    if end <= BY_CLOCK_UNTIL:
        return row.entry.kind in ("clock", "generic")
    return status == "approved" and row.entry.kind in (
        "clock" if end >= BY_CLOCKED_ROWS_FROM else "labor",
        "generic",
    )


@dataclass
class Year:
    """A keeper of time, and what became of it."""

    timekeeper: Timekeeper
    lost: Collection[str] = ()
    sent_at_once: int = 0
    weeks: tuple[PayrollWeek, ...] = ()
    accounts: dict[str, Account] = field(default_factory=dict)

    @contextmanager
    def session(self, end: date) -> Iterator[Session]:
        """As a run has it that works on the week, with the account file as it is then."""
        rules = rules_of(end)
        if (name := str(rules)) not in self.accounts:
            absences = self.timekeeper.contractor.account.timecards.absences
            paid = absences.model_copy(update={"are_paid": rules.pop("are_paid", False)})
            self.timekeeper.set_rules(**rules, absences=paid)
            self.accounts[name] = self.timekeeper.contractor.account
        with open_session(self.accounts[name]) as session:
            yield session

    def live(self) -> None:
        """Week by week the events of the time arrive in any order, except for those that are
        lost.
        """
        random, lost = Random(2), set()  # noqa: S311  the same events are lost in every run
        for end in self.timekeeper.week_ends:
            with self.session(end) as session:
                keys = [entry.key for entry in time_context(session.flows).times.week(end)]
                random.shuffle(keys)
                lost.update(keys[::NEVER_DELIVERED])
                heard = [key for place, key in enumerate(keys) if place % NEVER_DELIVERED]
                report = session.engine.run("timecards", heard, run_id=f"week {end}")
            assert report.stopped_by is None
        self.lost, self.sent_at_once = lost, len(self.timekeeper.rows())

    def reconcile(self) -> tuple[PayrollWeek, ...]:
        """All weeks, each in a session of its own as its run has it."""
        found = []
        for end in self.timekeeper.week_ends:
            with self.session(end) as session:
                found.append(reconcile_week(session, end, f"reconciliation {end}"))
        return tuple(found)

    def planned(self) -> Iterator[tuple[str, date, PlannedRow]]:
        """What is to be paid, by employee and end of week: the plan alone says it."""
        kept = self.timekeeper.kept
        for card, rows in zip(kept.cards, rows_of(kept.cards), strict=True):
            end = card.week + timedelta(days=6)
            for row in rows:
                if is_paid(row, card.status, end):
                    yield kept.technicians[card.technician].employee_code, end, row

    def planned_hours(self) -> Sums:
        """Their sums."""
        sums: Sums = defaultdict(Decimal)
        for employee, end, row in self.planned():
            sums[employee, end] += hours(row.seconds)
        return dict(sums)

    def ledger_digest(self) -> str:
        """Changes with any document of the ledger."""
        digest = hashlib.sha256()
        with sqlite3.connect(self.timekeeper.contractor.account.ledger.path) as file:
            for row in file.execute("SELECT key, etag FROM documents ORDER BY key"):
                digest.update("|".join(row).encode())
        return digest.hexdigest()


@pytest.fixture(scope="module")
def year(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A year that has been lived and reconciled once."""
    running_sandbox.control.reset()
    ends = (FIRST_SUNDAY + timedelta(days=7 * number + 6) for number in range(WEEKS))
    clocked = {
        end - timedelta(days=6)
        for end in ends
        if end <= BY_CLOCK_UNTIL or end >= BY_CLOCKED_ROWS_FROM
    }
    sizes = TimeSizes(weeks=WEEKS, first_week=FIRST_SUNDAY, clocked=clocked)
    timekeeper = build_timekeeper(
        running_sandbox, tmp_path_factory.mktemp("year"), sizes, technicians=TECHNICIANS
    )
    costs = timekeeper.contractor.account.timecards.cost_codes
    timekeeper.set_rules(
        target="rest", cost_codes=costs.model_copy(update={"default_phase": "001"})
    )
    # A far system and many threads fill each message with cards, as a real one does.
    timekeeper.contractor.overrides["pace"] = {"workers": 32}
    running_sandbox.control.latency(spectrum=0.02)
    year = Year(timekeeper)
    year.live()
    year.weeks = year.reconcile()
    return year


def test_the_year_is_as_big_as_it_says_and_holds_every_kind_of_time(year: Year) -> None:
    assert len(year.weeks) == WEEKS
    assert 950 * TECHNICIANS < year.timekeeper.kept.entries < 1050 * TECHNICIANS
    paid = Counter(row.entry.kind for _, _, row in year.planned())
    assert min(paid["labor"], paid["clock"]) > 250 * TECHNICIANS
    assert paid["generic"] > 30 * TECHNICIANS
    over_a_change = {
        row.day
        for _, _, row in year.planned()
        if row.entry.kind == "clock" and len(row.entry.days) == 2
    }
    assert over_a_change >= {*CLOCK_CHANGES, *(day - timedelta(days=1) for day in CLOCK_CHANGES)}


def test_events_were_lost_and_exactly_what_they_told_of_was_missed(year: Year) -> None:
    missed = {key for week in year.weeks for key in week.missed}
    assert missed <= set(year.lost)
    assert 0.8 * len(year.lost) < len(missed)
    assert len(year.timekeeper.rows()) == year.sent_at_once + len(missed)


def test_every_hour_is_in_payroll_once_by_employee_and_week(year: Year) -> None:
    rows = year.timekeeper.rows()
    tokens = Counter(str(row["Message"]).strip() for row in rows)
    assert max(tokens.values()) == 1
    assert len(rows) == sum(1 for _ in year.planned())
    assert year.timekeeper.in_payroll() == year.planned_hours()


def test_the_tables_of_the_weeks_agree_with_both_sides(year: Year) -> None:
    planned: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for (employee, end), total in year.planned_hours().items():
        planned[end][employee] = total
    for week in year.weeks:
        totals = week.totals("employee")
        assert {code: total.servicetrade for code, total in totals.items()} == planned[week.end]
        assert {code: total.payroll for code, total in totals.items()} == planned[week.end]
        assert week.difference == 0


def test_all_weeks_once_more_call_no_write_and_leave_no_trace(year: Year) -> None:
    before = year.timekeeper.contractor.writes(), year.ledger_digest()

    again = year.reconcile()

    assert (year.timekeeper.contractor.writes(), year.ledger_digest()) == before
    assert [week.missed for week in again] == [()] * WEEKS
    assert [week.rows for week in again] == [week.rows for week in year.weeks]
