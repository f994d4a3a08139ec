"""`st-spectrum retry`, `handled` and `ledger resolve`: what a person does about records."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from st_spectrum.account.file import load_account
from st_spectrum.alerts.acting import retry, retry_all, retry_cause, retry_gone, say_handled
from st_spectrum.commands.sync import flows_named
from st_spectrum.engine.people.doubts import NO_DOUBT, resolve
from st_spectrum.engine.people.person import NotDone, Person

if TYPE_CHECKING:
    from st_spectrum.flows.session import Session


def person_of(who: str, note: str = "") -> Person:
    """Who acts: the one named, else the login under which the command was started."""
    return Person(who or os.environ.get("SUDO_USER") or getpass.getuser(), note)


def run_retry(
    account_file: Path, flow: str, names: Sequence[str], cause: str, person: Person, *, is_all: bool
) -> int:
    """0 once what was named is due."""
    with _connected(account_file) as session:

        def act() -> str:
            if sum((bool(names), bool(cause), is_all)) != 1:
                raise NotDone("name records (FLOW KEY ...), or a cause (--cause ID), or say --all")
            if cause:
                return retry_cause(session.ledger, cause, person)
            if is_all:
                return retry_all(session.ledger, flows_named(flow or "all"), person)
            return retry(session.ledger, flow, names, person)

        return _said(act)


def run_again(account_file: Path, flow: str, names: Sequence[str], person: Person) -> int:
    """0 once all of them go out again."""
    with _connected(account_file) as session:
        return _said(lambda: retry_gone(session, flow, names, person))


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
    with _connected(account_file) as session:
        return _said(
            lambda: say_handled(
                session, flow, name, target_key, person, is_nothing=is_nothing, is_undone=is_undone
            )
        )


def run_resolve(
    account_file: Path,
    flow: str,
    key: str,
    person: Person,
    *,
    is_there: bool,
    target_key: str = "",
) -> int:
    """Take a person's word for a write whose answer was lost; 1 when the record waits for none, or
    does not stand under the `target_key` that the person names.
    """
    (flow,) = flows_named(flow)
    with _connected(account_file) as session:
        try:
            noted = resolve(session, flow, key, person, is_there=is_there, target_key=target_key)
        except NotDone as refusal:
            if str(refusal) == NO_DOUBT:
                print(f"{flow} {key} is not in doubt; nothing was changed.", file=sys.stderr)
            else:
                print(f"Nothing was changed: {refusal}.", file=sys.stderr)
            return 1
    print(f"{flow} {key}{noted}")
    return 0


def _said(act: Callable[[], str]) -> int:
    try:
        print(act())
    except NotDone as refusal:
        print(f"Nothing was changed: {refusal}.", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _connected(account_file: Path) -> "Iterator[Session]":
    """For what the flow itself has to say; opening it calls neither system."""
    from st_spectrum.flows.session import open_session

    with open_session(load_account(account_file)) as session:
        yield session
