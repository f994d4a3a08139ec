"""Spectrum as a Dagster resource."""

from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.resources.kept_client import KeptClients
from st_spectrum.resources.until_the_end import UntilTheEnd

if TYPE_CHECKING:
    from st_spectrum.spectrum.client import Spectrum

WSDL_FOLDER = "wsdl"


class SpectrumResource(UntilTheEnd):
    """Clients of the target, with the log-ins of the account file."""

    kept: dg.ResourceDependency[KeptClients]  # type: ignore[type-arg]

    def client(self, account: Account) -> "Spectrum":
        """For a run, and closed with it."""
        from st_spectrum.spectrum.client import Spectrum

        return self._open.enter_context(Spectrum(account.spectrum, account.state_dir / WSDL_FOLDER))

    def tick_client(self, account: Account) -> "Spectrum":
        """Kept from tick to tick, and as impatient as ServiceTrade's. Ticks use Info-Link alone."""
        from st_spectrum.spectrum.client import Spectrum

        budget, connection = account.pace.tick_budget_seconds / 2, account.spectrum
        if connection.infolink is not None:
            seconds = min(connection.infolink.timeout_seconds, budget)
            infolink = connection.infolink.model_copy(update={"timeout_seconds": seconds})
            connection = connection.model_copy(update={"infolink": infolink, "read_attempts": 1})
        wsdl_dir = account.state_dir / WSDL_FOLDER
        client: Spectrum = self._open.enter_context(
            self.kept.of(account.name).lend(
                (connection, wsdl_dir), lambda: Spectrum(connection, wsdl_dir)
            )
        )
        return client
