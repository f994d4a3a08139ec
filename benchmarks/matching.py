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

from st_spectrum.match.normalize import Party
from st_spectrum.match.verdicts import Match, Verdict, match
from st_spectrum.sandbox.matching_world import MatchingWorld, Record, build_matching_world

PAIRS_FILE = Path(__file__).with_name("matching_pairs.csv")
SEEDS = (7, 8, 9, 10, 11, 12)
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
    """Pairs with the names, addresses and phones that offices have. `are` is one, two, or ask: one,
    and yet a person's to decide, as a closed or a renamed customer is.
    """
    with PAIRS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    here = [_hand(row, "st", number) for number, row in enumerate(rows)]
    there = [_hand(row, "sp", number) for number, row in enumerate(rows)]
    alone = [match([left], [right]) for left, right in zip(here, there, strict=True)]
    return {
        "pairs": len(rows),
        "each alone": _judged(rows, [one for matches in alone for one in matches]),
        "all in one list": _judged(rows, match(here, there)),
    }


def _judged(rows: list[dict[str, str]], matches: Iterable[Match]) -> dict[str, object]:
    """Line 2 of the file is the first pair; a record's key is its place."""
    kinds = Counter(row["are"] for row in rows)
    verdicts: dict[str, Verdict] = {}
    wrong = []
    for one in matches:
        if one.here is None or one.there is None:
            continue
        place, other = int(one.here.key), int(one.there.key)
        if place == other:
            verdicts[one.here.key] = one.verdict
        if one.verdict is Verdict.SURE and (place != other or rows[place]["are"] != "one"):
            wrong.append(f"lines {place + 2}, {other + 2}: {one.here.name} | {one.there.name}")
    found = Counter(rows[int(key)]["are"] for key in verdicts)
    sure = sum(
        verdict is Verdict.SURE and rows[int(key)]["are"] == "one"
        for key, verdict in verdicts.items()
    )
    return {
        "sure": sure,
        "sure and wrong": len(wrong),
        "bound of the wrong among sure (3/n)": round(RULE_OF_THREE / max(sure, 1), 4),
        "found by sure": round(sure / kinds["one"], 4),
        "found by sure and look": round(
            (found["one"] + found["ask"]) / (kinds["one"] + kinds["ask"]), 4
        ),
        "wrong": wrong,
        "not found": [
            f"line {number + 2}: {row['st_name']} | {row['sp_name']}"
            for number, row in enumerate(rows)
            if row["are"] != "two" and str(number) not in verdicts
        ],
    }


def _hand(row: dict[str, str], side: str, place: int) -> Party:
    street, city, state = row[f"{side}_address"].rsplit(", ", 2)
    return Party(
        key=str(place),
        name=row[f"{side}_name"],
        street=street,
        city=city,
        state=state[:2],
        postal_code=state[2:].strip(),
        phone=row[f"{side}_phone"],
        is_active=side == "st" or row["sp_status"] == "A",
    )


def speed(companies: int) -> dict[str, object]:
    """Time and memory of this process, which has done nothing larger before."""
    world = build_matching_world(companies, traps=companies * 15 // 100, seed=11)
    here, there = [party(one) for one in world.here], [party(one) for one in world.there]
    started, busy = time.perf_counter(), time.process_time()
    results = match(here, there)
    seconds, processor = time.perf_counter() - started, time.process_time() - busy
    return {
        "companies": len(here),
        "customers": len(there),
        "lines": len(results),
        "seconds": round(seconds, 1),
        "CPU seconds": round(processor, 1),
        "peak memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """All three, as one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=20_000, help="of the measure of time")
    parser.add_argument("--seeds", type=int, nargs="*", default=SEEDS, help="of the worlds")
    arguments = parser.parse_args()
    measured = {seed: quality_of(build_matching_world(seed=seed)) for seed in arguments.seeds}
    worlds = {f"world {seed}": quality.as_json() for seed, quality in measured.items()}
    sure = sum(quality.sure for quality in measured.values())
    worlds["all worlds"] = {
        "sure": sure,
        "sure and wrong": sum(quality.sure_wrong for quality in measured.values()),
        "bound of the wrong among sure (3/n)": round(RULE_OF_THREE / max(sure, 1), 5),
        "least found by sure": min(one.as_json()["found by sure"] for one in measured.values()),
    }
    hand = by_hand() if PAIRS_FILE.exists() else {}
    result = {**worlds, "pairs by hand": hand, "time": speed(arguments.companies)}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
