"""One HTTP call to ServiceTrade: logged in, paced, counted, and every way it can fail turned into
one of the families.

This is the only place that retries, and it retries reads only. A write goes out once, whatever is
answered: a middle box may say 401 for a call that ServiceTrade carried out.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

import httpx
import stamina
import stamina.instrumentation

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.answer_size import TooLarge, parse_json, read_bounded
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    SettingsInvalid,
    SyncFault,
    Unavailable,
)
from st_spectrum.servicetrade import auth, wire
from st_spectrum.servicetrade.pace import Pace
from st_spectrum.transports import (
    IDLE_SECONDS,
    NEVER_SENT,
    headers_of,
    open_client,
    time_limit,
)

IF_IT_GOES_ON = (
    "Nothing to do: the record goes out with the next round. If that goes on, check the rights of"
    " the integration user."
)

PATIENCE_SECONDS = 65.0
"""How long a call waits for the compute budget, which refills each minute [ST 1.5], before it
raises `RateLimited`.
"""

LONGEST_REFUSAL = 1_000_000
"""Characters; what a system says when it says no fits into far less."""

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What came back whole: `body` is the parsed JSON, None when it was none (`excerpt` tells what
    it was).
    """

    status: int
    headers: Mapping[str, str]
    body: object
    excerpt: str
    has_content: bool = True

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return 200 <= self.status < 300


class Transport:
    """The connection that all threads of a client share."""

    def __init__(
        self,
        connection: ServiceTradeConnection,
        patience_seconds: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        url = httpx.URL(_checked(connection.base_url))
        self._base_url = str(url).rstrip("/")
        self._host = url.netloc.decode()
        self._attempts = connection.read_attempts
        self._patience = patience_seconds
        self._pace = Pace(connection.parallel_requests, patience_seconds)
        self._login: auth.Login = _login(connection, self._exchange)
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._ahead = 0.0
        self.before_first_write: Callable[[], None] | None = None
        """What has to pass before anything is written, where something has to."""
        self.is_open = False
        """Whether a read was answered since something else answered in ServiceTrade's place."""
        self._http = open_client(
            time_limit(connection.timeout_seconds),
            transport,
            {"Accept": "application/json", "User-Agent": "st-spectrum"},
            httpx.Limits(
                max_connections=connection.parallel_requests,
                max_keepalive_connections=connection.parallel_requests,
                keepalive_expiry=IDLE_SECONDS,
            ),
        )
        self._last_headers = "", self._http.headers
        """The last token, and the headers that bear it."""
        # Without this, stamina prints to standard output where structlog happens to be installed.
        stamina.instrumentation.set_on_retry_hooks((stamina.instrumentation.LoggingOnRetryHook,))

    @property
    def calls(self) -> Counter[str]:
        """How many requests went out so far, by operation; a copy."""
        with self._lock:
            return self._calls.copy()

    def now(self) -> int:
        """Epoch seconds by the server's clock, as far as its answers tell."""
        return int(time.time() + self._ahead)

    def close(self) -> None:
        self._http.close()

    def read(self, operation: str, path: str, params: Mapping[str, str] | None = None) -> object:
        """The JSON of a GET, or None when ServiceTrade says that there is no such record (404)."""
        return self._retrying(lambda: self._read_once(operation, path, params or {}))

    def write(
        self, operation: str, method: str, path: str, payload: Mapping[str, object] | None = None
    ) -> object:
        """The JSON of a PUT, POST or DELETE that is sent once; None when the success has no
        body.
        """
        if (prove := self.before_first_write) is not None:
            prove()
            self.before_first_write = None
        token = self._login.token_in_hand() or self._retrying(self._login.token)
        answer = self._call(operation, method, path, token, payload=payload)
        if not answer.is_success:
            has_other_token = answer.status == 401 and self._has_other_token(token)
            self.is_open = self.is_open and wire.is_envelope(answer.body) and answer.status != 401
            raise self._not_done(answer, method, operation, has_other_token=has_other_token)
        if answer.body is None and answer.status != 204:
            if answer.excerpt.startswith(("{", "[")) or not answer.has_content:
                text = f"the answer cannot be read: {answer.excerpt}"
                raise OutcomeUnknown(text, system=wire.SYSTEM, operation=operation)
            self.is_open = False
            raise wire.foreign(answer.excerpt, answer.headers, operation)
        return answer.body

    def _not_done(
        self, answer: Answer, method: str, operation: str, *, has_other_token: bool
    ) -> SyncFault:
        """What the refusal of a write means. A token that has ended is no lack of rights: several
        writes may be on their way with it, and what comes after them has another one.
        """
        # What the vendor's support asks for first [ST 1.4].
        if request_id := answer.headers.get("x-request-id", ""):
            redacted = wire.redact(request_id[:100])
            log.info("%s: HTTP %d, request %s", operation, answer.status, redacted)
        error = wire.choose_error(answer.status, answer.headers, answer.body, method, operation)
        if not has_other_token or not isinstance(error, AccessDenied):
            return error
        text = f"the token was taken no more: {error.message}; the next call has another"
        return Unavailable(text, system=wire.SYSTEM, operation=operation, advice=IF_IT_GOES_ON)

    def _has_other_token(self, refused: str) -> bool:
        """Whether the next call has another token than this one. A write that met the old one is
        over.
        """
        try:
            self._login.renew(refused)
        except SyncFault:
            return False
        return True

    def _read_once(self, operation: str, path: str, params: Mapping[str, str]) -> object:
        answer = self._logged_in(operation, path, params)
        self.is_open = self.is_open or answer.is_success
        if answer.status == 404 and wire.is_envelope(answer.body):
            return None
        if not answer.is_success:
            raise wire.choose_error(answer.status, answer.headers, answer.body, "GET", operation)
        if answer.body is None:
            if answer.excerpt.startswith(("{", "[")):
                raise Unavailable(
                    "the answer broke off half way", system=wire.SYSTEM, operation=operation
                )
            raise wire.broken(operation, f"expected JSON and was given {answer.excerpt}")
        return answer.body

    def _logged_in(self, operation: str, path: str, params: Mapping[str, str]) -> Answer:
        """A read, asked again with another token after a 401 [ST 2.2]."""
        for after_refusal in (self._login.renew, self._login.start_over, None):
            token = self._login.token()
            answer = self._call(operation, "GET", path, token, params=params)
            if answer.status != 401 or after_refusal is None:
                break
            after_refusal(token)
        return answer

    def _call(
        self,
        operation: str,
        method: str,
        path: str,
        token: str,
        *,
        params: Mapping[str, str] | None = None,
        payload: Mapping[str, object] | None = None,
    ) -> Answer:
        """One request, once."""
        request = httpx.Request(
            method,
            self._base_url + path,
            params=params or None,
            json=payload,
            headers=self._headers_with(token),
        )
        return self._send(request, operation, is_write=method != "GET")

    def _headers_with(self, token: str) -> httpx.Headers:
        """What goes along with every request under this token."""
        last, headers = self._last_headers
        if token != last:
            headers = headers_of(self._http, self._login.headers(token))
            self._last_headers = token, headers
        return headers

    def _exchange(self, path: str, form: Mapping[str, str]) -> wire.Json:
        operation = f"POST {path}"
        url = self._base_url + path
        if path == auth.TOKEN_PATH:
            request = self._http.build_request("POST", url, data=form)
        else:
            request = self._http.build_request("POST", url, json=form)
        # A login changes nothing but the token, so a lost answer is no worse than no answer.
        answer = self._send(request, operation, is_write=False)
        if answer.status in (400, 401, 403):
            raise auth.login_refused(path, answer.status, answer.body)
        if not answer.is_success:
            raise wire.choose_error(answer.status, answer.headers, answer.body, "GET", operation)
        if not isinstance(answer.body, Mapping):
            raise wire.broken(operation, f"expected JSON and was given {answer.excerpt}")
        return answer.body

    def _send(self, request: httpx.Request, operation: str, *, is_write: bool) -> Answer:
        with self._pace.slot(operation):
            with self._lock:
                self._calls[operation] += 1
            try:
                response = self._http.send(request, stream=True)
                with closing(response):
                    content = read_bounded(response.iter_bytes())
            except TooLarge as error:
                family = OutcomeUnknown if is_write else ContractBroken
                raise family(
                    f"{error}; a smaller page_limit helps", system=wire.SYSTEM, operation=operation
                ) from None
            except httpx.RequestError as error:
                raise self._lost(error, operation, is_write) from error
            answer = self._answer(response, content)
            self._pace.observe(wire.budget(answer.body))
            if answer.status == 429:
                self._pace.block(wire.retry_after(answer.headers))
        return answer

    def _answer(self, response: httpx.Response, content: bytes) -> Answer:
        if (sent_at := wire.sent_at(response.headers)) is not None:
            self._ahead = sent_at - time.time()
        kind = response.headers.get("content-type", "")
        named = response.charset_encoding if "charset" in kind.lower() else None
        text = content.decode(named or "utf-8", "replace")
        if not response.is_success:
            text = text[:LONGEST_REFUSAL]
            # Some servers repeat in an error what they were sent.
            text = wire.redact(text, self._login.secrets())
        body = parse_json(text)
        excerpt = self._excerpt(text, kind.split(";")[0]) if body is None else ""
        return Answer(response.status_code, response.headers, body, excerpt, bool(text.strip()))

    def _excerpt(self, text: str, kind: str) -> str:
        """What an answer is that is no JSON; what looks like the beginning of some as it is."""
        start = wire.redact(" ".join(text[:80].split()), self._login.secrets())
        if start.startswith(("{", "[")):
            return start
        return f"{kind or 'no content type'} that begins with {start!r}"

    def _lost(self, error: httpx.RequestError, operation: str, is_write: bool) -> SyncFault:
        why = wire.redact(str(error) or type(error).__name__, self._login.secrets())
        if isinstance(error, NEVER_SENT):
            return Unavailable(
                f"{self._host} cannot be reached: {why}", system=wire.SYSTEM, operation=operation
            )
        family = OutcomeUnknown if is_write else Unavailable
        return family(f"the answer was lost: {why}", system=wire.SYSTEM, operation=operation)

    def _retrying(self, action: Callable[[], T]) -> T:
        for attempt in stamina.retry_context(
            on=self._backoff,
            attempts=self._attempts,
            timeout=None,
            wait_initial=0.2,
            wait_max=5.0,
            wait_jitter=0.5,
        ):
            with attempt:
                return action()
        raise ContractBroken("no attempt was made", system=wire.SYSTEM)

    def _backoff(self, error: Exception) -> bool | float:
        if isinstance(error, RateLimited):
            return error.retry_after if error.retry_after <= self._patience else False
        return isinstance(error, Unavailable)


def _checked(base_url: str) -> str:
    # The address is not repeated: somebody may have written a login into it.
    problem = "servicetrade.base_url: is not an address such as https://api.servicetrade.com/api"
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        raise SettingsInvalid([problem]) from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise SettingsInvalid([problem])
    return base_url


def _login(connection: ServiceTradeConnection, exchange: auth.Exchange) -> auth.Login:
    if connection.auth == "session":
        return auth.SessionLogin(
            connection.username, connection.password.get_secret_value(), exchange
        )
    return auth.OAuth2Login(
        connection.client_id, connection.client_secret.get_secret_value(), exchange
    )
