"""`st-spectrum backfill`: the first load in waves, at a bounded pace, told wave by wave."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
)

from st_spectrum.account.file import load_account
from st_spectrum.commands.backfill_rate import Part, seconds_of
from st_spectrum.commands.printing import open_console
from st_spectrum.commands.running import one_sentence
from st_spectrum.commands.sync import flows_named
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.backfill_by import By
from st_spectrum.domain.business_hours import BusinessHours, parse_business_hours

if TYPE_CHECKING:
    from st_spectrum.domain.errors import SyncFault
    from st_spectrum.engine.connected import Connected
    from st_spectrum.engine.rounds.backfilling import Wave

BAR = 20
"""Characters of the bar: beside the longest words, a line of 80 holds no more."""
GO_ON = "Stopped. What has crossed is in the ledger; the same command goes on."
APPROVE_FIRST = (
    "the account file has `mode: approve`: send the first load by `st-spectrum plan --out` and"
    " `apply`, or set `mode: automatic`"
)


@dataclass(frozen=True)
class Wished:
    """What the person asked for: `wave` records at a time, at most `per_hour` of them an hour, none
    within the hours `outside`, and no more than `most_waves`; 0 and "" are no bound. `only` names
    the offices or customers to carry; () for all.
    """

    flow: str
    wave: int
    per_hour: int
    outside: str
    most_waves: int
    by: By = By.FLOW
    only: tuple[str, ...] = ()


@dataclass
class WavePace:
    """How long to rest between two waves; `sleep` and `clock` are those of the process."""

    per_hour: int
    hours: BusinessHours | None
    zone: ZoneInfo
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[ZoneInfo], datetime] = datetime.now

    def before_wave(self, say: Callable[[str], None]) -> None:
        """Wait until the business hours are over."""
        while self.hours and (seconds := self.hours.seconds_left(self.clock(self.zone))):
            say(f"Business hours: the next wave begins at {self.hours.end:%H:%M}.")
            self.sleep(seconds)

    def after_wave(self, sent: int, seconds: float) -> None:
        """Rest until as many records per hour have been sent as may be."""
        if (rest := seconds_of(sent, seconds, self.per_hour) - seconds) > 0:
            self.sleep(rest)


def run_backfill(account_file: Path, wished: Wished, *, as_json: bool) -> int:
    """0 when nothing new is left, or the waves asked for are done; 1 when a system stopped it."""
    from st_spectrum.flows.session import open_session

    flows = flows_named(wished.flow)
    if wished.only and wished.by is By.FLOW:
        raise ArgumentInvalid(
            ["--only names offices or customers: say --by office or --by customer"]
        )
    account = load_account(account_file)
    hours = parse_business_hours(wished.outside) if wished.outside else None
    if account.mode == "approve":
        raise ArgumentInvalid([APPROVE_FIRST])
    pace = WavePace(wished.per_hour, hours, ZoneInfo(account.timezone))
    faults = []
    with open_session(account) as session:
        session.refuse_before_go_live()
        teller = Teller(as_json, wished.per_hour)
        with teller.bar(), _word_of_going_on():
            if wished.by is not By.FLOW:
                faults += _carry_groups(session, flows, wished, pace, teller)
            if not (faults or wished.only or teller.is_over(wished.most_waves)):
                faults += _carry_flows(session, flows, wished, pace, teller)
        teller.finish()
    for sentence in dict.fromkeys(map(one_sentence, faults)):
        print(sentence, file=sys.stderr)
    return 1 if faults else 0


def _carry_flows(
    session: "Connected", flows: Sequence[str], wished: Wished, pace: WavePace, teller: "Teller"
) -> list["SyncFault"]:
    """What stopped it."""
    from st_spectrum.engine.rounds.backfilling import left, waves

    faults: list[SyncFault] = []
    for name in flows:
        teller.begin(name, left(session, name))
        is_stopped = False
        for wave in _paced(waves(session, (name,), _run_id(), wished.wave), wished, pace, teller):
            faults += wave.faults
            is_stopped = wave.is_stopped
        if is_stopped or teller.is_over(wished.most_waves):
            break
    return faults


def _carry_groups(
    session: "Connected", flows: Sequence[str], wished: Wished, pace: WavePace, teller: "Teller"
) -> list["SyncFault"]:
    """What stopped it."""
    from st_spectrum.engine.rounds.backfill_groups import group_waves, groups_of

    groups = groups_of(session, flows, wished.by, wished.only)
    counted = f"{len(groups)} {wished.by}{'' if len(groups) == 1 else 's'}"
    teller.begin(counted, sum(group.size for group in groups))
    coming = group_waves(session, groups, wished.by, _run_id(), wished.wave)
    return [fault for wave in _paced(coming, wished, pace, teller) for fault in wave.faults]


def _run_id() -> str:
    return f"backfill-{uuid4().hex[:12]}"


def _paced(
    coming: Iterator["Wave"], wished: Wished, pace: WavePace, teller: "Teller"
) -> Iterator["Wave"]:
    while True:
        pace.before_wave(teller.say)
        if (wave := next(coming, None)) is None:
            return
        teller.tell(wave)
        yield wave
        if teller.is_over(wished.most_waves):
            return
        pace.after_wave(wave.sent, wave.seconds)


class Teller:
    """Says what each wave came to: a bar with the time left on a terminal, a line for each wave
    everywhere, or one JSON document for each.
    """

    def __init__(self, as_json: bool, per_hour: int = 0) -> None:
        self._as_json = as_json
        self._per_hour = per_hour
        self._console = open_console()
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(BAR), MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"), console=self._console, transient=True,
            disable=as_json or not self._console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("", total=None, visible=False, rate="")
        self._part = Part()
        self._waves = self._sent = self._waits = self._looked_at = 0
        self._seconds = 0.0

    @contextmanager
    def bar(self) -> Iterator[None]:
        """Shows the bar."""
        with self._progress:
            yield

    def begin(self, flow: str, total: int) -> None:
        """A flow with so many records to look at."""
        self._part = Part(total)
        self._progress.reset(self._task, total=total, description=flow, visible=True, rate="")
        self.say(f"{flow}: {total} records to look at.")

    def tell(self, wave: "Wave") -> None:
        """A wave is over."""
        self._waves += 1
        self._sent += wave.sent
        self._waits += wave.waits
        self._looked_at += wave.looked_at
        self._seconds += wave.seconds
        seconds = seconds_of(wave.sent, wave.seconds, self._per_hour)
        self._part = self._part.after(wave.looked_at, wave.sent, seconds)
        self._progress.update(self._task, advance=wave.looked_at, rate=self._part.words())
        if self._as_json:
            print(json.dumps(_as_json(wave), ensure_ascii=False), flush=True)
            return
        others = [
            f"{len(report.outcomes)} {name} with them"
            for name, report in wave.reports.items()
            if name != wave.flow and wave.flow
        ]
        words = [f"{wave.looked_at} records", f"{wave.sent} sent", f"{wave.waits} wait", *others]
        name = ", ".join(filter(None, (wave.group, wave.flow)))
        number = wave.number or self._waves
        self.say(f"{name}, wave {number}: {', '.join(words)}; {wave.seconds:.0f} s.")

    def say(self, sentence: str) -> None:
        """A line for a person, above the bar."""
        if not self._as_json:
            self._progress.console.print(sentence, highlight=False)

    def is_over(self, most_waves: int) -> bool:
        """Whether as many waves are done as were asked for."""
        return 0 < most_waves <= self._waves

    def finish(self) -> None:
        """What it came to in all."""
        self.say(
            f"{self._waves} wave{'' if self._waves == 1 else 's'}: {self._looked_at} records looked at, {self._sent} sent, in"
            f" {self._seconds:.0f} s."
        )
        if self._waits:
            self.say(f"{self._waits} wait: `st-spectrum ledger open` says for what.")


@contextmanager
def _word_of_going_on() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print(GO_ON, file=sys.stderr)
        raise


def _as_json(wave: "Wave") -> dict[str, object]:
    return {
        **({"group": wave.group} if wave.group else {}),
        "flow": wave.flow,
        "wave": wave.number,
        "looked_at": wave.looked_at,
        "sent": wave.sent,
        "waits": wave.waits,
        "seconds": round(wave.seconds, 1),
        "flows": {name: report.counts() for name, report in wave.reports.items()},
    }
