"""An invoice whose cost centers are sent waits for each of them, as jobs and time do."""

from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Create, Hold, Update
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.invoices.documents import to_documents
from st_spectrum.flows.invoices.rules import decide_invoice
from st_spectrum.flows.invoices.steps import step_name
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.spectrum.stored_invoices import StoredDocument
from tests.flows.invoices.test_invoice_money import JOB, TODAY, invoice
from tests.flows.invoices.test_invoice_money import InvoiceBundle as Bundle
from tests.flows.records import MINIMAL, account

SENT = {"gl": {"default": "4000"}, "has_income_cost_center": True}
CENTERS = MINIMAL["maps"]["cost_centers"]


def line(number: int, price: str, service_line: str = "", **changes: Any) -> dict[str, Any]:
    made = {
        "id": number, "description": f"line {number}", "quantity": 1, "price": price, "subtotal": price, "taxAmount": "0",
        "totalPrice": price, "orderIndex": number, "serviceLine": {"id": 9, "name": service_line} if service_line else None,
    }  # fmt: skip
    return made | changes


def decide(
    made: Invoice,
    rules: dict[str, Any] | None = None,
    maps: dict[str, Any] | None = None,
    **more: Any,
) -> Any:
    sections = {"invoices": rules or SENT} | ({"maps": {"cost_centers": maps}} if maps else {})
    return decide_invoice(Bundle(made, TODAY, JOB, **more), account(**sections))


@pytest.mark.parametrize(
    ("service_line", "office", "reason"),
    [
        (
            "Security",
            "Elsewhere",
            "no cost center for service line 'Security' in office 'Elsewhere'",
        ),
        ("Security", "", "no cost center for service line 'Security' of an invoice without office"),
        ("", "Elsewhere", "no cost center for a line without service line in office 'Elsewhere'"),
    ],
)
def test_a_line_whose_cost_center_nobody_knows_holds_its_invoice_until_the_account_file_has_it(
    service_line: str, office: str, reason: str
) -> None:
    made = invoice(
        [line(1, "10", "Sprinkler"), line(2, "5", service_line)],
        assignedOffice={"id": 5, "name": office} if office else None,
    )
    held = decide(made)

    assert isinstance(held, Hold)
    assert held.reason == reason
    assert "maps.cost_centers in the account file" in held.advice
    assert held.needs == ("account: maps.cost_centers",)
    assert isinstance(decide(made, maps=CENTERS | {"default": "900"}), Create)


def test_an_account_that_sends_no_cost_centers_posts_as_ever() -> None:
    made = invoice([line(1, "10", "Security")])
    for rules in (
        {"gl": {"default": "4000"}},
        {"gl": {"by_cost_center": {"100": "4010"}, "default": "4000"}},
    ):
        decision = decide(made, rules)
        assert isinstance(decision, Create)
        assert [
            row["GL_Account"]
            for row in to_documents(Bundle(made, TODAY, JOB), made, account(invoices=rules))[0][
                0
            ].details
        ] == ["4000"]


def test_a_line_of_nothing_and_one_for_rounding_need_no_cost_center() -> None:
    cents = SENT | {"tolerance_cents": 2, "rounding_gl_account": "7990"}
    made = invoice(
        [line(1, "10", "Sprinkler"), line(2, "0", "Security")], subtotal="10.01", totalPrice="10.01"
    )

    assert isinstance(decide(made, cents), Create)


def test_nothing_of_an_invoice_goes_out_when_its_credit_lacks_a_cost_center() -> None:
    made = invoice([line(1, "10", "Sprinkler"), line(2, "-5", "Security")])

    assert isinstance(decide(made), Hold)


@pytest.mark.parametrize(
    "rules", [{"target": "soap"}, {"gl": {"by_cost_center": {"100": "4010", "900": "4090"}}}]
)
def test_an_invoice_is_not_said_to_lack_what_only_follows_from_a_cost_center_that_nobody_knows(
    rules: dict[str, Any],
) -> None:
    made = invoice([line(1, "10", "Sprinkler"), line(2, "5", "Security")])
    held = decide(made, SENT | rules)

    assert isinstance(held, Hold)
    assert held.reason.startswith("no cost center for service line 'Security'")


def posted(made: Invoice) -> tuple[ArDocument, ...]:
    """Documents that an earlier version posted with a blank cost center."""
    documents, _ = to_documents(Bundle(made, TODAY, JOB), made, account(invoices=SENT))
    assert documents[-1].details[-1]["Income_Cost_Center"] == ""
    return documents


def test_what_was_posted_without_a_cost_center_is_closed_as_before() -> None:
    made = invoice([line(1, "10", "Security")])
    documents = posted(made)
    progress = Progress(target_key="10482-1", is_confirmed=True)

    decision = decide(made, posted=documents, progress=progress)

    assert isinstance(decision, Update)
    in_doubt = Progress(target_key="10482-1", started_steps=(step_name(documents[0]),))
    assert isinstance(decide(made, posted=documents, progress=in_doubt), Create)


def test_what_stands_in_spectrum_is_taken_over_whatever_its_cost_center() -> None:
    made = invoice([line(1, "10", "Security")])
    there = StoredDocument("C00001", "10482-1", "I", Decimal("10.00"))

    decision = decide(made, stored=(there,))

    assert isinstance(decision, Create)
    assert decision.standing == (step_name(posted(made)[0]),)


def test_the_rest_of_a_half_posted_invoice_waits_for_its_cost_center() -> None:
    made = invoice([line(1, "10", "Sprinkler"), line(2, "-5", "Security")])
    documents = posted(made)
    half = Progress(target_key="10482-1", done_steps=(step_name(documents[0]),))

    assert isinstance(decide(made, posted=documents, progress=half), Hold)
    assert isinstance(
        decide(made, maps=CENTERS | {"default": "900"}, posted=documents, progress=half), Create
    )
