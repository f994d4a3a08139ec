"""Opens everything that carrying records needs, from one account, and closes it again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from st_spectrum.account import Account
from st_spectrum.engine.carrying_rules import CarryingRules
from st_spectrum.engine.engine import Engine
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.guards.epoch_guard import EpochGuard
from st_spectrum.engine.guards.external_witness import external_witnesses
from st_spectrum.engine.retries.needed import NeededRecords
from st_spectrum.engine.steps.newest_writes import NewestWrites
from st_spectrum.flows import FLOWS
from st_spectrum.flows.context import Context
from st_spectrum.flows.folders import build_flow
from st_spectrum.flows.go_live import leaves_out_what_is_not_needed
from st_spectrum.flows.live import refuse_before_go_live
from st_spectrum.flows.sources import Sources
from st_spectrum.flows.targets import LiveTargets
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.ledger.store import Store
from st_spectrum.ledger.witness import FileWitness, WitnessPlace, ledger_place
from st_spectrum.private_files import keep_folder_private
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.transports import NETWORK, Transports


@dataclass(frozen=True)
class Session(Context):
    """The same with the flows in their order, and the engine that serves them."""

    flows: Mapping[str, Flow]
    engine: Engine

    def refuse_before_go_live(self) -> None:
        """Raises `NotLive` while nothing of the account is carried yet."""
        refuse_before_go_live(self.account, self.ledger, self.clock())


@contextmanager
def open_session(
    account: Account,
    *,
    transports: Transports = NETWORK,
    store: Store | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    witnesses: Sequence[WitnessPlace] = (),
    as_of: datetime | None = None,
) -> Iterator[Session]:
    """Clients, ledger and engine for one account; no call is made before the first one is needed.

    `store` is taken in place of the ledger that the account names; `clock` dates entries and tells
    what is due. `witnesses` are asked beside the file in the state folder. `as_of` is the time at
    which decisions are made, where that is not now: dates that are today's are those of that day.
    """
    with ExitStack() as stack:
        keep_folder_private(account.state_dir)
        ledger = stack.enter_context(open_ledger(account.ledger, clock, store))
        servicetrade = stack.enter_context(
            ServiceTrade(account.servicetrade, transport=transports.servicetrade)
        )
        spectrum = stack.enter_context(
            Spectrum(account.spectrum, account.state_dir / "wsdl", transports)
        )
        yield stack.enter_context(
            connect(
                account,
                servicetrade,
                spectrum,
                ledger,
                clock=clock,
                witnesses=witnesses,
                as_of=as_of,
            )
        )


@contextmanager
def connect(
    account: Account,
    servicetrade: ServiceTrade,
    spectrum: Spectrum,
    ledger: Ledger,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    witnesses: Sequence[WitnessPlace] = (),
    as_of: datetime | None = None,
) -> Iterator[Session]:
    """The same over clients and a ledger that somebody else opens and closes."""
    with ExitStack() as stack:
        sources = Sources(servicetrade)
        newest = NewestWrites(ledger)
        stack.callback(newest.close)
        targets = LiveTargets(servicetrade, spectrum, sources, newest)
        flows: dict[str, Flow] = {}
        guard = EpochGuard(
            ledger,
            [FileWitness(account.state_dir, account.name), *witnesses],
            ledger_place(account.ledger),
            flows,
            outer_witnesses=external_witnesses(account, servicetrade),
            account=account.name,
            arrives_within=targets.arrives_within,
        )
        needed = NeededRecords(ledger, is_active=leaves_out_what_is_not_needed(account))
        context = Context(
            account=account,
            servicetrade=servicetrade,
            spectrum=spectrum,
            ledger=ledger,
            clock=clock if as_of is None else lambda: as_of,
            sources=sources,
            targets=targets,
            guard=guard,
            needed=needed,
        )
        # The guard has the flows bring an older ledger up to date, and time asks the guard before
        # it begins.
        flows.update((name, build_flow(name, context)) for name in FLOWS)
        rules = CarryingRules.of(account)
        engine = Engine(flows, targets, ledger, rules, clock, guard, needed)
        yield Session(**vars(context), flows=flows, engine=engine)
