"""What `make bench-first-day` found, as the tables of docs/first-day.md."""

from collections.abc import Iterator, Mapping
from typing import Any

Result = Mapping[str, Any]


def tables(result: Result) -> str:
    """Two tables in Markdown: what each step took, and what had to be shown."""
    return "\n".join((*_steps(result), "", *_shown(result)))


def _steps(result: Result) -> Iterator[str]:
    todo, first = len(result["edits by hand"]), result["first list"]
    backfill, live = result["backfill"], result["live"]
    yield "| Step | Machine | By hand |"
    yield "|---|---|---|"
    yield (
        f"| `init` | {_time(result, 'init')} | the questions; {result['lines that follow']} lines"
        f" follow from records, **{todo}** say `TODO` |"
    )
    yield (
        f"| looked up elsewhere | | **{result['looked up elsewhere']}**:"
        " both lines name their candidates |"
    )
    yield f"| `check` | | {_findings(result['check'])} |"
    yield (
        f"| `match` | {_time(result, 'match')} in two lists |"
        f" {first['sure']:,} companies are *sure*;"
        f" {first['rows to look at']} rows to look at, {result['second list']['rows to look at']}"
        " more in the second list |"
    )
    yield f"| `match apply` | {_time(result, 'match apply')} for both | |"
    yield (
        f"| `check` again | {_time(result, 'check')} for both |"
        f" {_findings(result['check again'])} |"
    )
    yield (
        f"| `plan` | {_time(result, 'plan')} |"
        f" to be read: {result['plan']['created']} records would be made |"
    )
    yield (
        f"| `backfill` | {_time(result, 'backfill')} | {backfill['sent']} records crossed in"
        f" {backfill['waves']} waves, {backfill['waits']} wait |"
    )
    yield (
        f"| live | {live['seconds']:.0f} s for a round | {live['crossed']} of {live['made']} new"
        f" records crossed; {live['looks like']} company that resembles a customer waits |"
    )
    minutes = sum(result["seconds"].values()) / 60
    yield f"| all of it | {minutes:.1f} minutes | |"


def _shown(result: Result) -> Iterator[str]:
    first = result["first list"]
    yield "| Must show | Goal | Found |"
    yield "|---|---|---|"
    rows = (
        ("values looked up elsewhere", "0", result["looked up elsewhere"]),
        ("lines edited by hand", "", len(result["edits by hand"])),
        ("customers made twice", "0", len(result["customers made twice"])),
        (
            "wrong among *sure*",
            "0",
            (
                f"{first['sure and wrong']} of {first['sure']:,}: fewer than"
                f" {first['bound of the wrong among sure (3/n)']:.2%} with 95 % certainty (3/n)"
            ),
        ),
        ("found by *sure*", "75 %", f"{first['found by sure']:.1%}"),
        ("found by *sure* and *look*", "97 %", f"{first['found by sure and look']:.1%}"),
        ("companies to look at", "at most 20 %", f"{first['share of look']:.1%}"),
    )
    for name, goal, found in rows:
        yield f"| {name} | {goal} | {found} |"


def _time(result: Result, step: str) -> str:
    seconds = result["seconds"].get(step, 0)
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def _findings(found: Mapping[str, int]) -> str:
    names = ("error", "warning")
    return ", ".join(
        f"{found.get(name, 0)} {name}{'' if found.get(name) == 1 else 's'}" for name in names
    )
