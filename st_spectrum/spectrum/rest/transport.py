"""Spectrum over REST: messages in JSON [SP 1.4], and the OAuth tokens of enhanced authentication
[SP 1.5].

A token is an ordinary read: it can be asked for again without harm. The Authorization ID stays in
every message besides.
A message is a write: it goes out once, and what is not known afterwards is said to be not known.
"""

import base64
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from st_spectrum.account.connections import SpectrumConnection
from st_spectrum.domain.answer_size import TooLarge, parse_json, read_bounded
from st_spectrum.domain.answers import FROM_A_GATEWAY, ForeignAnswer, asked_pause, retry_after
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum.envelope import describe
from st_spectrum.spectrum.rest.words import has_words
from st_spectrum.spectrum.wire import SYSTEM, redact
from st_spectrum.transports import NEVER_SENT, headers_of, open_client, time_limit

OPERATION = "token"
EARLY_SECONDS = 60.0
"""How long before its end a token is replaced; at most a tenth of its life."""
DEFAULT_LIFE_SECONDS = 300.0
"""Assumed when the answer does not say how long the token lives; its life is not documented
[SP 1.5].
"""
DEFAULT_RETRY_AFTER_SECONDS = 5.0


def ask(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """Send once and read what is answered, as far as it may go; raises `TooLarge` beside what httpx
    raises.
    """
    answer = client.send(request, stream=True)
    try:
        content = read_bounded(answer.iter_bytes())
    finally:
        answer.close()
    # What was unpacked while it was read must not be unpacked again.
    kept = [
        (name, value)
        for name, value in answer.headers.multi_items()
        if name not in ("content-encoding", "content-length")
    ]
    return httpx.Response(answer.status_code, headers=kept, content=content, request=request)


class TokenSource:
    """The access token of one Authorization ID: fetched once, kept, replaced before its end or when
    it was refused.
    """

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
        self._http = open_client(httpx.Timeout(connection.timeout_seconds), transport)
        self._lock = threading.Lock()
        self._token = ""
        self._ends_at = 0.0

    def token(self) -> str:
        """A token that is still good; several threads share one request. Raises the family of what
        went wrong.
        """
        with self._lock:
            if not self._token or self._clock() >= self._ends_at:
                self._fetch()
            return self._token

    def renew(self, refused: str) -> str:
        """The token to use after `refused` was answered with 401: a new one, unless another thread
        has it already.
        """
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
            answer = ask(self._http, self._http.build_request("POST", self._url, data=self._form))
        except (httpx.HTTPError, TooLarge) as error:
            raise Unavailable(
                f"the token address did not answer ({type(error).__name__})",
                system="spectrum",
                operation=OPERATION,
            ) from None
        if answer.status_code != 200:
            raise _refusal(answer)
        try:
            grant: Any = parse_json(answer.content)
            token, life = (
                str(grant["access_token"]),
                float(grant.get("expires_in") or DEFAULT_LIFE_SECONDS),
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            raise ContractBroken(
                "the token address answered without an access_token",
                system="spectrum",
                operation=OPERATION,
            ) from None
        self._token = token
        self._ends_at = self._clock() + life - min(EARLY_SECONDS, life / 10)


class Rest:
    """The REST services of one installation; safe to use from many threads. `tokens` is None in
    basic mode.
    """

    def __init__(
        self,
        connection: SpectrumConnection,
        tokens: TokenSource | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base_url = connection.base_url.rstrip("/")
        self._authorization_id = connection.authorization_id.get_secret_value()
        login = f"{connection.company_code}:{self._authorization_id}".encode()
        self._basic = f"Basic {base64.b64encode(login).decode()}"
        self.secrets = (self._authorization_id, connection.client_secret.get_secret_value())
        self._tokens = tokens
        headers = {"Accept": "application/json", "Content-Type": "application/json; charset=utf-8"}
        self._http = open_client(time_limit(connection.timeout_seconds), transport, headers)

    @property
    def authorization_id_in_message(self) -> str:
        """What a message must carry because the header has no room for it; "" in basic mode
        [SP 1.4].
        """
        return self._authorization_id if self._tokens else ""

    def prepare(self) -> None:
        """In bearer mode, have a token at hand; a read."""
        if self._tokens:
            self._tokens.token()

    def post(self, path: str, body: bytes) -> bytes:
        """Send one message, once, and give back the body of an answer in Spectrum's own words: of a
        success, or of a refusal.

        Raises `Unavailable` only when nothing was sent; else what is no answer of Spectrum leaves
        the outcome unknown.
        """
        operation = f"POST {path}"
        token = self._tokens.token() if self._tokens else ""
        answer = self._send(path, body, token)
        if answer.status_code == 401 and self._tokens:
            # This message is not sent again; the next one gets a token that may be better.
            with suppress(SyncFault):
                self._tokens.renew(token)
        if not has_words(answer.content) and (
            not answer.is_success or describe(answer.content) == "an HTML page"
        ):
            raise self._unexplained(answer, operation)
        return answer.content

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _send(self, path: str, body: bytes, token: str) -> httpx.Response:
        operation = f"POST {path}"
        login = {"Authorization": f"Bearer {token}" if token else self._basic}
        try:
            url, headers = f"{self._base_url}{path}", headers_of(self._http, login)
            return ask(self._http, httpx.Request("POST", url, content=body, headers=headers))
        except NEVER_SENT as error:
            text = f"{self._base_url}: no connection ({type(error).__name__})"
            raise Unavailable(text, system=SYSTEM, operation=operation) from None
        except (httpx.HTTPError, TooLarge) as error:
            why = f": {error}" if isinstance(error, TooLarge) else f" ({type(error).__name__})"
            text = f"Spectrum gave no answer that can be read{why}"
            raise OutcomeUnknown(text, system=SYSTEM, operation=operation) from None

    def _unexplained(self, answer: httpx.Response, operation: str) -> OutcomeUnknown:
        """What something else than Spectrum answered, or a Spectrum that could not go on: nobody
        knows what became of it.
        """
        kind = describe(answer.content)
        excerpt = (
            kind
            if "<" in answer.text[:200]
            else redact(" ".join(answer.text[:200].split()), self.secrets)
        )
        text = f"HTTP {answer.status_code}: {excerpt or kind}"
        if answer.status_code >= 500 and answer.status_code not in FROM_A_GATEWAY:
            return OutcomeUnknown(
                f"Spectrum answered with {text}", system=SYSTEM, operation=operation
            )
        return ForeignAnswer(
            f"the answer does not come from Spectrum: {text}",
            retry_after=asked_pause(answer.headers),
            system=SYSTEM,
            operation=operation,
        )


def _refusal(answer: httpx.Response) -> SyncFault:
    status = answer.status_code
    if status == 429:
        wait = retry_after(answer.headers, DEFAULT_RETRY_AFTER_SECONDS)
        return RateLimited(
            "asks to come back later", retry_after=wait, system="spectrum", operation=OPERATION
        )
    if status in (400, 401, 403):
        text = (
            f"client id or secret is not accepted (HTTP {status}); the secret may have been rotated"
        )
        return AccessDenied(text, system="spectrum", operation=OPERATION)
    if status >= 500:
        return Unavailable(
            f"the token address answered with HTTP {status}", system="spectrum", operation=OPERATION
        )
    return ContractBroken(
        f"the token address answered with HTTP {status}", system="spectrum", operation=OPERATION
    )
