"""All that ServiceTrade lists of a flow compared with what the ledger knows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.report import Report, Result
from st_spectrum.engine.retries.gone import forget_what_was_found, gone_keys
from st_spectrum.flows.changes import Changed
from st_spectrum.flows.context import Context
from st_spectrum.flows.unlisted import ListRead, fault_of_list, lacking_masters
from st_spectrum.ledger.entry import State, is_open
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.models import Company, Location

Lacking = Callable[[ListRead], Vanished]
"""What lists lack, and whether they are doubted."""


def _never(record: Changed) -> bool:  # noqa: ARG001 - asked of each record
    return False


@dataclass
class _Listed:
    """What a list brought, with the codes that its records carry in an external system."""

    system: str
    records: int = 0
    new: dict[str, Changed] = field(default_factory=dict)
    returned: dict[str, Changed] = field(default_factory=dict)
    without_id: set[str] = field(default_factory=set)
    carried: set[str] = field(default_factory=set)

    def count(self, record: Changed) -> None:
        """Note what is asked of every record, whatever becomes of it."""
        self.records += 1
        if record.id < 0:
            self.without_id.add(str(record.id))
        if isinstance(record, Company | Location):
            self.carried.add(record.external_ids.get(self.system, ""))


@dataclass(frozen=True)
class FullList:
    """All that ServiceTrade lists of a flow. `kind` is what ServiceTrade calls a record.

    `asks_for_nothing` is for a record that never crossed and need not, `has_come_back` for one that
    the ledger has done with.
    """

    flow: str
    kind: str
    records: Iterable[Changed]
    asks_for_nothing: Callable[[Changed], bool] = _never
    has_come_back: Callable[[Changed], bool] = _never
    lacking: Lacking | None = None
    """What the list lacks; None for the rule of masters."""


def compare_listed(
    context: Context, full: FullList, carrier: Carrier, settled_before: float
) -> Reconciled:
    """Have carried what the ledger does not know, what was said to be gone and is listed, and what
    is open. A list that is doubted stops the flow once what it does show was carried.
    """
    flow = full.flow
    read_at = context.ledger.now()
    ledger, system = context.ledger, context.account.servicetrade.external_system
    known, gone = frozenset(ledger.keys(flow)), gone_keys(ledger, flow)
    was_gone = known & gone
    listed, unlisted = _Listed(system), set(known)
    for record in full.records:
        key = str(record.id)
        listed.count(record)
        unlisted.discard(key)
        if (key not in known and not full.asks_for_nothing(record)) or key in was_gone:
            listed.new[key] = record
        elif key in known and full.has_come_back(record):
            listed.returned[key] = record
    # What came back is read anew: it may have been dealt with since it was listed.
    context.sources.keep(full.kind, listed.new.values())
    lacking = full.lacking or partial(lacking_masters, ledger, flow)
    doubt = fault_of_list(lacking(ListRead(read_at, listed.records, frozenset(unlisted))))
    if doubt is None:
        repaired = {key for key in known if key.startswith("-")} - listed.without_id
        _forget_repaired(ledger, flow, repaired, carrier.run_id)
    found = listed.new | listed.returned
    keys = list(dict.fromkeys([*found, *carrier.open_keys()]))
    report = carrier.carry(keys)
    forget_what_was_found(
        ledger,
        (outcome for outcome in report.outcomes if outcome.key in gone and outcome.key in found),
    )
    missed = tuple(_missed(found, report, settled_before))
    report = replace(report, stopped_by=report.stopped_by or doubt)
    return Reconciled(
        flow, listed.records, len(keys), missed, report, carried=frozenset(listed.carried)
    )


def _missed(found: Mapping[str, Changed], report: Report, settled_before: float) -> Iterator[str]:
    """What nobody had noticed before, and that was not in somebody's hand either."""
    in_hand = {
        outcome.key
        for outcome in report.outcomes
        if outcome.result in (Result.UNCHANGED, Result.BUSY)
    }
    for key, record in found.items():
        if record.updated <= settled_before and key not in in_hand:
            yield key


def _forget_repaired(ledger: Ledger, flow: str, keys: Iterable[str], run_id: str) -> None:
    """Records that were listed without a usable id, under a key of ours, and stand in the list no
    more as they were.
    """
    for key in keys:
        held = ledger.get(flow, key)
        if held is not None and is_open(held.entry.state):
            ledger.record(
                flow,
                key,
                Judgement(
                    State.SKIPPED, "the record without an id is in ServiceTrade's list no more"
                ),
                title=held.entry.title,
                run_id=run_id,
            )
