"""Names, phones and addresses in the form in which two systems can be compared. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property

from cleanco import basename

from st_spectrum.match.spellings import LEGAL_FORMS, SHORT_WORDS, plain

SPECTRUM_NAME_LENGTH = 30
"""Characters of a customer's name in Spectrum [SP 8]; a longer one was cut by whoever typed it."""

_ONE_DIGIT = re.compile(r"^(\d)\1+$")


@dataclass(frozen=True)
class Party:
    """One company, customer, site or vendor of either system, as it stands there."""

    key: str
    """The id in ServiceTrade, or the code in Spectrum."""
    name: str
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    phone: str = ""
    is_active: bool = True
    linked_to: str = ""
    """The key of the record of the other system that it belongs to already."""

    @cached_property
    def words(self) -> str:
        """The name as it is compared."""
        return words_of(self.name)

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """The words in their own order and length, legal forms too."""
        words = [word for word in plain(self.name).split() if word != "and"]
        return tuple(words[1:] if len(words) > 1 and words[0] == "the" else words)

    @cached_property
    def may_be_cut(self) -> bool:
        """Whether the name is as long as Spectrum's field, or would be with a blank at its end."""
        return len(self.name.strip()) >= SPECTRUM_NAME_LENGTH - 1

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The digits in the name: "Store 114" is not "Store 141"."""
        return tuple(sorted(number.lstrip("0") for number in re.findall(r"\d+", self.name)))

    @cached_property
    def legal_form(self) -> str:
        """What the name says of the company's form; "" where it is silent."""
        last = plain(self.name).split()[-1:]
        return LEGAL_FORMS.get(last[0], "") if last else ""

    @cached_property
    def phone_digits(self) -> str:
        """Ten digits, or "" where nobody typed a number that can be called."""
        digits = re.sub(r"\D", "", re.split(r"(?i)\s*(?:x|ext)", self.phone.strip())[0])
        digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
        return "" if len(digits) != 10 or _ONE_DIGIT.match(digits[3:]) else digits

    @cached_property
    def zip5(self) -> str:
        """Five digits of the ZIP, or ""."""
        found = re.match(r"\s*(\d{5})", self.postal_code)
        return found.group(1) if found else ""

    @cached_property
    def door(self) -> str:
        """House number and ZIP, or "" where either is missing."""
        box = re.match(r"(?i)\s*p\.?\s*o\.?\s*box\s*#?\s*(\d+)", self.street)
        house = re.match(r"\s*(\d+)", self.street)
        number = f"box {box.group(1)}" if box else house.group(1) if house else ""
        return f"{number} {self.zip5}" if number and self.zip5 else ""


def is_cut_from(cut: Party, whole: Party) -> bool:
    """Whether one name is the beginning of the other, cut off where Spectrum's field ends."""
    *words, last = cut.spoken or ("",)
    place = len(words)
    if [_short(word) for word in words] != [_short(word) for word in whole.spoken[:place]]:
        return False
    following = whole.spoken[place] if place < len(whole.spoken) else ""
    if following.startswith(last):
        return True
    # Of the legal form each side has its own spelling, or says nothing.
    meaning = LEGAL_FORMS.get(following, "")
    return (not following or bool(meaning)) and any(
        form.startswith(last) and meaning in ("", meant) for form, meant in LEGAL_FORMS.items()
    )


def words_of(name: str) -> str:
    """The words of a name in the order of the alphabet, without its legal form."""
    bare = " ".join(plain(_without_legal_forms(name)).split())
    words = bare.split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(sorted(word for word in map(_short, words) if word))


def _short(word: str) -> str:
    return SHORT_WORDS.get(word, word)


def _without_legal_forms(name: str) -> str:
    """Again until nothing goes: "Acme Company LLC" bears two. A name of nothing else stays."""
    while (shorter := basename(name)) and shorter != name:
        name = shorter
    return name
