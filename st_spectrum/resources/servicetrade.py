"""ServiceTrade as a Dagster resource."""

from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.resources.kept_client import KeptClients
from st_spectrum.resources.until_the_end import UntilTheEnd

if TYPE_CHECKING:
    from st_spectrum.servicetrade.client import ServiceTrade


class ServiceTradeResource(UntilTheEnd):
    """Clients of the source, with the log-in of the account file."""

    kept: dg.ResourceDependency[KeptClients]  # type: ignore[type-arg]

    def client(self, account: Account) -> "ServiceTrade":
        """For a run, and closed with it."""
        from st_spectrum.servicetrade.client import ServiceTrade

        return self._open.enter_context(ServiceTrade(account.servicetrade))

    def tick_client(self, account: Account) -> "ServiceTrade":
        """Kept from tick to tick: a new log-in for every tick would double the calls.

        It gives up early and repeats nothing: Dagster ends a tick after 60 s and forgets its
        cursor, and the next tick is seconds away.
        """
        from st_spectrum.servicetrade.client import ServiceTrade

        patience = account.pace.tick_budget_seconds / 2
        seconds = min(account.servicetrade.timeout_seconds, patience)
        brief = {"timeout_seconds": seconds, "read_attempts": 1}
        connection = account.servicetrade.model_copy(update=brief)
        client: ServiceTrade = self._open.enter_context(
            self.kept.of(account.name).lend(
                (connection, patience),
                lambda: ServiceTrade(connection, patience_seconds=patience),
            )
        )
        return client
