"""Runs a command; what goes wrong becomes a sentence and an exit code, never a stack trace."""

import errno
import logging
import signal
import sys
from collections.abc import Callable
from types import FrameType

import typer

from st_spectrum.domain.argument_invalid import ArgumentInvalid, FileNotWritten
from st_spectrum.domain.errors import SettingsInvalid, SyncFault
from st_spectrum.domain.not_live import NotLive

DISK = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EIO,
        errno.ENOTDIR,
        errno.EISDIR,
    }
)
"""What a disk says that is full, broken or not ours. Any other `OSError` is a program's fault."""


def end_well(command: Callable[[], int]) -> None:
    """Exit with the command's code; 1 and one sentence with advice for a `SyncFault`, 2 for an
    account that has not gone live and for a file that was named and cannot be written; 130 after
    Ctrl-C.
    """
    # A read that was tried again and then succeeded is no news for an operator.
    logging.getLogger("stamina").setLevel(logging.ERROR)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        code = command()
    except NotLive as fault:
        print(one_sentence(fault), file=sys.stderr)
        code = 2
    except ArgumentInvalid as fault:
        print(*fault.problems, sep="\n", file=sys.stderr)
        code = 2 if isinstance(fault, FileNotWritten) else 1
    except SettingsInvalid as fault:
        print(
            f"The settings have {_count(len(fault.problems))}; nothing was called.", file=sys.stderr
        )
        print(*(f"  {problem}" for problem in fault.problems), sep="\n", file=sys.stderr)
        code = 1
    except SyncFault as fault:
        print(one_sentence(fault), file=sys.stderr)
        code = 1
    except OSError as fault:
        if fault.errno not in DISK:
            raise
        place = f"{fault.filename}: " if fault.filename else ""
        print(
            f"A disk of this machine is in the way: {place}{fault.strerror}. Make room there, or"
            " let it be written, and start again.",
            file=sys.stderr,
        )
        code = 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        code = 130
    raise typer.Exit(code)


def end_with_the_terminal() -> None:
    """Let a closed terminal end the command like Ctrl-C, unless started by `nohup`."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the shape of a signal handler
    raise KeyboardInterrupt


def one_sentence(fault: SyncFault) -> str:
    """What went wrong and what to do, on one line."""
    text = " ".join(str(fault).split())
    return f"{text.rstrip('.')}. {fault.advice}"


def _count(problems: int) -> str:
    return "1 problem" if problems == 1 else f"{problems} problems"
