"""Under which records something has crossed already, so that their link has to stay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.ledger.documents.orders import WrittenItem
from st_spectrum.ledger.documents.timecards import SentTime
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.match.kinds import CUSTOMERS, EMPLOYEES, JOBS, SITES, VENDORS, Kind
from st_spectrum.servicetrade.client import ServiceTrade


@dataclass
class _Touched:
    """Ids of ServiceTrade's records."""

    companies: set[str] = field(default_factory=set)
    locations: set[str] = field(default_factory=set)
    jobs: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    vendors: set[str] = field(default_factory=set)


def records_with_crossings(
    ledger: Ledger, servicetrade: ServiceTrade, flows: Mapping[str, FlowDescription]
) -> Mapping[Kind, frozenset[str]]:
    """Records of each kind under which sites, jobs, invoices, time or job items crossed or are on
    their way. Raises a `SyncFault` when ServiceTrade could not tell all of them.
    """
    touched = _Touched()
    touched.locations.update(_keys(ledger, flows, SITES.entity))
    touched.jobs.update(key.split(".")[0] for key in _keys(ledger, flows, JOBS.entity))
    _add_invoices(touched, _keys(ledger, flows, "invoice"), servicetrade)
    _add_time_and_items(touched, ledger)
    if touched.jobs:
        for job in servicetrade.jobs():
            if str(job.id) in touched.jobs:
                touched.companies.add(str(job.customer.id))
                touched.locations.add(str(job.location.id))
    if touched.locations:
        for location in servicetrade.locations():
            if str(location.id) in touched.locations:
                touched.companies.add(str(location.company.id))
    return {
        CUSTOMERS: frozenset(touched.companies),
        VENDORS: frozenset(touched.vendors),
        SITES: frozenset(touched.locations),
        JOBS: frozenset(touched.jobs),
        EMPLOYEES: frozenset(touched.users),
    }


def has_begun(entry: Entry) -> bool:
    """Whether a record crossed or is on its way. One left alone only if steps are done."""
    begun = bool(entry.started_steps or entry.done_steps)
    return begun or (bool(entry.target_key) and entry.state is not State.SKIPPED)


def _keys(ledger: Ledger, flows: Mapping[str, FlowDescription], entity_type: str) -> Iterator[str]:
    for flow, description in flows.items():
        if description.entity_type == entity_type:
            yield from (entry.key for entry in ledger.entries(flow) if has_begun(entry))


def _add_invoices(touched: _Touched, keys: Iterator[str], servicetrade: ServiceTrade) -> None:
    for key in keys:
        if key.isdigit() and (invoice := servicetrade.invoice(int(key))) is not None:
            touched.companies.add(str(invoice.customer.id))
            touched.locations.update({str(invoice.location.id)} if invoice.location else ())
            touched.jobs.update({str(invoice.job.id)} if invoice.job else ())


def _add_time_and_items(touched: _Touched, ledger: Ledger) -> None:
    for key in ledger.names(SentTime):
        if time := ledger.document_or_none(SentTime, key):
            touched.users.add(str(time.entry.user_id))
            touched.jobs.update({str(time.entry.job_id)} if time.entry.job_id else ())
            touched.locations.update(
                {str(time.entry.location_id)} if time.entry.location_id else ()
            )
    for key in ledger.names(WrittenItem):
        if item := ledger.document_or_none(WrittenItem, key):
            touched.jobs.add(str(item.job_id))
            vendor = item.sent.source.get("vendorId")
            touched.vendors.update({str(vendor)} if vendor else ())
