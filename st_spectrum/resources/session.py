"""All that carries records, as a Dagster resource over the ones of both systems and the ledger."""

from typing import TYPE_CHECKING

from pydantic import PrivateAttr

from st_spectrum.private_files import keep_folder_private
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.resources.servicetrade import ServiceTradeResource
from st_spectrum.resources.spectrum import SpectrumResource
from st_spectrum.resources.until_the_end import UntilTheEnd

if TYPE_CHECKING:
    from st_spectrum.flows.session import Session


class SessionResource(UntilTheEnd):
    """Flows and engine of one run."""

    account: AccountResource
    servicetrade: ServiceTradeResource
    spectrum: SpectrumResource
    ledger: LedgerResource
    _session: "Session | None" = PrivateAttr(default=None)

    def open(self) -> "Session":
        """The run's session, connected when it is first asked for. Raises the error families."""
        from st_spectrum.flows.session import connect

        if self._session is None:
            account = self.account.load()
            keep_folder_private(account.state_dir)
            self._session = self._open.enter_context(
                connect(
                    account,
                    self.servicetrade.client(account),
                    self.spectrum.client(account),
                    self.ledger.claiming(account),
                    witnesses=self.ledger.shared_witnesses(account),
                )
            )
        return self._session
