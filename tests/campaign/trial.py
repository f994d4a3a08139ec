"""One history and what came of it; and a block of them, drawn by Hypothesis under one seed."""

import faulthandler
import itertools
import json
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from tests.campaign.drawing import histories
from tests.campaign.first_version import FIRST_VERSION, FirstVersionPlace, judge_first_version
from tests.campaign.happenings import Happening, end_troubles, let_happen, touches_the_ledger
from tests.campaign.naive import NaiveHistory
from tests.campaign.people.judge import BY_HAND, judge_touched
from tests.campaign.tally import NONE, Tally, tally
from tests.campaign.whole import EVERY_CASE, judge_all, parts_of
from tests.histories.history import History
from tests.histories.judge import Judged
from tests.histories.place import Place

CAMPAIGN_CASES = {**EVERY_CASE, **FIRST_VERSION}
KINDS = ("lost", "doubled", "silent", "never quiet", "broke")
CORRECTION = "a correction of st_spectrum"
HANGS = 600.0
"""Seconds after which a history that has not ended is shown with its stack, and its process ends.
"""


@dataclass
class Outcome:
    """How a history ended. `wrong` are sentences by kind; `told` is how many records have not
    crossed and have a reason that people read, `late` how many stand twice because a call was later
    than is assumed, which the night told.
    """

    tally: Tally
    reported: int = 0
    late: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Block:
    """What came of the histories of one seed. `failed` counts histories by kind, `found` are the
    failing ones, as tests.
    """

    case: str
    histories: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    reported: int = 0
    late: int = 0
    found: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, outcome: Outcome) -> None:
        """One more history."""
        self.histories += 1
        self.tally += outcome.tally
        self.reported += outcome.reported
        self.late += outcome.late
        for kind in outcome.wrong:
            self.failed[kind] = self.failed.get(kind, 0) + 1


class NotRight(AssertionError):
    """A history in which something was lost, doubled, silent or never quiet."""


def outcome_of(history: History, happenings: Iterable[Happening]) -> Outcome:
    """Carry it out, let everything that was wrong be over, and count."""
    happenings = list(happenings)
    let_happen(history, happenings)
    end_troubles(history)
    stopped, restless = "", ""
    try:
        stopped = _come_to_rest(history, may_stop=touches_the_ledger(happenings))
    except AssertionError as still:
        restless = str(still)
    judged, counted = judge_history(history)
    if isinstance(history, NaiveHistory):  # it tells nobody, so what is missing is lost
        wrong = {"lost": counted.missing, "doubled": counted.doubled}
        return Outcome(counted, wrong={kind: [f"{n} records"] for kind, n in wrong.items() if n})
    told_of = sum(not key.endswith(BY_HAND) for key in judged.waiting)
    wrong = {
        "lost": []
        if stopped or counted.missing <= told_of
        else [f"{counted.missing} records are missing, {told_of} are told of"],
        "doubled": judged.doubled or [f"{counted.doubled} records too many"] * counted.doubled,
        "silent": [] if stopped else judged.silent,
        "never quiet": [restless] if restless else [],
        "broke": mistakes_of_ours(history),
    }
    reported = max(len(judged.waiting), counted.missing if stopped else 0)
    late = 0
    if history.is_later_than_assumed and wrong["doubled"] and _is_told_at_night(history):
        late, wrong["doubled"] = counted.doubled, []
        counted.doubled, counted.money_doubled, counted.hours_doubled = 0, NONE, NONE
    wrong = {kind: texts for kind, texts in wrong.items() if texts}
    return Outcome(counted, reported, late, wrong)


def judge_history(history: History) -> tuple[Judged, Tally]:
    """By both judges, and by that of records on which people worked by hand."""
    if isinstance(history.place, FirstVersionPlace):
        return judge_first_version(history, history.place.quiet(history.case))
    counted = tally(history)
    judged = Judged() if isinstance(history, NaiveHistory) else judge_all(history)
    for part in parts_of(history).values():
        by_hand, count = judge_touched(part, history)
        counted += count
        judged.doubled += by_hand.doubled
        judged.silent += by_hand.silent
        judged.waiting |= by_hand.waiting
    return judged, counted


def mistakes_of_ours(history: History) -> list[str]:
    """Records that wait for a correction of the program itself: people read why, but nobody who
    works with it can free them.
    """
    found = ((path, history.store.get(path)) for path in history.store.list("entries/"))
    entries = ((path, json.loads(kept.body)) for path, kept in found if kept)
    return [
        f"{path}: {entry.get('reason')}"
        for path, entry in entries
        if CORRECTION in entry.get("needs", ())
    ]


def _is_told_at_night(history: History) -> bool:
    """Whether the reconciliation of the night tells of something that stands twice."""
    history.night()
    found = map(history.store.get, history.store.list("kept/doubles/"))
    return any(kept and kept.body.strip() not in ("", "[]") for kept in found)


def whatever_comes(history: History, happenings: Iterable[Happening]) -> Outcome:
    """The same; an exception that nobody should see is one of its outcomes."""
    try:
        return outcome_of(history, happenings)
    except Exception:  # noqa: BLE001 - whatever it is, it is a finding
        return Outcome(Tally(), wrong={"broke": [traceback.format_exc()[-400:]]})


def _come_to_rest(history: History, *, may_stop: bool) -> str:
    """Faults end, rounds go on until nothing moves, the clerks do what they are asked to, and a
    night's reconciliation brings what a list left out.
    """
    history.settle(may_stop=may_stop)
    history.night()
    stopped = history.settle(may_stop=may_stop)
    parts = parts_of(history)
    has_more = False
    if "invoices" in parts:
        has_more |= _hand_in_again(parts["invoices"])
    if "timecards" in parts and judge_history(history)[0].waiting:
        # A card that is not there is believed never to have arrived once a newer one shows.
        parts["timecards"].make()
        has_more = True
    return history.settle(may_stop=may_stop) if has_more else stopped


def _hand_in_again(history: History) -> bool:
    """The billing clerk hands in again what Spectrum refused while its period was closed."""
    rows = history.records("servicetrade", "invoice")
    failed = [str(row["id"]) for row in rows if row["status"] == "failed"]
    history.contractor.billing_clerk.submit(*failed)
    return bool(failed)


def run_block(
    place: Place,
    name: str,
    count: int,
    number: int,
    kind: type[History] = History,
    *,
    shrinks: bool = True,
    every: int = 1,
) -> Block:
    """`count` histories of a case. Those of the script are only counted. Of the product the first
    failing one ends the block; Hypothesis makes it as short as it can, and it is kept as a test.

    With `every` only each so-many-th is played of all that are drawn.
    """
    case, block, started = CAMPAIGN_CASES[name], Block(name), time.monotonic()
    last: list[str] = []
    shown: dict[str, None] = {}
    drawn = itertools.count(1)

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(happened=histories(case), workers=st.sampled_from((1, 1, 3)))
    def one_history(happened: list[Happening], workers: int) -> None:
        if next(drawn) % every:
            return
        faulthandler.dump_traceback_later(HANGS, exit=True)
        with place.history(case, kind=kind, workers=workers) as history:
            outcome = whatever_comes(history, happened)
        faulthandler.cancel_dump_traceback_later()
        if not last:
            block.count(outcome)
        if kind is not NaiveHistory and first_kind(outcome) in outcome.wrong:
            last[:] = [as_test(name, happened, workers, outcome)]
            raise NotRight(outcome.wrong)

    def first_kind(outcome: Outcome) -> str:
        """Of the first failure; a shorter history must fail in the same way."""
        shown.update(dict.fromkeys(outcome.wrong) if not shown else {})
        return next(iter(shown), "")

    try:
        one_history()
    except Exception:  # Hypothesis wraps what failed, or says that it does not fail each time
        if not last:
            raise
    block.found += last
    block.seconds = time.monotonic() - started
    return block


def _fixture(name: str) -> str:
    return "first_version: FirstVersionPlace" if name in FIRST_VERSION else "place: Place"


def as_test(name: str, happened: list[Happening], workers: int, outcome: Outcome) -> str:
    """A failing history as somebody would write it down."""
    steps = "".join(f"            {happening!r},\n" for happening in happened)
    wrong = "".join(
        f"    # {kind}: {' '.join(text.split())[:400]}\n"
        for kind, texts in outcome.wrong.items()
        for text in texts[:3]
    )
    return (
        f"def test_found_by_the_campaign({_fixture(name)}) -> None:\n{wrong}"
        f"    with {_fixture(name).partition(':')[0]}.history(CAMPAIGN_CASES[{name!r}], workers={workers}) as history:\n"
        f"        outcome = outcome_of(history, [\n{steps}        ])\n"
        "        assert outcome.wrong == {}\n"
    )
