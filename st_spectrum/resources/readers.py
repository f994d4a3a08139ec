"""What a tick reads with: clients that give up early, each opened only when a look asks for it."""

from functools import cached_property
from typing import TYPE_CHECKING

from st_spectrum.account import Account

if TYPE_CHECKING:
    from st_spectrum.ledger.ledger import Ledger
    from st_spectrum.resources.account import AccountResource
    from st_spectrum.servicetrade.client import ServiceTrade
    from st_spectrum.spectrum.client import Spectrum


class TickReaders:
    """One tick's readers of an account, as `flows/readers.py: Readers` asks for them."""

    def __init__(self, resource: "AccountResource", account: Account) -> None:
        self._resource = resource
        self.account = account

    @cached_property
    def servicetrade(self) -> "ServiceTrade":
        """Kept by the process."""
        return self._resource.servicetrade(self.account)

    @cached_property
    def spectrum(self) -> "Spectrum":
        """Kept by the process."""
        return self._resource.spectrum(self.account)

    @cached_property
    def ledger(self) -> "Ledger":
        """Closed when the tick ends, unless the process keeps it."""
        return self._resource.ledger(self.account)
