"""Reads an account file: YAML in, one frozen `Account` out, or every problem of the whole file with
its line.

Relative paths in the file (`ledger.path`, `state_dir`) start at the current folder, not at the
file's.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from st_spectrum.account import Account, Maps, PaymentTerms
from st_spectrum.account.reading import read_node
from st_spectrum.account.section import Section
from st_spectrum.domain.errors import SettingsInvalid


def load_account(path: Path, environ: Mapping[str, str] | None = None) -> Account:
    """The account of the file at `path`, with `${NAME}` taken from `environ` (the process's own by
    default).

    Raises `SettingsInvalid` with all problems as `file:line: section.key: what was found, what is
    expected`. No secret is ever part of a problem, and neither is any value that came from the
    environment.
    """
    account, problems = read_account(path, environ)
    if problems or account is None:
        raise SettingsInvalid(problems)
    return with_first_day(Account.model_validate(account.model_dump()))


def with_first_day(account: Account) -> Account:
    """The account whose time begins when it goes live, where its file names no other first day."""
    time = account.timecards
    if not account.go_live or time.first_day or not time.is_carried:
        return account
    begun = time.model_copy(update={"first_day": account.go_live})
    return account.model_copy(update={"timecards": begun})


def read_account(
    path: Path, environ: Mapping[str, str] | None = None
) -> tuple[Account | None, tuple[str, ...]]:
    """The account as far as it can be read, with defaults for what is flawed, and the problems;
    None without a required part.

    For looking alone: nothing may be carried by a file that has problems.
    """
    account, flaws = read_node(
        _composed(read_text(path), path), os.environ if environ is None else environ
    )
    problems = tuple(f"{path}:{flaw}" for flaw in flaws.in_order())
    return (None if _lacks_a_part(account) else with_first_day(account)), problems


def read_connections(
    path: Path, environ: Mapping[str, str] | None = None, unset: set[str] | None = None
) -> tuple[Account | None, tuple[str, ...]]:
    """The same of a file that may have its connections alone: without the section `maps` nothing is
    mapped.

    That the section is missing is among the problems, for nothing can be carried without it. With
    `unset`, the variables that are not set yet are noted there: then the account is good for no
    more than to say what it needs.
    """
    account, flaws = read_node(
        _composed(read_text(path), path), os.environ if environ is None else environ, unset
    )
    return _with_maps(account), tuple(f"{path}:{flaw}" for flaw in flaws.in_order())


def load_connections(
    path: Path, environ: Mapping[str, str] | None = None, unset: set[str] | None = None
) -> Account:
    """The same for commands that ask what is needed, or look at both systems with nothing mapped
    yet: what is missing or not set yet is forgiven, what is wrong outside of `maps` is not.

    Raises `SettingsInvalid` with that, and with everything where a required part cannot be read.
    """
    read, flaws = read_node(
        _composed(read_text(path), path), os.environ if environ is None else environ, unset
    )
    account = _with_maps(read)
    wrong = [flaw for flaw in flaws.wrong() if flaw.place[:1] != ("maps",)]
    if account is None or wrong:
        stated = wrong or flaws.in_order()
        raise SettingsInvalid([f"{path}:{flaw}" for flaw in stated])
    return account


def _with_maps(account: Account) -> Account | None:
    if "maps" not in vars(account):
        vars(account)["maps"] = Maps.model_construct(
            payment_terms=PaymentTerms.model_construct(default="")
        )
    return None if _lacks_a_part(account) else with_first_day(account)


def _lacks_a_part(section: Section) -> bool:
    """Whether a required key of the section, or of one inside of it, could not be read."""
    values = vars(section)
    lacks = any(
        field.is_required() and name not in values
        for name, field in type(section).model_fields.items()
    )
    return lacks or any(
        _lacks_a_part(value) for value in values.values() if isinstance(value, Section)
    )


def read_text(path: Path) -> str:
    """A file of text. Raises `SettingsInvalid` where it cannot be read as such."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SettingsInvalid(
            [f"{path}: there is no such file; expected an account file"]
        ) from None
    except OSError as error:
        raise SettingsInvalid([f"{path}: cannot be read: {error.strerror}"]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SettingsInvalid([f"{path}:{line}: not UTF-8 text; save the file as UTF-8"]) from None


@lru_cache(maxsize=8)
def _composed(text: str, path: Path) -> yaml.MappingNode:
    """The nodes of a file, which nobody changes. A run reads its account file at each of its steps,
    and parsing it is nearly all of what that takes.
    """
    try:
        node = _parsed(text)
    except yaml.MarkedYAMLError as error:
        raise SettingsInvalid([_syntax_problem(text, path, error)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SettingsInvalid(
            [f"{path}:{line}: a character that YAML does not allow, number {error.character}"]
        ) from None
    except RecursionError:
        raise SettingsInvalid([f"{path}:1: nested far too deeply to be an account file"]) from None
    if node is None:
        raise SettingsInvalid(
            [f"{path}:1: the file is empty; accounts/sandbox.yaml is a complete example"]
        )
    if not isinstance(node, yaml.MappingNode):
        raise SettingsInvalid(
            [
                (
                    f"{path}:1: found no sections; expected name:, servicetrade:, spectrum:, maps:"
                    " and others"
                )
            ]
        )
    return node


@lru_cache(maxsize=8)
def _parsed(text: str) -> yaml.Node | None:
    """The nodes of a text. Every tick reads the file anew, and parsing is most of what that costs;
    nobody changes the nodes. A text with a mistake is parsed again each time.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return node


def _syntax_problem(text: str, path: Path, error: yaml.MarkedYAMLError) -> str:
    """YAML's complaint in one line. Its own wording may quote the value at fault, so only known
    wordings are passed on.
    """
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    for number, written in enumerate(text.splitlines()[:line], start=1):
        if "\t" in written[: len(written) - len(written.lstrip())]:
            return f"{path}:{number}: a tab character at the start of the line; indent with spaces"
    problem = error.problem or ""
    for wording, advice in SYNTAX.items():
        if wording in problem:
            return f"{path}:{line}: {advice}"
    return (
        f"{path}:{line}: not valid YAML here or just above: look for a missing quote, colon or"
        " indentation"
    )


SYNTAX = {
    "cannot start any token": (
        "a value starts with a character that YAML reserves (such as @, ` or %); put it in quotes"
    ),
    "alias": "a value starts with *, which YAML takes for a reference; put it in quotes",
    "anchor": "a value starts with &, which YAML takes for a label; put it in quotes",
    "tag": "a value starts with !, which YAML takes for a tag; put it in quotes",
    "mapping values are not allowed": (
        "a colon where none is expected; put the value in quotes or check the indentation"
    ),
    "could not find expected ':'": "a colon is missing after a key here or just above",
    "expected <block end>": "the indentation does not agree with the lines above",
    "while scanning a quoted scalar": "a quote is opened and never closed",
    "found unexpected end of stream": "a quote is opened and never closed",
    "expected ',' or": "a list or map in brackets is not closed, or a comma is missing",
    "expected a single document": "a second document starts here (---); an account file has one",
    "but found another document": "a second document starts here (---); an account file has one",
}
"""PyYAML's wordings and what a person should do about them."""
