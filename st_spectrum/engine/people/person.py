"""Somebody who acts on a single record: who it is, why a word was not taken, and what was kept of
what people did.
"""

from dataclasses import dataclass

from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.steps.handled import record_name
from st_spectrum.engine.steps.verdicts import is_ours
from st_spectrum.ledger.documents.interventions import Intervention, Interventions
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.ledger import Ledger


class NotDone(Exception):
    """Why a person's word was not taken, in one sentence; nothing was changed."""


@dataclass(frozen=True)
class Person:
    """Who acts, and why."""

    who: str
    note: str = ""


def keep_intervention(
    ledger: Ledger, flow: str, key: str, act: str, person: Person, outcome: str
) -> None:
    """Keep that somebody acted on a record. Raises the ledger's error families."""
    done = Intervention(ledger.now(), person.who, act, outcome, person.note)
    ledger.revise(
        Interventions,
        record_name(flow, key),
        lambda kept: Interventions((*(kept.acts if kept else ()), done)),
    )


def interventions_of(ledger: Ledger, flow: str, key: str) -> tuple[Intervention, ...]:
    """All that people did about a record, the oldest first."""
    kept = ledger.document_or_none(Interventions, record_name(flow, key))
    return kept.acts if kept else ()


def known_entry(ledger: Ledger, flow: str, key: str) -> Versioned:
    """The entry of a record. Raises `NotDone` where the ledger knows none."""
    held = ledger.get(flow, key)
    if held is None:
        raise NotDone(f"the ledger knows no record {key!r} in {flow}")
    return held


def refuse_key_of_another(ledger: Ledger, its: Flow, key: str, target_key: str) -> None:
    """What we sent for one record is no other record's; what people typed may be that of two.
    Raises `NotDone`.
    """
    wanted = {one.casefold() for one in target_key.split(SEPARATOR) if one}
    if not wanted:
        return
    for other in ledger.entries(its.name):
        borne = {one.casefold() for one in other.target_key.split(SEPARATOR)}
        if other.key != key and wanted & borne and not other.is_handled and is_ours(other):
            title = other.title or other.key
            raise NotDone(f"{target_key} was sent from here for {title} ({other.key})")
