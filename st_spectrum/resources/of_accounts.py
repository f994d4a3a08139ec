"""Every resource of a code location, by the names that assets, checks and sensors ask for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.kept_client import KeptClients
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.resources.servicetrade import ServiceTradeResource
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.spectrum import SpectrumResource


def account_resources(files: Mapping[str, Path]) -> dict[str, Any]:
    """Of the accounts with these names. Nothing is read and nothing opened; what is kept between
    ticks lives as long as these do.
    """
    account = AccountResource(account_files={name: str(file) for name, file in files.items()})
    servicetrade = ServiceTradeResource(kept=KeptClients())
    spectrum = SpectrumResource(kept=KeptClients())
    ledger = LedgerResource(kept=KeptClients())
    session = SessionResource(
        account=account, servicetrade=servicetrade, spectrum=spectrum, ledger=ledger
    )
    return {
        "account": account,
        "servicetrade": servicetrade,
        "spectrum": spectrum,
        "ledger": ledger,
        "session": session,
    }
