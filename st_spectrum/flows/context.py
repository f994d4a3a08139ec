"""What the flows of one account read with and write through."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from st_spectrum.account import Account
from st_spectrum.engine.guards.epoch_guard import EpochGuard
from st_spectrum.engine.retries.needed import NeededRecords
from st_spectrum.flows.sources import Sources
from st_spectrum.flows.targets import LiveTargets
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum


@dataclass(frozen=True)
class Context:
    """One account, connected. `sources` keeps what lists have brought, for the flows to use."""

    account: Account
    servicetrade: ServiceTrade
    spectrum: Spectrum
    ledger: Ledger
    clock: Callable[[], datetime]
    sources: Sources
    targets: LiveTargets
    guard: EpochGuard
    needed: NeededRecords
