"""Makes free text fit the target's layout by visible rules: every change that loses something
leaves a note for a person.

The rules: control characters, invisible ones and lone surrogates go, white space is folded, commas
become blanks where the layout forbids them, what is too long is cut at the right. Accents and other
letters stay as they are. What would be wrong when cut, such as a telephone number, is left out.
What one service refuses and another takes is made fit for the stricter one.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from st_spectrum.domain.target_keys import SEPARATOR

COUNTRY = "US"
"""Where a telephone number without a country code is one."""
PHONE_LENGTH = 14
TWO_NUMBERS = 20
"""So many digits are two numbers with area codes."""
CENT = Decimal("0.01")

_USUAL_NUMBER = re.compile(
    r"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-]?)[2-9][0-9]{2}[ .-]?[0-9]{4}"
)
"""One number as most people write it, and nothing else: nothing has to be searched in it."""
_TEN_DIGITS = re.compile(r"\(?[0-9]{3}\)?[\s./-]*[0-9]{3}[\s./-]*[0-9]{4}")
_ZIP = re.compile(r"([0-9]{5})(?:[\s\u2010-\u2015-]*([0-9]{4}))?[\s\u2010-\u2015-]*")
"""Word processors make a dash of the hyphen."""
_EXTENSION = re.compile(r"\s*(?:extension|ext\.?|x|#)\s*(\d+)\D*$", re.IGNORECASE)


def tidy(text: str | None) -> str:
    """The text in composed form without control and invisible characters, with white space folded;
    "" for None.
    """
    if text and text.isascii() and text.isprintable():  # most texts; they hold none of those
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text or "")
    printable = "".join(
        " " if unicodedata.category(char).startswith("C") else char for char in composed
    )
    return " ".join(printable.split())


def typed_key(text: str) -> str:
    """A key that a person typed, or several: without control and invisible characters, without
    blanks around each, and without the empty ones. Capitals and blanks within stay as they are, for
    a key of Spectrum may hold two in a row, and it has to come back as it was written.
    """
    if not (text.isascii() and text.isprintable()):
        composed = unicodedata.normalize("NFC", text)
        text = "".join(map(_as_shown, composed))
    return SEPARATOR.join(filter(None, (key.strip() for key in text.split(SEPARATOR))))


def _as_shown(char: str) -> str:
    """What people see of a character of a key."""
    if char.isspace():
        return " "
    return "" if unicodedata.category(char).startswith("C") else char


def digits(text: str | None) -> str:
    """Only the ASCII digits, as phone fields want them [SP 1.8]."""
    return "".join(char for char in text or "" if char.isascii() and char.isdigit())


class Fitting:
    """Fits the fields of one record and collects the notes. Lives for one mapping only."""

    def __init__(self) -> None:
        self._notes: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed or left out, one sentence each."""
        return tuple(self._notes)

    def add_note(self, sentence: str) -> None:
        """Keep a sentence that a person should be able to read later."""
        self._notes.append(sentence)

    def text(self, field: str, text: str | None, length: int, *, has_commas: bool = True) -> str:
        """Free text of at most `length` characters; no commas where not `has_commas` [SP 1.8]."""
        clean = tidy(text)
        if not has_commas and "," in clean:
            clean = tidy(clean.replace(",", " "))
            self.add_note(
                f"{field}: commas left out, {tidy(text)!r} became {clean[:length].rstrip()!r}"
            )
        return self._cut(field, clean, length)

    def code(self, field: str, text: str | None, length: int) -> str:
        """An upper-case code of letters, digits and dashes [SP 1.8]."""
        clean = "".join(
            char
            for char in tidy(text).upper()
            if char.isascii() and (char.isalnum() or char in "-_.")
        )
        return self._cut(field, clean, length)

    def phone(
        self, field: str, text: str | None, *, keeps_extension: bool = False
    ) -> tuple[str, str]:
        """Digits of number (at most 14) and extension (at most 4, "" unless `keeps_extension`)."""
        written = tidy(text)
        shown = _first_number(written)
        if shown != written:
            self.add_note(f"{field}: {written!r} holds more than one number; {shown} was taken")
        found = _EXTENSION.search(shown)
        extension = found.group(1) if found and digits(shown[: found.start()]) else ""
        number = digits(shown[: found.start()] if found and extension else shown)
        if shown and not number:
            self.add_note(f"{field}: {shown!r} holds no digits and was left out")
        elif any(
            char.isalpha() for char in (shown[: found.start()] if found and extension else shown)
        ):
            self.add_note(f"{field}: of {shown!r} only the digits {number} were kept")
        if extension and not keeps_extension:
            self.add_note(f"{field}: extension {extension} left out")
            extension = ""
        if len(number) > PHONE_LENGTH:
            self.add_note(f"{field}: {shown!r} is longer than a telephone number and was left out")
            return "", ""
        return number, self._cut(f"{field} extension", extension, 4)

    def zip(self, field: str, text: str | None, *, is_strict: bool = False) -> str:
        """A ZIP or ZIP+4 as 23510-1234. Any other postal code goes out as it is written, or not at
        all where `is_strict` [SP 10].
        """
        clean = tidy(text)
        if found := _ZIP.fullmatch(clean):
            return "-".join(filter(None, found.groups()))
        if clean and is_strict:
            self.add_note(f"{field}: {clean!r} is no ZIP or ZIP+4 and was left out")
            return ""
        return self._cut(field, clean, 10)

    def money(self, field: str, amount: Decimal) -> Decimal:
        """To the cent, half up; a note says when that changes the amount."""
        rounded = amount.quantize(CENT, ROUND_HALF_UP)
        if rounded != amount:
            self.add_note(f"{field}: {amount.normalize():f} was rounded to {rounded}")
        return rounded

    def state(self, field: str, text: str | None) -> str:
        """The two-letter postal abbreviation, or "" with a note when it is none."""
        clean = tidy(text).upper()
        if clean and not re.fullmatch(r"[A-Z]{2}", clean):
            self.add_note(f"{field}: {tidy(text)!r} is no two-letter abbreviation and was left out")
            return ""
        return clean

    def street(self, field: str, text: str | None) -> tuple[str, str]:
        """ServiceTrade's one street line [ST 3] as two address lines of 30, parted between words
        where possible.
        """
        clean = tidy(text)
        if len(clean) <= 30:
            return clean, ""
        head = clean[:31].rpartition(" ")[0] or clean[:30]
        return head.rstrip(), self._cut(f"{field} (second line)", clean[len(head) :].strip(), 30)

    def _cut(self, field: str, text: str, length: int) -> str:
        if len(text) <= length:
            return text
        short = text[:length].rstrip()
        self.add_note(f"{field}: shortened from {text!r} to {short!r} ({length} characters)")
        return short


def _first_number(text: str) -> str:
    """The first of several telephone numbers as written; the whole text where it holds no more."""
    if _USUAL_NUMBER.fullmatch(text):
        return text
    from phonenumbers import Leniency, PhoneNumberMatcher

    tail = _EXTENSION.search(text)
    head = text[: tail.start()] if tail and digits(text[: tail.start()]) else text
    first = next(iter(PhoneNumberMatcher(text, COUNTRY, leniency=Leniency.POSSIBLE)), None)
    if first is not None:
        is_alone = not digits(head[: first.start]) and not digits(head[first.end :])
        return text if is_alone else str(first.raw_string)
    ten = _TEN_DIGITS.search(head) if len(digits(head)) >= TWO_NUMBERS and "+" not in head else None
    return ten.group().strip() if ten else text


def known(table: Mapping[str, str], key: str | None) -> str:
    """Look a name up as people write it: exact first, then without regard to case and outer blanks;
    "" when unknown.
    """
    if key is None:
        return ""
    if key in table:
        return table[key]
    folded = tidy(key).casefold()
    return next((value for name, value in table.items() if tidy(name).casefold() == folded), "")
