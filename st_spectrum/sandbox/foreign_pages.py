"""The console answers its own page and programs on this machine: no page of another site may press
its buttons.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class OwnPagesOnly:
    """Refuses a Host that is not this machine, as after a DNS trick, and an Origin other than the
    console itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_own(Headers(scope=scope)):
            answer = JSONResponse(
                {"error": "the console answers its own page only, under 127.0.0.1 or localhost"},
                403,
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_own(headers: Headers) -> bool:
    host, origin = headers.get("host", ""), headers.get("origin")
    if _name(f"//{host}") not in OWN_NAMES:
        return False
    return origin is None or urlsplit(origin).netloc == host


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
