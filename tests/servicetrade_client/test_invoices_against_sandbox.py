"""Invoices and their comments through the client, against the sandbox's ServiceTrade."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import OutcomeUnknown, RateLimited, Rejected
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.client import ServiceTrade
from tests.world.billing_clerk import APPROVED, BillingClerk, Line
from tests.world.dispatcher import Dispatcher

INVOICE = 9001
"""The sandbox's made-up number of invoices in comments."""


@pytest.fixture
def customer(dispatcher: Dispatcher) -> int:
    """A customer that has crossed."""
    company = dispatcher.company()
    dispatcher.set_external_id("company", company, "HARBOR")
    return company


class Invoices:
    """What the billing clerk makes for one customer, by ids as the client takes them."""

    def __init__(self, clerk: BillingClerk, customer: int) -> None:
        self.clerk, self.customer = clerk, customer

    def draft(self, *lines: Line, **fields: Any) -> int:
        lines = lines or ({"quantity": 2.5, "price": 33.33},)
        return int(self.clerk.draft(*lines, customerId=self.customer, **fields))

    def approved(self, **fields: Any) -> int:
        return self.draft(status=APPROVED, **fields)

    def void(self) -> int:
        number = self.draft()
        self.clerk.change(str(number), status="void")
        return number


@pytest.fixture
def invoices(office: ServiceTradeCaller, customer: int) -> Invoices:
    return Invoices(BillingClerk(office), customer)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[ServiceTrade]:
    connection = ServiceTradeConnection(
        base_url=sandbox.servicetrade_url,
        client_id=credentials.CLIENT_ID,
        client_secret=SecretStr(credentials.CLIENT_SECRET),
        external_system=credentials.EXTERNAL_SYSTEM,
        read_attempts=3,
        page_limit=3,
    )
    with ServiceTrade(connection) as servicetrade:
        yield servicetrade


def test_the_queue_holds_approved_invoices_with_their_lines_over_several_pages(
    invoices: Invoices, client: ServiceTrade
) -> None:
    waiting = {invoices.approved() for _ in range(7)}
    invoices.draft()
    invoices.void()

    found = list(client.invoices("pending_accounting"))

    assert {invoice.id for invoice in found} == waiting
    assert {invoice.customer.external_ids["spectrum"] for invoice in found} == {"HARBOR"}
    assert {invoice.status for invoice in found} == {"pending_accounting"}
    assert all(len(invoice.items) == 1 for invoice in found)
    assert client.calls["GET /invoice"] == 3
    assert len(list(client.invoices("pending_accounting,void"))) == 8


def test_an_invoice_arrives_to_the_cent(invoices: Invoices, client: ServiceTrade) -> None:
    group = invoices.clerk.office.post(
        "/taxgroup", name="Norfolk", code="VANORF", combinedRate=0.0725
    )["id"]
    lines = (
        {"description": "Labor", "quantity": 2.5, "price": 33.33},
        {"description": "Seal", "quantity": 3, "price": 0.1, "taxGroupId": group},
        {"description": "Goodwill", "quantity": 1, "price": -10.01},
    )
    invoice = client.invoice(invoices.draft(*lines, notes="By the dock"))

    assert invoice is not None
    assert [line.subtotal for line in invoice.items] == [
        Decimal("83.33"),
        Decimal("0.3"),
        Decimal("-10.01"),
    ]
    assert (
        sum((line.subtotal for line in invoice.items), Decimal(0))
        == invoice.subtotal
        == Decimal("73.62")
    )
    assert invoice.total_price == invoice.subtotal + invoice.tax_amount
    assert invoice.tax_amount == Decimal("0.02")
    assert invoice.items[1].tax_group is not None
    assert invoice.items[1].tax_group.code == "VANORF"
    assert invoice.notes == "By the dock"
    assert client.invoice(1) is None


def test_voids_are_noticed_by_the_time_of_their_change(
    invoices: Invoices, client: ServiceTrade
) -> None:
    number = invoices.void()

    (void,) = client.invoices("void", updated_after=0)

    assert (void.id, void.status) == (number, "void")
    assert list(client.invoices("void", updated_after=void.updated + 1)) == []
    assert [invoice.id for invoice in client.invoices("void", updated_after=void.updated)] == [
        number
    ]
    one = client.invoice(number)
    assert one is not None
    assert one.status == "void"


def test_an_invoice_becomes_processed_under_its_accounting_number(
    invoices: Invoices, client: ServiceTrade
) -> None:
    number = invoices.approved()

    client.set_invoice_status(number, "processed", invoice_number="10482-1A")

    invoice = client.invoice(number)
    assert invoice is not None
    assert (invoice.status, invoice.invoice_number) == ("processed", "10482-1A")
    assert client.calls["PUT /invoice/{id}"] == 1


def test_without_a_number_the_number_stays(invoices: Invoices, client: ServiceTrade) -> None:
    number = invoices.approved(invoiceNumber="OWN-7")

    client.set_invoice_status(number, "failed")

    invoice = client.invoice(number)
    assert invoice is not None
    assert (invoice.status, invoice.invoice_number) == ("failed", "OWN-7")


def test_a_move_that_servicetrade_does_not_allow_is_rejected_in_its_words(
    invoices: Invoices, client: ServiceTrade
) -> None:
    number = invoices.void()

    with pytest.raises(Rejected, match="is void and stays so"):
        client.set_invoice_status(number, "processed")


@pytest.mark.parametrize("kind", ["drop_answer", "truncate"])
def test_a_move_whose_answer_is_lost_is_unknown_and_has_happened_once(
    sandbox: Sandbox, invoices: Invoices, client: ServiceTrade, kind: str
) -> None:
    number = invoices.approved()
    sandbox.control.add_fault(system="servicetrade", operation="PUT /invoice/{id}", kind=kind)

    with pytest.raises(OutcomeUnknown):
        client.set_invoice_status(number, "processed")

    assert client.calls["PUT /invoice/{id}"] == 1
    invoice = client.invoice(number)
    assert invoice is not None
    assert invoice.status == "processed"


def test_reads_of_invoices_outlive_what_passes_and_moves_are_never_repeated(
    sandbox: Sandbox, invoices: Invoices, client: ServiceTrade
) -> None:
    number = invoices.approved()
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /invoice", kind="fail_before", count=2
    )
    sandbox.control.add_fault(
        system="servicetrade",
        operation="PUT /invoice/{id}",
        kind="rate_limit",
        retry_after=0,
        count=1,
    )

    assert [invoice.id for invoice in client.invoices("pending_accounting")] == [number]
    with pytest.raises(RateLimited):
        client.set_invoice_status(number, "processed")

    assert client.calls["GET /invoice"] == 3
    assert client.calls["PUT /invoice/{id}"] == 1


def test_comments_on_an_invoice_can_be_left_and_read_again(
    invoices: Invoices, client: ServiceTrade
) -> None:
    number, other = invoices.draft(), invoices.draft()
    assert client.comments(INVOICE, number) == ()

    for text in ("Spectrum does not know tax code VANORF.", "Corrected, please submit again."):
        client.comment(INVOICE, number, text)
    client.comment(INVOICE, other, "Another one")

    found = client.comments(INVOICE, number)
    assert {comment.content for comment in found} == {
        "Spectrum does not know tax code VANORF.",
        "Corrected, please submit again.",
    }
    assert {comment.visibility for comment in found} == {("schedule", "billing")}
    assert all(comment.created for comment in found)
