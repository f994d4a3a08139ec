"""What a person does about records that are named by any of their names, or by their cause: the
same for the command line and for Dagster's jobs. Each answers in words, or raises `NotDone`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from st_spectrum.alerts.open_causes import cause_named, open_roots
from st_spectrum.engine.people.doubts import resolve
from st_spectrum.engine.people.finding import entries_named
from st_spectrum.engine.people.interventions import handle, retry_records, send_again, take_back
from st_spectrum.engine.people.person import NotDone, Person
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.ledger import Ledger

if TYPE_CHECKING:
    from st_spectrum.flows.session import Session


def key_named(ledger: Ledger, flow: str, name: str) -> str:
    """The key of the one record that bears this name. Raises `NotDone` for none and for several."""
    if flow not in FLOWS:
        raise NotDone(f"there is no flow {flow!r}; there are {', '.join(FLOWS)}")
    found = entries_named(ledger, flow, name)
    if not found:
        raise NotDone(f"the ledger knows no record {name!r} in {flow}")
    if len(found) > 1:
        these = ", ".join(f"{entry.key} ({entry.title})" for entry in found[:5])
        raise NotDone(f"{len(found)} records of {flow} are called {name!r}, say which: {these}")
    return found[0].key


def retry(ledger: Ledger, flow: str, names: Sequence[str], person: Person) -> str:
    """Have records tried again by the next round."""
    keys = [key_named(ledger, flow, name) for name in names]
    if not keys:
        raise NotDone("name the records: FLOW KEY ...")
    return f"{flow}: {_retried(ledger, flow, keys, person)}."


def retry_cause(ledger: Ledger, cause_id: str, person: Person) -> str:
    """The same for all records of a cause; those behind them follow by themselves."""
    root = cause_named(ledger, cause_id)
    keys = [entry.key for entry in root.members if not root.is_left_alone]
    return f"{root.flow}: {_retried(ledger, root.flow, keys, person)}."


def retry_all(ledger: Ledger, flows: Sequence[str], person: Person) -> str:
    """The same for everything that waits or was refused, cause by cause."""
    lines = [
        f"{root.flow}: {root.text}:"
        f" {_retried(ledger, root.flow, [entry.key for entry in root.members], person)}."
        for root in open_roots(ledger, flows)
        if not root.is_left_alone
    ]
    return "\n".join(lines) or "Nothing waits."


def _retried(ledger: Ledger, flow: str, keys: Sequence[str], person: Person) -> str:
    is_resubmitted = FLOWS[flow].is_resubmitted
    return retry_records(ledger, flow, keys, person, is_resubmitted=is_resubmitted)


def retry_gone(session: "Session", flow: str, names: Sequence[str], person: Person) -> str:
    """Send out once more what was confirmed and is gone from the target."""
    keys = [key_named(session.ledger, flow, name) for name in names]
    if not keys:
        raise NotDone("name the records that are gone: FLOW KEY ...")
    return "\n".join(send_again(session, flow, key, person) for key in keys)


def say_handled(
    session: "Session",
    flow: str,
    name: str,
    target_key: str,
    person: Person,
    *,
    is_nothing: bool,
    is_undone: bool,
) -> str:
    """A record was handled by hand, or the word is taken back."""
    said = {"--as": bool(target_key), "--nothing": is_nothing, "--undo": is_undone}
    options = [option for option, is_said in said.items() if is_said]
    if not options:
        raise NotDone(
            "say its key in Spectrum with --as, or --nothing where nothing is to be sent, or take"
            " the word back with --undo"
        )
    if len(options) > 1:
        raise NotDone(f"{' and '.join(options)} exclude each other: say one of them")
    key = key_named(session.ledger, flow, name)
    if is_undone:
        return take_back(session, flow, key, person)
    return handle(session, flow, key, target_key, person)


def say_resolved(
    session: "Session",
    flow: str,
    name: str,
    person: Person,
    *,
    is_there: bool,
    target_key: str = "",
) -> str:
    """What was found for a record in doubt, and under which key where Spectrum gave another."""
    key = key_named(session.ledger, flow, name)
    noted = resolve(session, flow, key, person, is_there=is_there, target_key=target_key)
    return f"{flow} {key}{noted}"
