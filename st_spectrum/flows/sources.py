"""ServiceTrade records while one run lasts: read once, shared by the records that point to them,
forgotten when written to.

A job needs its company and its location; a thousand jobs share a few hundred of them. What is older
than a minute is read again.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from st_spectrum.flows.payment_terms import PaymentTermsNames
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Job, Location, Record, Unreadable, User
from st_spectrum.servicetrade.wire import RecordBroken

FRESH_SECONDS = 60.0

T = TypeVar("T", bound=Record)
R = TypeVar("R", Company, Invoice)


@dataclass(frozen=True)
class _Kept:
    record: Record | None
    at: float


class Sources:
    """Reads companies, locations, jobs and users by id. Safe for several threads."""

    def __init__(
        self, servicetrade: ServiceTrade, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._servicetrade = servicetrade
        self._clock = clock
        self._kept: dict[tuple[str, int], _Kept] = {}
        self._terms = PaymentTermsNames(servicetrade.payment_terms, clock)
        self._lines: dict[int, tuple[tuple[str, ...], float]] = {}
        self._users: tuple[tuple[User, ...], float] | None = None
        self._lock = threading.Lock()
        self._users_lock = threading.Lock()

    def company(self, company_id: int) -> Company | None:
        """None when ServiceTrade knows no such company."""
        return self._read("company", company_id, Company, self._servicetrade.company)

    def location(self, location_id: int) -> Location | None:
        """None when it was deleted, or merged into another [ST 4.2]."""
        return self._read("location", location_id, Location, self._servicetrade.location)

    def job(self, job_id: int) -> Job | None:
        """As a list gave it, or the detail when it has to be read."""
        return self._read("job", job_id, Job, self._servicetrade.job)

    def user(self, user_id: int) -> User | None:
        """A salesperson or technician, with external ids."""
        return self._read("user", user_id, User, self._servicetrade.user)

    def users_with(self, system: str, code: str) -> tuple[User, ...]:
        """Everybody who carries this external id, whatever its spelling; all users are read at
        once, a minute old at most.
        """
        with self._users_lock:
            if self._users is None or self._clock() - self._users[1] >= FRESH_SECONDS:
                self._users = self._servicetrade.users(), self._clock()
            wanted = code.casefold()
            return tuple(
                user
                for user in self._users[0]
                if user.external_ids.get(system, "").casefold() == wanted
            )

    def invoice(self, invoice_id: int, *, is_as_of_now: bool = False) -> Invoice | None:
        """With its lines. As of now, what a list brought will do only where it is void, which is
        how it stays [ST 6.2].
        """
        if is_as_of_now:
            with self._lock:
                kept = self._kept.get(("invoice", invoice_id))
                if kept is not None and not (
                    isinstance(kept.record, Invoice) and kept.record.status == "void"
                ):
                    del self._kept["invoice", invoice_id]
        return self._read("invoice", invoice_id, Invoice, self._servicetrade.invoice)

    def with_terms(self, record: R) -> R:
        """A company or invoice with the name of its terms, where it came with their id [ST 6.4]."""
        return self._terms.named(record)

    def service_lines(self, job: Job) -> tuple[str, ...]:
        """Names of the service lines on the job's service requests, in their order [ST 5.3].

        The job's own text says the same on every job of an account, so it tells nothing [ST 5.1].
        """
        requests = self._servicetrade.service_requests(job.id)
        names = [
            request.service_line.name
            for request in requests
            if request.service_line and request.service_line.name
        ]
        return tuple(dict.fromkeys(names))

    def recent_service_lines(self, job: Job) -> tuple[str, ...]:
        """The same as they were within the last minute: hundreds of pieces of time share a job."""
        now = self._clock()
        with self._lock:
            kept = self._lines.get(job.id)
        if kept is None or now - kept[1] >= FRESH_SECONDS:
            kept = (self.service_lines(job), now)
            with self._lock:
                self._lines[job.id] = kept
        return kept[0]

    def keep(self, kind: str, records: Iterable[Record]) -> None:
        """Remember what a list has just brought."""
        now = self._clock()
        with self._lock:
            self._kept.update({(kind, record.id): _Kept(record, now) for record in records})

    def forget(self, kind: str, record_id: int) -> None:
        """Read it anew next time: we have written to it."""
        with self._lock:
            self._kept.pop((kind, record_id), None)

    def _read(
        self, kind: str, record_id: int, shape: type[T], fetch: Callable[[int], T | None]
    ) -> T | None:
        now = self._clock()
        with self._lock:
            kept = self._kept.get((kind, record_id))
        if kept is not None and record_id < 0 and isinstance(kept.record, Unreadable):
            raise RecordBroken(kept.record.problem)
        if (
            kept is not None
            and now - kept.at < FRESH_SECONDS
            and (kept.record is None or isinstance(kept.record, shape))
        ):
            return kept.record
        record = fetch(record_id)
        with self._lock:
            self._kept[kind, record_id] = _Kept(record, now)
        return record
