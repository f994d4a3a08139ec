"""Takes the account's secrets out of texts. Errors come without them; a mail leaves the house, so
it is looked at once more.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from markupsafe import escape
from pydantic import BaseModel, SecretStr

from st_spectrum.account import Account
from st_spectrum.alerts.digest import Letter

HIDDEN = "***"
SHORTEST = 4
"""Shorter secrets would blacken ordinary words."""

_LOGIN_IN_ADDRESS = re.compile(r"://[^/\s@]+@")


def without_secrets(letter: Letter, account: Account) -> Letter:
    """The same letter with `***` where a secret or a login inside an address stood."""
    secrets = sorted(set(_secrets(account)), key=len, reverse=True)
    return replace(
        letter,
        subject=_hidden(letter.subject, secrets),
        text=_hidden(letter.text, secrets),
        html=_hidden(
            letter.html, [form for secret in secrets for form in (secret, str(escape(secret)))]
        ),
    )


def _hidden(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _LOGIN_IN_ADDRESS.sub(f"://{HIDDEN}@", text)


def _secrets(section: BaseModel) -> Iterator[str]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _secrets(value)
        elif isinstance(value, SecretStr):
            yield from (part for part in _parts(value.get_secret_value()) if len(part) >= SHORTEST)


def _parts(secret: str) -> Iterator[str]:
    """The secret, and the password in it when it is an address."""
    yield secret
    if "://" in secret:
        try:
            password = urlsplit(secret).password or ""
        except ValueError:
            return
        yield password
        yield unquote(password)
