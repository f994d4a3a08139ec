"""What somebody found who looked after a write whose answer was lost."""

from contextlib import suppress
from typing import Any

from st_spectrum.domain.target_keys import replaced_in
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.people.person import (
    NotDone,
    Person,
    keep_intervention,
    known_entry,
    refuse_key_of_another,
)
from st_spectrum.ledger.entry import State
from st_spectrum.spectrum.lookup_answers import LookupImpossible

NO_DOUBT = "it is not in doubt"


def resolve(
    session: Connected, flow: str, key: str, person: Person, *, is_there: bool, target_key: str = ""
) -> str:
    """Take a person's word about a write whose answer was lost, or about time that changed;
    `target_key` is the key that the target gave the record in place of the one that was sent.
    Raises `NotDone` for a record that waits for none, and `SyncFault`s of what is looked up.
    """
    target_key = target_key.strip()
    if target_key:
        _may_stand_as(session, flow, key, target_key, is_there=is_there)
    noted = take_word(session, flow, key, is_there=is_there, target_key=target_key)
    if not noted:
        raise NotDone(NO_DOUBT)
    act = f"resolve {'--there' if is_there else '--not-there'}"
    act += f" --as {target_key}" if target_key else ""
    keep_intervention(session.ledger, flow, key, act, person, noted.removeprefix(": "))
    return noted


def take_word(
    session: Connected, flow: str, key: str, *, is_there: bool, target_key: str = ""
) -> str:
    """The next round goes on from that word; the note, or "" when the record waits for none."""
    ledger = session.ledger
    held = ledger.get(flow, key)
    if held and (settled := session.flows[flow].resolve(held.entry, is_there=is_there)):
        return f": {settled}"
    if held is None or not held.entry.started_steps:
        return ""
    claimed = ledger.claim(flow, key, run_id="resolve")
    entry = claimed.entry
    changes: dict[str, Any] = {"target_key": entry.target_key, "done_steps": entry.done_steps}
    if is_there:
        changes["done_steps"] += entry.started_steps
        if target_key and entry.sent:
            changes = _under_the_key_given(changes, entry.sent[0].key, target_key)
    word = "found in Spectrum" if is_there else "not found in Spectrum"
    claimed = ledger.progress(claimed, started_steps=(), **changes)
    reason, advice = f"{word} by a person", "The next round goes on by itself."
    ledger.settle(claimed, State.HELD, reason=reason, advice=advice, sends={})
    word += f" as {target_key}" if target_key else ""
    return f": noted as {word}; the next round goes on from there."


def _under_the_key_given(changes: dict[str, Any], sent: str, given: str) -> dict[str, Any]:
    """What is done was done under the key that the target gave."""
    return {
        "target_key": replaced_in(changes["target_key"], sent, given),
        "done_steps": tuple(
            " ".join(replaced_in(word, sent, given) for word in name.split(" "))
            for name in changes["done_steps"]
        ),
    }


def _may_stand_as(
    session: Connected, flow: str, key: str, target_key: str, *, is_there: bool
) -> None:
    its, read = session.flows[flow], known_entry(session.ledger, flow, key)
    if not is_there:
        raise NotDone("--as goes with --there alone")
    if its.description.shared_keys is None:
        raise NotDone(f"{its.description.target.label} gives {flow} no keys of its own")
    if not read.entry.started_steps:
        raise NotDone(NO_DOUBT)
    with suppress(LookupImpossible):  # then nobody knows better than the person who looked
        if not its.find_named(target_key):
            raise NotDone(f"{its.description.target.label} has nothing under {target_key}")
    refuse_key_of_another(session.ledger, its, key, target_key)
