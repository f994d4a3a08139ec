"""Spectrum's OAuth tokens for installations with enhanced authentication [SP 1.5].

A token is an ordinary read: it can be asked for again without harm. The Authorization ID stays in every message besides.
"""

import threading
import time
from collections.abc import Callable

import httpx

from st_spectrum.account import SpectrumConnection
from st_spectrum.domain.errors import AccessDenied, ContractBroken, RateLimited, SyncFault, Unavailable

OPERATION = "token"
EARLY_SECONDS = 60.0
"""How long before its end a token is replaced; at most a tenth of its life."""
DEFAULT_LIFE_SECONDS = 300.0
"""Assumed when the answer does not say how long the token lives; its life is not documented [SP 1.5]."""
DEFAULT_RETRY_AFTER_SECONDS = 5.0


class TokenSource:
    """The access token of one Authorization ID: fetched once, kept, replaced before its end or when it was refused."""

    def __init__(
        self,
        connection: SpectrumConnection,
        on_request: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
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
        self._http = httpx.Client(timeout=connection.timeout_seconds)
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
