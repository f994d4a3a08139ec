"""Asks a flow, once for a batch, what of its new records the target holds already under our keys.

The ledger is the first guard against a double. It may have been lost, put back from an older copy,
or be one of two; then the target itself is the witness. The ledger is read first and the target
asked after it, so what another worker sends in between either shows in the answer or has moved the
entry, which the claim notices.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial, reduce

from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.errors import ContractBroken, SyncFault
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.engine.batch import Batch
from st_spectrum.engine.retries.backoff import ANSWERS_AGAIN
from st_spectrum.engine.retries.causes import NAMES
from st_spectrum.engine.steps.verdicts import hold_for_mistake, progress_of
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.ledger import Ledger

log = logging.getLogger(__name__)

LEDGER = "ledger"
"""What faults of the ledger call their system."""


@dataclass(frozen=True)
class Precheck:
    """One record's entry, and what stood in the target after it was read."""

    held: Versioned | None
    standing: Standing


def precheck_batch(
    batch: Batch, ledger: Ledger, keys: Sequence[str], pool: Executor
) -> dict[str, Precheck]:
    """The entries of a batch and one answer for all that are new; a key that is missing asks for
    itself later.

    Costs one read of the ledger for each key, which the record's own look then does without. Raises
    a `SyncFault` when the ledger cannot be read.
    """
    if not batch.flow.has_second_guard:
        return {}
    read = dict(zip(keys, pool.map(partial(_entry, ledger, batch.flow.name), keys), strict=True))
    readable = {key: held for key, held in read.items() if not isinstance(held, ContractBroken)}
    standing = ask(batch, [key for key, held in readable.items() if _is_new(held)])
    return {
        key: Precheck(held, standing if _is_new(held) else NOTHING)
        for key, held in readable.items()
    }


def precheck(batch: Batch, ledger: Ledger, key: str) -> Precheck:
    """The same for one record. Raises `ContractBroken` when its entry is damaged, a `SyncFault`
    when the ledger is away.
    """
    held = ledger.get(batch.flow.name, key)
    is_asked = batch.flow.has_second_guard and _is_new(held)
    return Precheck(held, ask(batch, [key]) if is_asked else NOTHING)


def ask(batch: Batch, keys: Sequence[str]) -> Standing:
    """What the flow says; where it could not be told, what the records wait for instead."""
    if not keys:
        return NOTHING
    try:
        return batch.flow.standing(keys)
    except SyncFault as fault:
        if fault.system == LEDGER:
            raise
        log.warning("%s: what stands there already cannot be read: %s", batch.flow.name, fault)
        return Standing.unanswered(keys, hold_for_unread(fault))
    except Exception as bug:
        if len(keys) > 1:  # one record must not make the others wait
            return reduce(Standing.beside, (ask(batch, [key]) for key in keys))
        hold = hold_for_mistake(bug)
        log.error("%s: %s", batch.flow.name, hold.reason)
        log.debug("%s", batch.flow.name, exc_info=bug)
        batch.keep_mistake(ContractBroken(f"{batch.flow.name}: {hold.reason}", advice=hold.advice))
        return Standing.unanswered(keys, hold)


def hold_for_unread(fault: SyncFault) -> Hold:
    """New records wait while nobody can see whether they stand in the target already."""
    where = (
        "Info-Link"
        if fault.operation.startswith("infolink.")
        else NAMES.get(fault.system, fault.system)
    )
    return Hold(
        f"whether it stands there already cannot be seen, for {where} cannot be read:"
        f" {fault.message}",
        f"Nothing to do for the record: it goes on by itself as soon as {where} can be read again.",
        (f"{fault.system or 'the system'} {ANSWERS_AGAIN}",),
        f"{where} cannot be read",
    )


def _entry(ledger: Ledger, flow: str, key: str) -> Versioned | ContractBroken | None:
    try:
        return ledger.get(flow, key)
    except ContractBroken as damaged:
        return damaged


def _is_new(held: Versioned | None) -> bool:
    """Whether the ledger knows of no write of the record: only the target can tell."""
    progress = progress_of(held.entry if held else None)
    return not (progress.is_confirmed or progress.started_steps or progress.done_steps)
