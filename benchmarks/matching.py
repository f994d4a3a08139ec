"""`make bench-match`: how well and how fast companies are matched, on a generated world and on a
list made by hand.
"""

import argparse
import csv
import json
import resource
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.matching_world import MatchingWorld, Record, build_matching_world
from st_spectrum.match.normalize import Party
from st_spectrum.match.verdicts import Match, Verdict, match

PAIRS_FILE = Path(__file__).with_name("matching_pairs.csv")
RULE_OF_THREE = 3
"""None wrong among n: with 95 % certainty fewer than 3/n are."""


def party(record: Record) -> Party:
    """As the matcher reads it."""
    return Party(
        record.key,
        record.full_name,
        record.street,
        record.city,
        record.state,
        record.postal_code,
        record.phone,
        record.is_active,
    )


@dataclass(frozen=True)
class Quality:
    """What came of one world."""

    companies: int
    linked: int
    sure: int
    sure_wrong: int
    sure_found: int
    shown: int
    look: int
    wrong: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For a person and for a file."""
        return {
            "companies": self.companies,
            "in Spectrum": self.linked,
            "sure": self.sure,
            "sure and wrong": self.sure_wrong,
            "bound of the wrong among sure (3/n)": round(RULE_OF_THREE / max(self.sure, 1), 4),
            "found by sure": round(self.sure_found / self.linked, 4),
            "found by sure and look": round(self.shown / self.linked, 4),
            "share of look": round(self.look / self.companies, 4),
            "wrong": list(self.wrong),
        }


def quality_of(world: MatchingWorld) -> Quality:
    """Wrong is who is linked to somebody else, or to a customer that is closed."""
    results = match([party(one) for one in world.here], [party(one) for one in world.there])
    sure = [one for one in results if one.verdict is Verdict.SURE]
    wrong = [one for one in sure if _key(one) not in world.truth - world.never_sure]
    linked = {here for here, _ in world.truth}
    found = {here.key for here, _ in _pairs(results) if _key_of(here, _) in world.truth}
    return Quality(
        companies=len(world.here),
        linked=len(linked),
        sure=len(sure),
        sure_wrong=len(wrong),
        sure_found=len({one.here.key for one in sure if one.here and _key(one) in world.truth}),
        shown=len(found),
        look=len(
            {
                one.here.key
                for one in results
                if one.here and one.verdict in (Verdict.LOOK, Verdict.SEVERAL)
            }
        ),
        wrong=tuple(_words(one, world) for one in wrong),
    )


def _pairs(results: Iterable[Match]) -> list[tuple[Party, Party]]:
    return [(one.here, one.there) for one in results if one.here and one.there]


def _key_of(here: Party, there: Party) -> tuple[str, str]:
    return here.key, there.key


def _key(one: Match) -> tuple[str, str]:
    return (one.here.key if one.here else "", one.there.key if one.there else "")


def _words(one: Match, world: MatchingWorld) -> str:
    here, there = one.here, one.there
    trap = world.traps.get(here.key, "") if here else ""
    return f"{trap}: {here and here.name} | {there and there.name} | {', '.join(one.reasons)}"


def by_hand() -> dict[str, object]:
    """The 200 pairs: each is judged alone, as if both systems held nothing else."""
    told: Counter[str] = Counter()
    wrong = []
    with PAIRS_FILE.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            here, there = _hand(row, "st"), _hand(row, "sp")
            verdict = match([here], [there])[0].verdict
            told[f"{row['are']}: {verdict}"] += 1
            if verdict is Verdict.SURE and row["are"] == "two":
                wrong.append(f"line {number}: {here.name} | {there.name}")
    return {**dict(sorted(told.items())), "wrong among sure": wrong}


def _hand(row: dict[str, str], side: str) -> Party:
    street, _, rest = row[f"{side}_address"].partition(",")
    return Party(side, row[f"{side}_name"], street, "", "", rest.strip(), row[f"{side}_phone"])


def speed(companies: int) -> dict[str, object]:
    """Time and memory of this process, which has done nothing larger before."""
    world = build_matching_world(companies, traps=companies * 15 // 100, seed=11)
    here, there = [party(one) for one in world.here], [party(one) for one in world.there]
    started = time.perf_counter()
    results = match(here, there)
    seconds = time.perf_counter() - started
    return {
        "companies": len(here),
        "customers": len(there),
        "lines": len(results),
        "seconds": round(seconds, 1),
        "peak memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """All three, as one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=20_000, help="of the measure of time")
    parser.add_argument("--seeds", type=int, nargs="*", default=[7, 8, 9], help="of the worlds")
    arguments = parser.parse_args()
    worlds = {
        f"world {seed}": quality_of(build_matching_world(seed=seed)).as_json()
        for seed in arguments.seeds
    }
    hand = by_hand() if PAIRS_FILE.exists() else {}
    result = {**worlds, "pairs by hand": hand, "time": speed(arguments.companies)}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
