"""Spectrum over REST: messages in JSON [SP 1.4], and the OAuth tokens of enhanced authentication [SP 1.5].

A token is an ordinary read: it can be asked for again without harm. The Authorization ID stays in every message besides.
A message is a write: it goes out once, and what is not known afterwards is said to be not known.
"""

import base64
import threading
import time
from collections.abc import Callable
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from st_spectrum.account_connections import SpectrumConnection
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum.envelope import describe
from st_spectrum.spectrum.wire import SYSTEM, ServiceMissing, redact

OPERATION = "token"
EARLY_SECONDS = 60.0
"""How long before its end a token is replaced; at most a tenth of its life."""
DEFAULT_LIFE_SECONDS = 300.0
"""Assumed when the answer does not say how long the token lives; its life is not documented [SP 1.5]."""
DEFAULT_RETRY_AFTER_SECONDS = 5.0
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 4.0
"""Shorter than servers commonly keep an idle connection, so that no write meets one that is just being closed."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
ARRIVED_IN_PART = frozenset({408, 425})
"""HTTP codes of a request that did not arrive whole; what became of it is taken as unknown."""


class TokenSource:
    """The access token of one Authorization ID: fetched once, kept, replaced before its end or when it was refused."""

    def __init__(
        self,
        connection: SpectrumConnection,
        on_request: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = f"{connection.base_url.rstrip('/')}/connect/token"
        self._form = {
            "client_id": connection.client_id,
            "client_secret": connection.client_secret.get_secret_value(),
            "scope": "spectrumapi",
            "grant_type": "client_credentials",
        }
        self._on_request = on_request
        self._clock = clock
        self._http = httpx.Client(timeout=connection.timeout_seconds, transport=transport)
        self._lock = threading.Lock()
        self._token = ""
        self._ends_at = 0.0

    def token(self) -> str:
        """A token that is still good; several threads share one request. Raises the family of what went wrong."""
        with self._lock:
            if not self._token or self._clock() >= self._ends_at:
                self._fetch()
            return self._token

    def renew(self, refused: str) -> str:
        """The token to use after `refused` was answered with 401: a new one, unless another thread has it already."""
        with self._lock:
            if self._token == refused:
                self._fetch()
            return self._token

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _fetch(self) -> None:
        self._token = ""
        self._on_request(OPERATION)
        try:
            answer = self._http.post(self._url, data=self._form)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"the token address did not answer ({type(error).__name__})", system="spectrum", operation=OPERATION
            ) from None
        if answer.status_code != 200:
            raise _refusal(answer)
        try:
            grant = answer.json()
            token, life = str(grant["access_token"]), float(grant.get("expires_in") or DEFAULT_LIFE_SECONDS)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ContractBroken(
                "the token address answered without an access_token", system="spectrum", operation=OPERATION
            ) from None
        self._token = token
        self._ends_at = self._clock() + life - min(EARLY_SECONDS, life / 10)


class Rest:
    """The REST services of one installation; safe to use from many threads. `tokens` is None in basic mode.

    `on_request` hears of a message that had to be sent anew because a token had died.
    """

    def __init__(
        self,
        connection: SpectrumConnection,
        on_request: Callable[[str], None],
        tokens: TokenSource | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base_url = connection.base_url.rstrip("/")
        self._authorization_id = connection.authorization_id.get_secret_value()
        login = f"{connection.company_code}:{self._authorization_id}".encode()
        self._basic = f"Basic {base64.b64encode(login).decode()}"
        self.secrets = (self._authorization_id, connection.client_secret.get_secret_value())
        self._on_request = on_request
        self._tokens = tokens
        seconds = connection.timeout_seconds
        self._http = httpx.Client(
            timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
            limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
            headers={"Accept": "application/json", "Content-Type": "application/json; charset=utf-8"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            transport=transport,
        )

    @property
    def authorization_id_in_message(self) -> str:
        """What a message must carry because the header has no room for it; "" in basic mode [SP 1.4]."""
        return self._authorization_id if self._tokens else ""

    def prepare(self) -> None:
        """In bearer mode, have a token at hand; a read."""
        if self._tokens:
            self._tokens.token()

    def post(self, path: str, body: bytes) -> bytes:
        """Send one message and give back the body of its answer; raises the family of any status but success."""
        operation = f"POST {path}"
        token = self._tokens.token() if self._tokens else ""
        answer = self._send(path, body, token)
        if answer.status_code == 401 and self._tokens:
            # The message was turned away at the door.
            self._on_request(operation)
            answer = self._send(path, body, self._tokens.renew(token))
        if not answer.is_success:
            raise self._refused(answer, operation)
        return answer.content

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _send(self, path: str, body: bytes, token: str) -> httpx.Response:
        operation = f"POST {path}"
        login = {"Authorization": f"Bearer {token}" if token else self._basic}
        try:
            return self._http.post(f"{self._base_url}{path}", content=body, headers=login)
        except NEVER_SENT as error:
            text = f"{self._base_url}: no connection ({type(error).__name__})"
            raise Unavailable(text, system=SYSTEM, operation=operation) from None
        except httpx.HTTPError as error:
            text = f"Spectrum gave no answer ({type(error).__name__})"
            raise OutcomeUnknown(text, system=SYSTEM, operation=operation) from None

    def _refused(self, answer: httpx.Response, operation: str) -> SyncFault:
        status = answer.status_code
        if status in (401, 403):
            text = f"Spectrum at {self._base_url} turns the login away (HTTP {status})"
            return AccessDenied(text, system=SYSTEM, operation=operation)
        if status == 404:
            text = f"Spectrum at {self._base_url} has no {operation.removeprefix('POST ')}: it was not found"
            return ServiceMissing(text, system=SYSTEM, operation=operation)
        if status == 429:
            wait = retry_after_seconds(answer.headers.get("Retry-After"))
            return RateLimited("asks to come back later", retry_after=wait, system=SYSTEM, operation=operation)
        kind = describe(answer.content)
        said = kind if "<" in answer.text[:200] else redact(" ".join(answer.text[:200].split()), self.secrets)
        text = f"Spectrum answered with HTTP {status}: {said or kind}"
        family = OutcomeUnknown if status >= 500 or status in ARRIVED_IN_PART else ContractBroken
        return family(text, system=SYSTEM, operation=operation)


def retry_after_seconds(header: str | None) -> float:
    """Seconds from a Retry-After header; a default when it is absent or not a number."""
    try:
        return max(0.0, float(header or ""))
    except ValueError:
        return DEFAULT_RETRY_AFTER_SECONDS


def _refusal(answer: httpx.Response) -> SyncFault:
    status = answer.status_code
    if status == 429:
        wait = retry_after_seconds(answer.headers.get("Retry-After"))
        return RateLimited("asks to come back later", retry_after=wait, system="spectrum", operation=OPERATION)
    if status in (400, 401, 403):
        text = f"client id or secret is not accepted (HTTP {status}); the secret may have been rotated"
        return AccessDenied(text, system="spectrum", operation=OPERATION)
    if status >= 500:
        return Unavailable(f"the token address answered with HTTP {status}", system="spectrum", operation=OPERATION)
    return ContractBroken(f"the token address answered with HTTP {status}", system="spectrum", operation=OPERATION)
