"""What purchase orders are decided on: the orders themselves, the jobs that they name, and
ServiceTrade's catalogue.

Read once and shared while fresh, as in `Sources`. Threads that want orders at the same time share
one question.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from st_spectrum.account import Account
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.flows.purchase_orders.desired import JobName, Match
from st_spectrum.flows.purchase_orders.item_coding import Catalog, folded
from st_spectrum.flows.purchase_orders.receiving import read_orders
from st_spectrum.flows.purchase_orders.rules import carries, job_number_in
from st_spectrum.flows.sources import FRESH_SECONDS, Sources
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Job
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.purchase_orders import PurchaseOrder
from st_spectrum.spectrum.rest.group import Group

MOST_ORDERS_IN_ONE_READ = 50
WAIT_SECONDS = 0.01
MISS_SECONDS = 5.0
"""So long a job that was not found is not looked for again."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Kept:
    value: Any
    until: float


class PoSources:
    """Reads orders, jobs by their Spectrum number, parts vendors and the catalogue. Safe for
    several threads.
    """

    def __init__(
        self, account: Account, servicetrade: ServiceTrade, spectrum: Spectrum, sources: Sources
    ) -> None:
        self._account = account
        self._servicetrade = servicetrade
        self._spectrum = spectrum
        self._sources = sources
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._removable: frozenset[str] | None = None
        self._lock = threading.Lock()
        self._catalog_lock = threading.Lock()
        self._reads: Group[str, PurchaseOrder | None] = Group(
            self._read, MOST_ORDERS_IN_ONE_READ, WAIT_SECONDS
        )

    def order(self, number: str) -> PurchaseOrder | None:
        """The order, None when Spectrum has none of that number (any more)."""
        return self._cached("order", number, lambda: self._reads.call(number))

    def order_as_of_now(self, number: str) -> PurchaseOrder | None:
        """The same, whatever was read before."""
        order = self._reads.call(number)
        self.keep({number: order})
        return order

    def orders(self, numbers: Iterable[str]) -> dict[str, PurchaseOrder | None]:
        """These orders read anew and kept for `order`."""
        wanted = tuple(numbers)
        found = dict(zip(wanted, self._read(wanted), strict=True))
        self.keep(found)
        return found

    def keep(self, orders: Mapping[str, PurchaseOrder | None]) -> None:
        """Remember orders that were just read; None for one that Spectrum lacks."""
        for number, order in orders.items():
            self._keep("order", number, order, FRESH_SECONDS)

    def let_go(self, keys: Iterable[str]) -> None:
        """From here on only the items of these lines are removed: a poll as a whole was looked at,
        and they are what it lost.
        """
        self._removable = frozenset(keys)

    def may_be_removed(self, key: str) -> bool:
        """Whether a gone line's item may go: not if the line went after the poll, uncounted."""
        return self._removable is None or key in self._removable

    def match(self, names: Iterable[JobName]) -> Match:
        """The first of the names that leads to a job; else what the last of them leads to."""
        match = Match(JobName(""))
        for name in names:
            match = self._cached_match(name)
            if match.job is not None:
                break
        return match

    def job(self, job_id: int) -> Job | None:
        """A job by ServiceTrade's id."""
        return self._sources.job(job_id)

    def vendor_id(self, vendor_code: str) -> int | None:
        """ServiceTrade's parts vendor with a Spectrum vendor code as external id [ST 7.2, 11]."""
        if not vendor_code or "/" in vendor_code:
            return None
        return self._cached("vendor", vendor_code, lambda: self._vendor(vendor_code))

    def catalog(self) -> Catalog:
        """Library items and service lines; read once, and only if the account makes use of them."""
        with self._catalog_lock:
            return self._cached("catalog", "", self._catalog)

    def _read(self, numbers: Sequence[str]) -> list[PurchaseOrder | None]:
        try:
            found = {
                order.number: order for order in read_orders(self._spectrum, self._account, numbers)
            }
        except LookupImpossible as impossible:
            raise SettingsInvalid(
                [f"purchase orders cannot be read: {impossible}; configure spectrum.infolink"]
            ) from None
        return [found.get(number) for number in numbers]

    def _cached_match(self, name: JobName) -> Match:
        kind = "custom job" if name.is_custom else "job"
        with self._lock:
            kept = self._kept.get((kind, name.text))
        if kept is not None and time.monotonic() < kept.until:
            found: Match = kept.value
        else:
            found = self._find_job(name)
            self._keep(kind, name.text, found, MISS_SECONDS if found.job is None else FRESH_SECONDS)
        return found

    def _find_job(self, name: JobName) -> Match:
        if "/" not in name.text and name.text not in (".", ".."):
            job_id = self._servicetrade.find_by_external_id("job", name.text)
            if job_id is not None:
                return Match(name, self._sources.job(job_id))
        number = job_number_in(name.text, self._account)
        if number is None and name.is_custom and name.text.isascii() and name.text.isdigit():
            number = int(name.text)
        job = self._numbered(number) if number is not None else None
        if job is not None and (name.is_custom or carries(job, name.text, self._account)):
            return Match(name, job)
        held = job.external_ids.get(self._account.servicetrade.external_system) if job else None
        return Match(name, pending_job=None if held else job)

    def _numbered(self, number: int) -> Job | None:
        return next(
            (job for job in self._servicetrade.jobs_numbered(number) if job.number == number), None
        )

    def _vendor(self, vendor_code: str) -> int | None:
        company_id = self._servicetrade.find_by_external_id(
            "company", vendor_code, self._account.servicetrade.vendor_system
        )
        company = self._sources.company(company_id) if company_id is not None else None
        return company.id if company and company.is_parts_vendor else None

    def _catalog(self) -> Catalog:
        rules = self._account.purchase_orders
        lines = rules.service_lines
        has_items = (
            rules.library_items.has_same_codes
            or rules.library_items.default
            or _has_maps(rules.library_items)
        )
        items = (
            [item for item in self._servicetrade.lib_items() if item.is_active] if has_items else []
        )
        wants_lines = bool(lines.default) or _has_maps(lines)
        return Catalog(
            items_by_code={folded(item.code): item.id for item in items if item.code},
            items_by_name={folded(item.name): item.id for item in reversed(items)},
            service_lines={
                folded(line.name): line.id for line in self._servicetrade.service_lines()
            }
            if wants_lines
            else {},
        )

    def _cached(self, kind: str, key: str, fetch: Callable[[], T]) -> T:
        with self._lock:
            kept = self._kept.get((kind, key))
        if kept is not None and time.monotonic() < kept.until:
            found: T = kept.value
            return found
        value = fetch()
        self._keep(kind, key, value, FRESH_SECONDS)
        return value

    def _keep(self, kind: str, key: str, value: object, seconds: float) -> None:
        with self._lock:
            self._kept[kind, key] = _Kept(value, time.monotonic() + seconds)


def _has_maps(rules: Any) -> bool:
    return bool(rules.by_item_code or rules.by_cost_type or rules.by_phase)
