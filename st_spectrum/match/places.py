"""Phones and addresses in the form in which two systems can be compared. Pure."""

import re

from st_spectrum.match.spellings import NUMBER_WORDS, plain, shortened

_PHONE = re.compile(
    r"(?<!\d)(?:\+?1[\s.-]*)?\(?([2-9]\d{2})\)?[\s./-]*([2-9]\d{2})[\s.-]*(\d{4})(?!\d)"
)
"""The first number of North America in a text; an extension or a second number may follow."""
_STAND_INS = re.compile(r"^(\d)\1+$|^5551212$")
"""What is typed where a number is demanded and none is known."""
_BOX = re.compile(
    r"(?i)\b(?:p\.?\s*o\.?\s*(?:box|drawer)|post office box|pob|box)\s*(?:no\.?|#)?\s*(\d+)"
)
_BEFORE_THE_HOUSE = re.compile(
    r"(?i)^\s*(?:(?:c/o|attn:?|care of)\b[^,]*,\s*"
    r"|(?:suite|ste|unit|apt|bldg|building|floor|fl|room|rm)\b\.?\s*#?\s*[a-z0-9-]+\s*,?\s+"
    r"|#\s*[a-z0-9-]+\s*,?\s+)+(?=\d)"
)
_HOUSE = re.compile(r"(?i)^\s*(\d+-\d{2}(?!\d)|\d+)(?!\d|st\b|nd\b|rd\b|th\b)\s*[a-z]?\b\s*(.*)")
_DIRECTIONS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})


def phone_digits(text: str) -> str:
    """Ten digits, or "" where nobody typed a number that can be called."""
    found = _PHONE.search(text)
    if not found or _STAND_INS.match(found.group(2) + found.group(3)):
        return ""
    return "".join(found.groups())


def zip5(text: str) -> str:
    """Five digits of the ZIP, or "". Spreadsheets take New England's first zero off."""
    if found := re.match(r"\s*(\d{5})", text):
        return found.group(1)
    found = re.match(r"\s*(\d{4})(?:-\d{4})?\s*$", text)
    return f"0{found.group(1)}" if found else ""


def is_box(street: str) -> bool:
    """Whether it tells where mail goes, and not where somebody is."""
    return bool(_BOX.search(street)) and not _house(street)[0]


def house_number(street: str) -> str:
    """The number of the house, or of the box; "" where there is none."""
    number, _ = _house(street)
    if number:
        return number
    box = _BOX.search(street)
    return f"box {box.group(1)}" if box else ""


def street_word(street: str) -> str:
    """The first word of the street's name, without number and direction."""
    words = (shortened(word) for word in plain(_house(street)[1]).split())
    return next((word for word in words if word not in _DIRECTIONS), "")


def _house(street: str) -> tuple[str, str]:
    """The number and what follows it."""
    text = _BEFORE_THE_HOUSE.sub("", street.strip())
    first, _, rest = text.partition(" ")
    if (number := NUMBER_WORDS.get(first.casefold(), "")) and rest:
        return number, rest
    found = _HOUSE.match(text)
    return (found.group(1).replace("-", ""), found.group(2)) if found else ("", "")
