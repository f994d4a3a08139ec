"""How the clients reach both systems: one HTTP client for every protocol, through the network or
what a session brings instead.

A recorder of all calls, a proxy with its own certificates, or a system that lives in the same
process are plugged in here. What is plugged in speaks HTTP like the network does: it answers, or
raises what httpx raises.
"""

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

import httpx

CONNECT_SECONDS = 10.0
IDLE_SECONDS = 4.0
"""Shorter than servers commonly keep an idle connection, so that no write meets one that is just
being closed.
"""

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""What httpx raises before the first byte of a request leaves: no name, no connection, no TLS, no
tunnel, headers that are none.

After any other exception the request may have arrived whole.
"""


@dataclass(frozen=True)
class Transports:
    """One transport for each system; None is the network. Whoever made them closes them."""

    servicetrade: "httpx.BaseTransport | None" = None
    spectrum: "httpx.BaseTransport | None" = None
    """SOAP with its service descriptions, REST, and tokens."""


NETWORK = Transports()


def open_client(
    timeout: httpx.Timeout,
    transport: httpx.BaseTransport | None = None,
    headers: Mapping[str, str] | None = None,
    limits: httpx.Limits | None = None,
) -> httpx.Client:
    """A client for one system; safe to use from many threads. It follows no redirect and keeps no
    cookie.
    """
    # At DEBUG httpcore prints whole answers' headers, session cookies among them.
    logging.getLogger("httpcore").setLevel(logging.INFO)
    return _Client(
        timeout=timeout,
        limits=limits or httpx.Limits(keepalive_expiry=IDLE_SECONDS),
        headers=headers,
        event_hooks={"response": [_stay_here]},
        verify=_trusted(),
        transport=transport,
    )


def headers_of(client: httpx.Client, own: Mapping[str, str]) -> httpx.Headers:
    """The headers that every request of a client bears, and those of one request.

    They are for an `httpx.Request` of our own, which `Client.send` takes as it is but for the time
    limit, which it adds. `Client.build_request` would merge address, cookies and query besides,
    which takes a tenth of a call: ours have their address whole, and no cookie is kept.
    """
    merged = client.headers.copy()
    merged.update(own)
    return merged


def headers_of_posts(url: httpx.URL, headers: httpx.Headers) -> httpx.Headers:
    """What goes before every body that is posted to one address under these headers, for
    `post_of`: the host, and a length that each request has its own of.
    """
    return httpx.Request("POST", url, content=b"-", headers=headers).headers


def post_of(url: httpx.URL | str, headers: httpx.Headers, body: bytes) -> httpx.Request:
    """One such request. Its headers are put together once for all, and only the length is its own:
    httpx would look each of them over for every request.
    """
    own = headers.copy()
    own["Content-Length"] = str(len(body))
    request = httpx.Request("POST", url, headers=own, stream=httpx.ByteStream(body))
    request.read()  # as httpx does where it makes the headers
    return request


def time_limit(seconds: float) -> httpx.Timeout:
    """`seconds` for an answer, and less for a connection."""
    return httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))


class _NoCookies(httpx.Cookies):
    """Stays empty. A jar that is told to keep nothing looks at each answer all the same, which
    takes a twentieth of a call.
    """

    def extract_cookies(self, response: httpx.Response) -> None:
        """Take none."""


_NO_COOKIES = _NoCookies()


class _Client(httpx.Client):
    """The session id is sent by hand; a cookie that came along uninvited would compete with our own
    login.
    """

    @property
    def cookies(self) -> httpx.Cookies:
        """None, whatever an answer brings."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, _cookies: object) -> NoReturn:
        raise TypeError("no cookie is kept")


def _stay_here(answer: httpx.Response) -> None:
    # httpx builds the next request even where it is not to follow, and raises anything when the
    # address is none.
    if answer.has_redirect_location:
        del answer.headers["location"]


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates of this machine's authorities; reading them takes longer than a call."""
    return httpx.create_ssl_context()
