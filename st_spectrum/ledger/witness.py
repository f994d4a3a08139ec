"""Where the pair of epoch and mark is noted outside of the ledger: always in a file of the
account's state folder.

A note is moved forward only, under a lock, and replaced in one step, so that a crash leaves one of
both.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Protocol

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.errors import ContractBroken, SettingsInvalid, Unavailable
from st_spectrum.ledger.epoch import Witness, is_newer
from st_spectrum.private_files import FILE_MODE, keep_file_private, make_private_folder

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None


class WitnessPlace(Protocol):
    """One place outside of the ledger. Methods raise a `SyncFault` when it cannot be reached: then
    nothing may be sent.
    """

    name: str
    """For messages."""

    def read(self) -> Witness | None:
        """What is noted; None when nothing ever was, or it is lost."""

    def write(self, witness: Witness) -> None:
        """Note a pair, unless a newer one of the same ledger stands there."""


def ledger_place(settings: LedgerSettings) -> str:
    """Where a ledger lies, for its witnesses and for people."""
    if settings.kind == "s3":
        return f"s3://{'/'.join(filter(None, (settings.bucket, settings.prefix.strip('/'))))}"
    return str(settings.path.absolute())


class FileWitness:
    """In the state folder, one file for each account."""

    def __init__(self, state_dir: Path, account: str) -> None:
        self._path = state_dir / f"witness-{account}.json"
        self.name = str(self._path)

    def read(self) -> Witness | None:
        """What is noted. Raises `ContractBroken` for a damaged file."""
        try:
            # What a disk left of it need not be text: then it is damaged as well.
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _cannot(self._path, "read", error) from None
        try:
            return Witness.read(text, self.name)
        except ContractBroken as damaged:
            advice = (
                "Move this file away if the ledger is the one that sent last; it is noted anew."
                " Else see the runbook first."
            )
            raise ContractBroken(
                damaged.message, system="ledger", operation="witness", advice=advice
            ) from None

    def write(self, witness: Witness) -> None:
        """Note the pair; it lies safely on disk when this returns."""
        try:
            make_private_folder(self._path.parent)
            with self._locked():
                if is_newer(witness, self.read()):
                    self._replace(witness.model_dump_json())
        except OSError as error:
            raise _cannot(self._path, "written", error) from None

    def _replace(self, text: str) -> None:
        written = self._path.with_suffix(f".{os.getpid()}.new")
        descriptor = os.open(written, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, FILE_MODE)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            written.replace(self._path)
        except OSError:
            written.unlink(missing_ok=True)
            raise
        _sync_folder(self._path.parent)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        keep_file_private(self._path)
        descriptor = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, FILE_MODE)
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot(path: Path, action: str, error: Exception) -> SettingsInvalid | Unavailable:
    words = getattr(error, "strerror", "") or str(error)
    text = f"{path} cannot be {action}: {words}"
    if isinstance(error, (PermissionError, NotADirectoryError, FileExistsError, IsADirectoryError)):
        return SettingsInvalid([f"state_dir: {text}"])
    return Unavailable(text, system="ledger", operation="witness")
