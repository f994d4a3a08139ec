"""Opens everything that carrying records needs, from one account, and closes it again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from st_spectrum.account import Account
from st_spectrum.account.digest import settings_digest
from st_spectrum.engine.codes import Codes
from st_spectrum.engine.engine import Engine
from st_spectrum.engine.epoch_guard import EpochGuard
from st_spectrum.engine.external_witness import external_witnesses
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.newest_writes import NewestWrites
from st_spectrum.flows.customers.flow import CustomersFlow
from st_spectrum.flows.invoices.flow import InvoicesFlow
from st_spectrum.flows.invoices.stored import StoredInvoices
from st_spectrum.flows.invoices.telling import InvoiceTelling
from st_spectrum.flows.jobs.flow import JobsFlow
from st_spectrum.flows.jobs.site_customers import JobCustomers
from st_spectrum.flows.purchase_orders.flow import PurchaseOrdersFlow
from st_spectrum.flows.purchase_orders.sources import PoSources
from st_spectrum.flows.purchase_orders.target import PoTargets
from st_spectrum.flows.sites.flow import SitesFlow
from st_spectrum.flows.sources import Sources
from st_spectrum.flows.targets import LiveTargets
from st_spectrum.flows.timecards.flow import TimecardsFlow
from st_spectrum.flows.timecards.sources import TimeSources
from st_spectrum.flows.timecards.vanishing import VanishedTime
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.ledger.store import Store
from st_spectrum.ledger.witness import FileWitness, WitnessPlace, ledger_place
from st_spectrum.private_files import keep_folder_private
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.transports import NETWORK, Transports


@dataclass(frozen=True)
class Session:
    """One account, connected. `sources` and `orders` keep what lists have brought, for the flows to use."""

    account: Account
    servicetrade: ServiceTrade
    spectrum: Spectrum
    ledger: Ledger
    sources: Sources
    orders: PoSources
    times: TimeSources
    vanished_time: VanishedTime
    targets: LiveTargets
    engine: Engine
    guard: EpochGuard


@contextmanager
def open_session(
    account: Account,
    *,
    transports: Transports = NETWORK,
    store: Store | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    witnesses: Sequence[WitnessPlace] = (),
) -> Iterator[Session]:
    """Clients, ledger and engine for one account; no call is made before the first one is needed.

    `store` is taken in place of the ledger that the account names; `clock` dates entries and tells what is due. `witnesses`
    are asked beside the file in the state folder.
    """
    from st_spectrum.reconcile.recovering import bring_up_to_date, look_at_time  # these need a session

    with ExitStack() as stack:
        keep_folder_private(account.state_dir)
        ledger = open_ledger(account.ledger, clock, store)
        stack.callback(ledger.close)
        servicetrade = ServiceTrade(account.servicetrade, transport=transports.servicetrade)
        stack.callback(servicetrade.close)
        spectrum = Spectrum(account.spectrum, account.state_dir / "wsdl", transports)
        stack.callback(spectrum.close)
        sources = Sources(servicetrade)
        po_targets = PoTargets(servicetrade, ledger, account.servicetrade.external_system)
        newest = NewestWrites(ledger)
        stack.callback(newest.close)
        targets = LiveTargets(servicetrade, spectrum, sources, po_targets, newest)
        orders = PoSources(account, servicetrade, spectrum, sources)
        telling = InvoiceTelling(servicetrade, targets.invoices, ledger, account.invoices.comment_entity_type)
        times = TimeSources(account, servicetrade)
        vanished = VanishedTime(account, times, ledger)
        flows: dict[str, Flow] = {
            "customers": CustomersFlow(account, sources),
            "sites": SitesFlow(account, sources, ledger),
            "jobs": JobsFlow(account, sources, spectrum, ledger),
            "invoices": InvoicesFlow(
                account,
                sources,
                ledger,
                telling,
                StoredInvoices(account, sources, spectrum, ledger),
                clock,
                JobCustomers(ledger, spectrum),
            ),
            "purchase_orders": PurchaseOrdersFlow(account, orders, servicetrade, po_targets),
            "timecards": TimecardsFlow(account, times, sources, spectrum, ledger, clock, vanished=vanished),
        }
        guard = EpochGuard(
            ledger,
            [FileWitness(account.state_dir, account.name), *witnesses],
            ledger_place(account.ledger),
            rebuild=lambda epoch: bring_up_to_date(session, epoch),
            look_at_time=lambda: look_at_time(session),
            time_witnesses=external_witnesses(account, servicetrade),
            account=account.name,
            arrives_within=targets.arrives_within,
        )
        settings = settings_digest(account)
        engine = Engine(flows, targets, ledger, Codes(ledger, spectrum), account.pace, clock, guard, settings)
        session = Session(
            account, servicetrade, spectrum, ledger, sources, orders, times, vanished, targets, engine, guard
        )
        yield session
