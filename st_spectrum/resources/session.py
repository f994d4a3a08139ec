"""All that carries records, as a Dagster resource over the ones of both systems and the ledger."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import PrivateAttr

from st_spectrum.private_files import keep_folder_private
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.resources.servicetrade import ServiceTradeResource
from st_spectrum.resources.spectrum import SpectrumResource
from st_spectrum.resources.until_the_end import UntilTheEnd

if TYPE_CHECKING:
    from st_spectrum.domain.compared import FlowCompared
    from st_spectrum.flows.session import Session


class SessionResource(UntilTheEnd):
    """Flows and engine of one run."""

    account: AccountResource
    servicetrade: ServiceTradeResource
    spectrum: SpectrumResource
    ledger: LedgerResource
    _sessions: "dict[tuple[str, datetime | None], Session]" = PrivateAttr(default_factory=dict)
    _compared: "dict[tuple[str, str, str], FlowCompared]" = PrivateAttr(default_factory=dict)

    def open(self, name: str = "", as_of: datetime | None = None) -> "Session":
        """The run's session with an account, which need not be named where there is only one;
        connected when it is first asked for. `as_of` is the time at which decisions are made, where
        that is not now. Raises the error families."""
        from st_spectrum.flows.session import connect

        if (name, as_of) not in self._sessions:
            account = self.account.load(name)
            keep_folder_private(account.state_dir)
            self._sessions[name, as_of] = self._open.enter_context(
                connect(
                    account,
                    self.servicetrade.client(account),
                    self.spectrum.client(account),
                    self.ledger.claiming(account),
                    witnesses=self.ledger.shared_witnesses(account),
                    as_of=as_of,
                )
            )
        return self._sessions[name, as_of]

    def compared(self, name: str, flow: str, period: str) -> "FlowCompared":
        """Both sides of one period of a flow, read afresh once in a run: what is signed is what was
        checked. Raises the error families."""
        from st_spectrum.reconcile.both_sides import compare_period

        key = (name, flow, period)
        if key not in self._compared:
            self._compared[key] = compare_period(self.open(name), flow, period)
        return self._compared[key]
