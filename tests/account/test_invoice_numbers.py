"""The form of invoice numbers: what could give two invoices one number, or one invoice two, is not
accepted.
"""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from st_spectrum.account.invoices import InvoiceNumbers


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ("{job}", "needs {invoice_number} or {id}, or two invoices of a job would share a number"),
        ("{job}{id}", "needs - between {job} and {id}, or two invoices could share a number"),
        ("{job}0{id}", "needs - between {job} and {id}, or two invoices could share a number"),
        ("{invoice_number:.5}", "must take {invoice_number} as it is"),
        ("{invoice_number!r}", "must take {invoice_number} as it is"),
        ("{id:.0e}", "must take {id} as it is; only {id} may be filled up with zeros, as in {id:08}"),
        ("{job:05}-{id}", "must take {job} as it is"),
        ("{id:{job}}", "must take {id} as it is"),
        ("inv{id}", "may hold capital letters, digits and - beside its fields, and nothing else"),
        ("{job}.{id}", "may hold capital letters, digits and - beside its fields, and nothing else"),
        ("{id", "cannot be used as a format"),
        ("{{{id}}}", "may hold capital letters, digits and -"),
        ("{id.real}", "may name {invoice_number}, {id} and {job}, not id.real"),
        ("INVOICE-{id}", "makes numbers such as 'INVOICE-1VX' with void_suffix, longer than the 10 characters of Spectrum"),
        ("J{invoice_number}", "would grow, as what is written back is the next invoice_number"),
        ("{job}-{invoice_number}", "would grow, as what is written back is the next invoice_number"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_trusted_is_refused_with_its_reason(
    form: str, complaint: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        InvoiceNumbers(format=form, void_suffix="VX")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "form", ["{invoice_number}", "{id}", "{id:08}", "A{id}", "{job}-{id}", "{job}A{id}", "2026{id}"]
)
def test_other_forms_are_accepted(form: str) -> None:
    assert InvoiceNumbers(format=form).format == form


def test_a_form_may_decorate_the_number_when_it_is_not_written_back() -> None:
    assert InvoiceNumbers(format="{job}-{invoice_number}", is_written_back=False)


@pytest.mark.parametrize("suffix", ["", "1", "1V", "v", "ABC", "-"])
def test_a_suffix_begins_with_a_letter(suffix: str) -> None:
    with pytest.raises(ValidationError):
        InvoiceNumbers(void_suffix=suffix)


def test_the_three_suffixes_differ() -> None:
    with pytest.raises(ValidationError, match="the three suffixes must differ"):
        InvoiceNumbers(credit_suffix="V")


pieces = st.lists(
    st.sampled_from(
        [
            "{invoice_number}",
            "{id}",
            "{job}",
            "{id:06}",
            "{id:.0e}",
            "-",
            "A",
            "0",
            "7",
            "",
            "{id:x}",
        ]
    ),
    min_size=1,
    max_size=5,
).map("".join)
invoices = st.tuples(
    st.text(alphabet="0123456789-AC", min_size=1, max_size=6),
    st.integers(1, 999),
    st.just("") | st.integers(1, 99),
)


@given(form=pieces, first=invoices, second=invoices)
@example(form="{job}{id}", first=("A", 23, 1), second=("B", 3, 12))
@example(form="{job}0{id}", first=("A", 20, 1), second=("B", 0, 102))
def test_an_accepted_form_never_gives_two_invoices_the_same_number(
    form: str, first: tuple[str, int, int | str], second: tuple[str, int, int | str]
) -> None:
    assume(first[0] != second[0] and first[1] != second[1])
    try:
        rule = InvoiceNumbers(format=form, is_written_back=False)
    except ValidationError:
        return
    numbers = [
        rule.format.format(invoice_number=number, id=id_, job=job)
        for number, id_, job in (first, second)
    ]
    assert numbers[0] != numbers[1]
