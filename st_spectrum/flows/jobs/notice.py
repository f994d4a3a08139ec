"""Which jobs are new or changed in ServiceTrade."""

from st_spectrum.account import Account
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.flows.changes import by_time_of_change, notice_records
from st_spectrum.flows.readers import Readers
from st_spectrum.ledger.documents.records import Cursor


def why_idle(account: Account) -> str:  # noqa: ARG001 - the shape of `Notice`
    """Always carried."""
    return ""


def notice(readers: Readers, cursor: Cursor, bounds: Bounds) -> Changes:
    """Jobs that changed since the cursor. Raises a `SyncFault` when the list could not be read."""
    servicetrade, account = readers.servicetrade, readers.account
    # Several Spectrum jobs depend on a job's service requests, which its list does not show.
    counts_touches = account.jobs.is_multi_cost_center
    source = by_time_of_change(servicetrade.jobs, counts_touches=counts_touches)
    return notice_records("jobs", source, servicetrade, cursor, account.pace, bounds)
