"""docs/account-file.md names every key of the account file with its true default, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from st_spectrum.account import Account
from st_spectrum.account.section import Section, shape_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "account-file.md").read_text(encoding="utf-8")


def keys_of(model: type[Section], name: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that is no section, with its field."""
    for key, field in model.model_fields.items():
        shape = shape_of(field.annotation)[0]
        path = f"{name}.{key}" if name else key
        if isinstance(shape, type) and issubclass(shape, Section):
            yield from keys_of(shape, path)
        else:
            yield path, field


def documented() -> dict[str, tuple[str, str]]:
    """Default and meaning by dotted key, as the page has them."""
    found = {}
    section = ""
    for line in PAGE.splitlines():
        if heading := re.match(r"#+ (.*)", line):
            name = re.fullmatch(r"`([\w.]+)`", heading[1])
            section = f"{name[1]}." if name else ""
        elif row := re.match(r"\| `(\w+)` \| (.*?) ?\| (.+) \|", line):
            assert section + row[1] not in found, line
            found[section + row[1]] = (row[2].strip(), row[3])
    return found


def written(field: Any) -> str:
    """A default as a person would write it in the file."""
    value = field.default
    if field.is_required():
        return "*must be given*"
    if isinstance(value, SecretStr) or value in ("", (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`[{', '.join(value)}]`" if isinstance(value, tuple) else f"`{value}`"


def test_every_key_is_documented_with_its_default() -> None:
    assert {key: default for key, (default, _) in documented().items()} == {
        key: written(field) for key, field in keys_of(Account)
    }


def test_every_secret_is_marked_as_one() -> None:
    secrets = {key for key, field in keys_of(Account) if shape_of(field.annotation)[0] is SecretStr}
    assert secrets == {key for key, (_, meaning) in documented().items() if "*secret*" in meaning}


def test_the_example_account_shows_the_same_sections() -> None:
    example = (ROOT / "accounts" / "sandbox.yaml").read_text(encoding="utf-8")
    top = {key.partition(".")[0] for key in documented()}
    assert top == set(re.findall(r"^(\w+):", example, flags=re.MULTILINE))


def test_the_example_account_shows_every_key_as_one_or_in_a_comment() -> None:
    example = (ROOT / "accounts" / "sandbox.yaml").read_text(encoding="utf-8")
    names = {key.rpartition(".")[2] for key in documented()}
    assert {name for name in names if not re.search(rf"(?<!\w){name}\b", example)} == set()
