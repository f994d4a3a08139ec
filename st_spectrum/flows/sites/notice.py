"""Which locations are new or changed in ServiceTrade."""

from st_spectrum.account import Account
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.flows.changes import by_time_of_change, notice_records
from st_spectrum.flows.readers import Readers
from st_spectrum.ledger.documents.records import Cursor


def why_idle(account: Account) -> str:  # noqa: ARG001 - the shape of `Notice`
    """Always carried."""
    return ""


def notice(readers: Readers, cursor: Cursor, bounds: Bounds) -> Changes:
    """Locations that changed since the cursor. Raises a `SyncFault` when the list could not be
    read.
    """
    servicetrade, pace = readers.servicetrade, readers.account.pace
    source = by_time_of_change(servicetrade.locations)
    return notice_records("sites", source, servicetrade, cursor, pace, bounds)
