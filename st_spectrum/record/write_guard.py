"""Where a write test must not go: the company that some account's ledger belongs to."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from st_spectrum.account import Account
from st_spectrum.account.connections import LedgerSettings
from st_spectrum.account.reading import read_node

ADVICE = "a write test goes to a company that nothing is carried to"


def account_files(account_file: Path) -> tuple[Path, ...]:
    """The file itself, and every other one beside it and in `accounts/`."""
    folders = {account_file.resolve().parent, Path("accounts").resolve()}
    found = {
        file.resolve() for folder in folders for file in folder.glob("*.y*ml") if file.is_file()
    }
    return tuple(sorted(found | {account_file.resolve()}))


def companies_in_use(
    account: Account, files: Iterable[Path], environ: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Why not: a sentence for each account with a ledger of the same host and company, or maybe."""
    own = _place(account.spectrum.base_url, account.spectrum.company_code)
    for file in files:
        try:
            node = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            yield f"{file.name}: cannot be read, so nobody knows which company it is for; {ADVICE}"
            continue
        if not isinstance(node, yaml.MappingNode):
            continue
        other, _ = read_node(node, os.environ if environ is None else environ)
        if not _has_ledger(getattr(other, "ledger", LedgerSettings())):
            continue
        spectrum = vars(getattr(other, "spectrum", None) or object.__new__(_Nothing))
        base_url, company = spectrum.get("base_url"), spectrum.get("company_code")
        if not isinstance(base_url, str) or not isinstance(company, str):
            yield f"{file.name}: has a ledger, and its company is not known here; {ADVICE}"
        elif _place(base_url, company) == own:
            yield f"{file.name}: has a ledger for company {company} at {own[0]}; {ADVICE}"


class _Nothing:
    """What a file without the section has."""


def _place(base_url: str, company: str) -> tuple[str, str]:
    parts = urlsplit(base_url)
    host = (parts.hostname or "").casefold()
    return f"{host}:{parts.port or parts.scheme}", company.strip().upper()


def _has_ledger(ledger: LedgerSettings) -> bool:
    return ledger.kind == "s3" or Path(ledger.path).exists()
