"""Texts made fit: whatever people type, what goes out is short, clean and stays what it is, and
nothing is lost in silence.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import Leniency, PhoneNumberMatcher

from st_spectrum.domain.commands import CODE_TO_COME
from st_spectrum.domain.decisions import Create, Step
from st_spectrum.domain.fitting import COUNTRY, Fitting, digits, tidy, typed_key
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.sandbox.spectrum.validation import MASKS
from st_spectrum.spectrum.services import Mask

TEXTS = st.text(st.characters(codec=None), max_size=80)


@given(text=TEXTS, length=st.integers(1, 40), has_commas=st.booleans())
def test_a_fitted_text_is_short_clean_and_fits_again_unchanged(
    text: str, length: int, has_commas: bool
) -> None:
    fit = Fitting()
    fitted = fit.text("Name", text, length, has_commas=has_commas)

    assert len(fitted) <= length
    assert fitted == tidy(fitted)
    assert has_commas or "," not in fitted
    assert fitted.isprintable()
    assert Fitting().text("Name", fitted, length, has_commas=has_commas) == fitted
    assert fitted == tidy(text) or fit.notes, "what is lost is told"


@given(text=TEXTS)
def test_a_street_in_two_lines_loses_nothing_without_a_note(text: str) -> None:
    fit = Fitting()
    first, second = fit.street("Address", text)

    assert len(first) <= 30
    assert len(second) <= 30
    assert fit.notes or "".join((first + second).split()) == "".join(tidy(text).split())


@given(text=TEXTS)
def test_a_phone_is_digits_and_letters_do_not_vanish_in_silence(text: str) -> None:
    fit = Fitting()
    number, extension = fit.phone("Phone", text)

    assert number == digits(number)
    assert len(number) <= 14
    assert extension == ""
    assert fit.notes or not any(char.isalpha() for char in tidy(text))


@given(texts=st.lists(TEXTS, max_size=4), code=st.from_regex(r"\A[A-Z][0-9]{5}\Z"))
def test_no_text_of_a_person_is_ever_taken_for_the_code_that_is_still_to_come(
    texts: list[str], code: str
) -> None:
    fields = {f"F{place}": tidy(text) for place, text in enumerate(texts)}
    decision = Create("", (Step("customer", (AddCustomer(fields),)),))

    (filled,) = decision.with_code(code).steps[0].calls

    assert CODE_TO_COME not in fields.values()
    assert filled.fields == {"Customer_Code": code, **fields}
    assert filled.key == code


@pytest.mark.parametrize(
    ("written", "loose", "strict"),
    [
        ("23510", "23510", "23510"),
        ("23510-1234", "23510-1234", "23510-1234"),
        ("23510 1234", "23510-1234", "23510-1234"),
        ("235101234", "23510-1234", "23510-1234"),
        ("23510\u20131234", "23510-1234", "23510-1234"),
        ("23510-", "23510", "23510"),
        ("K1A 0B1", "K1A 0B1", ""),
        ("", "", ""),
    ],
)
def test_a_postal_code_is_made_right_or_left_out_where_only_zips_are_taken(
    written: str, loose: str, strict: str
) -> None:
    fit = Fitting()

    assert fit.zip("Zip_Code", written) == loose
    assert fit.notes == ()
    assert fit.zip("Zip_Code", written, is_strict=True) == strict
    assert bool(fit.notes) == (bool(written) and not strict)


@given(text=st.text("0123456789 -K", max_size=14))
def test_a_strict_postal_code_is_one_that_every_service_takes(text: str) -> None:
    fitted = Fitting().zip("Zip_Code", text, is_strict=True)

    assert not fitted or MASKS[Mask.ZIP].fullmatch(fitted)
    assert len(fitted) <= 10


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("757-555-0100 / 757-555-0101", "7575550100"),
        ("757-555-0100/0101", "7575550100"),
        ("(757) 555-0100 or 757.555.0101 cell", "7575550100"),
        ("757 555 0100 757 555 0101", "7575550100"),
        ("75755501007575550101", "7575550100"),
        ("757-555-0100 ext. 5 / 757-555-0199", "7575550100"),
        ("1234567890123456", ""),
    ],
)
def test_of_several_telephone_numbers_the_first_is_taken_and_the_rest_told(
    written: str, number: str
) -> None:
    fit = Fitting()

    assert fit.phone("Phone", written, keeps_extension=True)[0] == number
    assert any(written in note for note in fit.notes)


@pytest.mark.parametrize(
    ("written", "number", "extension"),
    [
        ("757-555-0100", "7575550100", ""),
        ("+1 (757) 555-0100", "17575550100", ""),
        ("757-555-0100 x12", "7575550100", "12"),
        ("757-555-0100 #12", "7575550100", "12"),
        ("+44 20 7946 0958", "442079460958", ""),
        ("555-0100", "5550100", ""),
    ],
)
def test_a_single_telephone_number_is_taken_as_it_is(
    written: str, number: str, extension: str
) -> None:
    fit = Fitting()

    assert fit.phone("Phone", written, keeps_extension=True) == (number, extension)
    assert fit.notes == ()


AREAS = st.from_regex(r"\A(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-]?)\Z")
REST = st.from_regex(r"\A[2-9][0-9]{2}[ .-]?[0-9]{4}\Z")


@given(area=AREAS, rest=REST)
def test_a_usual_number_is_taken_unsearched_as_a_search_would_take_it(area: str, rest: str) -> None:
    found = list(PhoneNumberMatcher(area + rest, COUNTRY, leniency=Leniency.POSSIBLE))

    assert not found or found[0].raw_string == area + rest
    assert Fitting().phone("Phone", area + rest) == (digits(area + rest), "")


@given(text=TEXTS)
def test_a_text_is_tidied_alike_whether_it_holds_other_than_ascii_or_not(text: str) -> None:
    assert tidy(f"{text} \u00e9") == f"{tidy(text)} \u00e9".strip()


@given(amount=st.decimals("0", "999", places=4))
def test_money_is_rounded_half_up_and_told_when_it_changes(amount: Decimal) -> None:
    fit = Fitting()
    rounded = fit.money("Pay_Rate", amount)

    assert Decimal("-0.005") < amount - rounded <= Decimal("0.005") or rounded - amount == Decimal(
        "0.005"
    )
    assert abs(amount - rounded) < Decimal("0.005") or rounded > amount
    assert bool(fit.notes) == (rounded != amount)


@pytest.mark.parametrize("key", ["C00001", "24-001", "AB  12", "a.B", "S 7|S 8"])
def test_a_key_comes_back_as_it_was_written_whatever_was_typed_around_it(key: str) -> None:
    assert typed_key(key) == key
    assert typed_key(f" \u00a0\ufeff{key}\u200b\t") == key
    assert typed_key(f"| {key} |\u3000|") == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [("C0\u200b01", "C001"), ("A\u00a01", "A 1"), (" 1001 | 1002", "1001|1002"), ("\u200b", "")],
)
def test_a_key_is_what_people_see_of_it(typed: str, key: str) -> None:
    assert typed_key(typed) == key
