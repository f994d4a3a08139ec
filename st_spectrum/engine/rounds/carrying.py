"""Records of one flow on their way: those of one batch, or in chunks all that a round has to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.engine.approval import PlanSheet
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.reconciled import OnOutcome
from st_spectrum.engine.report import WAITING, Outcome, Report, merged
from st_spectrum.engine.retries.breaker import Breaker
from st_spectrum.engine.retries.breaker_documents import read_breakers
from st_spectrum.engine.retries.redrive import is_due, settings_seen, skipped_by_settings
from st_spectrum.engine.rounds.held_back import held_back, let_go
from st_spectrum.engine.rounds.limits import stopped_by_limits
from st_spectrum.engine.rounds.waiting import MOST, with_waiting
from st_spectrum.ledger.entry import Entry, State

CHUNK = 100
"""Records between two looks at the clock of `Sources`: a list is decided on while fresh."""


def run_batch(session: Connected, flow: str, keys: Sequence[str], run_id: str) -> Report:
    """The records of one batch once through the engine, as a run of its own does it. Raises a
    `SyncFault` as a round does, `NotLive` before anything is carried.
    """
    session.refuse_before_go_live()
    its = session.flows[flow]
    changes = its.before_batch(keys)
    if beyond := stopped_by_limits(session, flow, keys, run_id):
        return with_waiting(Report(its.description, stopped_by=beyond), session.ledger, MOST)
    report = session.engine.run(flow, keys, run_id=run_id)
    if not report.stopped_by:
        let_go(session.ledger, flow, keys)
        its.remember(changes, report)
    settings_seen(session.ledger, flow, session.engine.breakers.settings)
    return with_waiting(report, session.ledger, MOST)


@dataclass(frozen=True)
class Carrying:
    """Has records of a flow carried for a round or a reconciliation. A dry run changes nothing."""

    session: Connected
    flow: str
    run_id: str
    is_dry_run: bool = False
    on_outcome: OnOutcome = None
    sheet: PlanSheet | None = None

    def run(self, keys: Sequence[str]) -> Report:
        """Each key once through the engine."""
        return self.session.engine.run(
            self.flow,
            keys,
            run_id=self.run_id,
            is_dry_run=self.is_dry_run,
            on_outcome=self.on_outcome,
            sheet=self.sheet,
        )

    def carry(self, keys: Sequence[str]) -> Report:
        """Every key once, in chunks, until a system stops it; and what a breaker let go meanwhile.

        A record that was asked for twice counts as it came out last.
        """
        wanted = list(dict.fromkeys(keys))
        if not self.is_dry_run and (
            beyond := stopped_by_limits(
                self.session, self.flow, wanted, self.run_id, is_afresh=True
            )
        ):
            description = self.session.flows[self.flow].description
            return with_waiting(Report(description, stopped_by=beyond), self.session.ledger)
        breakers, settings = self.session.engine.breakers, self.session.engine.breakers.settings
        outcomes: dict[str, Outcome] = {}
        reports: list[Report] = []
        while wanted:
            breakers.has_closed = False
            for report in self._in_chunks(wanted):
                reports.append(report)
                outcomes |= {outcome.key: outcome for outcome in report.outcomes}
            if self.is_dry_run or reports[-1].stopped_by or not breakers.has_closed:
                break
            done = {key for key, outcome in outcomes.items() if outcome.result not in WAITING}
            wanted = [key for key in self._released() if key not in done]
        whole = replace(
            merged(self.session.flows[self.flow].description, reports),
            outcomes=tuple(outcomes.values()),
        )
        if not self.is_dry_run:
            settings_seen(self.session.ledger, self.flow, settings)
            if not whole.stopped_by:
                let_go(self.session.ledger, self.flow, outcomes)
        return with_waiting(whole, self.session.ledger)

    def open_keys(self) -> list[str]:
        """What waits without ever having been sent is tried each time, for that only reads; the
        rest when its pause is over.
        """
        ledger = self.session.ledger
        beyond = held_back(ledger, self.flow)
        breakers = read_breakers(ledger, self.flow)
        waiting = [
            key
            for key, held in ledger.open_entries(self.flow)
            if held is None or _costs_reads_only(held.entry) or self._is_due(held.entry, breakers)
        ]
        return [
            *waiting,
            *(beyond.keys if beyond else ()),
            *skipped_by_settings(ledger, self.flow, self.session.engine.breakers.settings),
        ]

    def _in_chunks(self, keys: Sequence[str]) -> Iterator[Report]:
        for start in range(0, len(keys), CHUNK):
            report = self.run(keys[start : start + CHUNK])
            yield report
            if report.stopped_by:
                return

    def _released(self) -> list[str]:
        """What is due now that a breaker has closed."""
        entries = self.session.ledger.open_entries(self.flow)
        return [key for key, held in entries if held and self._is_due(held.entry, {})]

    @cached_property
    def _descriptions(self) -> Mapping[str, FlowDescription]:
        return {name: flow.description for name, flow in self.session.flows.items()}

    def _is_due(self, entry: Entry, breakers: Mapping[str, Breaker]) -> bool:
        ledger, settings = self.session.ledger, self.session.engine.breakers.settings
        return is_due(entry, ledger, self._descriptions, ledger.now(), settings, breakers)


def _costs_reads_only(entry: Entry) -> bool:
    """What is in doubt is looked up; where a system asked for a pause, the call may have to go out
    again, and waits for its end.
    """
    is_looked_up = entry.state is State.UNKNOWN and not entry.needs
    return is_looked_up or (entry.state is State.HELD and not entry.attempts)
