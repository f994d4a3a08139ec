"""Ports of this machine."""

import errno
import socket

ANY_ADDRESS = frozenset({"0.0.0.0", ""})  # noqa: S104 - compared, not bound


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
