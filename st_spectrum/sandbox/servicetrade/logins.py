"""Who is logged in: OAuth2 grants with a rotating refresh token, and sessions [ST 2]."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from st_spectrum.sandbox.credentials import CLIENT_ID, CLIENT_SECRET
from st_spectrum.sandbox.servicetrade.documents import Document, Documents
from st_spectrum.sandbox.servicetrade.seed import API_USER_ID
from st_spectrum.sandbox.servicetrade.switches import Switches

SESSIONS_KEPT, SESSIONS_MOST = 100, 200
"""Beyond the second number the oldest sessions are pruned to the first [ST 2.1]."""


class Logins:
    """Access tokens, refresh tokens and sessions; kept in the state, so they outlive a restart."""

    def __init__(self, documents: Documents, switches: Switches) -> None:
        self._documents = documents
        self._switches = switches
        self._grants: dict[str, int] = {}
        self._sessions: dict[str, int] = {}
        self.reload()

    def reload(self) -> None:
        """Read the logins out of the state again."""
        self._grants = {}
        for grant in self._documents.all("grant"):
            self._index(grant)
        self._sessions = {
            session["token"]: session["id"] for session in self._documents.all("session")
        }

    def _index(self, grant: Document) -> None:
        self._grants |= dict.fromkeys((*grant["access"], grant["refresh"]), grant["id"])

    def user_of_bearer(self, token: str) -> int | None:
        """The user behind an access token, or None when it is unknown, revoked or expired
        [ST 2.2].
        """
        grant = self._grant(token)
        expires_at = grant["access"].get(token) if grant else None
        return (
            API_USER_ID if expires_at is not None and self._documents.now() < expires_at else None
        )

    def grant(self) -> Document:
        """A new access and refresh token, as the body of `/oauth2/token`."""
        return self._hand_out(self._documents.insert("grant", {"access": {}, "refresh": ""}))

    def rotate(self, refresh_token: str) -> Document | None:
        """New tokens for a refresh token, which stops working; None when it does not work [ST 2.2].

        The access tokens given out before stay good until they expire (assumed).
        """
        grant = self._grant(refresh_token)
        if grant is None or grant["refresh"] != refresh_token:
            return None
        return self._hand_out(grant)

    def revoke(self, token: str) -> None:
        """End the grant that any of its tokens belongs to; an unknown token is no error
        (assumed).
        """
        grant = self._grant(token)
        if grant is not None:
            self._documents.delete("grant", grant["id"])
            self.reload()

    def open_session(self) -> str:
        """A new session token [ST 2.1]."""
        token = secrets.token_hex(16)
        self._sessions[token] = self._documents.insert("session", {"token": token})["id"]
        if len(self._sessions) > SESSIONS_MOST:
            for old in list(self._sessions)[:-SESSIONS_KEPT]:
                self.close_session(old)
        return token

    def user_of_session(self, token: str) -> int | None:
        """The user behind a session, or None; sessions do not expire [ST 2.1]."""
        return API_USER_ID if token in self._sessions else None

    def close_session(self, token: str) -> bool:
        """Whether there was such a session to close."""
        number = self._sessions.pop(token, None)
        if number is not None:
            self._documents.delete("session", number)
        return number is not None

    def end_all(self) -> None:
        """Every token and session dies."""
        for kind in ("grant", "session"):
            for document in self._documents.all(kind):
                self._documents.delete(kind, document["id"])
        self.reload()

    def _grant(self, token: str) -> Document | None:
        number = self._grants.get(token)
        return self._documents.get("grant", number) if number is not None else None

    def _hand_out(self, grant: Document) -> Document:
        now, life = self._documents.now(), self._switches.token_seconds
        access = _jwt(
            {"sub": CLIENT_ID, "iat": now, "exp": now + life, "jti": secrets.token_hex(8)}
        )
        alive = {
            token: expires_at for token, expires_at in grant["access"].items() if expires_at > now
        }
        refresh = secrets.token_hex(24)
        self._documents.change(
            "grant", grant["id"], {"access": {**alive, access: now + life}, "refresh": refresh}
        )
        self.reload()
        return {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": life,
            "token_type": "Bearer",
        }


def _jwt(claims: Mapping[str, Any]) -> str:
    """A token with an `exp` claim; whether it holds is looked up, not read out of it [ST 2.2]."""
    parts = [
        _base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    ]
    signature = hmac.digest(CLIENT_SECRET.encode(), ".".join(parts).encode(), hashlib.sha256)
    return ".".join((*parts, _base64(signature)))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
