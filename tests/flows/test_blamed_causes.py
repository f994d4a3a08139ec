"""What a refusal blames, for which others would wait too."""

import pytest

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.commands import Command
from st_spectrum.domain.errors import Problem, Rejected
from st_spectrum.engine.retries.breaker import causes_of_refusal
from st_spectrum.engine.retries.code_places import CodePlaces, SpectrumPlace
from st_spectrum.flows.invoices.commands import PostArDocument
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.jobs.commands import AddJob
from st_spectrum.flows.jobs.description import JOBS

TERMS = SpectrumPlace("invoices.terms_from", "terms code of its customer")
TAX = SpectrumPlace("jobs.tax_from", "sales tax code of its customer")
BY_THE_MAPS = CodePlaces((INVOICES, JOBS))
BY_SPECTRUM = CodePlaces(
    (INVOICES, JOBS), {"invoices": {"Terms_Code": TERMS}, "jobs": {"Tax_Class_Code": TAX}}
)


def invoice(**header: str) -> Command:
    fields = {"Customer_Code": "C00017", "Transaction_Type": "I", **header}
    return PostArDocument(ArDocument(fields, ({"Line_Extension": "10.00"},)))


def job(**fields: str) -> Command:
    return AddJob({"Job_Number": "10001", "Customer_Code": "C00017", **fields})


@pytest.mark.parametrize(
    ("flow", "call", "field"),
    [
        ("invoices", invoice(), "Terms_Code"),
        ("invoices", invoice(Terms_Code=""), "Terms_Code"),
        ("jobs", job(Tax_Class_Code=""), "Tax_Class_Code"),
    ],
)
def test_a_code_that_spectrum_takes_from_one_customer_makes_invoices_of_no_other_wait(
    flow: str, call: Command, field: str
) -> None:
    refusal = Rejected([Problem("I", "is not set up", field)])

    assert causes_of_refusal(flow, call, refusal, BY_SPECTRUM) == ()
    assert len(causes_of_refusal(flow, call, refusal, BY_THE_MAPS)) == 1


def test_a_code_that_is_sent_all_the_same_is_blamed_for_all_that_send_it() -> None:
    refusal = Rejected([Problem("I", "is not set up", "Terms_Code")])

    (cause,) = causes_of_refusal("invoices", invoice(Terms_Code="9"), refusal, BY_SPECTRUM)

    assert (cause.field, cause.value) == ("Terms_Code", "9")
