"""Ports of this machine."""

import errno
import fcntl
import os
import socket
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import gettempdir

ANY_ADDRESS = frozenset({"0.0.0.0", ""})  # noqa: S104 - compared, not bound

LOOPBACK = "127.0.0.1"
NEAR = 50
"""So many ports are tried before any free one is taken."""


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def next_free(first: int, others: Collection[int] = ()) -> int:
    """The first port from this one on that nobody listens on at this moment and that is none of the
    others; any free one where all near it are taken.
    """
    near = range(first, first + NEAR)
    return next(
        (port for port in near if port not in others and not obstacle(LOOPBACK, port)), free_port()
    )


@contextmanager
def held_from(first: int) -> Iterator[int]:
    """The same for a server that opens it later: nobody else who asks here gets it meanwhile."""
    with ExitStack() as held:
        near = (port for port in range(first, first + NEAR) if not obstacle(LOOPBACK, port))
        yield next((port for port in near if _hold(port, held)), free_port())


def _hold(port: int, held: ExitStack) -> bool:
    name = Path(gettempdir()) / f"st-spectrum-{os.getuid()}-port-{port}"
    try:
        file = held.enter_context(name.open("ab"))
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def obstacle(host: str, port: int) -> str:
    """Why no server could listen there now, in a few words; "" when one could."""
    with socket.socket() as probe:
        # As servers do: a connection that was closed a moment ago is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            return "is not a port; they go up to 65535"
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"is in use on {host}: end what listens there, or choose another port"
            return f"cannot be opened on {host}: {error.strerror}"
    return ""


def is_answering(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((reachable(host), port)) == 0


def reachable(host: str) -> str:
    """The address by which this machine reaches a server that listens on `host`."""
    return "127.0.0.1" if host in ANY_ADDRESS else host
