"""Reads ServiceTrade as far as it can be read without harm: a page of each list, one record of each
kind, and what it says to an id, a system and a token that do not exist.

Nothing is written, no login is tried that is somebody's, and the compute budget is respected.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx

from st_spectrum.account import Account
from st_spectrum.domain.errors import SyncFault
from st_spectrum.record.exchanges import RecordingTransport
from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.models import ENTITY_TYPES
from st_spectrum.servicetrade.paging import Page, one_record, read_page
from st_spectrum.servicetrade.transport import PATIENCE_SECONDS, Transport
from st_spectrum.transports import open_client, time_limit

ROWS = 50
"""Records of one list that are looked at; fewer are kept."""
DAY = 86_400
SPAN_SECONDS = 90 * DAY
"""How far back time is looked at."""
NO_SUCH_ID = 1
NO_SUCH_SYSTEM = "st_spectrum_undefined"
MADE_UP = "made-up-by-st-spectrum-record"
"""A bearer token that nobody was ever given."""

ONE_OF_EACH = (
    "company/companies location/locations job/jobs user/users invoice/invoices jobitem/jobItems"
    " timecard/timeCards"
)
"""Resources and what their records are called in a list."""

Record = Mapping[str, object]


@dataclass(frozen=True)
class List:
    """One list: its resource, what its records are called, and the filters that go along."""

    resource: str
    plural: str
    filters: Mapping[str, wire.Parameter]
    name: str = ""
    limit: int = ROWS

    @property
    def probe(self) -> str:
        """What it is kept under."""
        return f"list {self.name or self.resource}"


def lists_at(now: int) -> Iterator[List]:
    """Every list that the product reads, in the filters that it uses."""
    since, until = now - SPAN_SECONDS, now + DAY
    every: dict[str, wire.Parameter] = {"status": wire.COMPANY_STATUSES}
    yield List("account", "accounts", {})
    yield List("company", "companies", every)
    places: dict[str, wire.Parameter] = {"isCustomer": True, "companyStatus": wire.COMPANY_STATUSES}
    yield List("location", "locations", {"status": wire.LOCATION_STATUSES, **places})
    yield List("job", "jobs", {"status": wire.JOB_STATUSES})
    yield List("user", "users", {})
    yield List("serviceline", "servicelines", {}, limit=wire.PAGE_MAXIMUM_ELSEWHERE)
    yield List("paymentterms", "paymentTerms", {})
    yield List("libitem", "libItems", {})
    for status in ("pending_accounting", "processed", "failed", "void"):
        yield List("invoice", "invoices", {"status": status}, f"invoice {status}")
    yield List("jobitem", "jobItems", {})
    used: dict[str, wire.Parameter] = {
        "libItemType": "labor",
        "usedOnAfter": since,
        "usedOnBefore": until,
    }
    yield List("jobitem", "jobItems", used, "jobitem labor")
    period: dict[str, wire.Parameter] = {"periodStartAfter": since, "periodStartBefore": until}
    yield List("timecard", "timeCards", period)
    yield List("timecard", "timeCards", {**period, "status": "approved"}, "timecard approved")
    yield List("clock", "events", {"startTime": since, "endTime": until})
    yield List("user/absence", "userAbsences", {})


class ServiceTradeWalk:
    """One walk through one account. `records` are each list's rows by its probe, as they came."""

    def __init__(self, account: Account, recording: RecordingTransport) -> None:
        self._account = account
        self._recording = recording
        self._transport = Transport(account.servicetrade, PATIENCE_SECONDS, recording)
        self.records: dict[str, list[Record]] = {}
        self.now = int(time.time())

    def walk(self) -> None:
        """All of it. Raises the family of what is wrong when not even the login is answered."""
        with self._recording.probe("login"):
            self._transport.read("GET /account", "/account", wire.query(limit=1))
        self.now = self._transport.now()
        for one in lists_at(self.now):
            self._list(one)
        self._offices()
        for pair in ONE_OF_EACH.split():
            self._one(*pair.split("/"))
        self._of_a_job()
        self._external_ids()
        self._ask("unknown id", f"/company/{NO_SUCH_ID}")
        self._with_a_made_up_token()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def _ask(
        self,
        probe: str,
        path: str,
        limit: int | None = None,
        page: int | None = None,
        **filters: wire.Parameter,
    ) -> object:
        with self._recording.probe(probe):
            try:
                parameters = wire.query(limit, page, **filters)
                return self._transport.read(f"GET {path}", path, parameters)
            except SyncFault:
                return None  # what came is kept, and judged as it is

    def _list(self, one: List) -> None:
        first = self._page(one, one.probe, 1)
        self.records[one.probe] = list(first.records) if first else []
        if first is not None and first.total_pages > 1:
            # The oldest records stand on the first page, and the newest on the last one.
            last = self._page(one, f"{one.probe} last", first.total_pages)
            self.records[one.probe] += last.records if last else ()

    def _page(self, one: List, probe: str, number: int) -> Page | None:
        path = f"/{one.resource}"
        body = self._ask(probe, path, one.limit, number, **one.filters)
        try:
            return None if body is None else read_page(body, one.plural, number, f"GET {path}")
        except SyncFault:
            return None

    def _one(self, kind: str, plural: str) -> None:
        probe = f"one {kind}"
        found = self._first_of(kind)
        body = None if found is None else self._ask(probe, f"/{kind}/{found}")
        try:
            self.records[probe] = [one_record(body, plural, probe)] if body is not None else []
        except SyncFault:
            self.records[probe] = []

    def _offices(self) -> None:
        """The locations of the account's own company [ST 4.2, 9.3]."""
        for account in self.records.get("list account", ()):
            prime = account.get("primeCompany")
            if isinstance(prime, Mapping) and isinstance(prime.get("id"), int):
                filters: dict[str, wire.Parameter] = {
                    "status": wire.LOCATION_STATUSES,
                    "isCustomer": False,
                    "companyId": prime["id"],
                    "companyStatus": wire.COMPANY_STATUSES,
                }
                self._list(List("location", "locations", filters, "location office"))

    def _first_of(self, kind: str) -> object:
        """The id of a record of a kind; None without one."""
        for probe, rows in self.records.items():
            if probe.split()[:2] == ["list", kind]:
                for row in rows:
                    if isinstance(row.get("id"), int):
                        return row["id"]
        return None

    def _of_a_job(self) -> None:
        job = self._first_of("job")
        if isinstance(job, int):
            self._list(List("servicerequest", "serviceRequests", {"jobId": job}))
            about = {"entityType": ENTITY_TYPES["job"], "entityId": job}
            self._list(List("comment", "comments", about))

    def _external_ids(self) -> None:
        company = self._first_of("company")
        if company is not None:
            system = self._account.servicetrade.external_system
            self._ask("external id", f"/externalid/company/{company}/{system}")
            self._ask("undefined system", f"/externalid/company/{company}/{NO_SUCH_SYSTEM}")

    def _with_a_made_up_token(self) -> None:
        connection = self._account.servicetrade
        client = open_client(time_limit(connection.timeout_seconds), self._recording)
        url = f"{connection.base_url.rstrip('/')}/account"
        with self._recording.probe("made-up token"):
            try:
                client.get(url, headers={"Authorization": f"Bearer {MADE_UP}"})
            except httpx.HTTPError:
                return
