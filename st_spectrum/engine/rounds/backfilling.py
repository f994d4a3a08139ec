"""The first load in waves: some records of one flow at a time, each wave complete before the next
begins.

A wave looks as the tick of a sensor does, so the cursor covers exactly what has crossed: whoever
stops in the middle goes on from there, and what was in hand is asked for again.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.looks.changes import Bounds
from st_spectrum.engine.report import Report, Result
from st_spectrum.engine.rounds.carrying import Carrying
from st_spectrum.engine.rounds.needed_now import with_needed
from st_spectrum.engine.rounds.round import move_cursor, rebuild_if_lost, stops_the_others
from st_spectrum.ledger.documents.records import Cursor

SENT = (Result.CREATED, Result.COMPLETED, Result.VOIDED)


@dataclass(frozen=True)
class Wave:
    """One wave of a flow. `reports` are by flow, for older records that those of the wave need
    cross with it; `seconds` is how long it took. `group` is the office or the customers that a wave
    belongs to, `flow` then "" where it has all flows of them.
    """

    flow: str
    number: int
    reports: Mapping[str, Report]
    seconds: float
    group: str = ""

    @property
    def looked_at(self) -> int:
        """Records of the flow itself, or of all flows."""
        its = [self.reports[self.flow]] if self.flow else self.reports.values()
        return sum(len(report.outcomes) for report in its)

    @property
    def sent(self) -> int:
        """Records of all flows that were written to a system."""
        counts = [report.counts() for report in self.reports.values()]
        return sum(count[result.value] for count in counts for result in SENT)

    @property
    def waits(self) -> int:
        """Records of the wave that did not cross."""
        return sum(len(report.waiting) for report in self.reports.values())

    @property
    def is_stopped(self) -> bool:
        """Whether a system was in the way."""
        return any(report.stopped_by for report in self.reports.values())

    @property
    def faults(self) -> list[SyncFault]:
        """What stopped it, and mistakes of ours with single records."""
        both = ((report.stopped_by, report.mistake) for report in self.reports.values())
        return [fault for pair in both for fault in pair if fault]


def left(session: Connected, flow: str) -> int:
    """How many records the flow has yet to look at; reads its whole list. Raises a `SyncFault`."""
    its = session.flows[flow]
    cursor = session.ledger.document_or_none(Cursor, flow) or Cursor()
    return 0 if its.why_idle() else len(its.notice(cursor).keys)


def waves(session: Connected, flows: Iterable[str], run_id: str, size: int) -> Iterator[Wave]:
    """Every flow in the order given, `size` records at a time, until nothing is new; then what
    still waits is left to `sync` and the sensors. Raises `NotLive` before anything is carried.

    A wave that a system stopped is the last one of its flow, and of all where the others would meet
    the same.
    """
    session.refuse_before_go_live()
    for name in flows:
        for wave in _of_flow(session, name, run_id, size):
            yield wave
            stopped = (report.stopped_by for report in wave.reports.values())
            if any(stops_the_others(session, fault) for fault in stopped):
                return


def _of_flow(session: Connected, name: str, run_id: str, size: int) -> Iterator[Wave]:
    if session.flows[name].why_idle():
        return
    before: tuple[str, ...] = ()
    number = 0
    while True:
        began, number = time.monotonic(), number + 1
        keys, is_last, report = _carried(Carrying(session, name, run_id), size)
        carryings = {flow: Carrying(session, flow, run_id) for flow in session.flows}
        empty = {flow: Report(its.description) for flow, its in session.flows.items()}
        reports = with_needed({**empty, name: report}, carryings)
        shown = {flow: one for flow, one in reports.items() if one.outcomes or flow == name}
        if keys or report.stopped_by:
            yield Wave(name, number, shown, time.monotonic() - began)
        # The same again: another worker has them in its hands, and will carry them.
        if report.stopped_by or is_last or (keys and keys == before):
            return
        before = keys


def _carried(carrying: Carrying, size: int) -> tuple[tuple[str, ...], bool, Report]:
    """The keys of a wave, whether nothing is left behind it, and what became of them. A part of a
    long list may hold nothing that is due; then the next wave reads on behind it.
    """
    session, flow = carrying.session, carrying.session.flows[carrying.flow]
    try:
        flow.before_round()
        cursor = session.ledger.document_or_none(Cursor, flow.name) or Cursor()
        changes = flow.notice(cursor, Bounds(limit=size))
        if cursor.watermark is None and changes.records:
            rebuild_if_lost(session, flow, changes)
        flow.accept(changes)
        report = carrying.carry(changes.keys)
        if not report.stopped_by:
            flow.remember(changes, report)
            move_cursor(session, flow, cursor, changes, report)
    except SyncFault as fault:
        return (), True, Report(flow.description, stopped_by=fault)
    has_moved = changes.cursor is not None and changes.cursor != cursor
    return tuple(changes.keys), changes.is_complete or not (changes.keys or has_moved), report
