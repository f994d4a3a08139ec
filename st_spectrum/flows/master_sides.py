"""Customers, sites and jobs of both systems, read and compared a thousand records at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.domain.progress import NEW
from st_spectrum.domain.standing import NOTHING
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord, compare
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.retries.delays import moment_of
from st_spectrum.flows.context import Context
from st_spectrum.flows.masters_compared import (
    CrossedMaster,
    Further,
    MasterTable,
    expected_master,
    stored_master,
)
from st_spectrum.flows.unlisted import CONFIRM, are_masters_lacking, not_confirmed
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.servicetrade.models import Company, Job, Location

Master = Company | Location | Job
RECORDS_AT_ONCE = 1_000

NOT_WHOLE = (
    "ServiceTrade does not list {count} of {asked} {flow} that it had, which looks like a list that"
    " is not whole, or a right that the user has lost: none of them is said to be extra."
    f" {CONFIRM}."
)


def nothing_known(key: str) -> Mapping[str, str]:  # noqa: ARG001 - asked of each record
    """The ledger keeps no value, only a digest of all."""
    return {}


@dataclass
class MasterSides:
    """The flows of masters, of one account; `kind` is what ServiceTrade calls a record."""

    context: Context
    flow: Flow
    kind: str
    table: MasterTable
    records: Mapping[int, Master]
    rows: Iterable[Mapping[str, str]]
    """The table in Spectrum."""
    as_new: Callable[[Master], Decision]
    """What would be sent for a record that bears no external id of ours."""
    known: Callable[[str], Mapping[str, str]] = nothing_known
    """Values that the ledger keeps of a record by its key."""
    further: Further = field(default_factory=Further)

    def compare(self) -> FlowCompared:
        """All of them."""
        flow = self.flow.name
        records = self.records
        stored = [stored_master(self.table, row) for row in self.rows]
        by_code = {row.target_key: row for row in stored}
        copies: dict[str, list[StoredRecord]] = defaultdict(list)
        for row in stored:
            copies[row.target_key].append(row)
        entries = {entry.key: entry for entry in self.context.ledger.entries(flow)}
        found: list[Difference] = []
        compared = 0
        keys = sorted(records)
        for start in range(0, len(keys), RECORDS_AT_ONCE):
            expected: list[ExpectedRecord] = []
            some = keys[start : start + RECORDS_AT_ONCE]
            self.context.sources.keep(self.kind, (records[number] for number in some))
            for number in some:
                record, entry = records[number], entries.pop(str(number), None)
                found += self._link(flow, record, entry)
                expected += self._expected(flow, record, entry, by_code)
            compared += len(expected)
            codes = list(dict.fromkeys(one.target_key for one in expected))
            beside = self.further.read(codes)
            own = [
                replace(copy, values={**copy.values, **beside.get(code, {})})
                for code in codes
                for copy in copies.get(code, ())
            ]
            found += compare(expected, own)
        alone = [entry for entry in entries.values() if entry.state is State.CONFIRMED]
        doubted = not_confirmed(self.context.ledger, flow, alone)
        if are_masters_lacking(len(doubted), len(doubted) + len(records)):
            return FlowCompared(
                flow,
                compared,
                tuple(found),
                unproven=NOT_WHOLE.format(
                    count=len(doubted), asked=len(doubted) + len(records), flow=flow
                ),
                unproven_keys=frozenset(entry.key for entry in alone),
            )
        found += _without_source(flow, alone, by_code)
        return FlowCompared(flow, compared, tuple(found))

    def _carried(self, record: Master) -> str:
        system = self.context.account.servicetrade.external_system
        return record.external_ids.get(system, "")

    def _link(self, flow: str, record: Master, entry: Entry | None) -> Iterator[Difference]:
        """Whether ServiceTrade still says what the ledger confirmed; and what nobody has sent."""
        carried = self._carried(record)
        if entry is None and not carried:
            evaluation = self.flow.evaluate(str(record.id), NEW, NOTHING)
            if isinstance(evaluation.decision, Create | Hold):
                yield Difference(
                    flow,
                    str(record.id),
                    evaluation.title,
                    "",
                    Verdict.MISSING,
                    is_repairable=isinstance(evaluation.decision, Create),
                    changed_at=moment_of(record.updated),
                )
        if entry is not None and entry.state is State.CONFIRMED and carried != entry.target_key:
            yield Difference(
                flow,
                str(record.id),
                entry.title,
                entry.target_key,
                Verdict.IN_SERVICETRADE,
                "external id",
                entry.target_key,
                carried,
            )

    def _expected(
        self,
        flow: str,
        record: Master,
        entry: Entry | None,
        by_code: dict[str, StoredRecord],
    ) -> Iterator[ExpectedRecord]:
        """For each code of a record. Of what people typed there, only that it is there."""
        is_ours = entry is not None and entry.state is State.CONFIRMED
        codes = entry.target_key if is_ours and entry else self._carried(record)
        title = (entry.title if entry else "") or f"{flow} {record.id}"
        for code in filter(None, codes.split(SEPARATOR)):
            key = str(record.id)
            decision = self.as_new(self._without_id(record))
            if not is_ours or entry is None:
                if not isinstance(decision, Skip):  # of a vendor it is the code of a vendor
                    yield ExpectedRecord(flow, key, title, code.upper(), {})
                continue
            crossed = CrossedMaster(
                key, title, code, decision, entry.payload_digest, self.known(key)
            )
            stored = by_code.get(code.upper())
            yield expected_master(self.table, crossed, stored, self.further)

    def _without_id(self, record: Master) -> Master:
        ours = self.context.account.servicetrade.external_system
        ids = {name: value for name, value in record.external_ids.items() if name != ours}
        return record.model_copy(update={"external_ids": ids})


def _without_source(
    flow: str, entries: Iterable[Entry], by_code: dict[str, StoredRecord]
) -> Iterator[Difference]:
    """What crossed and stands in ServiceTrade no more."""
    for entry in entries:
        for code in filter(None, entry.target_key.split(SEPARATOR)):
            if code.upper() in by_code:
                yield Difference(flow, entry.key, entry.title, code, Verdict.EXTRA)
