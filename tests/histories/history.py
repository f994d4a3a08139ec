"""One history: what happens to the contractor, to the two systems, to the workers and to their
ledger.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from st_spectrum.account import Account
from st_spectrum.domain.equation import Line
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.session import Session, open_session
from st_spectrum.flows.timecards.week_comparison import PayrollWeek
from st_spectrum.ledger.memory import MemoryStore, Snapshot
from st_spectrum.ledger.store import Store
from st_spectrum.reconcile.both_sides import compare_both_sides
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.calls import SystemName
from st_spectrum.sandbox.hand_clock import HandClock
from tests.histories.judge import Judged, judge
from tests.histories.life import Life, MortalStore
from tests.histories.place import Place, with_change
from tests.world.contractor import Contractor
from tests.world.stores import Killed

if TYPE_CHECKING:
    from tests.campaign.people.touched import Touched
    from tests.histories.cases import Case

HOUR = 3600.0
BY_NAME = (Line.BY_HAND, Line.DIFFERENCE)
"""Lines of the month's equation behind which the controller looks at each record: what people
typed, posted or reversed themselves, and what nothing explains.
"""
MOST_ROUNDS = 20
"""A call that is refused goes out eight times, and each pause of an hour may end just after the
round of that hour.
"""


@dataclass(frozen=True)
class Copy:
    """A backup: the ledger, and what lay in the state folder beside it."""

    ledger: Snapshot
    files: Mapping[str, bytes]


@dataclass
class History:
    """What can be done. Whoever opens it (`Place.history`) has put the base world back before."""

    place: Place
    case: "Case"
    state_dir: Path
    store: MemoryStore
    workers: int = 1
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Changes to sections of the account file, on top of those of the case."""
    made: list[int] = field(default_factory=list)
    """What people have made so far, by ServiceTrade id (orders: by number)."""
    behind: timedelta = timedelta()
    """How far the clock of the workers' machines is behind that of both systems."""
    touched: dict[int, "Touched"] = field(default_factory=dict)
    """What people did by hand to a record, by its place in `made`."""
    typed: set[str] = field(default_factory=set)
    """Codes that people typed at Spectrum's screen for records of somebody else."""
    changes: dict[str, Any] = field(default_factory=dict)
    """What the account file says by now, by the path of the key, such as `jobs.number_format`."""
    has_other_ledger: bool = False
    """Whether an older, a second or no ledger went to work."""
    is_later_than_assumed: bool = False
    """Whether a call was later, or a clock jumped further, than docs/guarantees.md assumes."""
    _alive_unseen: list[AbstractContextManager[Session]] = field(default_factory=list)

    @property
    def clock(self) -> HandClock:
        return self.place.door.clock

    @property
    def contractor(self) -> Contractor:
        """Whose people have their hands on both systems."""
        return self.place.contractor

    def records(self, system: SystemName, table: str) -> list[dict[str, Any]]:
        """The raw rows of one table."""
        return self.place.door.rig.records(system, table)

    @property
    def account(self) -> Account:
        """The account file as it is now."""
        account = self.place.account(has_infolink=self.case.has_infolink)
        changes: dict[str, dict[str, Any]] = {"pace": {"workers": self.workers}}
        for section, values in (*self.case.settings.items(), *self.settings.items()):
            changes[section] = changes.get(section, {}) | values
        for section, values in changes.items():
            account = account.model_copy(
                update={section: getattr(account, section).model_copy(update=values)}
            )
        for path, value in self.changes.items():
            account = with_change(account, path, value)
        return account

    def machine_clock(self) -> datetime:
        """What the workers' machines believe that it is."""
        return self.clock() - self.behind

    def make(self) -> None:
        """People approve one more record of the case's kind."""
        self.case.make(self)

    def change(self, which: int) -> None:
        """People do to one of the records what the case knows to do; nothing while there is
        none.
        """
        if self.made:
            self.case.change(self, which % len(self.made))

    def fault(self, **rule: Any) -> None:
        """A rule of `st_spectrum.sandbox.faults`; the system is Spectrum unless it is named."""
        self.contractor.control.add_fault(**{"system": "spectrum"} | rule)

    def session(
        self, life: Life | None = None, store: Store | None = None
    ) -> AbstractContextManager[Session]:
        """A worker over the ledger of this history, or another one; without a life it does not
        die.
        """
        door, reached = self.place.door, self.store if store is None else store
        through = door.transports(life.before, life.after) if life else door.transports()
        return open_session(
            self.account,
            transports=through,
            store=MortalStore(reached, life) if life else reached,
            clock=self.machine_clock,
        )

    def round(
        self, life: Life | None = None, store: MemoryStore | None = None
    ) -> dict[str, Report] | None:
        """One round of the case's flows by a new worker; None when it died or a system stopped it
        with an exception.
        """
        reports: dict[str, Report] = {}
        with suppress(SyncFault):
            reports = self._work(
                life or Life(),
                store,
                lambda session: run_round(session, self.case.flows, "history"),
            )
        return reports or None

    def together(self, workers: int, seed: int) -> None:
        """So many rounds at once, interleaved as the seed says."""
        from tests.campaign.scheduler import interleave

        interleave(self.round, workers, seed)

    def night(self, life: Life | None = None, store: MemoryStore | None = None) -> None:
        """The reconciliation of every night, by a new worker."""
        with suppress(SyncFault):
            self._work(
                life or Life(),
                store,
                lambda session: {
                    reconciled.flow: reconciled.report
                    for reconciled in run_reconciliation(session, self.case.flows, "night")
                },
            )

    def week(self, end: date, life: Life | None = None) -> PayrollWeek | None:
        """The weekly reconciliation of payroll, by a new worker; None when it died or a system
        stopped it with an exception.
        """
        found: list[PayrollWeek] = []

        def work(session: Session) -> dict[str, Report]:
            found.append(reconcile_week(session, end, "week"))
            return {}

        with suppress(SyncFault):
            self._work(life or Life(), None, work)
        return found[0] if found else None

    def copy(self) -> Copy:
        """What a backup would hold now."""
        files = (path for path in sorted(self.state_dir.iterdir()) if path.is_file())
        return Copy(self.store.snapshot(), {path.name: path.read_bytes() for path in files})

    def put_back(self, copy: Copy, *, with_files: bool = False) -> None:
        """Put a copy of the ledger back, as somebody does who copies the file; `with_files` the
        whole state folder.
        """
        self.store.restore(copy.ledger)
        if with_files:
            for path in self.state_dir.iterdir():
                if path.is_file():
                    path.unlink()
            for name, content in copy.files.items():
                (self.state_dir / name).write_bytes(content)

    def lose(self) -> None:
        """The ledger is gone."""
        self.store.clear()

    def twin(self) -> MemoryStore:
        """A second ledger, as it is now; `round(store=...)` works on it, without knowing of the
        first.
        """
        return self.store.copy()

    def settle(self, *, may_stop: bool = False) -> str:
        """What was wrong is over: hours pass, whatever is late arrives, and rounds go on until
        nothing moves twice in a row.

        With `may_stop` a flow may have stopped for good; the sentence in which it says so, else "".
        """
        self.contractor.control.clear_faults()
        self._alive_unseen.clear()
        quiet = 0
        for _ in range(MOST_ROUNDS):
            self.clock.move(HOUR)
            reports = self.round()
            assert reports is not None, "a round of a quiet world was stopped"
            stopped = next(
                (str(report.stopped_by) for report in reports.values() if report.stopped_by), ""
            )
            is_quiet = not any(report.writes for report in reports.values()) and (
                may_stop or not stopped
            )
            quiet = quiet + 1 if is_quiet else 0
            if quiet == 2:
                return stopped
        raise AssertionError(f"still at work: {[report.as_json() for report in reports.values()]}")

    def both_sides(self) -> frozenset[str]:
        """What the controller reads before signing: each thing that is not equal on both sides,
        with its keys in both.
        """
        found: set[str] = set()
        with suppress(SyncFault), self.session() as session:
            for compared in compare_both_sides(session, self.case.flows):
                for one in compared.faults:
                    found.add(f"{one.key} {one.target_key} {one.words}")
                for equation in compared.equations:
                    for record in equation.records:
                        if record.line in BY_NAME:
                            found.add(f"{record.key} {record.title}: {record.line}")
        return frozenset(found)

    def judge(self) -> Judged:
        """Both systems and the ledger as they are now."""
        assert self.place.door.mistakes == [], self.place.door.mistakes
        return judge(self)

    def end(self) -> None:
        """Let go of workers that nobody saw die."""
        self._alive_unseen.clear()

    def _work(self, life: Life, store: MemoryStore | None, work: Any) -> dict[str, Report]:
        """A worker's life: its session is opened and, unless it dies unseen, closed again."""
        opening = self.session(life, store)
        if life.is_seen_dead:
            with suppress(Killed), opening as session:
                return dict(work(session))
            return {}
        # Nothing is closed, so the worker is not known to have ended; its claims last as long as
        # their lease.
        self._alive_unseen.append(opening)
        with suppress(Killed):
            return dict(work(opening.__enter__()))
        return {}
