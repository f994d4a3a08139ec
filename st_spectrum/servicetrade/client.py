"""ServiceTrade as the rest of the project sees it: typed records in, external ids, invoice statuses
and comments out.

Every method may be called from several threads and raises only the families of `domain.errors`. A
record that does not exist is None; a read that failed is an exception, and never an empty or short
list.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from httpx import BaseTransport

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import Problem, Rejected
from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.invoice_models import Comment, Invoice
from st_spectrum.servicetrade.job_items import JobItems
from st_spectrum.servicetrade.models import (
    Company,
    Job,
    Location,
    OnUnreadable,
    Reference,
    ServiceLine,
    ServiceRequest,
    ServiceTradeAccount,
    TaxGroup,
    User,
)
from st_spectrum.servicetrade.proven_account import proof_of
from st_spectrum.servicetrade.time_records import TimeRecords
from st_spectrum.servicetrade.transport import PATIENCE_SECONDS, Transport
from st_spectrum.servicetrade.webhooks import Webhooks

COMMENT_VISIBILITY = ("schedule", "billing")
"""Who sees our comments: the office alone, not technicians or the portal [ST 10]; our choice."""


class ServiceTrade(JobItems, TimeRecords):
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
        super().__init__(connection, Transport(connection, patience_seconds, transport))
        self._transport.before_first_write = proof_of(connection.account, self.account)
        self.webhooks = Webhooks(self._transport, self._list)

    def companies(
        self,
        updated_after: int | None = None,
        created_after: int | None = None,
        updated_before: int | None = None,
        created_before: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[Company]:
        """Companies of every status and role, page by page [ST 4.1]; all limits are epoch seconds,
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
            updatedBefore=updated_before,
            createdBefore=created_before,
        )

    def locations(
        self,
        updated_after: int | None = None,
        created_after: int | None = None,
        updated_before: int | None = None,
        created_before: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[Location]:
        """Customers' locations of every status, of companies of every status [ST 4.2]."""
        return self._locations(
            on_unreadable,
            isCustomer=True,
            companyStatus=wire.COMPANY_STATUSES,
            updatedAfter=updated_after,
            createdAfter=created_after,
            updatedBefore=updated_before,
            createdBefore=created_before,
        )

    def jobs(
        self,
        updated_after: int | None = None,
        created_after: int | None = None,
        updated_before: int | None = None,
        created_before: int | None = None,
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
            updatedBefore=updated_before,
            createdBefore=created_before,
        )

    def jobs_numbered(self, number: int) -> tuple[Job, ...]:
        """The jobs of that number, whatever their status [ST 5.1]; one or none, as it is unique."""
        return tuple(self._list("job", "jobs", Job, number=number))

    def service_requests(self, job_id: int) -> tuple[ServiceRequest, ...]:
        """The work to perform on one job, with the service line of each [ST 5.3]."""
        return tuple(self._list("servicerequest", "serviceRequests", ServiceRequest, jobId=job_id))

    def service_lines(self) -> tuple[ServiceLine, ...]:
        """The catalogue of service lines [ST 9.4]."""
        return tuple(self._list("serviceline", "servicelines", ServiceLine))

    def all_service_requests(self) -> Iterator[ServiceRequest]:
        """The work to perform on all jobs, as far as the list without a filter shows it: which
        statuses that are is not known [ST 5.3].
        """
        return self._list("servicerequest", "serviceRequests", ServiceRequest)

    def tax_groups(self) -> tuple[TaxGroup, ...]:
        """The tax groups of the account; none where a third party gives the rates [ST 9.6]."""
        return tuple(self._list("taxgroup", "taxGroups", TaxGroup))

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
        """The contractor's account [ST 9.10]. Raises `ContractBroken` for none or several."""
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
        self,
        status: str,
        updated_after: int | None = None,
        created_after: int | None = None,
        updated_before: int | None = None,
        created_before: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[Invoice]:
        """Invoices with their lines in the statuses named, separated by commas [ST 6.1, 6.2]; of
        every type.

        `pending_accounting` is the queue, `void` with `updated_after` what was canceled [ST 14];
        limits as in `companies`.
        """
        return self._list(
            "invoice",
            "invoices",
            Invoice,
            on_unreadable,
            status=status,
            updatedAfter=updated_after,
            createdAfter=created_after,
            updatedBefore=updated_before,
            createdBefore=created_before,
        )

    def invoices_of(
        self, *, job_id: int | None = None, customer_id: int | None = None
    ) -> Iterator[Invoice]:
        """All invoices of a job, or of a customer, handed over or void once [ST 6.1, 6.2]."""
        return self._list(
            "invoice",
            "invoices",
            Invoice,
            None,
            status=",".join(wire.INVOICE_STATUSES),
            jobId=job_id,
            customerId=customer_id,
        )

    def count_invoices(self, status: str) -> int:
        """How many invoices have that status [ST 1.2, 6.2]."""
        return self._count("invoice", "invoices", status=status)

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

    def find_by_external_id(self, entity_type: str, value: str, system: str = "") -> int | None:
        """Id of the record with `value` in `system`, ours unless told, or None [ST 11]."""
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
            operation,
            f"/externalid/{entity_type}/{system or self._external_system}/{quote(value, safe='')}",
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
