"""Which companies are new or changed."""

from st_spectrum.account import Account
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.flows.changes import by_time_of_change, notice_records
from st_spectrum.flows.readers import Readers
from st_spectrum.ledger.documents.records import Cursor
from tests.flows.vendors.description import VENDORS


def why_idle(account: Account) -> str:
    """Always carried."""
    return ""


def notice(readers: Readers, cursor: Cursor, bounds: Bounds) -> Changes:
    """Companies by their time of change."""
    servicetrade = readers.servicetrade
    source = by_time_of_change(servicetrade.companies)
    return notice_records(VENDORS.name, source, servicetrade, cursor, readers.account.pace, bounds)
