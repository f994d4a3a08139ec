"""What a tick reads with: clients that give up early, each opened only when a look asks for it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from st_spectrum.account import Account
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.resources.servicetrade import ServiceTradeResource
from st_spectrum.resources.spectrum import SpectrumResource

if TYPE_CHECKING:
    from st_spectrum.ledger.ledger import Ledger
    from st_spectrum.servicetrade.client import ServiceTrade
    from st_spectrum.spectrum.client import Spectrum


@dataclass(frozen=True)
class Systems:
    """The resources that a tick may read with."""

    servicetrade: ServiceTradeResource
    spectrum: SpectrumResource
    ledger: LedgerResource


class TickReaders:
    """One tick's readers of an account, as `flows/readers.py: Readers` asks for them."""

    def __init__(self, systems: Systems, account: Account) -> None:
        self._systems = systems
        self.account = account

    @cached_property
    def servicetrade(self) -> "ServiceTrade":
        """Kept for the next tick."""
        return self._systems.servicetrade.tick_client(self.account)

    @cached_property
    def spectrum(self) -> "Spectrum":
        """Kept for the next tick."""
        return self._systems.spectrum.tick_client(self.account)

    @cached_property
    def ledger(self) -> "Ledger":
        """Closed when the tick ends, unless it is kept for the next one."""
        return self._systems.ledger.open(self.account)
