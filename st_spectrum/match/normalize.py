"""Names, phones and addresses in the form in which two systems can be compared. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from cleanco import basename

from st_spectrum.match import places
from st_spectrum.match.spellings import LEGAL_FORMS, plain, shortened, spellings_of

SPECTRUM_NAME_LENGTH = 30
"""Characters of a customer's name in Spectrum [SP 8]; a longer one was cut by whoever typed it."""


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
    owner: str = ""
    """Of a site or job: the id of its company, or the code of its customer."""

    @cached_property
    def words(self) -> str:
        """The name as it is compared: its words in the order of the alphabet, shortened, without
        legal form.
        """
        return " ".join(sorted(shortened(word) for word in self.bare))

    @cached_property
    def joined(self) -> str:
        """The same in their own order without blanks: "Wal-Mart" and "Walmart", "J J" and "JJ"."""
        return "".join(shortened(word) for word in self.bare)

    @cached_property
    def bare(self) -> tuple[str, ...]:
        """The words in their own order and length, without legal form."""
        return bare_words(self.name)

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """The words in their own order and length, legal forms too."""
        words = spoken_words(self.name)
        return tuple(words[1:] if len(words) > 1 and words[0] == "the" else words)

    @cached_property
    def may_be_cut(self) -> bool:
        """Whether the name is as long as Spectrum's field, or would be with a blank at its end."""
        return len(self.name.strip()) >= SPECTRUM_NAME_LENGTH - 1

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The numbers in the name: "Store 114" is not "Store 141"."""
        return numbers_in(self.bare)

    @cached_property
    def legal_form(self) -> str:
        """What the name says of the company's form; "" where it is silent."""
        last = self.spoken[-1:]
        return LEGAL_FORMS.get(last[0], "") if last else ""

    @cached_property
    def phone_digits(self) -> str:
        """Ten digits, or "" where nobody typed a number that can be called."""
        return places.phone_digits(self.phone)

    @cached_property
    def zip5(self) -> str:
        """Five digits of the ZIP, or ""."""
        return places.zip5(self.postal_code)

    @cached_property
    def is_box(self) -> bool:
        """Whether the address tells where mail goes, and not where somebody is."""
        return places.is_box(self.street)

    @cached_property
    def door(self) -> str:
        """House number and ZIP, or "" where either is missing."""
        number = places.house_number(self.street)
        return f"{number} {self.zip5}" if number and self.zip5 else ""

    @cached_property
    def town_door(self) -> str:
        """House number, street and city, which tell a door where a ZIP is missing; or ""."""
        number, street = places.house_number(self.street), places.street_word(self.street)
        city = plain(self.city)
        return f"{number} {street} {city}" if number and city and (street or self.is_box) else ""


def is_cut_from(cut: Party, whole: Party) -> bool:
    """Whether one name is the beginning of the other, cut off where Spectrum's field ends."""
    *words, last = cut.spoken or ("",)
    place = len(words)
    if list(map(shortened, words)) != list(map(shortened, whole.spoken[:place])):
        return False
    following = whole.spoken[place] if place < len(whole.spoken) else ""
    if any(spelling.startswith(last) for spelling in spellings_of(following)):
        return True
    # Of the legal form each side has its own spelling, or says nothing.
    meaning = LEGAL_FORMS.get(following, "")
    return (not following or bool(meaning)) and any(
        form.startswith(last) and meaning in ("", meant) for form, meant in LEGAL_FORMS.items()
    )


def has_lost_number(cut: Party, whole: Party) -> bool:
    """Whether what was cut off holds a number or a single letter: one building or store of several
    cannot be told from the next by such a name.
    """
    place = len(cut.spoken)
    end = cut.spoken[place - 1] if place else ""
    following = whole.spoken[place - 1 : place]
    tail = [*(word for word in following if word != end), *whole.spoken[place:]]
    return any(len(word) == 1 or numbers_in([word]) for word in tail)


def numbers_in(words: Iterable[str]) -> tuple[str, ...]:
    """The numbers among words, also those written in letters."""
    digits = (number for word in words for number in re.findall(r"\d+", shortened(word)))
    return tuple(sorted(number.lstrip("0") for number in digits))


def spoken_words(name: str) -> list[str]:
    """The words of a name as they stand there. Letters that stand alone one after the other are one
    word; "No." before a number is none, and zeros in front of it are nothing.
    """
    words = " ".join(word for word in plain(name).split() if word != "and")
    words = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", words)
    return re.sub(r"\bno (?=\d)|\b0+(?=\d)", "", words).split()


def bare_words(name: str) -> tuple[str, ...]:
    """The words of a name in their own order, without its legal form."""
    words = spoken_words(_without_legal_forms(name))
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return tuple(words[1:] if len(words) > 1 and words[0] == "the" else words)


def _without_legal_forms(name: str) -> str:
    """Again until nothing goes: "Acme Company LLC" bears two. A name of nothing else stays, and so
    does a spa, which Italy has for a legal form.
    """
    while (shorter := basename(name)) and shorter != name and "spa" not in plain(name).split():
        name = shorter
    return name
