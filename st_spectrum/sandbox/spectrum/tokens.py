"""Enhanced authentication: the token address, secret rotation, and whether a call carries a living
token [SP 1.5].
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from st_spectrum.sandbox.spectrum.database import Book, Record
from st_spectrum.sandbox.spectrum.own_tables import AUTHORIZATIONS, TOKENS
from st_spectrum.sandbox.threads import in_thread

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

SCOPE = "spectrumapi"
SECRET_DAYS = 120
"""The longest lifetime of a secret that can be set [SP 1.5]."""

UNAUTHORIZED = """<html><head><title>Error 401 Unauthorized</title></head>
<body><h2>HTTP ERROR 401</h2><p>Unauthorized</p><hr><i><small>Powered by Jetty://</small></i><hr/></body></html>"""


def routes(system: "SpectrumSystem") -> list[Route]:
    """`POST /connect/token` and `POST /secretRotation`, which take the same four form fields."""

    async def token(request: Request) -> Response:
        form = _form(await request.body())
        return await in_thread(_grant, system, form)

    async def rotate(request: Request) -> Response:
        form = _form(await request.body())
        return await in_thread(_rotate, system, form)

    return [
        Route("/connect/token", token, methods=["POST"]),
        Route("/secretRotation", rotate, methods=["POST"]),
    ]


def is_alive(system: "SpectrumSystem", header: str) -> bool:
    """Whether an Authorization header carries a token that was given out and has not run out."""
    return bool(authorization_of(system, header))


def authorization_of(system: "SpectrumSystem", header: str) -> str:
    """The Authorization ID whose client was given the living token in an Authorization header; ""
    without one.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return ""
    with system.database.reading() as book:
        known = book.find(TOKENS, Token=token)
        if known is None or system.now() >= float(known["Expires"]):
            return ""
        client = book.all(AUTHORIZATIONS, Client_ID=known["Client_ID"])
    return str(client[0]["Authorization_ID"]) if client else ""


class Expiry:
    """ASGI layer for the fault "expire_token": every token dies, and this call answers 401 whatever
    it was.
    """

    def __init__(self, app: ASGIApp, system: "SpectrumSystem") -> None:
        self.app = app
        self.system = system

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("sandbox.fault") != "expire_token":
            await self.app(scope, receive, send)
            return
        await in_thread(self._expire)
        await unauthorized()(scope, receive, send)

    def _expire(self) -> None:
        with self.system.database.writing() as book:
            book.delete(TOKENS)


def unauthorized() -> Response:
    """Status and shape are assumed [SP 1.5]."""
    return HTMLResponse(UNAUTHORIZED, 401, {"WWW-Authenticate": "Bearer"})


def _form(body: bytes) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _grant(system: "SpectrumSystem", form: dict[str, str]) -> Response:
    if refusal := _refusal(form):
        return refusal
    with system.database.writing() as book:
        if not _client(book, form):
            return _error("invalid_client", 401)
        token = secrets.token_urlsafe(32)
        seconds = system.switches.token_seconds
        expires = str(system.now() + seconds)
        book.insert(TOKENS, {"Token": token, "Client_ID": form["client_id"], "Expires": expires})
    return JSONResponse(
        {"access_token": token, "expires_in": int(seconds), "token_type": "Bearer", "scope": SCOPE},
        headers={"Cache-Control": "no-store"},
    )


def _rotate(system: "SpectrumSystem", form: dict[str, str]) -> Response:
    """A new secret; the old one dies at once (assumed). Needs the self-rotation right."""
    if refusal := _refusal(form):
        return refusal
    with system.database.writing() as book:
        client = _client(book, form)
        if not client:
            return _error("invalid_client", 401)
        if client["Self_Rotation"] != "Y":
            return _error("unauthorized_client", 400)
        secret = secrets.token_urlsafe(24)
        book.update(
            AUTHORIZATIONS, {"Client_Secret": secret}, Authorization_ID=client["Authorization_ID"]
        )
    expires = datetime.fromtimestamp(system.now(), UTC) + timedelta(days=SECRET_DAYS)
    return JSONResponse(
        {"client_secret": secret, "estimated_expiration": expires.strftime("%m/%d/%Y")}
    )


def _client(book: Book, form: dict[str, str]) -> Record | None:
    if not form.get("client_id") or not form.get("client_secret"):
        return None
    found = book.all(AUTHORIZATIONS, Client_ID=form["client_id"], Status="A")
    return next(
        (
            one
            for one in found
            if secrets.compare_digest(one["Client_Secret"], form["client_secret"])
        ),
        None,
    )


def _refusal(form: dict[str, str]) -> Response | None:
    if form.get("grant_type") != "client_credentials":
        return _error("unsupported_grant_type", 400)
    if form.get("scope") != SCOPE:
        return _error("invalid_scope", 400)
    return None


def _error(code: str, status: int) -> Response:
    """How a refusal looks is not documented; this is what OAuth 2 specifies (assumed) [SP 1.5]."""
    return JSONResponse({"error": code}, status_code=status)
