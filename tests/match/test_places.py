"""Phones and addresses as offices type them."""

import pytest

from st_spectrum.match.places import house_number, is_box, phone_digits, street_word, zip5


@pytest.mark.parametrize(
    "text",
    [
        "(303) 555-0134",
        "303.555.0134",
        "3035550134",
        "+1 303 555 0134",
        "1-303-555-0134",
        "303-555-0134 x12",
        "303-555-0134 ext. 4",
        "303-555-0134 / 303-555-0199",
        "Office: 303/555-0134, ask for Ann",
    ],
)
def test_one_phone_is_written_in_many_ways(text: str) -> None:
    assert phone_digits(text) == "3035550134"


@pytest.mark.parametrize(
    "text", ["", "none", "555-0134", "000-000-0000", "303-555-5555", "303-555-1212", "30355501345"]
)
def test_what_cannot_be_called_is_no_phone(text: str) -> None:
    assert phone_digits(text) == ""


@pytest.mark.parametrize(
    ("street", "number"),
    [
        ("1400 Larimer Street", "1400"),
        ("1400A Larimer St", "1400"),
        ("1400-1410 Larimer St", "1400"),
        ("37-06 30th Avenue", "3706"),
        ("Suite 410, 5 Main Plaza", "5"),
        ("#12 3500 Virginia Beach Blvd", "3500"),
        ("c/o Bay Management, 309 W 21st St", "309"),
        ("One Columbus Center", "1"),
        ("PO Box 118", "box 118"),
        ("P.O. Box 118", "box 118"),
        ("Post Office Box 118", "box 118"),
        ("5th Avenue & Main", ""),
        ("Hwy 36 & Rt 5", ""),
        ("", ""),
    ],
)
def test_the_number_at_the_door(street: str, number: str) -> None:
    assert house_number(street) == number


def test_a_box_is_where_mail_goes() -> None:
    assert is_box("PO Box 12")
    assert not is_box("12 Elm St, PO Box 12")


def test_the_street_is_known_by_its_first_word_that_is_no_direction() -> None:
    assert street_word("640 W 24th Street") == street_word("640 West 24th St") == "24th"


@pytest.mark.parametrize(
    ("text", "digits"),
    [("23510-1234", "23510"), ("23510", "23510"), ("1238", "01238"), ("", ""), ("K1A 0B1", "")],
)
def test_a_zip_has_five_digits(text: str, digits: str) -> None:
    assert zip5(text) == digits
