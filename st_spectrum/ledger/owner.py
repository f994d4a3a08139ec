"""Who holds a claim: an id that lets another process on the same machine see that the holder is
certainly gone.

The id tells host, boot, pid namespace, pid and start time of the process, and a random token. Only
Linux offers all of it, in /proc; elsewhere nobody is ever certainly dead, and the lease alone
decides.

Read by hand and not by psutil, which would take living workers for dead ones: its `create_time()`
moves with the system's clock, where claims keep the ticks since the boot, which never change; and
under `hidepid` its `pid_exists()` denies the processes of other users.
"""

import os
import secrets
import socket
from pathlib import Path

_PROC = Path("/proc")
_PARTS = 6
_retired: set[str] = set()


def new_owner() -> str:
    """The id of one worker in this process; every call gives another one."""
    host = socket.gethostname().replace("|", "_")
    pid = os.getpid()
    return "|".join(
        (host, _boot(), _pid_namespace(), str(pid), _start_time(pid) or "", secrets.token_hex(8))
    )


def retire(owner: str) -> None:
    """Say that this worker has ended although its process goes on, so that its claims are free at
    once.
    """
    _retired.add(owner)


def describe(owner: str) -> str:
    """The owner as a person reads it: host and process."""
    parts = owner.split("|")
    return f"process {parts[3]} on {parts[0]}" if len(parts) == _PARTS else owner


def is_process_here(owner: str, pid: int) -> bool:
    """Whether the owner is the process that has this number here."""
    parts = owner.split("|")
    return len(parts) == _PARTS and tuple(parts[:3]) == _here() and parts[3] == str(pid)


def is_certainly_alive(owner: str) -> bool:
    """True only if the owner's process runs on this host, boot and pid namespace, whatever it is
    doing.
    """
    parts = owner.split("|")
    is_here = len(parts) == _PARTS and all(parts) and tuple(parts[:3]) == _here()
    return is_here and not is_certainly_dead(owner)


def is_certainly_dead(owner: str) -> bool:
    """True only if the owner ran on this host, boot and pid namespace and its process is gone, or
    if it was retired.
    """
    if owner in _retired:
        return True
    parts = owner.split("|")
    if len(parts) != _PARTS or not all(parts):
        return False
    host, boot, namespace, pid, started, _ = parts
    this_machine = (socket.gethostname().replace("|", "_"), _boot(), _pid_namespace())
    if (host, boot, namespace) != this_machine or not pid.isdigit():
        return False
    if _is_gone(int(pid)):
        return True
    now_started = _start_time(int(pid))
    return now_started is not None and now_started != started


def _here() -> tuple[str, str, str]:
    return socket.gethostname().replace("|", "_"), _boot(), _pid_namespace()


def _is_gone(pid: int) -> bool:
    # Signal 0 and not the absence from /proc: a /proc mounted with hidepid hides living processes
    # of other users.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Killed, but its parent has not asked yet. As long as other threads are still dying it counts
    as alive.
    """
    try:
        state = _stat(pid)[0]
        threads = len(list((_PROC / str(pid) / "task").iterdir()))
    except (OSError, IndexError):
        return False
    return state in ("Z", "X") and threads <= 1


def _start_time(pid: int) -> str | None:
    try:
        return _stat(pid)[19]
    except (OSError, IndexError):
        return None


def _stat(pid: int) -> list[str]:
    """The fields from the state on; the name before them may hold blanks and brackets."""
    text = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    return text.rpartition(")")[2].split()


def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _pid_namespace() -> str:
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""
