"""A contractor whose technicians keep time; what payroll should hold, and what it holds."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from st_spectrum.engine.report import Report
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.sandbox.invoice_plan import ZONE
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.time_plan import rows_of
from st_spectrum.sandbox.timekeeping import TIME_OFF_JOB, Kept, TimeSizes, hours, keep_time
from st_spectrum.sandbox.world import Built, World
from tests.audit.masters import Baseline
from tests.world.clerk import Clerk
from tests.world.contractor import Contractor, build_contractor
from tests.world.kept_worlds import begin_with

PAID = ("labor", "generic")
"""What of a card is paid: its clocked rows are the same hours once more."""

TODAY = datetime.now(ZONE).date()
SUNDAY = TODAY - timedelta(days=(TODAY.weekday() + 1) % 7 + 7)
"""The first day of the week before this one."""

IDS = {
    "jobId": "job",
    "jobItemId": "jobItem",
    "libItemId": "libItem",
    "serviceLineId": "serviceLine",
}

Sums = dict[tuple[str, date], Decimal]


@dataclass
class Timekeeper(Clerk):
    """Somebody at a contractor whose jobs are in Spectrum, and the time on them."""

    flow = "timecards"

    kept: Kept

    @property
    def week_ends(self) -> tuple[date, ...]:
        """The Saturdays of the weeks with time."""
        return tuple(sorted({card.week + timedelta(days=6) for card in self.kept.cards}))

    def set_rules(self, **rules: Any) -> None:
        """Other rules of time cards in the account file."""
        self.contractor.overrides.setdefault("timecards", {}).update(rules)

    def card(self, place: int = 0) -> str:
        """Where ServiceTrade has a card of the plan."""
        return f"/timecard/{self.kept.ids[place]}"

    def set_status(self, word: str, place: int = 0) -> None:
        """Approve a card, or take that back."""
        self.contractor.office.put(self.card(place), status=word)
        cards = list(self.kept.cards)
        cards[place] = replace(cards[place], status=word)
        self.kept = replace(self.kept, cards=tuple(cards))

    def keep_only(self, *rows: dict[str, Any]) -> None:
        """Leave only so many labor rows of the first card, each with changes."""
        office, card = self.contractor.office, self.card()
        labor = [row for row in office.get(card)["dayLogs"] if row["type"] == "labor"]
        kept = [given(row) | changes for row, changes in zip(labor, rows, strict=False)]
        office.put(card, dayLogs=[row | {"duration": int(row["quantity"] * 3600)} for row in kept])

    def delete_card(self, place: int = 0) -> None:
        self.contractor.office.remove(self.card(place))

    def keys(self, technician: int | None = None) -> tuple[str, ...]:
        """Every piece of time there is, approved or not; of one technician alone, if named."""
        user = None if technician is None else self.kept.technicians[technician].user
        with self.contractor.session() as session:
            return tuple(
                entry.key
                for end in self.week_ends
                for entry in time_context(session.flows).times.week(end)
                if user in (None, entry.user_id)
            )

    def carry(self, keys: Sequence[str] | None = None) -> Report:
        """All of them, or those named, once through the engine."""
        wanted = self.keys() if keys is None else keys
        with self.contractor.session() as session:
            return session.engine.run("timecards", wanted, run_id="test")

    def expected(self) -> Sums:
        """Approved hours of those whose time can cross, by employee and end of week."""
        sums: Sums = defaultdict(Decimal)
        for card, rows in zip(self.kept.cards, rows_of(self.kept.cards), strict=True):
            person = self.kept.technicians[card.technician]
            if card.status == "approved" and person.is_sound:
                paid = (hours(row.seconds) for row in rows if row.entry.kind in PAID)
                sums[person.employee_code, card.week + timedelta(days=6)] += sum(paid, Decimal(0))
        return dict(sums)

    def rows(self) -> list[dict[str, object]]:
        """What Spectrum holds of pre-time cards."""
        return list(self.control.records("spectrum", "PR_PRE_TC_IMPORT_ERR_MC"))

    def in_payroll(self) -> Sums:
        """Hours that Spectrum holds, by employee and end of week."""
        sums: Sums = defaultdict(Decimal)
        for row in self.rows():
            day = date.fromisoformat(str(row["Work_Date"])[:10])
            end = day + timedelta(days=(5 - day.weekday()) % 7)
            sums[str(row["Employee_Code"]).strip(), end] += Decimal(str(row["Hours"]))
        return dict(sums)

    def assert_exact(self) -> None:
        """Every approved hour is in payroll, and no card twice."""
        tokens = Counter(str(row["Message"]).strip() for row in self.rows())
        assert [token for token, count in tokens.items() if count > 1] == []
        assert self.in_payroll() == self.expected()


def given(row: dict[str, Any]) -> dict[str, Any]:
    """A row of an answer as it is sent back."""
    plain = {name: row[name] for name in ("id", "date", "type", "name", "duration", "quantity")}
    return plain | {
        name: other["id"] for name, key in IDS.items() if isinstance(other := row[key], dict)
    }


def build_timekeeper(
    sandbox: Sandbox, state_dir: Path, sizes: TimeSizes, technicians: int = 3
) -> Timekeeper:
    """Jobs first, then time on them; the call log then begins with the first call about time."""
    world = World(
        companies=6,
        vendors=1,
        locations=6,
        jobs=8,
        technicians=technicians,
        invoices=8,
        template_phases=2,
    )

    def fill() -> tuple[Baseline, Built, Kept]:
        made = build_contractor(sandbox, state_dir, world)
        made.overrides["timecards"] = {"first_day": "2026-01-04"}
        made.begin_time()
        kept = keep_time(sandbox.control, made.built, sizes)
        made.overrides["timecards"] = {"first_day": ""}
        made.rounds_until_quiet()
        sandbox.control.clear_calls()
        return made.before, made.built, kept

    before, built, kept = begin_with(
        sandbox, state_dir, ("timekeeper", repr(sizes), technicians), fill
    )
    made = Contractor(sandbox, state_dir, before, built)
    timekeeper = Timekeeper(made, kept)
    timekeeper.set_rules(first_day="2026-01-04")
    pay_types = made.account.timecards.pay_types
    by_name = {**pay_types.by_generic_name, TIME_OFF_JOB: "V"}
    timekeeper.set_rules(pay_types=pay_types.model_copy(update={"by_generic_name": by_name}))
    return timekeeper
