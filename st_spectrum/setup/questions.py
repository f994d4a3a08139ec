"""What `init` asks a person, each of which may be answered by an option beforehand."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from st_spectrum.account import Support
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.setup.document import Answers

Ask = Callable[[str, str], str]
"""A question and its default, "" for none; answers what the person typed."""


@dataclass(frozen=True)
class Given:
    """The options of the command; None for what is to be asked."""

    name: str | None = None
    timezone: str | None = None
    go_live: str | None = None
    servicetrade_url: str | None = None
    servicetrade_auth: str | None = None
    servicetrade_account: str | None = None
    servicetrade_login: str | None = None
    external_system: str | None = None
    spectrum_url: str | None = None
    company_code: str | None = None
    authorization_id: str | None = None
    infolink: str | None = None
    contacts: str | None = None
    sender: str | None = None
    smtp_host: str | None = None
    smtp_port: str | None = None


QUESTIONS: dict[str, tuple[str, str | None]] = {
    "name": ("Name of this account, small letters", None),
    "servicetrade_url": (
        "Address of ServiceTrade, with /api at the end",
        "https://api.servicetrade.com/api",
    ),
    "servicetrade_auth": ("Login there: oauth2 or session", "oauth2"),
    "servicetrade_login": (
        "Environment variables with its id and its secret, by their names",
        "SERVICETRADE_CLIENT_ID SERVICETRADE_CLIENT_SECRET",
    ),
    "external_system": ("External system that an admin made there", "spectrum"),
    "spectrum_url": ("Address of Spectrum, such as https://yourhost:8482", None),
    "company_code": ("Spectrum company", None),
    "authorization_id": (
        "Environment variable with the Authorization ID, by its name",
        "SPECTRUM_AUTHORIZATION_ID",
    ),
    "infolink": (
        "Environment variable with the address of Info-Link, by its name",
        "SPECTRUM_INFOLINK_URL",
    ),
    "go_live": (
        "Day from which on nobody types into Spectrum by hand, such as 2027-01-04; empty: later",
        "",
    ),
    "contacts": ("Mail addresses of who hears about trouble, with blanks between", None),
    "sender": ("Sender of these mails", "st-spectrum@localhost"),
    "smtp_host": ("Mail server; empty: none yet", ""),
    "smtp_port": ("Its port", "25"),
}
"""In the order in which they are asked, with what is taken when nothing is typed; None: needed."""
UNASKED = {"timezone": "America/New_York", "servicetrade_account": ""}
"""ServiceTrade tells these itself."""


def answer_all(given: Given, ask: Ask | None) -> Answers:
    """Raises `ArgumentInvalid` with every option that is missing where nobody can be asked."""
    values: dict[str, str] = {}
    missing = []
    for field in fields(Given):
        if (value := getattr(given, field.name)) is not None:
            values[field.name] = value.strip()
    for name, (question, default) in QUESTIONS.items():
        if name in values:
            continue
        if ask is not None:
            values[name] = ask(question, default or "").strip()
        elif default is not None:
            values[name] = default
        if not values.get(name) and default is None:
            missing.append(f"--{name.replace('_', '-')} is needed: {question}")
    if missing:
        raise ArgumentInvalid(missing)
    return _answers({**UNASKED, **values})


def _answers(values: dict[str, str]) -> Answers:
    login = values["servicetrade_login"].split()
    if len(login) != 2 or not all(map(_is_name, login)):
        raise ArgumentInvalid(["--servicetrade-login names two environment variables"])
    for name in ("authorization_id", "infolink"):
        if values[name] and not _is_name(values[name]):
            option = name.replace("_", "-")
            raise ArgumentInvalid([f"--{option} is the name of an environment variable"])
    if not values["smtp_port"].isdigit():
        raise ArgumentInvalid(["--smtp-port is a number"])
    known: dict[str, Any] = {
        field.name: values[field.name] for field in fields(Answers) if field.name in values
    }
    contacts = tuple(values["contacts"].replace(",", " ").split())
    known |= {"servicetrade_login": tuple(login), "contacts": contacts}
    return Answers(**{**known, "smtp_port": int(values["smtp_port"])})


def _is_name(text: str) -> bool:
    return text.isascii() and text.replace("_", "a").isalnum() and not text[0].isdigit()


def support_of(answers: Answers) -> Support:
    """For a mail that tries the way."""
    return Support(
        contacts=answers.contacts,
        sender=answers.sender,
        smtp_host=answers.smtp_host,
        smtp_port=answers.smtp_port,
    )
