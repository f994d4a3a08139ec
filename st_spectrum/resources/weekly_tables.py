"""Keeps the table of each payroll week as one Parquet file: beside the ledger on S3, else in the
account's own folder.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.domain.errors import SettingsInvalid, SyncFault, Unavailable
from st_spectrum.private_files import (
    keep_file_private,
    keep_folder_private,
    make_private_folder,
    write_private_bytes,
)
from st_spectrum.resources.stops import stopped
from st_spectrum.resources.week_file import FOLDER, WeekFile

if TYPE_CHECKING:
    from pandas import DataFrame
    from upath import UPath

TABLES = "weekly_tables"


class WeeklyTables(dg.ConfigurableIOManager):
    """One file for each week, named by its first day; a week that is reconciled again replaces its
    own.
    """

    account_file: str

    def handle_output(self, context: dg.OutputContext, obj: "DataFrame") -> None:
        """Write the week's table, and say where it lies."""
        try:
            self._tables().handle_output(context, obj)
        except SyncFault as fault:
            fault.advice = _advice(fault)
            # What the run did before stands nowhere else in Dagster when there is no table.
            raise stopped(context.asset_key.path[-1], fault, context.output_metadata) from None

    def load_input(self, context: dg.InputContext) -> "DataFrame | dict[str, DataFrame]":
        """The table of a week, or the tables of several by their first days."""
        try:
            return self._tables().load_input(context)
        except FileNotFoundError as error:
            text = f"{error} Run the job reconcile_payroll for this week first."
            raise dg.Failure(text, allow_retries=False) from None
        except SyncFault as fault:
            raise stopped(context.asset_key.path[-1], fault) from None

    def _tables(self) -> dg.UPathIOManager:
        account = load_account(Path(self.account_file))
        if account.ledger.kind == "s3":
            from st_spectrum.resources.tables_on_s3 import TablesOnS3

            return TablesOnS3(account.ledger)
        return TablesInFolder(account.state_dir)


def place_of(account: Account, week: str) -> str:
    """Where the table of the week with this first day lies, for people."""
    name = f"{week}{WeekFile.extension}"
    if account.ledger.kind == "s3":
        parts = account.ledger.bucket, account.ledger.prefix.strip("/"), FOLDER, name
        return f"s3://{'/'.join(filter(None, parts))}"
    return str(account.state_dir / FOLDER / name)


class TablesInFolder(WeekFile, dg.UPathIOManager):
    """Weekly tables of an account whose ledger is a file."""

    def __init__(self, folder: Path) -> None:
        from upath import UPath

        super().__init__(UPath(folder))

    def make_directory(self, path: "UPath") -> None:
        """The folder, when it is not there yet."""
        with _folder(path):
            folder = Path(str(path))
            make_private_folder(folder)
            keep_folder_private(folder)
            for table in folder.glob(f"*{self.extension}"):
                keep_file_private(table)

    def write(self, path: "UPath", data: bytes) -> str:
        """Written beside the old one first, so that a crash leaves one of both."""
        with _folder(path.parent):
            write_private_bytes(Path(str(path)), data)
        return str(path)

    def read(self, path: "UPath") -> bytes:
        """The file's content."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError(f"There is no table {path}.") from None


@contextmanager
def _folder(path: "UPath") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"no table can be written into {path}: {error.strerror}"
        if isinstance(error, PermissionError | NotADirectoryError | FileExistsError):
            raise SettingsInvalid([f"state_dir: {text}"]) from None
        raise Unavailable(text) from None


def _advice(fault: SyncFault) -> str:
    """Cards may have been sent before the table failed, so the family's words need not be true."""
    match fault:
        case SettingsInvalid():
            first = "Correct the place named."
        case Unavailable():
            first = "Wait until it can be written again."
        case _:
            first = fault.advice
    return (
        f"{first} Then run this week again: what was sent is kept in the ledger, and no card goes"
        " out twice."
    )
