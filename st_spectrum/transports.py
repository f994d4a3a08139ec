"""Through what the clients reach both systems: the network, unless whoever opens a session brings something of its own.

A recorder of all calls, a proxy with its own certificates, or a system that lives in the same process are plugged in here. What
is plugged in speaks HTTP like the network does: it answers, or raises what httpx and requests raise.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
    from requests.adapters import BaseAdapter


@dataclass(frozen=True)
class Transports:
    """One transport for each client; None is the network. Whoever made them closes them."""

    servicetrade: "httpx.BaseTransport | None" = None
    spectrum: "httpx.BaseTransport | None" = None
    """REST and tokens of Spectrum."""
    spectrum_soap: "BaseAdapter | None" = None
    """SOAP and its service descriptions."""


NETWORK = Transports()
