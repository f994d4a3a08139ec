"""ServiceTrade as the rest of the project sees it: typed records in, external ids, invoice statuses
and comments out.

Every method may be called from several threads and raises only the families of `domain.errors`. A
record that does not exist is None; a read that failed is an exception, and never an empty or short
list.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Self, TypeVar
from urllib.parse import quote

from httpx import BaseTransport
from pydantic import ValidationError

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import OutcomeUnknown, Problem, Rejected
from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.invoice_models import Comment, Invoice
from st_spectrum.servicetrade.item_models import JobItem, JobItemFields, LibraryItem
from st_spectrum.servicetrade.models import (
    Company,
    Job,
    Location,
    OnUnreadable,
    Record,
    Reference,
    ServiceLine,
    ServiceRequest,
    ServiceTradeAccount,
    Shape,
    User,
)
from st_spectrum.servicetrade.paging import Page, one_record, read_all, read_page
from st_spectrum.servicetrade.parsing import parsed, parsed_each
from st_spectrum.servicetrade.proven_account import proof_of
from st_spectrum.servicetrade.time_models import Absence, ClockEvent, TimeCard
from st_spectrum.servicetrade.transport import PATIENCE_SECONDS, Transport
from st_spectrum.servicetrade.webhooks import Webhooks

COMMENT_VISIBILITY = ("schedule", "billing")
"""Who sees our comments: the office, neither technicians nor the customer's portal [ST 10]; the
choice is ours.
"""

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound=Shape)


class ServiceTrade:
    """The client. Use it as a context manager, or `close()` it."""

    def __init__(
        self,
        connection: ServiceTradeConnection,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        transport: BaseTransport | None = None,
    ) -> None:
        """Calls nothing yet. Raises `SettingsInvalid` for an odd address; `transport` is for
        `st_spectrum.transports`.
        """
        self._transport = Transport(connection, patience_seconds, transport)
        self._page_limit = connection.page_limit
        self._transport.before_first_write = proof_of(connection.account, self.account)
        self.webhooks = Webhooks(self._transport, self._list)
        self._external_system, self.timeout_seconds = (
            connection.external_system,
            connection.timeout_seconds,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    @property
    def calls(self) -> Counter[str]:
        """Requests sent so far by operation such as "GET /company/{id}", repetitions and logins
        included; a copy.
        """
        return self._transport.calls

    def now(self) -> int:
        """Epoch seconds by ServiceTrade's clock, as its last answer showed it; by ours before the
        first answer.
        """
        return self._transport.now()

    def companies(
        self,
        updated_after: int | None = None,
        created_after: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[Company]:
        """Companies of every status and role, page by page [ST 4.1]; both limits are epoch seconds,
        inclusive [ST 1.3].
        """
        return self._list(
            "company",
            "companies",
            Company,
            on_unreadable,
            status=wire.COMPANY_STATUSES,
            updatedAfter=updated_after,
            createdAfter=created_after,
        )

    def locations(
        self,
        updated_after: int | None = None,
        created_after: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[Location]:
        """Customers' locations of every status, of companies of every status [ST 4.2]."""
        return self._locations(
            on_unreadable,
            isCustomer=True,
            companyStatus=wire.COMPANY_STATUSES,
            updatedAfter=updated_after,
            createdAfter=created_after,
        )

    def jobs(
        self,
        updated_after: int | None = None,
        created_after: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[Job]:
        """Jobs of every status, canceled ones too, which must be asked for by name [ST 5.1];
        without service requests.
        """
        return self._list(
            "job",
            "jobs",
            Job,
            on_unreadable,
            status=wire.JOB_STATUSES,
            updatedAfter=updated_after,
            createdAfter=created_after,
        )

    def jobs_numbered(self, number: int) -> tuple[Job, ...]:
        """The jobs of that number, whatever their status [ST 5.1]; the number is unique, so there
        is one or none.
        """
        return tuple(self._list("job", "jobs", Job, number=number))

    def service_requests(self, job_id: int) -> tuple[ServiceRequest, ...]:
        """The work to perform on one job, with the service line of each [ST 5.3]."""
        return tuple(self._list("servicerequest", "serviceRequests", ServiceRequest, jobId=job_id))

    def service_lines(self) -> tuple[ServiceLine, ...]:
        """The catalogue of service lines [ST 9.4]."""
        return tuple(self._list("serviceline", "servicelines", ServiceLine))

    def payment_terms(self) -> tuple[Reference, ...]:
        """The payment terms of the account [ST 6.4]."""
        return tuple(self._list("paymentterms", "paymentTerms", Reference))

    def prove_login(self) -> None:
        """Returns when ServiceTrade answered a read since something else answered in its place;
        asks for the account if not.
        """
        if not self._transport.is_open:
            self.account()

    def account(self) -> ServiceTradeAccount:
        """The contractor's account [ST 9.10]. Raises `ContractBroken` when the login sees none, or
        several.
        """
        accounts = tuple(self._list("account", "accounts", ServiceTradeAccount))
        if len(accounts) != 1:
            raise wire.broken("GET /account", f"expected one account and found {len(accounts)}")
        return accounts[0]

    def offices(self) -> tuple[Location, ...]:
        """The locations of the account's own company [ST 4.2, 9.3]."""
        prime = self.account().prime_company
        if prime is None:
            raise wire.broken(
                "GET /account", "the account names no primeCompany, so its offices cannot be told"
            )
        # Whether the own company counts as a customer is the account's affair, and the filter is
        # never off by default.
        found = (
            location
            for is_customer in (False, True)
            for location in self._locations(
                isCustomer=is_customer, companyId=prime.id, companyStatus=wire.COMPANY_STATUSES
            )
        )
        return tuple({location.id: location for location in found}.values())

    def invoices(
        self, status: str, updated_after: int | None = None, on_unreadable: OnUnreadable = None
    ) -> Iterator[Invoice]:
        """Invoices with their lines in the statuses named, separated by commas [ST 6.1, 6.2]; of
        every type.

        `pending_accounting` is the queue, `void` with `updated_after` (epoch seconds, inclusive)
        what was canceled [ST 14].
        """
        return self._list(
            "invoice", "invoices", Invoice, on_unreadable, status=status, updatedAfter=updated_after
        )

    def company(self, company_id: int) -> Company | None:
        """One company [ST 4.1], or None when there is none of that id."""
        return self._one("company", "companies", Company, company_id)

    def location(self, location_id: int) -> Location | None:
        """One location [ST 4.2], or None; a merged location has gone."""
        return self._one("location", "locations", Location, location_id)

    def job(self, job_id: int) -> Job | None:
        """One job with its service requests [ST 5.1], or None."""
        return self._one("job", "jobs", Job, job_id)

    def user(self, user_id: int) -> User | None:
        """One user with external ids [ST 9.1], or None."""
        return self._one("user", "users", User, user_id)

    def users(self) -> tuple[User, ...]:
        """Everybody with a login, deactivated ones too [ST 9.1]."""
        return tuple(self._list("user", "users", User))

    def invoice(self, invoice_id: int) -> Invoice | None:
        """One invoice with its lines [ST 6.1], or None; void ones are still there."""
        return self._one("invoice", "invoices", Invoice, invoice_id)

    def external_id(self, entity_type: str, entity_id: int, system: str = "") -> str | None:
        """What the record is called in `system`, ours unless told, or None [ST 11]. `entity_type`
        is "company", "job" ...
        """
        operation = "GET /externalid"
        body = self._transport.read(
            operation, f"/externalid/{entity_type}/{entity_id}/{system or self._external_system}"
        )
        if body is None:
            return None
        data = wire.unwrap(body)
        if not isinstance(data, Mapping) or "value" not in data:
            raise wire.broken(operation, f"expected a value and found {wire.shape(data)}")
        value = data["value"]
        return None if value in (None, "") else str(value)

    def find_by_external_id(self, entity_type: str, value: str) -> int | None:
        """The id of the record that carries `value` in our external system, or None [ST 11]."""
        operation = "GET /externalid"
        if not value:
            return None
        if "/" in value or value in (".", ".."):
            # Servers take an escaped slash for a real one, and their 404 would then look like "no
            # such record".
            raise wire.broken(
                operation,
                f"{value!r} cannot be looked up: it does not survive as part of an address",
            )
        body = self._transport.read(
            operation, f"/externalid/{entity_type}/{self._external_system}/{quote(value, safe='')}"
        )
        if body is None:
            return None
        data = wire.unwrap(body)
        found = data.get("id") if isinstance(data, Mapping) else None
        if not isinstance(found, int):
            raise wire.broken(
                operation, f"expected a record with an id and found {wire.shape(data)}"
            )
        return found

    def set_external_id(
        self, entity_type: str, entity_id: int, value: str, system: str = ""
    ) -> None:
        """A write: give the record its external id; "" takes it away [ST 11].

        Raises `Rejected` when another record has that value already, `OutcomeUnknown` when the
        answer was lost.
        """
        operation = "PUT /externalid"
        path = f"/externalid/{entity_type}/{entity_id}/{system or self._external_system}"
        kept = wire.taken(
            self._transport.write(operation, "PUT", path, {"value": value}), operation
        ).get("value")
        if value and kept is not None and str(kept) != value:
            raise wire.broken(
                operation,
                f"{entity_type} {entity_id} was to be called {value!r} and is called {kept!r}",
            )

    def set_invoice_status(
        self, invoice_id: int, status: str, *, invoice_number: str | None = None
    ) -> wire.Json:
        """A write: move an invoice to another status, `processed` or `failed` [ST 6.2], and give it
        its accounting number.

        The invoice as it stands then, as far as the answer says [ST 1.1]. Raises `Rejected` when
        the move is refused (a void
        invoice, one processed already) or it stands otherwise than asked for, `OutcomeUnknown` when
        the answer was lost.
        """
        operation = "PUT /invoice/{id}"
        payload = {"status": status} | (
            {} if invoice_number is None else {"invoiceNumber": invoice_number}
        )
        answer = wire.taken(
            self._transport.write(operation, "PUT", f"/invoice/{invoice_id}", payload), operation
        )
        if reasons := [
            Problem("200", f"was to be {wanted!r} and is {answer[name]!r}", name)
            for name, wanted in payload.items()
            if answer.get(name) is not None and str(answer[name]) != wanted
        ]:
            raise Rejected(reasons, system=wire.SYSTEM, operation=operation)
        return answer

    def job_items(
        self, job_id: int | None = None, updated_after: int | None = None
    ) -> Iterator[JobItem]:
        """What was used on one job, or on all of them; changed at or after `updated_after` in epoch
        seconds [ST 1.3, 7.1].
        """
        return self._list("jobitem", "jobItems", JobItem, jobId=job_id, updatedAfter=updated_after)

    def job_item(self, item_id: int) -> JobItem | None:
        """One job item [ST 7.1], or None when there is none, or none any more."""
        return self._one("jobitem", "jobItems", JobItem, item_id)

    def add_job_item(self, fields: JobItemFields) -> JobItem:
        """A write: put an item on a job [ST 7.1]. `fields` need a name and a job; the external id
        is set afterwards.

        Raises `Rejected` when ServiceTrade refuses it, `OutcomeUnknown` when the answer was lost or
        tells of no item.
        """
        operation = "POST /jobitem"
        return self._written_item(
            operation, self._transport.write(operation, "POST", "/jobitem", fields.as_wire())
        )

    def change_job_item(self, item_id: int, fields: JobItemFields) -> JobItem:
        """A write: change what `fields` give and leave the rest of the item alone [ST 1, 7.1];
        raises as adding does.
        """
        operation = "PUT /jobitem/{id}"
        answer = self._transport.write(operation, "PUT", f"/jobitem/{item_id}", fields.as_wire())
        return self._written_item(operation, answer)

    def delete_job_item(self, item_id: int) -> None:
        """A write: take an item off its job [ST 7.1]; one that has gone already is no error.
        `Rejected`, `OutcomeUnknown`.
        """
        operation = "DELETE /jobitem/{id}"
        try:
            wire.taken(self._transport.write(operation, "DELETE", f"/jobitem/{item_id}"), operation)
        except Rejected as refusal:
            if not all(problem.code == "404" for problem in refusal.problems):
                raise

    def lib_items(self) -> tuple[LibraryItem, ...]:
        """The catalogue that job items are made from, retired ones too [ST 7.4]."""
        return tuple(self._list("libitem", "libItems", LibraryItem))

    def time_cards(
        self,
        start: int | None = None,
        end: int | None = None,
        *,
        status: str | None = None,
        updated_after: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[TimeCard]:
        """Time cards whose period begins at or after `start` and before `end`, epoch seconds;
        assumed throughout [ST 8.4].

        `status` such as "approved" or several with commas; without it cards of every status come
        (assumed).
        """
        last = (
            None if end is None else end - 1
        )  # whether the filter takes its own second along is not known
        filters = {
            "periodStartAfter": start,
            "periodStartBefore": last,
            "status": status,
            "updatedAfter": updated_after,
        }
        cards = self._list("timecard", "timeCards", TimeCard, on_unreadable, **filters)
        return (card for card in cards if end is None or card.period_start < end)

    def time_card(self, card_id: int) -> TimeCard | None:
        """One time card with its days, or None; assumed [ST 8.4]."""
        return self._one("timecard", "timeCards", TimeCard, card_id)

    def clock_events(self, start: int, end: int) -> Iterator[ClockEvent]:
        """Everybody's clock events at or after `start` and before `end`, epoch seconds [ST 8.1].

        A pair may reach over either end, so ask for some hours more on both sides.
        """
        events = self._list("clock", "events", ClockEvent, startTime=start, endTime=end)
        return (event for event in events if start <= event.event_time < end)

    def labor_items(
        self,
        start: int,
        end: int,
        *,
        updated_after: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[JobItem]:
        """Job items made from labor and used at or after `start` and before `end`, epoch seconds
        [ST 7.1, 8.3].

        The technician is in the `source`. An item without a day of use is in no such list.
        """
        used = {"usedOnAfter": start, "usedOnBefore": end, "updatedAfter": updated_after}
        items = self._list(
            "jobitem", "jobItems", JobItem, on_unreadable, libItemType="labor", **used
        )
        return (item for item in items if start <= item.used_on < end)

    def absences(
        self, start: int, end: int, *, on_unreadable: OnUnreadable = None
    ) -> Iterator[Absence]:
        """Absences that touch the time from `start` to before `end`, epoch seconds [ST 9.2].

        The list has no filter that is known, so all of it is read.
        """
        absences = self._list("user/absence", "userAbsences", Absence, on_unreadable)
        return (
            absence
            for absence in absences
            if absence.window_start < end and absence.window_end > start
        )

    def comments(self, entity_type_number: int, entity_id: int) -> tuple[Comment, ...]:
        """The comments on a record that our login may see [ST 10]."""
        return tuple(
            self._list(
                "comment", "comments", Comment, entityType=entity_type_number, entityId=entity_id
            )
        )

    def comment(self, entity_type_number: int, entity_id: int, content: str) -> None:
        """A write: leave a comment for the office on a record; the numbers are in
        `models.ENTITY_TYPES` [ST 10].
        """
        seen_by = list(COMMENT_VISIBILITY)
        payload = {
            "entityType": entity_type_number,
            "entityId": entity_id,
            "content": content,
            "visibility": seen_by,
        }
        wire.taken(
            self._transport.write("POST /comment", "POST", "/comment", payload), "POST /comment"
        )

    def _written_item(self, operation: str, body: object) -> JobItem:
        answer = wire.taken(body, operation)
        try:
            return JobItem.model_validate(answer)
        except ValidationError:
            text = f"the item was taken, and what it became cannot be read: {wire.shape(answer)}"
            raise OutcomeUnknown(text, system=wire.SYSTEM, operation=operation) from None

    def _locations(
        self, on_unreadable: OnUnreadable = None, **filters: wire.Parameter
    ) -> Iterator[Location]:
        return self._list(
            "location",
            "locations",
            Location,
            on_unreadable,
            status=wire.LOCATION_STATUSES,
            **filters,
        )

    def _one(self, resource: str, plural: str, model: type[R], record_id: int) -> R | None:
        operation = f"GET /{resource}/{{id}}"
        if record_id <= 0:
            text = f"a {resource} of a list has no id by which it could be read"
            raise wire.RecordBroken(text, system=wire.SYSTEM, operation=operation)
        body = self._transport.read(operation, f"/{resource}/{record_id}")
        return (
            None if body is None else parsed(model, one_record(body, plural, operation), operation)
        )

    def _list(
        self,
        resource: str,
        plural: str,
        model: type[R],
        on_unreadable: OnUnreadable = None,
        **filters: wire.Parameter,
    ) -> Iterator[R]:
        operation = f"GET /{resource}"
        limit = wire.page_limit(resource, self._page_limit)

        def fetch(number: int) -> Page:
            body = self._transport.read(
                operation, f"/{resource}", wire.query(limit=limit, page=number, **filters)
            )
            if body is None:
                raise wire.broken(operation, "ServiceTrade knows no such list (HTTP 404)")
            return read_page(body, plural, number, operation)

        return parsed_each(model, read_all(fetch, operation), operation, on_unreadable)
