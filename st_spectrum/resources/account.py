"""The account file as a Dagster resource."""

import os
from pathlib import Path

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.account.file import load_account

ACCOUNT_VARIABLE = "ST_SPECTRUM_ACCOUNT"
DEFAULT_ACCOUNT_FILE = "accounts/sandbox.yaml"


def account_file_in_force() -> Path:
    """The account file that the environment names, else the sandbox's."""
    return Path(os.environ.get(ACCOUNT_VARIABLE) or DEFAULT_ACCOUNT_FILE)


class AccountResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Only the place of the file is configuration; what it says, and its secrets, are read when
    something needs them.

    Reading it takes tens of milliseconds, so a tick reads it once and hands it on.
    """

    account_file: str

    def load(self) -> Account:
        """The account; raises `SettingsInvalid` with all problems of the file."""
        return load_account(Path(self.account_file))
