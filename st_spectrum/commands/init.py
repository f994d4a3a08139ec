"""`st-spectrum init`: an account file out of a few questions and what both systems hold."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from st_spectrum.account.file import load_connections, read_text
from st_spectrum.commands.codes import systems_of
from st_spectrum.commands.named_files import into_named, require_place
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.setup.questions import Given, answer_all, support_of

if TYPE_CHECKING:
    from st_spectrum.account import Account
    from st_spectrum.setup.both_systems import BothSystems
    from st_spectrum.setup.document import Answers
    from st_spectrum.setup.evidence import Proposal
    from st_spectrum.setup.history import History


def run_init(file: Path, given: Given, *, has_questions: bool, has_mail: bool) -> int:
    """0 when the file is written, 1 when a part of it could not be read; nothing that exists is
    ever written over.
    """
    from st_spectrum.setup.document import account_text, connections_text
    from st_spectrum.setup.proposals import proposals

    if file.exists():
        raise ArgumentInvalid([f"{file} exists. `init {file} --again` looks for what is new"])
    require_place("The account file", file)
    started = time.monotonic()
    is_asked = has_questions and sys.stdin.isatty()
    answers = answer_all(given, _ask if is_asked else None)
    unread: list[str] = []
    account = _account_of(connections_text(answers), file)
    with systems_of(account) as systems:
        answers = _reached(systems, answers, given)
        if has_mail:
            _try_mail(answers)
        found = list(proposals(_history(systems), unread))
        tables = _tables(systems)
    with into_named(file):
        file.write_text(account_text(answers, found, tables), encoding="utf-8")
    _say(file, found, unread, time.monotonic() - started)
    return 1 if unread else 0


def run_again(file: Path) -> int:
    """0, whether or not something is new; 1 when a part could not be read. What it proposes goes
    into a file beside the account's.
    """
    from st_spectrum.setup.again import go_through
    from st_spectrum.setup.proposals import proposals

    text = read_text(file)
    unread: list[str] = []
    with systems_of(load_connections(file)) as systems:
        _require_infolink(systems)
        found = list(proposals(_history(systems), unread))
    result = go_through(text, found, file.name)
    for sentence in unread:
        print(f"Not read: {sentence}")
    for sentence in result.otherwise:
        print(f"Otherwise: {sentence}")
    if not result.added:
        print("Nothing is new.")
        return 1 if unread else 0
    new = file.with_name(f"{file.name}.new")
    with into_named(new):
        new.write_text(result.text, encoding="utf-8")
    print(result.difference)
    print(f"Written: {new}, with {len(result.added)} new lines. Compare it, and take it over.")
    return 1 if unread else 0


def _ask(question: str, default: str) -> str:
    return str(typer.prompt(question, default=default, show_default=bool(default)))


def _account_of(text: str, file: Path) -> "Account":
    """What was asked, read as any account file is: complaints name the same keys."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        draft = Path(folder) / file.name
        draft.write_text(text, encoding="utf-8")
        unset: set[str] = set()
        account = load_connections(draft, os.environ, unset)
    if unset:
        names = [f"the environment variable {name} is not set" for name in sorted(unset)]
        raise ArgumentInvalid(names)
    return account


def _reached(systems: "BothSystems", answers: "Answers", given: Given) -> "Answers":
    """Both systems let us in, or a `SyncFault` says which one does not."""
    own = systems.servicetrade.account()
    print(f"ServiceTrade: {own.words}")
    systems.spectrum.test_connection()
    print(f"Spectrum: company {answers.company_code} at {answers.spectrum_url}")
    _require_infolink(systems)
    systems.infolink.test_connection()
    print("Info-Link: it answers")
    zone = given.timezone or own.timezone or answers.timezone
    return replace(
        answers, timezone=zone, servicetrade_account=answers.servicetrade_account or own.name
    )


def _require_infolink(systems: "BothSystems") -> None:
    if systems.spectrum.infolink is None:
        text = (
            "what years of records say is read through Info-Link, and none is named: give"
            " --infolink the name of the variable with its address, or copy accounts/sandbox.yaml"
        )
        raise ArgumentInvalid([text])


def _try_mail(answers: "Answers") -> None:
    """A mail that does not go out stops nothing: the file can be written all the same."""
    if not answers.smtp_host:
        print("Mail: no server is named yet; support.smtp_host in the file")
        return
    from st_spectrum.alerts.digest import Letter
    from st_spectrum.alerts.smtp import MailRefused, ServerDown, deliver, to_message
    from st_spectrum.templates import template

    support = support_of(answers)
    text = f"This is how mails about the account {answers.name} will arrive."
    page = template("st_spectrum.alerts", "first.html").render(text=text)
    letter = Letter(f"st_spectrum {answers.name}: a first mail", text, page)
    now = datetime.now(UTC)
    try:
        refused = deliver(to_message(letter, f"init-{now:%Y%m%d%H%M%S}", now, support), support, 20)
    except (MailRefused, ServerDown) as error:
        print(f"Mail: {error}")
        return
    print(f"Mail: sent to {', '.join(set(answers.contacts) - set(refused)) or 'nobody'}")


def _history(systems: "BothSystems") -> "History":
    from st_spectrum.setup.history import History

    return History(systems, datetime.now(UTC).date())


def _tables(systems: "BothSystems") -> Mapping[str, str]:
    """Where each kind of code was found, so that it is not sought again."""
    from st_spectrum.spectrum.infolink.code_tables import SOUGHT

    found = {kind: systems.codes_of(kind).table for kind in SOUGHT}
    return {kind: table for kind, table in found.items() if table}


def _say(file: Path, found: "list[Proposal]", unread: list[str], seconds: float) -> None:
    decided = sum(one.is_decided for one in found)
    print(f"Written: {file}, in {seconds:.0f} s. {decided} lines follow from what stands there.")
    for one in found:
        if not one.is_decided:
            print(f"  to decide: {'.'.join(one.place)}: {one.why}")
    for sentence in unread:
        print(f"  not read: {sentence}")
    print(f"Then: st-spectrum check --account {file}")
