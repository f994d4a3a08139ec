"""A contractor in the sandbox, and rounds of the integration run against it: in this process or as
the command.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.commands.ledger import retry_in
from st_spectrum.commands.sandbox import environment
from st_spectrum.engine.reconciled import Reconciled
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import Session, open_session
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.store import Store
from st_spectrum.ledger.stores import open_store
from st_spectrum.sandbox.addresses import Addresses
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.calls import SystemName
from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.world import Built, World, build_world
from tests.audit.invoices import InvoiceSide, compare_invoices
from tests.audit.masters import Baseline, Side, baseline, compare
from tests.world.billing_clerk import BillingClerk
from tests.world.command_line import run_command
from tests.world.controller import Controller
from tests.world.dispatcher import Dispatcher
from tests.world.kept_worlds import begin_with
from tests.world.stores import Between

ACCOUNT_FILE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
INSERTS = ("AddCustomer", "AddWOSiteAddress", "AddJob")
EMPTY = World(
    offices=1, service_lines=4, technicians=0, salespeople=0, companies=0, vendors=0, linked_companies=0,
    locations=0, jobs=0, template_phases=2, old_customers=0,
)  # fmt: skip
"""Nothing but one office and a template of two phases."""
CLI = Path(sys.executable).parent / "st-spectrum"


@cache
def _account_of(environment: tuple[tuple[str, str], ...]) -> Account:
    """Reading the file takes longer than many a round."""
    return load_account(ACCOUNT_FILE, dict(environment))


@cache
def _account_in(state_dir: str, environment: tuple[tuple[str, str], ...]) -> Account:
    """The same file for another folder, which is all that most tests differ by."""
    account = _account_of(environment)
    place = account.ledger.model_copy(update={"path": Path(state_dir) / account.ledger.path.name})
    return account.model_copy(update={"state_dir": Path(state_dir), "ledger": place})


def now_here() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


@dataclass
class Contractor:
    """One filled sandbox, on ports or behind a door; one account, one ledger in `state_dir`."""

    sandbox: Addresses
    state_dir: Path
    before: Baseline
    built: Built
    overrides: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    """How far the clock of the integration is ahead: hours pass without anybody waiting."""
    clock: Callable[[], datetime] = now_here
    store: Store | None = None
    """What the ledger is kept in, if not in a file."""

    @property
    def control(self) -> Control:
        """The sandbox's own door: calls that came, faults, what is stored."""
        return self.sandbox.control

    @cached_property
    def office(self) -> ServiceTradeCaller:
        """ServiceTrade, as the contractor's people use it."""
        through = self.sandbox.for_people().servicetrade
        return ServiceTradeCaller(self.sandbox.servicetrade_url, transport=through)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        account = self.built.account
        return Dispatcher(self.office, account.offices[0], account.own_company)

    @cached_property
    def billing_clerk(self) -> BillingClerk:
        return BillingClerk(self.office)

    @cached_property
    def controller(self) -> Controller:
        return Controller(self)

    def close(self) -> None:
        """End what the hands have opened."""
        if "office" in vars(self):
            self.office.close()
        self.controller.close()

    @property
    def environment(self) -> dict[str, str]:
        return (
            environment(self.sandbox)
            | {"ST_SPECTRUM_STATE_DIR": str(self.state_dir)}
            | self.environ
        )

    @property
    def account(self) -> Account:
        environment = self.environment
        state_dir = environment.pop("ST_SPECTRUM_STATE_DIR")
        account = _account_in(state_dir, tuple(sorted(environment.items())))
        overrides = self.overrides
        infolink = overrides.get("spectrum", {}).get("infolink", account.spectrum.infolink)
        if infolink is None:
            # A new ledger that nothing can be compared with carries no time of months ago.
            overrides = {"timecards": {"first_day": ""}} | overrides
        for section, values in overrides.items():
            inner = getattr(account, section)
            # What stands at the top of the file is no section.
            changed = values if isinstance(inner, str) else inner.model_copy(update=values)
            account = account.model_copy(update={section: changed})
        return account

    @contextmanager
    def session(self, between: Between | None = None) -> Iterator[Session]:
        """What is `between` stands between the ledger and its store."""
        account = self.account
        store = self.store
        if between:
            store = between.over(store or open_store(account.ledger))
        with open_session(
            account,
            transports=self.sandbox.transports(),
            store=store,
            clock=lambda: self.clock() + self.ahead,
        ) as session:
            yield session

    def round(self, run_id: str = "test") -> dict[str, Report]:
        """One round in this process."""
        with self.session() as session:
            return run_round(session, FLOWS, run_id)

    def round_of(self, *flows: str) -> None:
        """A round of some flows alone."""
        with self.session() as session:
            run_round(session, flows, "test")

    def begin_time(self) -> None:
        """Before there is any time: the ledger is a new one and no lost one."""
        with self.session() as session:
            session.flows["timecards"].before_batch(())

    def night(self, flow: str) -> Reconciled:
        """What the nightly reconciliation of one flow finds and does."""
        with self.session() as session:
            (done,) = run_reconciliation(session, [flow], "night")
        return done

    def retry(self, flow: str) -> str:
        """Somebody says `st-spectrum ledger retry`."""
        with self.session() as session:
            return retry_in(session.ledger, flow, ())

    def rounds_until_quiet(self, most: int = 6) -> int:
        """Rounds until one makes no write; fails the test when they do not end."""
        for number in range(most):
            reports = self.round(f"round-{number}")
            if not any(report.writes or report.stopped_by for report in reports.values()) and len(
                reports
            ) == len(FLOWS):
                return number
        raise AssertionError(
            f"still writing after {most} rounds:"
            f" {[report.as_json() for report in reports.values()]}"
        )

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line, run in this process: what it prints, and its exit code."""
        return run_command(*arguments, "--account", str(ACCOUNT_FILE), env=self.environment)

    def process(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """The command line in a process of its own, for what only a process shows; its start alone
        takes a second.
        """
        return self.process_on(ACCOUNT_FILE, *arguments, **environ)

    def process_on(
        self, account_file: Path, *arguments: str, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """The same with another account file."""
        return subprocess.run(
            [str(CLI), *arguments, "--account", str(account_file)],
            env=os.environ | self.environment | environ,
            capture_output=True,
            text=True,
            timeout=800,
        )

    def start_command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The same without waiting; the caller ends it."""
        return subprocess.Popen(
            [str(CLI), *arguments, "--account", str(ACCOUNT_FILE)],
            env=os.environ | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def sides(self) -> Mapping[str, Side]:
        return compare(self.control, self.account, self.before)

    def assert_exact(self, waiting: Mapping[str, int] | None = None) -> None:
        """Both sides agree record by record; what has not crossed is explained in the ledger, and
        is as much as expected.
        """
        with self.session() as session:
            for flow, side in self.sides().items():
                assert side.problems == [], flow
                for key, title in side.waiting.items():
                    held = session.ledger.get(flow, key)
                    assert held and held.entry.reason, f"{flow} {title} is lost without a word"
                if waiting is not None:
                    assert len(side.waiting) == waiting.get(flow, 0), (flow, side.waiting)

    def assert_invoices_exact(self) -> InvoiceSide:
        """Invoice by invoice and cent by cent; what is not posted says why in the ledger."""
        side = compare_invoices(self.control, self.account)
        assert side.problems == [], side.problems
        with self.session() as session:
            for key, number in side.waiting.items():
                held = session.ledger.get("invoices", key)
                assert held and held.entry.reason, f"invoice {number} is lost without a word"
        return side

    def posted_twice(self) -> list[str]:
        """AR document numbers that Spectrum was made to take more than once."""
        calls = (
            call
            for operation in ("POST /customer/invoice", "AddARInvoice")
            for call in self.control.calls(operation=operation)
        )
        counts = Counter(number for call in calls for number in call.taken)
        return [number for number, count in counts.items() if count > 1]

    def committed_twice(self) -> list[tuple[str, str]]:
        """Writes that a system carried out more than once for one natural key."""
        writes = self.control.calls(writes=True)
        counts = Counter((call.operation, call.key) for call in writes if call.is_committed)
        return [name for name, count in counts.items() if count > 1]

    def doubled(self) -> list[tuple[str, str]]:
        """Inserts that Spectrum carried out more than once under one key, or for one ServiceTrade
        record.
        """
        return [name for name in self.committed_twice() if name[0] in INSERTS]

    def writes(self) -> int:
        return len(self.control.calls(writes=True))

    def entry(self, flow: str, key: int | str) -> Entry | None:
        """What the ledger says of a record; None when it does not know it."""
        with self.session() as session:
            held = session.ledger.get(flow, str(key))
        return held.entry if held else None

    def entry_of(self, flow: str, key: int | str) -> Entry:
        """The same; fails the test when the ledger says nothing."""
        entry = self.entry(flow, key)
        assert entry is not None, f"{flow} {key} is lost without a word"
        return entry

    def customers(self) -> dict[str, str]:
        """Name by code of all AR customers that were not there from the start."""
        rows = self.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
        named = {str(row["Customer_Code"]).strip(): str(row["Name"]).strip() for row in rows}
        return {code: name for code, name in named.items() if code not in self.before.customers}

    def address(self, company: int) -> Any:
        """A company's address as it is stored."""
        rows = self.control.records("servicetrade", "company")
        return next(row["address"] for row in rows if row["id"] == company)

    def fault(self, **rule: Any) -> None:
        """What goes wrong from now on."""
        self.control.add_fault(**rule)

    def system(self, name: SystemName) -> Any:
        """The inside of a system, for what no API would take."""
        return self.sandbox.rig.inside(name)

    def edit(self, kind: str, record: int, **values: Any) -> None:
        """What is stored becomes something that the API would not have taken."""
        self.system("servicetrade").edit(kind, record, values)

    def forget_everything_in_servicetrade(self) -> None:
        """As when somebody restores an empty account."""
        self.system("servicetrade").reset()

    def a_minute_passes_in_servicetrade(self) -> None:
        """What is done from here on bears a later time than what was done before."""
        self.control.switch("servicetrade", frozen_time=int(time.time()) + 60)

    def account_uses_service_lines(self) -> None:
        """The cost center comes from the service lines of a job, which have to be read for it."""
        maps = self.account.maps
        centers = maps.cost_centers.model_copy(update={"precedence": ("service_line", "office")})
        self.overrides = self.overrides | {"maps": {"cost_centers": centers}}

    def retry_at_once(self) -> None:
        """What waits is due again in the next round."""
        self.overrides["pace"] = {
            "retry_held_after_seconds": 0.001,
            "retry_rejected_after_seconds": 0.001,
        }


def fill_sandbox(sandbox: Addresses, sizes: World, parallel: int = 4) -> tuple[Baseline, Built]:
    """Everything typed in; the call log then begins with the integration's first call."""
    through = sandbox.for_people()
    built = build_world(sizes, sandbox.servicetrade_url, sandbox.spectrum_url, parallel, through)
    before = baseline(sandbox.rig)
    sandbox.rig.calls.clear()
    return before, built


def build_contractor(sandbox: Addresses, state_dir: Path, sizes: World | None = None) -> Contractor:
    """A contractor in an empty sandbox."""
    world = sizes or World.small()
    name = ("contractor", repr(world))
    filled = begin_with(sandbox, state_dir, name, lambda: fill_sandbox(sandbox, world))
    return Contractor(sandbox, state_dir, *filled)


def begun_contractor(
    sandbox: Addresses, state_dir: Path, sizes: World, begin: Callable[[Contractor], object]
) -> Contractor:
    """The same after `begin`, such as a round; the call log begins with what comes after that."""

    def fill() -> tuple[Baseline, Built, dict[str, Any]]:
        with closing(build_contractor(sandbox, state_dir, sizes)) as made:
            begin(made)
            sandbox.control.clear_calls()
            return made.before, made.built, made.overrides

    name = ("begun", repr(sizes), begin.__module__, begin.__qualname__)
    return Contractor(sandbox, state_dir, *begin_with(sandbox, state_dir, name, fill))


@contextmanager
def empty_contractor(sandbox: Addresses, state_dir: Path) -> Iterator[Contractor]:
    """Both systems emptied, the template and one office entered."""
    sandbox.control.reset()
    contractor = build_contractor(sandbox, state_dir, EMPTY)
    try:
        yield contractor
    finally:
        contractor.close()


def output_of(result: subprocess.CompletedProcess[str]) -> Any:
    """The JSON document that a command printed."""
    return json.loads(result.stdout)
