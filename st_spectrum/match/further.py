"""Sites, jobs and employees: who is matched only within what is linked already. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from st_spectrum.match.normalize import Party
from st_spectrum.match.pairs import pairs_of
from st_spectrum.match.verdicts import MOST_SHOWN, Match, Verdict, match

ALWAYS_ASKED = "whose hours are paid is always a person's to say"


@dataclass(frozen=True)
class NumberedJob:
    """A job of ServiceTrade, and the numbers under which it may stand in Spectrum."""

    party: Party
    numbers: frozenset[str]


@dataclass(frozen=True)
class Person:
    """A user, or an employee of payroll. `codes` are what may be the employee's code."""

    party: Party
    codes: frozenset[str]
    mail: str = ""


def linked_customers(companies: Iterable[Party], matches: Iterable[Match]) -> dict[str, str]:
    """The code of the customer by company: the linked, and those this list is sure of."""
    linked = {company.key: company.linked_to for company in companies if company.linked_to}
    sure = {
        one.here.key: one.there.key
        for one in matches
        if one.verdict is Verdict.SURE and one.here and one.there
    }
    return sure | linked


def match_sites(
    here: Sequence[Party], there: Sequence[Party], codes: Mapping[str, str]
) -> list[Match]:
    """Within each linked customer alone: the same name under two customers is two sites."""
    locations: dict[str, list[Party]] = defaultdict(list)
    sites: dict[str, list[Party]] = defaultdict(list)
    for location in here:
        if location.owner in codes:
            locations[codes[location.owner]].append(location)
    for site in there:
        sites[site.owner].append(site)
    return [
        one
        for code, group in locations.items()
        for one in match(group, sites.get(code, []))
        if one.here is not None
    ]


def match_jobs(
    here: Sequence[NumberedJob], there: Sequence[Party], codes: Mapping[str, str]
) -> list[Match]:
    """Jobs of equal number alone; the others are no rows of the list. Sure where the customer
    agrees, the number leads to one job on each side, and nobody has it.
    """
    by_number = {job.key.upper(): job for job in there}
    pairs = [
        (job.party, by_number[number])
        for job in here
        if not job.party.linked_to
        for number in sorted(job.numbers)
        if number in by_number
    ]
    heres: dict[str, int] = defaultdict(int)
    theres: dict[str, int] = defaultdict(int)
    for left, right in pairs:
        heres[left.key] += 1
        theres[right.key] += 1
    results = []
    for left, right in pairs:
        checks = (
            (not codes.get(left.owner), "its company is not linked yet"),
            (codes.get(left.owner, right.owner) != right.owner, "the customers differ"),
            (heres[left.key] > 1, "another job in Spectrum has a number of it"),
            (theres[right.key] > 1, "another job in ServiceTrade has this number"),
            (bool(right.linked_to), f"{right.key} belongs to job {right.linked_to} already"),
            (not left.is_active, "canceled in ServiceTrade"),
        )
        doubts = [text for is_so, text in checks if is_so]
        verdict = Verdict.LOOK if doubts else Verdict.SURE
        results.append(Match(verdict, left, right, 0, ("equal number", *doubts)))
    return results


def match_employees(here: Sequence[Person], there: Sequence[Person]) -> list[Match]:
    """By code, else by mail or name. Never sure: a wrong link pays the hours of one to another."""
    open_here = [person for person in here if not person.party.linked_to]
    reasons: dict[tuple[str, str], list[str]] = defaultdict(list)
    parties_here = {person.party.key: person.party for person in here}
    parties_there = {person.party.key: person.party for person in there}
    for text, left, right in _equal(open_here, there):
        reasons[left, right].append(text)
    scores: dict[tuple[str, str], int] = {}
    for pair in pairs_of(
        [person.party for person in open_here], [person.party for person in there]
    ):
        key = pair.here.key, pair.there.key
        scores[key] = pair.score
        checks = (
            (pair.has_equal_name, "equal name"),
            (not pair.has_equal_name, "the names differ"),
            (pair.has_equal_phone, "equal phone"),
        )
        reasons[key] += [text for is_so, text in checks if is_so]
    by_user: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in reasons:
        by_user[key[0]].append(key)
    results = []
    for keys in by_user.values():
        keys.sort(key=lambda key: (not _is_told(reasons[key]), -scores.get(key, 0), key))
        for left, right in keys[:MOST_SHOWN]:
            other = parties_there[right]
            taken = (
                [f"{right} belongs to user {other.linked_to} already"] if other.linked_to else []
            )
            texts = (*reasons[left, right], *taken, ALWAYS_ASKED)
            score = scores.get((left, right), 0)
            results.append(Match(Verdict.LOOK, parties_here[left], other, score, texts))
    return results


def _equal(here: Sequence[Person], there: Sequence[Person]) -> Iterable[tuple[str, str, str]]:
    by_code = {code: person.party.key for person in there for code in person.codes}
    by_mail = {person.mail: person.party.key for person in there if person.mail}
    for person in here:
        for code in person.codes & by_code.keys():
            yield "equal code", person.party.key, by_code[code]
        if person.mail in by_mail:
            yield "equal mail", person.party.key, by_mail[person.mail]


def _is_told(reasons: Sequence[str]) -> bool:
    return "equal code" in reasons or "equal mail" in reasons
