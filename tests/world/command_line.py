"""The command line, run in this process."""

import logging
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from typer.testing import CliRunner

from st_spectrum.cli import app


def run_command(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What it prints, and its exit code."""
    with _as_in_a_process_of_its_own():
        ended = CliRunner().invoke(app, arguments, env=env)
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return subprocess.CompletedProcess(arguments, ended.exit_code, ended.stdout, ended.stderr)


@contextmanager
def _as_in_a_process_of_its_own() -> Iterator[None]:
    """Warnings go to what is `sys.stderr` then, and what the command sets up for its process is put
    back.
    """
    root, stamina = logging.getLogger(), logging.getLogger("stamina")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    level = stamina.level
    assert logging.lastResort is not None
    root.addHandler(logging.lastResort)
    try:
        yield
    finally:
        root.removeHandler(logging.lastResort)
        stamina.setLevel(level)
        for number, handler in handlers.items():
            signal.signal(number, handler)
