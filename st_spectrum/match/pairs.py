"""Which records of both systems may be one, and what speaks for it. Pure.

Names are compared whole, in slices: every name with every other needs no guess about which of them
may be left out. `token_set_ratio` and `WRatio` have no voice: they call "acme" and "acme fire
protection" equal.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from st_spectrum.match.normalize import Party, has_lost_number, is_cut_from
from st_spectrum.match.spellings import shortened, spellings_of

EQUAL_SCORE = 100
NEAR_SCORE = 84
"""From here on two names are near, where the places do not speak against it."""
FAR_NEAR_SCORE = 94
"""The same for records of two places."""
SLIP_LENGTH = 5
"""Letters of a word in which one wrong letter does not make another word."""
SLICE = 500
"""Names at once: a table of 500 x 20,000 scores takes 10 MB."""
MOST_UNDER_ONE = 6
"""A phone or door that more records of a system bear is a landlord's, and finds nobody."""


@dataclass(frozen=True)
class Pair:
    """One record of each system, and what they have in common."""

    here: Party
    """Of ServiceTrade."""
    there: Party
    """Of Spectrum."""
    score: int
    """How near the names are, 0 to 100, whatever the order of their words."""
    is_cut: bool = False
    """Whether the names are equal only as far as Spectrum's goes."""

    @property
    def has_equal_name(self) -> bool:
        """But for legal forms, marks, common short forms and what Spectrum cuts off."""
        return self.score == EQUAL_SCORE and self.has_equal_numbers

    @property
    def has_slip(self) -> bool:
        """Whether one letter of one long word is wrong, missing, doubled or changed places; no
        digit is a slip.
        """
        return any(OSA.distance(one, other) == 1 for one, other in self._spellings_that_differ())

    @property
    def has_swapped_letters(self) -> bool:
        """Whether it is a slip by which two letters changed places: of all slips, the one that
        hardly ever makes another name.
        """
        return any(
            OSA.distance(one, other) == 1 and sorted(one) == sorted(other)
            for one, other in self._spellings_that_differ()
        )

    def _spellings_that_differ(self) -> Iterator[tuple[str, str]]:
        """In all their spellings, the only two long words that are not the same on both sides."""
        here = {shortened(word): word for word in self.here.bare}
        there = {shortened(word): word for word in self.there.bare}
        left = [word for name, word in here.items() if name not in there]
        right = [word for name, word in there.items() if name not in here]
        if len(left) == len(right) == 1 and self.has_equal_numbers:
            yield from (
                (one, other)
                for one in spellings_of(left[0])
                for other in spellings_of(right[0])
                if len(one) >= SLIP_LENGTH
            )

    @property
    def is_same_name(self) -> bool:
        """Equal, or but for two swapped letters, or for another slip where the phone agrees."""
        if self.has_equal_name or self.has_swapped_letters:
            return True
        return self.has_equal_phone and self.has_slip

    @property
    def has_lost_number(self) -> bool:
        """Whether Spectrum had no room for what tells one of several from the next."""
        return self.is_cut and has_lost_number(self.there, self.here)

    @property
    def is_whole(self) -> bool:
        """Whether name, phone and address all agree."""
        return self.has_equal_name and self.has_equal_phone and self.has_equal_door

    @property
    def has_equal_numbers(self) -> bool:
        """Of the digits in the names, as far as Spectrum's goes."""
        return self.is_cut or self.here.numbers == self.there.numbers

    @property
    def has_equal_phone(self) -> bool:
        """The same ten digits."""
        return bool(self.here.phone_digits) and self.here.phone_digits == self.there.phone_digits

    @property
    def has_equal_door(self) -> bool:
        """The same house number and ZIP; where a ZIP is missing, number, street and city."""
        here, there = self.here, self.there
        if here.zip5 and there.zip5:
            return bool(here.door) and here.door == there.door
        return bool(here.town_door) and here.town_door == there.town_door

    @property
    def is_elsewhere(self) -> bool:
        """Whether both have an address, and these lie in two regions. Where mail goes to a box, the
        state tells.
        """
        here, there = self.here, self.there
        if here.zip5 and there.zip5 and here.is_box == there.is_box:
            return here.zip5[:3] != there.zip5[:3]
        states = {here.state.strip().upper(), there.state.strip().upper()} - {""}
        return len(states) > 1

    @property
    def weight(self) -> tuple[int, int, int]:
        """What decides which of several is best: places first, then the name."""
        places = self.has_equal_phone + self.has_equal_door
        return (places if self.score >= NEAR_SCORE else 0, self.score, places)

    @property
    def has_reason(self) -> bool:
        """Whether a person should see it."""
        if self.has_equal_phone or self.has_equal_door:
            return True
        if self.here.numbers and self.there.numbers and not self.has_equal_numbers:
            return False  # two stores of one chain
        return self.score >= (FAR_NEAR_SCORE if self.is_elsewhere else NEAR_SCORE)


def pairs_of(here: Sequence[Party], there: Sequence[Party]) -> list[Pair]:
    """Every pair that a person should see or that is beyond doubt, in no order."""
    found: dict[tuple[int, int], Pair] = {}
    for left, right, score in _near(
        [party.words for party in here], [party.words for party in there]
    ):
        found[left, right] = Pair(here[left], there[right], score)
    for left, right in _joined(here, there):
        found[left, right] = Pair(here[left], there[right], EQUAL_SCORE)
    for left, right in _cut(here, there):
        if (left, right) not in found or found[left, right].score < EQUAL_SCORE:
            found[left, right] = Pair(here[left], there[right], EQUAL_SCORE, is_cut=True)
    for left, right in _sharing(here, there):
        if (left, right) not in found:
            score = int(fuzz.ratio(here[left].words, there[right].words))
            found[left, right] = Pair(here[left], there[right], score)
    return [pair for pair in found.values() if pair.has_reason]


def _near(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The words are in order already, so `ratio` gives what `token_sort_ratio` gives."""
    if not right:
        return
    for start in range(0, len(left), SLICE):
        scores = process.cdist(
            left[start : start + SLICE],
            right,
            scorer=fuzz.ratio,
            score_cutoff=NEAR_SCORE,
            dtype=numpy.float32,
            workers=-1,
        )
        for row, column in zip(*numpy.nonzero(scores), strict=True):
            # Rounding up would call 99.6 equal.
            yield start + int(row), int(column), int(scores[row, column])


def _joined(here: Sequence[Party], there: Sequence[Party]) -> Iterator[tuple[int, int]]:
    """Names that differ in blanks alone."""
    lefts = _by_mark(here, lambda party: party.joined)
    for right, party in enumerate(there):
        yield from ((left, right) for left in lefts.get(party.joined, ()))


def _cut(here: Sequence[Party], there: Sequence[Party]) -> Iterator[tuple[int, int]]:
    """Names that Spectrum had no room for."""
    by_word = _by_mark(here, _first_word)
    for right, party in enumerate(there):
        if party.may_be_cut and party.spoken:
            for left in by_word.get(_first_word(party), ()):
                if is_cut_from(party, here[left]):
                    yield left, right


def _sharing(here: Sequence[Party], there: Sequence[Party]) -> Iterator[tuple[int, int]]:
    """Pairs of one phone or one door: this finds who was renamed."""
    for mark in (_phone, _door, _town_door):
        lefts, rights = _by_mark(here, mark), _by_mark(there, mark)
        for value, left in lefts.items():
            right = rights.get(value, ())
            if len(left) <= MOST_UNDER_ONE and len(right) <= MOST_UNDER_ONE:
                yield from ((one, other) for one in left for other in right)


def _first_word(party: Party) -> str:
    return shortened(party.spoken[0]) if party.spoken else ""


def _phone(party: Party) -> str:
    return party.phone_digits


def _door(party: Party) -> str:
    return party.door


def _town_door(party: Party) -> str:
    return party.town_door


def _by_mark(parties: Sequence[Party], mark: Callable[[Party], str]) -> Mapping[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, party in enumerate(parties):
        if value := mark(party):
            groups[value].append(number)
    return groups
