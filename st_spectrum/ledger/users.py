"""Which processes have a ledger file open: each holds a shared lock on a small file beside it,
which its end releases.

So whoever opens the ledger alone and finds a write-ahead log knows that the last user did not come
to a clean end; and a restore knows that nobody is at work. Where a system has no such locks, nobody
is ever alone.
"""

import os
from pathlib import Path
from types import ModuleType

from st_spectrum.private_files import FILE_MODE

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None

USERS_FILE = "-users"


class Users:
    """One more user of a ledger file. `is_alone` says whether it is the only one; nobody else comes
    in as long as it is.
    """

    def __init__(self, ledger: Path) -> None:
        """Raises `OSError` when the file cannot be made. Waits while another one is alone, which
        lasts for a check.
        """
        flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0)
        self._descriptor: int | None = os.open(f"{ledger}{USERS_FILE}", flags, FILE_MODE)
        self.is_alone = self._try_alone()
        if not self.is_alone:
            self.let_others_in()

    def let_others_in(self) -> None:
        """From alone to one of several."""
        if fcntl is not None and self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        self.is_alone = False

    def leave(self) -> None:
        """Use the ledger no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _try_alone(self) -> bool:
        if fcntl is None or self._descriptor is None:
            return False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
