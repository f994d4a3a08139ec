"""Logging in to ServiceTrade: OAuth2 client credentials [ST 2.2], or the older session [ST 2.1].

Tokens live in memory only. They are in no text that this module raises, and its objects do not
print them.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from st_spectrum.domain.errors import AccessDenied, ContractBroken, Unavailable
from st_spectrum.servicetrade.wire import SYSTEM, Json, problems, redact, shape, unwrap

TOKEN_PATH = "/oauth2/token"  # noqa: S105
SESSION_PATH = "/auth"

RENEW_BEFORE_SECONDS = 300.0
"""A token is refreshed when less than this is left [ST 2.2]."""
LIFETIME_DEFAULT_SECONDS = 86_400.0
"""How long a token lasts when the answer does not say [ST 2.2]."""

Exchange = Callable[[str, Mapping[str, str]], Json]
"""Posts a login form to a path below the base address and returns the JSON of a success.

Raises `AccessDenied` when the login is refused (400, 401, 403) and the other families as every call
does.
"""


class Login(Protocol):
    """What the client needs from a login; all methods may be called from several threads."""

    def token(self) -> str:
        """A token believed to be good; logs in if there is none. Raises as `Exchange`."""

    def token_in_hand(self) -> str:
        """The same where nothing has to be asked for it; else ""."""

    def renew(self, refused: str) -> None:
        """Get another token because `refused` was answered with 401; does nothing when another
        thread already has.
        """

    def start_over(self, refused: str) -> None:
        """The same by a full login, for when a refreshed token is refused as well."""

    def headers(self, token: str) -> dict[str, str]:
        """How a request carries the token."""

    def secrets(self) -> tuple[str, ...]:
        """All texts that must not appear anywhere."""


class OAuth2Login:
    """Client credentials with refresh tokens that change on every use [ST 2.2]."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        exchange: Exchange,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._exchange = exchange
        self._clock = clock
        self._lock = threading.Lock()
        self._access = ""
        self._refresh = ""
        self._renew_at = 0.0
        self._ends_at = 0.0

    def token(self) -> str:
        with self._lock:
            if not self._access:
                self._log_in()
            elif self._clock() >= self._renew_at:
                self._refresh_early()
            return self._access

    def token_in_hand(self) -> str:
        with self._lock:
            return self._access if self._clock() < self._renew_at else ""

    def renew(self, refused: str) -> None:
        with self._lock:
            if self._access == refused:
                self._access = ""
                self._refresh_or_log_in()

    def start_over(self, refused: str) -> None:
        with self._lock:
            if self._access == refused:
                self._access = ""
                self._log_in()

    def headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def secrets(self) -> tuple[str, ...]:
        return (self._client_secret, self._access, self._refresh)

    def _refresh_early(self) -> None:
        try:
            self._refresh_or_log_in()
        except Unavailable:
            # The token in hand still works for a while; only when it is over does the failure
            # matter.
            if self._clock() >= self._ends_at:
                raise

    def _refresh_or_log_in(self) -> None:
        if self._refresh:
            # It may work only once, so it counts as gone until the answer is there.
            refresh, self._refresh = self._refresh, ""
            try:
                self._ask(
                    {
                        "grant_type": "refresh_token",
                        "refresh_token": refresh,
                        "client_id": self._client_id,
                    }
                )
                return
            except AccessDenied:
                pass
        self._log_in()

    def _log_in(self) -> None:
        self._ask(
            {
                "grant_type": "client_credentials",
                "client_id": self._client_id,
                "client_secret": self._client_secret,
            }
        )

    def _ask(self, form: Mapping[str, str]) -> None:
        answer = self._exchange(TOKEN_PATH, form)
        access = answer.get("access_token")
        if not isinstance(access, str) or not access:
            raise ContractBroken(
                f"the login gave no access_token but {shape(answer)}",
                system=SYSTEM,
                operation=f"POST {TOKEN_PATH}",
            )
        # An answer without a new refresh token leaves the one just used in force.
        refresh = answer.get("refresh_token", form.get("refresh_token"))
        lifetime = _seconds(answer.get("expires_in"))
        self._access = access
        self._refresh = refresh if isinstance(refresh, str) else ""
        self._ends_at = self._clock() + lifetime
        # A token that lives for minutes only would otherwise be refreshed before every call.
        self._renew_at = self._ends_at - min(RENEW_BEFORE_SECONDS, lifetime / 4)


class SessionLogin:
    """User name and password for a session id that is sent as a cookie [ST 2.1]."""

    def __init__(self, username: str, password: str, exchange: Exchange) -> None:
        self._username = username
        self._password = password
        self._exchange = exchange
        self._lock = threading.Lock()
        self._session = ""

    def token(self) -> str:
        with self._lock:
            if not self._session:
                self._log_in()
            return self._session

    def token_in_hand(self) -> str:
        with self._lock:
            return self._session

    def renew(self, refused: str) -> None:
        with self._lock:
            if self._session == refused:
                self._session = ""
                self._log_in()

    def start_over(self, refused: str) -> None:
        self.renew(refused)

    def headers(self, token: str) -> dict[str, str]:
        return {"Cookie": f"PHPSESSID={token}"}

    def secrets(self) -> tuple[str, ...]:
        return (self._password, self._session)

    def _log_in(self) -> None:
        data = unwrap(
            self._exchange(SESSION_PATH, {"username": self._username, "password": self._password})
        )
        session = data.get("authToken") if isinstance(data, Mapping) else None
        if not isinstance(session, str) or not session:
            raise ContractBroken(
                f"the login gave no authToken but {shape(data)}",
                system=SYSTEM,
                operation=f"POST {SESSION_PATH}",
            )
        self._session = session


def login_refused(path: str, status: int, body: object) -> AccessDenied:
    """What to tell a person when the login is refused; OAuth2's reason is beside the envelope."""
    which = "client id or client secret" if path == TOKEN_PATH else "user name or password"
    reason = "; ".join(map(str, problems(status, body)))
    if not reason and isinstance(body, Mapping):
        reason = redact(str(body.get("error_description") or body.get("error") or ""))
    text = f"the {which} is refused (HTTP {status}){': ' + reason if reason else ''}"
    return AccessDenied(text, system=SYSTEM, operation=f"POST {path}")


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        return LIFETIME_DEFAULT_SECONDS
    return seconds if 0 < seconds < float("inf") else LIFETIME_DEFAULT_SECONDS
