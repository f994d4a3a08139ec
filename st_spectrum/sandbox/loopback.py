"""Clients of the stand-ins, which are on loopback: past the machine's proxies, and without the
certificates that a client reads by default. Those take more of a processor than thirty calls.
"""

import ssl
from functools import cache

import httpx


def loopback_client(
    base_url: str = "",
    seconds: float = 60,
    transport: httpx.BaseTransport | None = None,
    limits: httpx.Limits | None = None,
) -> httpx.Client:
    """A client for one stand-in, which has `seconds` for an answer. Whoever asks closes it."""
    return httpx.Client(
        base_url=base_url,
        timeout=seconds,
        limits=limits or httpx.Limits(max_connections=100, max_keepalive_connections=20),
        trust_env=False,
        verify=_trusting_nobody(),
        transport=transport,
    )


@cache
def _trusting_nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
