"""What a round asked for of what the account file leaves out until it is needed: carried at once,
and then what waited for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.report import Report, Result
from st_spectrum.engine.retries.redrive import has_crossed, ledger_needs, was_left_out_since
from st_spectrum.engine.rounds.carrying import Carrying
from st_spectrum.engine.rounds.waiting import with_waiting
from st_spectrum.ledger.entry import State

PASSES = 4
"""An invoice asks for its job, a job for its site, a site for its customer; then all go."""


LEFT_OUT = (Result.BEFORE_GO_LIVE, Result.OUT_OF_SCOPE, Result.SKIPPED)


def with_needed(reports: dict[str, Report], carryings: Mapping[str, Carrying]) -> dict[str, Report]:
    """The reports with what became of the records that they asked for, in the flows' order."""
    for _ in range(PASSES):
        asked = {key for one in carryings.values() for key in _asked(one.session)}
        if not asked:
            break
        for name, one in carryings.items():
            keys = [
                key
                for flow, key in sorted(asked)
                if flow == name and not _is_decided(reports[name], key, one.is_dry_run)
            ]
            if not one.is_dry_run:
                keys += _released(one.session, name)
            if keys and not reports[name].stopped_by:
                reports[name] = _carried(reports[name], keys, one)
    return reports


def _asked(session: Connected) -> tuple[tuple[str, str], ...]:
    return session.engine.needed.take_asked()


def _is_decided(report: Report, key: str, is_dry_run: bool) -> bool:
    """Whether this round did with the record what can be done: one that was refused is not sent a
    second time because others need it. What was left out is looked at again, for it is noted as
    asked for. What is held goes on once its needs have crossed, which a
    dry run cannot see in the ledger.
    """
    is_open = (Result.BEFORE_GO_LIVE, Result.HELD) if is_dry_run else LEFT_OUT
    return any(outcome.key == key and outcome.result not in is_open for outcome in report.outcomes)


def _released(session: Connected, flow: str) -> Iterator[str]:
    """What waits for other records, all crossed by now, or one left out since."""
    for key, held in session.ledger.open_entries(flow):
        if held is None or held.entry.state is not State.HELD:
            continue
        needs = ledger_needs(held.entry.needs, session.flows)
        if needs and (
            all(has_crossed(session.ledger, *need) for need in needs)
            or was_left_out_since(session.ledger, held.entry, session.flows)
        ):
            yield key


def _carried(before: Report, keys: list[str], carrying: Carrying) -> Report:
    """A record that was asked for twice counts as it came out last."""
    try:
        # As they are now: an invoice bears the code of its customer, which is a moment old.
        carrying.session.flows[carrying.flow].before_batch(keys)
        after = carrying.carry(keys)
    except SyncFault as fault:
        return replace(before, stopped_by=fault)
    outcomes = {outcome.key: outcome for outcome in (*before.outcomes, *after.outcomes)}
    joined = replace(
        before,
        outcomes=tuple(outcomes.values()),
        stopped_by=after.stopped_by,
        mistake=before.mistake or after.mistake,
    )
    return with_waiting(joined, carrying.session.ledger)
