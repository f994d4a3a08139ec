"""All that ServiceTrade lists of a flow compared with what the ledger knows."""

from collections.abc import Callable, Iterable

from st_spectrum.engine.gone import forget_what_was_found, gone_keys
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.report import Result
from st_spectrum.flows.changes import Changed
from st_spectrum.flows.context import Context
from st_spectrum.ledger.entry import State, is_open
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.models import Company, Location


def _never(record: Changed) -> bool:  # noqa: ARG001 - asked of each record
    return False


def compare_listed(
    context: Context,
    flow: str,
    kind: str,
    records: Iterable[Changed],
    carrier: Carrier,
    settled_before: float,
    *,
    asks_for_nothing: Callable[[Changed], bool] = _never,
    has_come_back: Callable[[Changed], bool] = _never,
) -> Reconciled:
    """Have carried what the ledger does not know, what was said to be gone and is listed, and what
    is open.

    `kind` is what ServiceTrade calls a record. `asks_for_nothing` is for a record that never
    crossed and need not, `has_come_back` for one that the ledger has done with.
    """
    ledger, system = context.ledger, context.account.servicetrade.external_system
    known, gone = frozenset(ledger.keys(flow)), gone_keys(ledger, flow)
    was_gone = known & gone
    listed = 0
    new: dict[str, Changed] = {}
    returned: dict[str, Changed] = {}
    without_id: set[str] = set()
    carried: set[str] = set()
    for record in records:
        key = str(record.id)
        listed += 1
        if record.id < 0:
            without_id.add(key)
        if isinstance(record, Company | Location):
            carried.add(record.external_ids.get(system, ""))
        if (key not in known and not asks_for_nothing(record)) or key in was_gone:
            new[key] = record
        elif key in known and has_come_back(record):
            returned[key] = record
    # What came back is read anew: it may have been dealt with since it was listed.
    context.sources.keep(kind, new.values())
    repaired = {key for key in known if key.startswith("-")} - without_id
    _forget_repaired(ledger, flow, repaired, carrier.run_id)
    found = new | returned
    keys = list(dict.fromkeys([*found, *carrier.open_keys()]))
    report = carrier.carry(keys)
    forget_what_was_found(
        ledger,
        (outcome for outcome in report.outcomes if outcome.key in gone and outcome.key in found),
    )
    in_hand = {
        outcome.key
        for outcome in report.outcomes
        if outcome.result in (Result.UNCHANGED, Result.BUSY)
    }
    missed = (
        key
        for key, record in found.items()
        if record.updated <= settled_before and key not in in_hand
    )
    return Reconciled(flow, listed, len(keys), tuple(missed), report, carried=frozenset(carried))


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
                State.SKIPPED,
                title=held.entry.title,
                reason="the record without an id is in ServiceTrade's list no more",
                advice="",
                needs=(),
                source_version="",
                run_id=run_id,
            )
