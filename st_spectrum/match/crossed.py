"""Under which companies something has crossed already, so that their link has to stay."""

from collections.abc import Callable, Iterator, Mapping

from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.client import ServiceTrade


def companies_with_crossings(ledger: Ledger, servicetrade: ServiceTrade) -> frozenset[str]:
    """Companies of sites, jobs and invoices that crossed or are on their way. Raises a `SyncFault`
    when ServiceTrade could not tell all of them.
    """
    return frozenset(
        company
        for flow, description in FLOWS.items()
        if (owners := _OWNERS.get(description.entity_type)) is not None
        if (keys := [entry.key for entry in ledger.entries(flow) if _has_crossed(entry)])
        for company in owners(servicetrade, keys)
    )


def _has_crossed(entry: Entry) -> bool:
    """A record that was left alone has crossed only if steps of it are done."""
    begun = bool(entry.started_steps or entry.done_steps)
    return begun or (bool(entry.target_key) and entry.state is not State.SKIPPED)


def _of_locations(servicetrade: ServiceTrade, keys: list[str]) -> Iterator[str]:
    wanted = set(keys)
    for location in servicetrade.locations():
        if str(location.id) in wanted:
            yield str(location.company.id)


def _of_jobs(servicetrade: ServiceTrade, keys: list[str]) -> Iterator[str]:
    wanted = {key.split(".")[0] for key in keys}
    for job in servicetrade.jobs():
        if str(job.id) in wanted:
            yield str(job.customer.id)


def _of_invoices(servicetrade: ServiceTrade, keys: list[str]) -> Iterator[str]:
    for key in keys:
        if key.isdigit() and (invoice := servicetrade.invoice(int(key))) is not None:
            yield str(invoice.customer.id)


_OWNERS: Mapping[str, Callable[[ServiceTrade, list[str]], Iterator[str]]] = {
    "location": _of_locations,
    "job": _of_jobs,
    "invoice": _of_invoices,
}
