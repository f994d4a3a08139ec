"""Random stand-ins of the same shape for values that must not be kept; consistent within one
recording, and known to nobody once it is written.
"""

from datetime import date, datetime, timedelta
from math import isfinite
from random import SystemRandom

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TRIES = 300
"""How often another stand-in is drawn; the values of one letter are soon used up."""
PERIOD_DAYS = 364
"""A multiple of a week, so that the days of a payroll week stay what they are."""
FIRST_EPOCH, LAST_EPOCH = 10**8, 10**10
EPOCH_DIGITS = (9, 10)
DATE_FORMS = ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d")
NO_YEAR = 1900


class Pseudonyms:
    """One recording's. A value has one stand-in whatever its case, its blanks around it, and
    whether it came as a number or as text.

    What is drawn is kept in memory alone, so nothing leads back from what is written down.
    """

    def __init__(self) -> None:
        self._random = SystemRandom()
        self._given: dict[str, str] = {}
        self._taken: set[str] = set()
        self.shift = timedelta(days=-PERIOD_DAYS * self._random.randint(2, 9))
        """How far dates are moved."""

    def of(self, text: str) -> str:
        """The stand-in of a text: letters for letters in their case, digits for digits."""
        bare = text.strip()
        if not bare:
            return text
        start = text.index(bare[0])
        drawn = self._drawn(bare)
        return f"{text[:start]}{_in_case(drawn, bare)}{text[start + len(bare) :]}"

    def of_number(self, number: int | float) -> int | float:
        """The same of a number. 0 and 1 stay: they are flags as often as not."""
        if isinstance(number, bool) or number in (0, 1, -1):
            return number
        if isinstance(number, int):
            return int(self.of(str(number)))
        if not isfinite(number):
            return 0.0
        written = repr(number)
        return float(self.of(written if "e" not in written else f"{number:f}"))

    def _drawn(self, bare: str) -> str:
        key = "".join(map(_lower, bare))
        if key not in self._given:
            drawn = self._draw(key)
            for _ in range(TRIES):
                if drawn not in self._taken and drawn != key:
                    break
                drawn = self._draw(key)
            self._taken.add(drawn)
            self._given[key] = drawn
        return self._given[key]

    def _draw(self, key: str) -> str:
        drawn = []
        for place, character in enumerate(key):
            if character.isalpha():
                drawn.append(self._random.choice(LETTERS))
            elif character.isdigit():
                # A number keeps its length, and one of nineteen digits stays one of 64 bits.
                is_first = place == 0 and character != "0"
                digits = "12345678" if is_first else "0123456789"
                drawn.append(self._random.choice(digits))
            elif character.isascii():
                drawn.append(character)
            else:
                drawn.append("-")
        return "".join(drawn)

    def shifted(self, value: object) -> object:
        """A date in any form, moved. What is no date gets a stand-in; none at all, or the year
        1900, stays.
        """
        if isinstance(value, datetime | date):
            return value if value.year <= NO_YEAR else value + self.shift
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            return self._shifted_number(value)
        return self._shifted_text(str(value))

    def _shifted_number(self, value: int | float) -> int | float:
        if FIRST_EPOCH < value < LAST_EPOCH:
            return type(value)(value + self.shift.total_seconds())
        return self.of_number(value)

    def _shifted_text(self, text: str) -> str:
        bare = text.strip()
        if bare.isascii() and bare.isdigit() and len(bare) in EPOCH_DIGITS:
            return str(self._shifted_number(int(bare)))
        for form in DATE_FORMS:
            size = len(datetime(2026, 1, 1).strftime(form))  # noqa: DTZ001 - only its length counts
            try:
                day = datetime.strptime(bare[:size], form)  # noqa: DTZ007 - a day without a clock
            except ValueError:
                continue
            if day.year <= NO_YEAR:
                return text
            return (day + self.shift).strftime(form) + bare[size:]
        return self.of(text)


def _lower(character: str) -> str:
    """One character for one: some letters become two in lower case."""
    lower = character.lower()
    return lower if len(lower) == 1 else character


def _in_case(drawn: str, like: str) -> str:
    return "".join(
        one.upper() if pattern.isupper() else one for one, pattern in zip(drawn, like, strict=True)
    )
