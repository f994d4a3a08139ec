"""What Spectrum says to a batch of AR documents, and what it means for each of them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.answers import UnsureRefusal
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.errors import AccessDenied, OutcomeUnknown, Problem, Rejected
from st_spectrum.spectrum.invoices import is_locked, read_answer
from st_spectrum.spectrum.rest.batch_answers import Posting
from st_spectrum.spectrum.wire import Receipt


def of(*numbers: str) -> list[ArDocument]:
    return [
        ArDocument({"Invoice_Or_Transaction": number}, ({"Line_Extension": "1.00"},))
        for number in numbers
    ]


def taken(number: str) -> dict[str, Any]:
    return {"Invoice_Or_Transaction": number, "status": "S", "errors": []}


def refused(number: str, *errors: dict[str, Any]) -> dict[str, Any]:
    return {"Invoice_Or_Transaction": number, "status": "E", "errors": list(errors)}


def wrong(
    column: str, text: str = "is invalid", code: str = "I", line: int | None = None
) -> dict[str, Any]:
    return {"error_code": code, "desc": text, "column": column, "line": line}


def read(documents: list[ArDocument], *entries: Any) -> tuple[Posting, ...]:
    return read_answer(json.dumps({"arInvoices": entries}).encode(), documents)


def test_the_good_ones_are_taken_and_the_bad_ones_say_why() -> None:
    first, second = read(
        of("A", "B"),
        taken("A"),
        refused("B", wrong("GL_Account", "is a direct cost account", line=1)),
    )

    assert isinstance(first, Receipt)
    assert isinstance(second, Rejected)
    assert second.problems == (Problem("I", "line 2: is a direct cost account", "GL_Account"),)


def test_a_complaint_about_the_header_names_no_line() -> None:
    (posting,) = read(of("A"), refused("A", wrong("Customer_Code", "is not on file")))

    assert isinstance(posting, Rejected)
    assert str(posting).endswith("Customer_Code: is not on file")


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_the_order_of_the_answer_never_swaps_what_became_of_a_document(
    order: list[int], bad: set[int], absent: set[int]
) -> None:
    entries = [
        refused(f"N{n}", wrong("X", f"no {n}")) if n in bad else taken(f"N{n}")
        for n in order
        if n not in absent
    ]

    postings = read(of(*(f"N{n}" for n in range(6))), *entries)

    for number, posting in enumerate(postings):
        if number in absent:
            assert isinstance(posting, OutcomeUnknown)
            assert f"0 times of document N{number}" in posting.message
        elif number in bad:
            assert isinstance(posting, Rejected)
            assert posting.problems == (Problem("I", f"no {number}", "X"),)
        else:
            assert isinstance(posting, Receipt)


@pytest.mark.parametrize(
    "entry",
    [
        {"Invoice_Or_Transaction": "B"},
        {"Invoice_Or_Transaction": "B", "status": "OK"},
        {"Invoice_Or_Transaction": "B", "status": None},
        {"Invoice_Or_Transaction": "B", "status": "S", "errors": "none"},
        {"Invoice_Or_Transaction": "B", "status": "E", "errors": ["bad"]},
        {"Invoice_Or_Transaction": "B", "status": "S", "errors": [wrong("GL_Account")]},
        {"Invoice_Or_Transaction": "B", "status": "S", "errors": [wrong("GL_Account", code="Q")]},
        {"status": "S"},
    ],
)
def test_an_entry_that_cannot_be_read_makes_its_own_document_unknown_and_no_other(
    entry: dict[str, Any],
) -> None:
    first, second = read(of("A", "B"), taken("A"), entry)

    assert isinstance(first, Receipt)
    assert isinstance(second, OutcomeUnknown)


def test_a_document_of_which_the_answer_speaks_twice_is_unknown() -> None:
    first, second = read(of("A", "B"), taken("A"), refused("A", wrong("X")), taken("B"))

    assert isinstance(first, OutcomeUnknown)
    assert isinstance(second, Receipt)


def test_numbers_may_come_padded_or_as_json_numbers_and_strangers_are_nobody() -> None:
    postings = read(
        of("10482", "B"), {**taken("x"), "Invoice_Or_Transaction": 10482}, taken("   B"), taken("Z")
    )

    assert all(isinstance(posting, Receipt) for posting in postings)


def test_remarks_are_kept_with_the_receipt() -> None:
    (posting,) = read(
        of("A"), {**taken("A"), "errors": [wrong("Terms_Code", "was set to 1", code="G")]}
    )

    assert isinstance(posting, Receipt)
    assert posting.notes == (Problem("G", "was set to 1", "Terms_Code"),)


def test_a_refusal_without_a_reason_is_still_one() -> None:
    (posting,) = read(of("A"), {"Invoice_Or_Transaction": "A", "status": "E"})

    assert isinstance(posting, Rejected)
    assert "gave no reason" in str(posting)


def test_a_record_that_is_open_elsewhere_is_told_by_its_code() -> None:
    locked, duplicate = read(
        of("A", "B"),
        refused("A", wrong("Invoice_Or_Transaction", "Record is locked", code="L")),
        refused("B", wrong("Invoice_Or_Transaction", "Record is locked in time")),
    )

    assert isinstance(locked, Rejected)
    assert isinstance(duplicate, Rejected)
    assert (is_locked(locked), is_locked(duplicate)) == (True, False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in</html>",
        b'{"arInvoices": [{"Invoice_Or_Tran',
        b"[]",
        b"null",
        b"{}",
        b'{"arInvoices": {}}',
        b'{"arInvoices": ["A"]}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_an_answer_that_cannot_be_read_leaves_every_document_unknown(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown, match="the answer cannot be read"):
        read_answer(body, of("A", "B"))


def test_a_refusal_of_company_or_login_alone_is_no_records_fault() -> None:
    denial = wrong("Company_Code", "Company 009 is not authorized")
    with pytest.raises(AccessDenied, match="Company 009 is not authorized"):
        read(of("A", "B"), refused("A", denial), refused("B", denial))


@pytest.mark.parametrize("other", [taken("B"), {"Invoice_Or_Transaction": "?"}])
def test_a_denial_hides_neither_a_receipt_nor_an_unknown(other: dict[str, Any]) -> None:
    first, second = read(of("A", "B"), refused("A", wrong("Company_Code")), other)

    assert isinstance(first, Rejected)
    assert isinstance(second, Receipt | OutcomeUnknown)


def test_secrets_are_kept_out_of_what_spectrum_said() -> None:
    entry = refused("A", wrong("X", "ID TOP-SECRET-ID is odd"))
    (posting,) = read_answer(
        json.dumps({"arInvoices": [entry]}).encode(), of("A"), ["TOP-SECRET-ID"]
    )

    assert "TOP-SECRET-ID" not in str(posting)


WORDS = {"error_code": "I", "desc": "is not on file", "column": "Customer_Code"}
OTHER_CASE = {"ErrorCode": "i", "Desc": "is not on file", "Column": "Customer_Code"}

OTHER_SHAPES: list[Any] = [
    WORDS,
    [WORDS],
    {"errors": [WORDS]},
    {"response": WORDS},
    {"returnData": {"response": [OTHER_CASE]}},
    {"arInvoices": [{"Invoice_Or_Transaction": "A", "response": [WORDS]}]},
    {"arInvoices": [{"Invoice_Or_Transaction": "A", "status": "S", "errors": [WORDS]}]},
    {"ArInvoices": {"A": {"messages": [OTHER_CASE]}}},
    [[{"invoice_or_transaction": "A"}, {"x": [[WORDS]]}]],
]


@pytest.mark.parametrize("shape", OTHER_SHAPES, ids=range(len(OTHER_SHAPES)))
def test_the_documented_words_of_a_refusal_are_read_in_whatever_shape_they_stand(
    shape: Any,
) -> None:
    (posting,) = read_answer(json.dumps(shape).encode(), of("A"))

    assert isinstance(posting, UnsureRefusal)
    assert isinstance(posting.refusal, Rejected)
    assert posting.refusal.problems == (Problem("I", "is not on file", "Customer_Code"),)


def test_words_about_one_document_say_nothing_about_the_other() -> None:
    answer = {
        "data": {
            "rows": [{"invoiceOrTransaction": "B", "detail": {"error": WORDS}}, {"for": "nobody"}]
        }
    }

    first, second = read_answer(json.dumps(answer).encode(), of("A", "B"))

    assert type(first) is OutcomeUnknown
    assert isinstance(second, UnsureRefusal)


def test_words_that_name_no_document_are_about_each_that_has_none_of_its_own() -> None:
    of_b = {"Invoice_Or_Transaction": "B", "errors": [{**WORDS, "column": "GL_Account"}]}
    first, second = read_answer(json.dumps([WORDS, of_b]).encode(), of("A", "B"))

    assert isinstance(first, UnsureRefusal)
    assert isinstance(second, UnsureRefusal)
    assert "Customer_Code" in first.message
    assert "GL_Account" in second.message


def test_a_refused_login_in_another_shape_is_no_fault_of_the_document() -> None:
    (posting,) = read_answer(
        json.dumps({"errors": [{**WORDS, "column": "Authorization_ID"}]}).encode(), of("A")
    )

    assert isinstance(posting, UnsureRefusal)
    assert isinstance(posting.refusal, AccessDenied)
