"""The generated pages are what the code says now, and the field map's phrases fit what the mappings
really send.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from st_spectrum.account import Account
from st_spectrum.domain.commands import Command, System
from st_spectrum.domain.decisions import Create, Decision
from st_spectrum.flows.customers.rules import CustomerBundle, decide_customer
from st_spectrum.flows.invoices.commands import AddArInvoice, PostArDocument
from st_spectrum.flows.invoices.rules import InvoiceBundle, decide_invoice
from st_spectrum.flows.jobs.rules import JobBundle, TemplatePhase, decide_job
from st_spectrum.flows.sites.rules import SiteBundle, decide_site
from st_spectrum.pages.__main__ import pages
from st_spectrum.pages.field_map import DETAIL, FILLED, HEADER, LAYOUTS, SENT_BY
from st_spectrum.pages.inserts import with_inserts
from st_spectrum.pages.sentences import texts_of
from st_spectrum.pages.unverified import assumptions
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.spectrum.invoices import soap_fields
from tests.flows import records

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), DOCS.parent / "README.md"]
FILLED_BY_THE_CLIENT = {"Company_Code"}


@pytest.fixture(scope="module")
def made() -> dict[Path, str]:
    """All pages, made once: it takes a second to read every file of ours for assumptions."""
    return pages(DOCS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_generated_page_is_stale(page: Path, made: dict[Path, str]) -> None:
    assert page.read_text(encoding="utf-8") == made[page], "make docs"


def test_every_generated_page_is_there(made: dict[Path, str]) -> None:
    assert set(made) == set(PAGES)


def decisions() -> list[Decision]:
    """What every mapping function decides where the account makes use of all there is."""
    found: list[Decision] = []
    for into in ("Estimator", "Superintendent"):
        rules = {"oh_batch_code": "OH", "has_office_in_udf1": True, "salesperson": {"into": into}}
        account: Account = records.account(jobs=rules)
        company, location = records.company(**records.CROSSED), records.location(**records.STANDS)
        person = records.salesperson(externalIds={"spectrum": "SAM"})
        phases = (TemplatePhase("100", "L", "Labor"),)
        found += [
            decide_customer(CustomerBundle(records.company()), account),
            decide_site(SiteBundle(records.location(), company), account),
            decide_job(
                JobBundle(records.job(), company, location, person, ("Sprinkler",), phases), account
            ),
        ]
    return [*found, invoice("rest"), invoice("soap")]


def invoice(target: str) -> Decision:
    """One line with everything on it, by way of REST or SOAP."""
    line = {
        "id": 1,
        "description": "Valve",
        "quantity": 1,
        "price": "5",
        "subtotal": "5",
        "taxAmount": "0",
        "totalPrice": "5",
    }
    found = Invoice.model_validate(
        {
            "id": 88001,
            "type": "invoice",
            "status": "pending_accounting",
            "invoiceNumber": "10482-1",
            "transactionDate": 1762232400,
            "subtotal": "5",
            "taxAmount": "0",
            "totalPrice": "5",
            "items": [line],
            "customer": {"id": 1201, "name": "Harbor"} | records.CROSSED,
            "location": {"id": 3310, "taxable": True, "address": {"state": "VA"}},
        }
    )
    rules = {"target": target, "is_job_required": False, "gl": {"default": "4000"}}
    return decide_invoice(InvoiceBundle(found, date(2025, 11, 10)), records.account(invoices=rules))


def sent() -> dict[str, set[str]]:
    """The fields that go to Spectrum, by the names of the field map."""
    fields: dict[str, set[str]] = defaultdict(set)
    for decision in decisions():
        assert isinstance(decision, Create), decision
        for step in decision.steps:
            for call in step.calls if step.system is System.SPECTRUM else ():
                for name, values in layouts(call):
                    fields[name] |= set(values)
    return fields


def layouts(call: Command) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What one call sends; the call of an invoice carries a whole document."""
    if not isinstance(call, PostArDocument):
        yield call.operation, call.fields
        return
    document = call.document
    for line in document.details:
        if isinstance(call, AddArInvoice):
            yield call.operation, soap_fields(replace(document, details=(line,)))
        else:
            yield HEADER, document.header
            yield DETAIL, line


def test_exactly_the_fields_that_are_sent_have_a_phrase() -> None:
    assert {name: set(phrases) - FILLED_BY_THE_CLIENT for name, phrases in FILLED.items()} == sent()


def test_every_phrase_belongs_to_a_field_of_its_service() -> None:
    assert set(SENT_BY) == set(FILLED)
    for name, phrases in FILLED.items():
        assert set(phrases) <= {field.name for field in LAYOUTS[name][1]}


def test_every_required_field_is_filled() -> None:
    for name, phrases in FILLED.items():
        assert {field.name for field in LAYOUTS[name][1] if field.is_required} <= set(phrases)


def test_a_part_between_markers_is_renewed_and_the_rest_is_left_alone() -> None:
    page = (
        "before\n<!-- generated: python -m st_spectrum.ledger.diagram -->\nold\n<!-- end of"
        " generated -->\nafter\n"
    )
    renewed = with_inserts(page)
    assert renewed.startswith("before\n") and renewed.endswith("after\n")
    assert "old" not in renewed and "stateDiagram" in renewed
    assert with_inserts(renewed) == renewed


def test_words_are_found_in_docstrings_comments_and_texts_with_the_name_that_they_belong_to() -> (
    None
):
    source = (
        '"""The file."""\n'
        "LIMIT = 5\n"
        '"""Below the limit."""\n'
        "# Above the rate,\n# in two lines.\n"
        "RATE = 2\n"
        "class Box:\n"
        '    """The box."""\n'
        "    size: int = field(description='the size')\n"
        "    def open(self):\n"
        "        # Inside.\n"
        "        return 1\n"
    )
    assert set(texts_of(source)) == {
        ("", "The file."),
        ("LIMIT", "Below the limit."),
        ("RATE", "Above the rate, in two lines."),
        ("Box", "The box."),
        ("Box.size", "the size"),
        ("Box.open", "Inside."),
    }


def test_an_assumption_is_listed_with_its_place_and_chapter(tmp_path: Path) -> None:
    (tmp_path / "spectrum").mkdir()
    (tmp_path / "spectrum" / "wire.py").write_text(
        'LIMIT = 5\n"""Rows in one answer. The number is assumed [SP 4.5]."""\n'
    )
    (found,) = assumptions(tmp_path)
    assert (found.file, found.name, found.chapter) == ("spectrum/wire.py", "LIMIT", "SP 4")
    assert found.sentence == "Rows in one answer. The number is assumed [SP 4.5]."
    assert found.topic.subject == "Spectrum: shape of its answers"
