"""Invoices and their comments through the client, against the sandbox's ServiceTrade."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import OutcomeUnknown, RateLimited, Rejected
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.client import ServiceTrade
from tests.servicetrade_client.test_servicetrade_against_sandbox import Office

INVOICE = 9001
"""The sandbox's made-up number of invoices in comments."""


class Billing(Office):
    """Somebody who enters invoices."""

    def customer(self) -> int:
        company = self.company()
        self._http.put(
            f"/externalid/company/{company}/spectrum", json={"value": "HARBOR"}
        ).raise_for_status()
        return company

    def invoice(self, company: int, *lines: dict[str, Any], **fields: Any) -> int:
        items = list(lines) or [{"description": "Labor", "quantity": 2.5, "price": 33.33}]
        number: int = self.add("invoice", customerId=company, items=items, **fields)["id"]
        return number

    def approve(self, invoice_id: int) -> int:
        self.move(invoice_id, "pending_accounting")
        return invoice_id

    def move(self, invoice_id: int, status: str) -> None:
        self._http.put(f"/invoice/{invoice_id}", json={"status": status}).raise_for_status()


@pytest.fixture
def billing(sandbox: Sandbox) -> Iterator[Billing]:
    person = Billing(sandbox.servicetrade_url)
    yield person
    person.close()


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
    billing: Billing, client: ServiceTrade
) -> None:
    company = billing.customer()
    waiting = {billing.approve(billing.invoice(company)) for _ in range(7)}
    billing.invoice(company)
    billing.move(billing.invoice(company), "void")

    found = list(client.invoices("pending_accounting"))

    assert {invoice.id for invoice in found} == waiting
    assert {invoice.customer.external_ids["spectrum"] for invoice in found} == {"HARBOR"}
    assert {invoice.status for invoice in found} == {"pending_accounting"}
    assert all(len(invoice.items) == 1 for invoice in found)
    assert client.calls["GET /invoice"] == 3
    assert len(list(client.invoices("pending_accounting,void"))) == 8


def test_an_invoice_arrives_to_the_cent(billing: Billing, client: ServiceTrade) -> None:
    group = billing.add("taxgroup", name="Norfolk", code="VANORF", combinedRate=0.0725)["id"]
    lines = (
        {"description": "Labor", "quantity": 2.5, "price": 33.33},
        {"description": "Seal", "quantity": 3, "price": 0.1, "taxGroupId": group},
        {"description": "Goodwill", "quantity": 1, "price": -10.01},
    )
    invoice = client.invoice(billing.invoice(billing.customer(), *lines, notes="By the dock"))

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
    billing: Billing, client: ServiceTrade
) -> None:
    number = billing.invoice(billing.customer())
    billing.move(number, "void")

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
    billing: Billing, client: ServiceTrade
) -> None:
    number = billing.approve(billing.invoice(billing.customer()))

    client.set_invoice_status(number, "processed", invoice_number="10482-1A")

    invoice = client.invoice(number)
    assert invoice is not None
    assert (invoice.status, invoice.invoice_number) == ("processed", "10482-1A")
    assert client.calls["PUT /invoice/{id}"] == 1


def test_without_a_number_the_number_stays(billing: Billing, client: ServiceTrade) -> None:
    number = billing.approve(billing.invoice(billing.customer(), invoiceNumber="OWN-7"))

    client.set_invoice_status(number, "failed")

    invoice = client.invoice(number)
    assert invoice is not None
    assert (invoice.status, invoice.invoice_number) == ("failed", "OWN-7")


def test_a_move_that_servicetrade_does_not_allow_is_rejected_in_its_words(
    billing: Billing, client: ServiceTrade
) -> None:
    number = billing.invoice(billing.customer())
    billing.move(number, "void")

    with pytest.raises(Rejected, match="is void and stays so"):
        client.set_invoice_status(number, "processed")


@pytest.mark.parametrize("kind", ["drop_answer", "truncate"])
def test_a_move_whose_answer_is_lost_is_unknown_and_has_happened_once(
    sandbox: Sandbox, billing: Billing, client: ServiceTrade, kind: str
) -> None:
    number = billing.approve(billing.invoice(billing.customer()))
    sandbox.control.add_fault(system="servicetrade", operation="PUT /invoice/{id}", kind=kind)

    with pytest.raises(OutcomeUnknown):
        client.set_invoice_status(number, "processed")

    assert client.calls["PUT /invoice/{id}"] == 1
    invoice = client.invoice(number)
    assert invoice is not None
    assert invoice.status == "processed"


def test_reads_of_invoices_outlive_what_passes_and_moves_are_never_repeated(
    sandbox: Sandbox, billing: Billing, client: ServiceTrade
) -> None:
    number = billing.approve(billing.invoice(billing.customer()))
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
    billing: Billing, client: ServiceTrade
) -> None:
    company = billing.customer()
    number, other = billing.invoice(company), billing.invoice(company)
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
