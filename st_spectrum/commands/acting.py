"""`st-spectrum retry`, `handled` and `ledger resolve`: what a person does about records."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from st_spectrum.account.file import load_account
from st_spectrum.alerts.open_causes import causes_named, open_roots
from st_spectrum.commands.sync import flows_named
from st_spectrum.engine.finding import entries_named
from st_spectrum.engine.interventions import (
    NotDone,
    Person,
    handle,
    resolve,
    retry_records,
    send_again,
    take_back,
)

if TYPE_CHECKING:
    from st_spectrum.flows.session import Session
    from st_spectrum.ledger.ledger import Ledger


def person_of(who: str, note: str = "") -> Person:
    """Who acts: the one named, else the login under which the command was started."""
    return Person(who or os.environ.get("SUDO_USER") or getpass.getuser(), note)


def key_named(ledger: "Ledger", flow: str, name: str) -> str:
    """The key of the one record that bears this name. Raises `NotDone` for none and for several."""
    found = entries_named(ledger, flow, name)
    if not found:
        raise NotDone(f"the ledger knows no record {name!r} in {flow}")
    if len(found) > 1:
        these = ", ".join(f"{entry.key} ({entry.title})" for entry in found[:5])
        raise NotDone(f"{len(found)} records of {flow} are called {name!r}, say which: {these}")
    return found[0].key


def run_retry(
    account_file: Path, flow: str, names: Sequence[str], cause: str, person: Person, *, is_all: bool
) -> int:
    """0 once what was named is due."""
    with _connected(account_file) as session:
        return _said(lambda: _retried(session, flow, names, cause, person, is_all=is_all))


def _retried(
    session: "Session", flow: str, names: Sequence[str], cause: str, person: Person, *, is_all: bool
) -> str:
    if sum((bool(flow and names), bool(cause), is_all)) != 1:
        raise NotDone("name records (FLOW KEY ...), or a cause (--cause ID), or say --all")
    ledger = session.ledger
    if cause:
        (root,) = causes_named(ledger, cause)
        keys = [entry.key for entry in root.members if not root.is_left_alone]
        return f"{root.flow}: {retry_records(ledger, root.flow, keys, person)}."
    if is_all:
        return (
            "\n".join(
                f"{root.flow}: {root.text}:"
                f" {retry_records(ledger, root.flow, [entry.key for entry in root.members], person)}."
                for root in open_roots(ledger, flows_named(flow or "all"))
                if not root.is_left_alone
            )
            or "Nothing waits."
        )
    (flow,) = flows_named(flow)
    keys = [key_named(ledger, flow, name) for name in names]
    return f"{flow}: {retry_records(ledger, flow, keys, person)}."


def run_again(account_file: Path, flow: str, names: Sequence[str], person: Person) -> int:
    """0 once all of them go out again."""
    (flow,) = flows_named(flow)
    with _connected(account_file) as session:

        def act() -> str:
            if not names:
                raise NotDone("name the records that are gone: FLOW KEY ...")
            keys = [key_named(session.ledger, flow, name) for name in names]
            return "\n".join(send_again(session, flow, key, person) for key in keys)

        return _said(act)


def run_handled(
    account_file: Path,
    flow: str,
    name: str,
    target_key: str,
    person: Person,
    *,
    is_nothing: bool,
    is_undone: bool,
) -> int:
    """0 once the word is kept."""
    (flow,) = flows_named(flow)

    def act() -> str:
        if sum((bool(target_key), is_nothing, is_undone)) != 1:
            raise NotDone("say --as with its key in Spectrum, or --nothing, or --undo")
        key = key_named(session.ledger, flow, name)
        if is_undone:
            return take_back(session, flow, key, person)
        return handle(session, flow, key, target_key, person)

    with _connected(account_file) as session:
        return _said(act)


def run_resolve(account_file: Path, flow: str, key: str, person: Person, *, is_there: bool) -> int:
    """Take a person's word for a write whose answer was lost; 1 when the record waits for none."""
    (flow,) = flows_named(flow)
    with _connected(account_file) as session:
        try:
            noted = resolve(session, flow, key, person, is_there=is_there)
        except NotDone:
            print(f"{flow} {key} is not in doubt; nothing was changed.")
            return 1
    print(f"{flow} {key}{noted}")
    return 0


def _said(act: Callable[[], str]) -> int:
    try:
        print(act())
    except NotDone as refusal:
        text = str(refusal)
        print(f"Nothing was changed: {text}.", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _connected(account_file: Path) -> "Iterator[Session]":
    """For what the flow itself has to say; opening it calls neither system."""
    from st_spectrum.flows.session import open_session

    with open_session(load_account(account_file)) as session:
        yield session
