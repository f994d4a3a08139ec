"""What a refusal of Spectrum means for an invoice, and what AR reads about it."""

import pytest

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.errors import Problem, Rejected
from st_spectrum.engine.retries.code_places import SpectrumPlace
from st_spectrum.flows.invoices.live_codes import places_of
from st_spectrum.flows.invoices.refusals import WHO_CAN_HELP, failure_comment, prerequisite_of

OWN = Problem("I", "line 1: is too large", "Line_Extension")


def refused(*problems: Problem) -> Rejected:
    return Rejected(problems, system="spectrum", operation="POST /customer/invoice")


@pytest.mark.parametrize("field", WHO_CAN_HELP)
def test_missing_set_up_alone_makes_the_invoice_wait(field: str) -> None:
    hold = prerequisite_of(refused(Problem("I", "is not set up", field)))

    assert hold is not None
    assert hold.needs == (f"spectrum: {field}",)
    assert "controller" in hold.advice


TERMS = {"Terms_Code": SpectrumPlace("invoices.terms_from", "terms code of its customer")}


@pytest.mark.parametrize(
    ("sent", "advice"),
    [
        ("", "correct the terms code of its customer C00017 in Spectrum"),
        ("3", "set the code up in Spectrum, or correct maps.payment_terms"),
    ],
)
def test_a_code_that_was_left_to_spectrum_is_told_with_the_record_that_has_it(
    sent: str, advice: str
) -> None:
    header = {"Customer_Code": "C00017", "Job_Number": "", "Terms_Code": sent}
    places = places_of([ArDocument(header, (), "1001")], TERMS)

    hold = prerequisite_of(refused(Problem("I", "is not set up", "Terms_Code")), places)

    assert hold is not None
    assert advice in hold.advice


def test_a_mistake_of_its_own_beside_missing_set_up_goes_to_ar() -> None:
    missing = Problem("I", "is not set up", "GL_Account")

    assert prerequisite_of(refused(missing, OWN)) is None
    assert prerequisite_of(refused(OWN, missing)) is None
    assert prerequisite_of(refused()) is None


def test_a_lock_makes_it_wait_whatever_else_is_said() -> None:
    hold = prerequisite_of(refused(Problem("L", "is in use", "Invoice_Or_Transaction")))

    assert hold is not None
    assert "goes out by itself" in hold.advice


def test_the_comment_names_every_field_in_words_and_says_what_to_do() -> None:
    text = failure_comment(refused(OWN, Problem("E", "no reason was given")))

    assert text.splitlines() == [
        "Spectrum did not take this invoice:",
        "- Line Extension: line 1: is too large",
        "- no reason was given",
        (
            "Please correct it here and submit it to accounting again; it then goes to Spectrum by"
            " itself."
        ),
    ]
