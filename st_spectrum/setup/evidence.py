"""What records have in common, counted; and what follows from that. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

MOSTLY = Decimal("0.98")
"""So much of what is there must agree before a value is filled in."""
ENOUGH = 20
"""So many uses must agree before a value is filled in."""
SHOWN = 6
"""Candidates that a marked line names."""

Place = tuple[str, ...]
"""Keys of the account file from the top down."""


def at(dotted: str) -> Place:
    """The place of a key whose names have no dots in them."""
    return tuple(dotted.split("."))


@dataclass(frozen=True)
class Proposal:
    """A line of the account file: a value, or "" where a person decides; and why, as comment."""

    place: Place
    value: str
    why: str

    @property
    def is_decided(self) -> bool:
        """Whether no person is needed."""
        return bool(self.value)


@dataclass
class Evidence:
    """What stands on one side against what stands on the other, with how often."""

    noun: str
    since: int
    """The year from which records were counted."""
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, key: str, value: str, number: int = 1) -> None:
        """Nothing where one of the two says nothing."""
        if key and value:
            self.counts.setdefault(key, Counter())[value] += number

    def propose(
        self, place: Place, keys: Iterable[str], texts: Mapping[str, str] | None = None
    ) -> Iterator[Proposal]:
        """One line for each key that history knows; with `texts`, the names of the codes, one for
        every other key too.
        """
        for key in keys:
            if counter := self.counts.get(key):
                yield from_counts((*place, key), counter, self.noun, self.since)
            elif texts is not None:
                yield by_name((*place, key), key, texts)

    def most(self) -> Counter[str]:
        """All values, whatever their key."""
        return sum(self.counts.values(), Counter())


def from_counts(place: Place, counter: Mapping[str, int], noun: str, since: int) -> Proposal:
    """The value that nearly all agree about, or a line for a person with the candidates."""
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    (best, number), all_of_them = ranked[0], sum(counter.values())
    since_words = f" since {since}" if since else ""
    if number >= ENOUGH and number >= MOSTLY * all_of_them:
        return Proposal(place, best, f"{number:,} of {all_of_them:,} {noun}{since_words}")
    shown = "; ".join(f"{value}: {uses:,}" for value, uses in ranked[:SHOWN])
    more = f"; {len(ranked) - SHOWN} others" if len(ranked) > SHOWN else ""
    return Proposal(place, "", f"{shown}{more} of {all_of_them:,} {noun}{since_words}")


def by_name(place: Place, name: str, texts: Mapping[str, str]) -> Proposal:
    """Where history is silent: the code whose text is called the same, or a line with the ones
    whose texts are near.
    """
    scores = sorted(((_close(name, text), code) for code, text in texts.items()), reverse=True)
    if scores and scores[0][0] >= 95 and (len(scores) == 1 or scores[1][0] < 85):
        code = scores[0][1]
        return Proposal(place, code, f"by its name alone: {texts[code]}")
    near = [f"{code} {texts[code]}" for score, code in scores[:SHOWN] if score >= 45]
    shown = f"; near by name: {', '.join(near)}" if near else ""
    return Proposal(place, "", f"no record of both systems tells it{shown}")


def _close(one: str, other: str) -> float:
    """100 for texts that are equal but for upper and lower case."""
    from rapidfuzz import fuzz

    return float(fuzz.ratio(one.casefold(), other.casefold()))


@dataclass(frozen=True)
class Numbering:
    """How codes of one kind look: a prefix of letters and a number of digits."""

    prefix: str
    width: int
    highest: int
    count: int


def numbering_of(codes: Iterable[str]) -> Numbering | None:
    """The form that most of the codes have; None where no two have one."""
    forms: dict[tuple[str, int], list[int]] = {}
    for code in codes:
        digits = code[len(code.rstrip("0123456789")) :]
        prefix = code[: len(code) - len(digits)]
        if digits and prefix.isascii() and (not prefix or (prefix.isalpha() and prefix.isupper())):
            forms.setdefault((prefix, len(digits)), []).append(int(digits))
    if not forms:
        return None
    (prefix, width), numbers = max(forms.items(), key=lambda item: (len(item[1]), item[0]))
    return Numbering(prefix, width, max(numbers), len(numbers)) if len(numbers) > 1 else None
