"""A server on loopback that answers by script and can misbehave at the socket; it knows logins and
nothing else.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CLIENT_ID = "standin-client"
CLIENT_SECRET = "standin-secret-value"
USERNAME = "sync@example.com"
PASSWORD = "standin-password-value"


class Trouble(Enum):
    """How an answer goes wrong on its way, after the call was taken."""

    NONE = auto()
    SILENCE = auto()
    """The connection closes without a byte."""
    CUT = auto()
    """Half of the announced body comes, then the connection closes."""
    HALF_JSON = auto()
    """Half of the body, announced as if it were all."""


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    trouble: Trouble = Trouble.NONE
    delay: float = 0.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def envelope(data: Any, balance_ms: int = 60_000) -> dict[str, Any]:
    stats = {"requestDurationMs": 1, "resourceUsageMs": 0, "resourceBalanceMs": balance_ms}
    return {"data": data, "messages": {"success": [], "error": []}, "meta": {"stats": stats}}


def refusal(*texts: str) -> dict[str, Any]:
    return {"data": None, "messages": {"success": [], "error": list(texts)}}


class StandIn:
    """Scripts are by method and path; the last reply of a script is repeated."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.is_busy_at_most = 0
        self.token_seconds: float = 86_400
        self._scripts: dict[tuple[str, str], list[Reply]] = {}
        self._lock = threading.Lock()
        self._busy = 0
        self._logins: dict[str, int] = defaultdict(int)
        self._access: set[str] = set()
        self._refresh: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api"

    def on(self, method: str, path: str, *replies: Reply) -> None:
        self._scripts[(method, path)] = list(replies)

    def seen(self, method: str, path: str) -> list[Request]:
        return [
            request for request in self.requests if (request.method, request.path) == (method, path)
        ]

    def logins(self, kind: str) -> int:
        """How often a login of the kind was granted: client_credentials, refresh_token, session."""
        return self._logins[kind]

    def expire_access(self) -> None:
        self._access.clear()

    def expire_all(self) -> None:
        self._access.clear()
        self._refresh.clear()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                stand_in._serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

            def log_message(self, *_: object) -> None:
                return

        return Handler

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        path = parts.path.removeprefix("/api")
        request = Request(
            handler.command,
            path,
            dict(parse_qsl(parts.query)),
            dict(handler.headers),
            body,
            time.monotonic(),
        )
        with self._lock:
            self.requests.append(request)
            self._busy += 1
            self.is_busy_at_most = max(self.is_busy_at_most, self._busy)
            reply = self._reply(request)
        time.sleep(reply.delay)
        with self._lock:
            self._busy -= 1
        _send(handler, reply)

    def _reply(self, request: Request) -> Reply:
        script = self._scripts.get((request.method, request.path))
        is_login = (request.method, request.path) in (("POST", "/oauth2/token"), ("POST", "/auth"))
        if is_login:
            if script:
                return script.pop(0)
            return (
                self._token(request) if request.path == "/oauth2/token" else self._session(request)
            )
        if not self._is_known(request):
            return Reply(401, refusal("The token is not valid"))
        if not script:
            return Reply(404, refusal("Not found"))
        return script.pop(0) if len(script) > 1 else script[0]

    def _is_known(self, request: Request) -> bool:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        session = request.headers.get("Cookie", "").removeprefix("PHPSESSID=")
        return bearer in self._access or session in self._access

    def _token(self, request: Request) -> Reply:
        form = dict(parse_qsl(request.body.decode()))
        kind = form.get("grant_type", "")
        if kind == "refresh_token":
            is_right = (
                form.get("refresh_token") in self._refresh and form.get("client_id") == CLIENT_ID
            )
        else:
            is_right = (form.get("client_id"), form.get("client_secret")) == (
                CLIENT_ID,
                CLIENT_SECRET,
            )
        if not is_right:
            return Reply(
                401,
                {"error": "invalid_grant", "error_description": f"Not accepted: {request.body!r}"},
            )
        self._logins[kind] += 1
        number = sum(self._logins.values())
        access, refresh = f"access-value-{number}", f"refresh-value-{number}"
        self._access, self._refresh = {access}, {refresh}
        return Reply(
            body={
                "access_token": access,
                "refresh_token": refresh,
                "expires_in": self.token_seconds,
                "token_type": "Bearer",
            }
        )

    def _session(self, request: Request) -> Reply:
        if request.json != {"username": USERNAME, "password": PASSWORD}:
            return Reply(403, refusal("User name or password is wrong"))
        self._logins["session"] += 1
        session = f"session-value-{self._logins['session']}"
        self._access = {session}
        cookie = {"Set-Cookie": f"PHPSESSID={session}; path=/"}
        return Reply(body=envelope({"authenticated": True, "authToken": session}), headers=cookie)


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.trouble is Trouble.SILENCE:
        handler.close_connection = True
        return
    body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    if reply.body is None:
        body = b""
    if reply.trouble is Trouble.HALF_JSON:
        body = body[: len(body) // 2]
    try:
        handler.send_response(reply.status)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **reply.headers,
        }
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if reply.trouble is Trouble.CUT:
            body = body[: len(body) // 2]
            handler.close_connection = True
        handler.wfile.write(body)
    except OSError:
        # The client had no patience for a slow answer.
        handler.close_connection = True


HARBOR = {
    "id": 2500000000001201,
    "name": "Harbor Foods LLC",
    "customer": True,
    "externalIds": [],
    "news": {"x": 1},
}
ONE = Reply(body=envelope(HARBOR))
COMPANY = "/company/2500000000001201"
"""One company, as it is answered and where it lies."""
