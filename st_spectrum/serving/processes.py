"""Processes of ours on this machine: found by a mark in their environment, whoever their parent is
by now.
"""

import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

MARK = "ST_SPECTRUM_SERVED_FROM"
"""Whatever a part starts inherits this variable, so that it is found even when its parent was
killed.
"""


def marked_processes(mark: str) -> list[psutil.Process]:
    """Every other process of this user that bears the mark, which is the folder that is served
    from, and sees the same folder under it.

    Containers that share a process table may each have another folder under the same path.
    """
    own = os.getpid()
    return [
        process
        for process in psutil.process_iter()
        if process.pid != own and _bears(process, mark) and _sees_our(mark, process)
    ]


def _bears(process: psutil.Process, mark: str) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False  # gone meanwhile, or somebody else's


def _sees_our(folder: str, process: psutil.Process) -> bool:
    try:
        ours = Path(folder).stat()
    except OSError:
        return True  # removed meanwhile: its processes are left over from it all the same
    try:
        return os.path.samestat(ours, Path(f"/proc/{process.pid}/root{folder}").stat())
    except OSError:
        return not Path("/proc/self/root").exists()  # no Linux, no containers


def is_listening(pid: int, port: int) -> bool:
    """Whether this process or one that it started listens on the port; True if nobody may look."""
    try:
        process = psutil.Process(pid)
        family = (process, *process.children(recursive=True))
        sockets = [socket for member in family for socket in member.net_connections("tcp")]
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True
    return any(
        socket.status == psutil.CONN_LISTEN and socket.laddr.port == port for socket in sockets
    )


def end_processes(processes: Iterable[psutil.Process], seconds: float) -> None:
    """Ask them to end, wait so long, then end them by force."""
    left = list(processes)
    _signal_all(left, signal.SIGTERM)
    _, left = psutil.wait_procs(left, timeout=seconds)
    _signal_all(left, signal.SIGKILL)
    psutil.wait_procs(left, timeout=5)


def _signal_all(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.Error:
            continue
