"""What a look at a source may read with."""

from typing import TYPE_CHECKING, Protocol

from st_spectrum.account import Account

if TYPE_CHECKING:
    from st_spectrum.ledger.ledger import Ledger
    from st_spectrum.servicetrade.client import ServiceTrade
    from st_spectrum.spectrum.client import Spectrum


class Readers(Protocol):
    """The account, its two systems and its ledger. A tick opens each only when asked for."""

    @property
    def account(self) -> Account:
        """The account file."""

    @property
    def servicetrade(self) -> "ServiceTrade":
        """The source of most flows."""

    @property
    def spectrum(self) -> "Spectrum":
        """The target of most flows."""

    @property
    def ledger(self) -> "Ledger":
        """Read only."""
