"""Every resource of one account, under the names by which assets, checks and sensors ask for them."""

from pathlib import Path
from typing import Any

from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.kept_client import KeptClient
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.resources.servicetrade import ServiceTradeResource
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.spectrum import SpectrumResource
from st_spectrum.resources.weekly_tables import TABLES, WeeklyTables


def account_resources(file: Path) -> dict[str, Any]:
    """Nothing is read and nothing opened. What is kept between ticks lives as long as these do."""
    account = AccountResource(account_file=str(file))
    servicetrade = ServiceTradeResource(kept=KeptClient())
    spectrum = SpectrumResource(kept=KeptClient())
    ledger = LedgerResource(kept=KeptClient())
    return {
        "account": account,
        "servicetrade": servicetrade,
        "spectrum": spectrum,
        "ledger": ledger,
        "session": SessionResource(account=account, servicetrade=servicetrade, spectrum=spectrum, ledger=ledger),
        TABLES: WeeklyTables(account_file=str(file)),
    }
