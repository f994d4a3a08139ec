"""The report of a recording, for others: assumption by assumption, the worst first, without any
value of the installation. Pure.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from st_spectrum.record.assumptions import Assumed, Harm, SettledBy, relied_on
from st_spectrum.record.judgement import Judgement, Verdict

_WORST = {Verdict.DIFFERS: 0, Verdict.NOT_SEEN: 2, Verdict.HOLDS: 1}


@dataclass(frozen=True)
class Report:
    """One judgement for each assumption, and those of facts besides."""

    judgements: Mapping[str, Judgement]

    @property
    def assumptions(self) -> tuple[Judgement, ...]:
        """Those of assumptions alone."""
        return tuple(one for id_, one in self.judgements.items() if id_ in relied_on())

    @property
    def differences(self) -> tuple[Judgement, ...]:
        """What differs, assumptions before facts, the worst first."""
        return tuple(one for one in self._sorted() if one.verdict is Verdict.DIFFERS)

    def _sorted(self) -> list[Judgement]:
        order = list(relied_on())
        known = {id_: place for place, id_ in enumerate(order)}
        harms = list(Harm)

        def key(one: Judgement) -> tuple[int, int, str]:
            assumption = relied_on().get(one.id)
            harm = harms.index(assumption.harm) if assumption else len(harms)
            return harm, known.get(one.id, 0), one.id

        return sorted(self.judgements.values(), key=key)


def report_of(judgements: Iterable[Judgement]) -> Report:
    """One verdict for each id, the worst that was seen; what nobody judged was not seen."""
    found = {
        id_: Judgement(id_, Verdict.NOT_SEEN, where=one.place) for id_, one in relied_on().items()
    }
    for judgement in judgements:
        one = _placed(judgement)
        before = found.get(one.id)
        if before is None or _WORST[one.verdict] < _WORST[before.verdict]:
            found[one.id] = one
    return Report(found)


def _placed(judgement: Judgement) -> Judgement:
    """The place of an assumption is where its sentence stands; what the judgement names within it
    is nearer, and its settings stay.
    """
    if judgement.id not in relied_on():
        return judgement
    parts = [part for part in judgement.where.split("; ") if part]
    settings = [part for part in parts if ".py" not in part]
    place = relied_on()[judgement.id].place
    nearer = next((part for part in parts if part.startswith(f"{place} ")), place)
    return replace(judgement, where="; ".join([nearer, *settings]))


def as_json(report: Report) -> str:
    """The report for programs."""
    entries = []
    for one in report._sorted():
        assumption = relied_on().get(one.id)
        entry = {
            "id": one.id,
            "verdict": one.verdict.value,
            "expected": one.expected,
            "found": one.found if one.verdict is Verdict.DIFFERS else "",
            "where": one.where,
            "harm": assumption.harm.value if assumption else "",
            "settled_by": assumption.settled_by.value if assumption else "read",
            "observation": assumption.observation if assumption else "",
        }
        entries.append(entry)
    return json.dumps({"counts": _counts(report), "judgements": entries}, indent=1) + "\n"


def _counts(report: Report) -> dict[str, dict[str, int]]:
    settled = Counter(one.settled_by.value for one in relied_on().values())
    verdicts = Counter(one.verdict.value for one in report.assumptions)
    return {
        "assumptions": {"all": len(relied_on()), **{one.value: settled[one] for one in SettledBy}},
        "verdicts": {one.value: verdicts[one.value] for one in Verdict},
    }


def as_markdown(report: Report) -> str:
    """The report for people."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: Report) -> Iterator[str]:
    counts = _counts(report)
    of, verdicts = counts["assumptions"], counts["verdicts"]
    yield "# What this installation says of what is taken for true"
    yield ""
    yield (
        f"Of {of['all']} assumptions, {of['read']} can be settled by a read, {of['write']} by a"
        f" write test, and {of['person']} by a person alone."
    )
    yield (
        f"This recording: {verdicts['holds']} hold, {verdicts['differs']} differ,"
        f" {verdicts['not seen']} were not seen."
    )
    yield ""
    everything = report._sorted()
    differing = [one for one in everything if one.verdict is Verdict.DIFFERS]
    yield "## What differs"
    yield ""
    yield from _differing(differing)
    yield "## What holds"
    yield ""
    for one in everything:
        if one.verdict is Verdict.HOLDS:
            yield f"- **{one.id}**: {one.expected}"
    yield ""
    yield "## What was not seen"
    yield ""
    for settled_by in SettledBy:
        unseen = [
            (one, relied_on()[one.id])
            for one in everything
            if one.verdict is Verdict.NOT_SEEN
            and one.id in relied_on()
            and relied_on()[one.id].settled_by is settled_by
        ]
        if unseen:
            yield from _unseen(settled_by, unseen)


def _differing(differing: list[Judgement]) -> Iterator[str]:
    if not differing:
        yield "Nothing."
    for one in differing:
        yield f"- **{one.id}**: expected {one.expected}; found {one.found}. Change: `{one.where}`"
        if (assumption := relied_on().get(one.id)) is not None:
            yield f"  {assumption.if_false}"
    yield ""


def _unseen(settled_by: SettledBy, unseen: list[tuple[Judgement, Assumed]]) -> Iterator[str]:
    yield f"### Settled by a {settled_by.value}"
    yield ""
    by_observation: dict[str, list[str]] = {}
    for one, assumption in unseen:
        by_observation.setdefault(assumption.observation, []).append(one.id)
    for observation, ids in by_observation.items():
        yield f"- {observation} ({', '.join(ids)})"
    yield ""
