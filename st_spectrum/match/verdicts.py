"""What becomes of each record that may stand in both systems. Pure.

*Sure* is meant to be taken without a look, so everything has to agree; one doubt makes it *look*.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from st_spectrum.match.normalize import Party
from st_spectrum.match.pairs import EQUAL_SCORE, FAR_NEAR_SCORE, Pair, pairs_of

ALIKE = 70
"""How near names of one phone or one door are that may mean the same."""
MOST_SHOWN = 3
"""Candidates of one record that a person is shown."""


class Verdict(StrEnum):
    """In the order in which a person goes through them."""

    SEVERAL = "several for one"
    LOOK = "look at these"
    SURE = "sure"
    ONLY_HERE = "only in ServiceTrade"
    ONLY_THERE = "only in Spectrum"


@dataclass(frozen=True)
class Match:
    """One line of the result. `here` is None for what only Spectrum has, `there` for the other."""

    verdict: Verdict
    here: Party | None
    there: Party | None
    score: int = 0
    reasons: tuple[str, ...] = ()
    advice: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a record may be one that the other system has, and nobody has decided."""
        return self.verdict in (Verdict.SEVERAL, Verdict.LOOK, Verdict.SURE)


def match(here: Sequence[Party], there: Sequence[Party]) -> list[Match]:
    """Each record of both sides at least once, but for those that are linked already.

    A linked record of Spectrum is still compared: a second company that means it is *several for
    one*. Companies linked already say nothing more.
    """
    open_here = [party for party in here if not party.linked_to]
    by_here: dict[str, list[Pair]] = defaultdict(list)
    by_there: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs_of(open_here, there):
        by_here[pair.here.key].append(pair)
        by_there[pair.there.key].append(pair)
    for pairs in (*by_here.values(), *by_there.values()):
        pairs.sort(
            key=lambda pair: (*(-part for part in pair.weight), pair.there.key, pair.here.key)
        )
    results = []
    shown: set[str] = set()
    for party in open_here:
        matches = _of_one(party, by_here.get(party.key, []), by_there)
        shown.update(one.there.key for one in matches if one.there)
        results += matches
    results += [
        Match(Verdict.ONLY_THERE, None, party)
        for party in there
        if not party.linked_to and party.key not in shown
    ]
    return results


def _of_one(party: Party, pairs: list[Pair], by_there: dict[str, list[Pair]]) -> list[Match]:
    if not pairs:
        return [Match(Verdict.ONLY_HERE, party, None)]
    best = pairs[0]
    rivals = by_there[best.there.key]
    doubts = _doubts(best, pairs, rivals)
    if not doubts:
        return [Match(Verdict.SURE, party, best.there, best.score, _reasons(best))]
    twins_there = [pair for pair in pairs if _is_strong(pair)]
    twins_here = [pair for pair in rivals if _is_strong(pair)]
    if _is_strong(best) and (len(twins_there) > 1 or len(twins_here) > 1 or best.there.linked_to):
        shown = twins_there[:MOST_SHOWN]
        advice = _advice(twins_there, twins_here)
        return [_seen(Verdict.SEVERAL, pair, (), advice) for pair in shown]
    shown = pairs[:MOST_SHOWN]
    return [
        _seen(Verdict.LOOK, pair, _doubts(pair, pairs, by_there[pair.there.key])) for pair in shown
    ]


def _seen(verdict: Verdict, pair: Pair, doubts: Sequence[str], advice: str = "") -> Match:
    reasons = (*_reasons(pair), *doubts)
    return Match(verdict, pair.here, pair.there, pair.score, reasons, advice)


def _is_strong(pair: Pair) -> bool:
    """Whether the two would be one if nobody else were there."""
    return pair.is_same_name and (pair.has_equal_phone or pair.has_equal_door)


def _doubts(pair: Pair, of_here: Iterable[Pair], of_there: Iterable[Pair]) -> tuple[str, ...]:
    """All that speaks against taking the two for one without a look."""
    here, there = pair.here, pair.there
    forms = {here.legal_form, there.legal_form} - {""}
    checks = (
        (not pair.is_same_name and pair.score < EQUAL_SCORE, "the names differ"),
        (not pair.has_equal_numbers, "the numbers in the names differ"),
        (pair.has_lost_number, "what Spectrum cut off the name holds a number"),
        (len(forms) > 1, "the legal forms differ"),
        (not (pair.has_equal_phone or pair.has_equal_door), "neither phone nor address is equal"),
        (pair.is_elsewhere, "the addresses lie in two regions"),
        (not here.is_active, "not active in ServiceTrade"),
        (not there.is_active, "not active in Spectrum"),
        (bool(there.linked_to), f"{there.key} belongs to company {there.linked_to} already"),
        (
            any(_is_near(other, pair) for other in of_here if other.there.key != there.key),
            "another customer in Spectrum is near",
        ),
        (
            any(_is_near(other, pair) for other in of_there if other.here.key != here.key),
            "another company in ServiceTrade is near",
        ),
    )
    return tuple(text for is_so, text in checks if is_so)


def _is_near(other: Pair, pair: Pair) -> bool:
    """Whether a second candidate could be the one that is meant: its name is almost the same, or
    alike at the same place.

    It is none where its number is another, nor one in another region that shares nothing. Where
    name, phone and address all agree, only one of the same name that shares something, or one of
    the same phone and address, comes near.
    """
    if pair.has_equal_numbers and not other.has_equal_numbers:
        return False
    shares = other.has_equal_phone + other.has_equal_door
    if pair.is_whole:
        return shares == 2 or (shares == 1 and other.is_same_name)
    if other.is_elsewhere and not shares:
        return False
    return other.score >= FAR_NEAR_SCORE or shares == 2 or (bool(shares) and other.score >= ALIKE)


def _reasons(pair: Pair) -> tuple[str, ...]:
    checks = (
        (pair.has_equal_name and not pair.is_cut, "equal name"),
        (pair.has_equal_name and pair.is_cut, "equal name as far as Spectrum's goes"),
        (not pair.has_equal_name and pair.is_same_name, "equal name but for one letter"),
        (pair.has_equal_phone, "equal phone"),
        (pair.has_equal_door, "equal house number and ZIP"),
    )
    return tuple(text for is_so, text in checks if is_so)


def _advice(twins_there: Sequence[Pair], twins_here: Sequence[Pair]) -> str:
    """Who stays, and what becomes of the rest."""
    parts = []
    if len(twins_there) > 1:
        stays = min((pair.there for pair in twins_there), key=_staying_order)
        rest = ", ".join(sorted({p.there.key for p in twins_there} - {stays.key}))
        parts.append(f"Link {stays.key}; make {rest} inactive in Spectrum once nothing is open.")
    if len(twins_here) > 1:
        stays = min((pair.here for pair in twins_here), key=_staying_order)
        rest = ", ".join(sorted({p.here.key for p in twins_here} - {stays.key}))
        parts.append(f"Link company {stays.key}; merge {rest} into it in ServiceTrade.")
    linked = next((p.there for p in twins_there if p.there.linked_to), None)
    if linked is not None:
        parts.append(f"{linked.key} is company {linked.linked_to} already: merge this one into it.")
    return " ".join(parts)


def _staying_order(party: Party) -> tuple[bool, bool, int, str]:
    """The active one, the linked one, then the older: its key is the lower."""
    return (not party.is_active, not party.linked_to, len(party.key), party.key)
