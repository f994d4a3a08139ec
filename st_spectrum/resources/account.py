"""The account file as a Dagster resource."""

import os
from collections.abc import Mapping
from pathlib import Path

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.account.overlap import overlaps_of_files
from st_spectrum.domain.errors import SettingsInvalid

ACCOUNT_VARIABLE = "ST_SPECTRUM_ACCOUNT"
DEFAULT_ACCOUNT_FILE = "accounts/sandbox.yaml"


def account_files_in_force() -> tuple[Path, ...]:
    """The account file that the environment names, or several of them, separated as in `PATH`; else
    the sandbox's."""
    named = (os.environ.get(ACCOUNT_VARIABLE) or DEFAULT_ACCOUNT_FILE).split(os.pathsep)
    return tuple(Path(file) for file in named if file)


def refuse_overlap(name: str, files: Mapping[str, Path]) -> None:
    """Raises `SettingsInvalid` when another file of the location would carry records of it."""
    own = files[name].name
    named = {file.name: file for file in files.values()}
    if problems := [text for text in overlaps_of_files(named) if own in text.split()[:3:2]]:
        raise SettingsInvalid(problems)


class AccountResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Only the places of the files are configuration; what they say, and their secrets, are read
    when something needs them.

    Reading one takes tens of milliseconds, so a tick reads it once and hands it on.
    """

    account_files: dict[str, str]

    def load(self, name: str = "") -> Account:
        """The account of that name, which may be left out where there is only one. Raises
        `SettingsInvalid` with all problems of the file, or because another one of the location
        would carry the same records.
        """
        files = self.account_files
        if len(files) == 1:
            (file,) = files.values()
        elif name in files:
            file = files[name]
            refuse_overlap(name, {other: Path(path) for other, path in files.items()})
        else:
            named = ", ".join(files)
            raise SettingsInvalid([f"there is no account {name!r} in this code location: {named}"])
        return load_account(Path(file))
