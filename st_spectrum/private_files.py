"""Files with wages and invoices are their owner's alone: folders 0700, files 0600, on systems that
know such modes.
"""

import errno
import logging
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

FOLDER_MODE = 0o700
FILE_MODE = 0o600

_warned: set[Path] = set()


def make_private_folder(path: Path) -> None:
    """Make the folder, and every one above it that is missing, for its owner alone. One that exists
    keeps its mode.

    Raises `OSError`, as `mkdir` does; where no folder can be, `PermissionError`.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        try:
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        except FileNotFoundError:
            # All above it are there by now: /proc and its like say so of any folder.
            text = "no folder can be made there"
            raise PermissionError(errno.EPERM, text, str(folder)) from None
    if not path.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(path))


def keep_folder_private(path: Path) -> None:
    """Take other people's rights to a folder of ours away; nothing happens where there is none yet.

    A folder for everybody's temporary files is left as it is, with a warning.
    """
    if path.is_dir():
        _narrow(path, FOLDER_MODE)


def keep_file_private(path: Path) -> None:
    """The same for a file."""
    if path.is_file():
        _narrow(path, FILE_MODE)


def create_private_file(path: Path) -> None:
    """Make an empty file for its owner alone, unless something is there. Raises `OSError`.

    What is there is never opened: closing a file drops all locks that the process has on it, those
    of SQLite too.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))


def write_private_text(path: Path, text: str) -> None:
    """Put a text in place, whole or not at all, for its owner alone. Raises `OSError`."""
    write_private_bytes(path, text.encode())


def write_private_bytes(path: Path, data: bytes) -> None:
    """The same for bytes. Many threads and processes may do so at once: the last one stays."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # of mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _narrow(path: Path, allowed: int) -> None:
    if os.name != "posix":
        return
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & 0o077:
            return
        if mode & stat.S_ISVTX:
            _warn(path, "it is a folder for everybody; name one of its own in the account file")
            return
        path.chmod(mode & allowed)
    except PermissionError:
        _warn(path, f"it belongs to another user; have its owner set it to {allowed:o}")
    except OSError:
        return  # gone meanwhile, or a file system without modes


def _warn(path: Path, why: str) -> None:
    if path not in _warned:
        _warned.add(path)
        log.warning(
            "%s can be read by other users of this machine, and holds wages and invoices: %s.",
            path,
            why,
        )
