"""Texts made fit: whatever people type, what goes out is short, clean and stays what it is, and nothing is lost in silence."""

from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import PENDING_CODE, Call, Create, Step, System
from st_spectrum.domain.fitting import Fitting, digits, tidy

TEXTS = st.text(st.characters(codec=None), max_size=80)


@given(text=TEXTS, length=st.integers(1, 40), has_commas=st.booleans())
def test_a_fitted_text_is_short_clean_and_fits_again_unchanged(text: str, length: int, has_commas: bool) -> None:
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
def test_no_text_of_a_person_is_ever_taken_for_the_code_that_is_still_to_come(texts: list[str], code: str) -> None:
    fields = {f"F{place}": tidy(text) for place, text in enumerate(texts)}
    call = Call("AddCustomer", PENDING_CODE, {"Customer_Code": PENDING_CODE, **fields})
    decision = Create(PENDING_CODE, (Step("customer", System.SPECTRUM, (call,)),))

    (filled,) = decision.with_code(code).steps[0].calls

    assert filled.fields == {"Customer_Code": code, **fields}
    assert filled.key == code
