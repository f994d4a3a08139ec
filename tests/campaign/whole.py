"""All six flows of one contractor at once: one ledger, one round, and people who make one record
after the other.
"""

from dataclasses import dataclass, replace

from st_spectrum.flows import FLOWS
from tests.campaign.untouched import of_untouched
from tests.histories.cases import CASES, Case
from tests.histories.history import History
from tests.histories.judge import Judged, judge

Parts = dict[str, History]


@dataclass(frozen=True)
class WholeCase(Case):
    """`parts` are the cases whose records people make in turn."""

    parts: tuple[str, ...] = ()

    @property
    def flows(self) -> tuple[str, ...]:
        return tuple(FLOWS)


def parts_of(history: History) -> Parts:
    """The history as each of its flows sees it; of one flow alone, itself."""
    if not isinstance(history.case, WholeCase):
        return {history.case.flow: history}
    kept: Parts | None = history.__dict__.get("parts")
    if kept is None:
        cases = [CASES[name] for name in history.case.parts]
        kept = {case.flow: replace(history, case=case, made=[], touched={}) for case in cases}
        history.__dict__["parts"] = kept
    return kept


def judge_all(history: History) -> Judged:
    """Every flow of the history, by the judge of `tests/histories`."""
    assert history.place.door.mistakes == [], history.place.door.mistakes
    together = Judged()
    for flow, part in parts_of(history).items():
        judged = of_untouched(part, judge(part))
        together.doubled += [text for text in judged.doubled if text not in together.doubled]
        together.silent += judged.silent
        together.waiting |= {f"{flow}/{key}": why for key, why in judged.waiting.items()}
    return together


def _make(history: History) -> None:
    """Of each flow in turn, the ones that cost money twice as often."""
    parts = list(parts_of(history).values())
    money = parts[3:]
    turns = [*parts, *money]
    turns[len(history.made) % len(turns)].make()
    history.made.append(0)


def _change(history: History, which: int) -> None:
    for part in parts_of(history).values():
        part.change(which)


def _whole(name: str, *parts: str, has_infolink: bool = True) -> WholeCase:
    cases = [CASES[part] for part in parts]
    operations = tuple(dict.fromkeys(one for case in cases for one in case.operations))
    settings = {name: values for case in cases for name, values in case.settings.items()}
    return WholeCase(
        name, "", _make, operations, _change, settings, has_infolink=has_infolink, parts=parts
    )


MASTERS = ("customers", "sites", "jobs")
WHOLE = {
    case.name: case
    for case in (
        _whole("all six by REST", *MASTERS, "invoices by REST", "time by REST", "purchase orders"),
        _whole("all six by SOAP", *MASTERS, "invoices by SOAP", "time by SOAP", "purchase orders"),
    )
}
EVERY_CASE: dict[str, Case] = {**CASES, **WHOLE}
"""Those of one place; what begins with the state of the first version has a place of its own."""
