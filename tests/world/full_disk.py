"""What a test can have of a full disk: files that may not grow, in a process of their own."""

import os
import resource
import signal
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

BYTES = 20


def on_a_full_disk(work: Callable[[], str]) -> str:
    """What `work` says in a forked process in which each write into a file ends after `BYTES`; the
    process ends without tidying up, as a killed one does.
    """
    readable, writable = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (BYTES, BYTES))
            # What is printed on the way would lie on the same disk.
            with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
                os.write(writable, work().encode())
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.close(writable)
    os.waitpid(pid, 0)
    with os.fdopen(readable, "rb") as said:
        return said.read().decode()
