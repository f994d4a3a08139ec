"""The HTTP face of the Spectrum stand-in: WSDLs, SOAP, REST, tokens. Faults, latency and the call
log are put around it.
"""

import time
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.calls import Operation
from st_spectrum.sandbox.spectrum import customer_invoice, purchase_order, soap, timecards, tokens
from st_spectrum.sandbox.spectrum.layouts import LAYOUTS
from st_spectrum.sandbox.spectrum.services import HANDLERS
from st_spectrum.sandbox.spectrum.switches import Switches
from st_spectrum.sandbox.spectrum.system import SpectrumSystem
from st_spectrum.sandbox.spectrum.wsdl import wsdl
from st_spectrum.sandbox.threads import in_thread

__all__ = ["Switches", "build", "identify"]

XML = "text/xml; charset=utf-8"

TOKEN_PATHS = frozenset({"/connect/token", "/secretRotation"})

NAMED_BY = {"PreTimeCard": ("Message",)}
"""What a call is about in logs and fault rules where the service has no natural key."""

WADL = (
    '<?xml version="1.0" encoding="UTF-8"?><application xmlns="http://wadl.dev.java.net/2009/02"/>'
)

NOT_FOUND = """<html><head><title>Error 404 Not Found</title></head>
<body><h2>HTTP ERROR 404</h2><p>Problem accessing /WebServices{path}. Reason:<pre>    Not Found</pre></p>
<hr><i><small>Powered by Jetty://</small></i><hr/></body></html>"""


def build(state_dir: Path, switches: Switches, now: Callable[[], float] = time.time) -> Starlette:
    """The app over the state in `state_dir`; `app.state.sandbox` is its `SpectrumSystem`.

    A REST service is one module with `routes(system)`, and one line in the list below.
    """
    system = SpectrumSystem(state_dir, switches, now)
    app = Starlette(
        routes=[
            *_soap_routes(system),
            *customer_invoice.routes(system),
            *purchase_order.routes(system),
            *timecards.routes(system),
            *tokens.routes(system),
        ],
        middleware=[Middleware(tokens.Expiry, system=system)],
        exception_handlers={404: _not_found},
    )
    app.state.sandbox = system
    return app


def identify(method: str, path: str, query: str, body: bytes) -> Operation:  # noqa: ARG001 (both systems share it)
    """What a call is: the SOAP service with its natural key or its filters, otherwise method and
    path.

    The key of a batch of invoices or orders is their numbers, that of time cards their messages,
    joined by commas.
    """
    if (method, path) == ("POST", customer_invoice.PATH):
        return Operation(
            f"{method} {path}", ",".join(customer_invoice.numbers_of(body)), is_write=True
        )
    if (method, path) == ("POST", purchase_order.PATH):
        return Operation(
            f"{method} {path}", ",".join(purchase_order.numbers_of(body)), is_write=True
        )
    if (method, path) == ("POST", timecards.PATH):
        return Operation(f"{method} {path}", ",".join(timecards.tokens_of(body)), is_write=True)
    name = path.removeprefix("/ws/")
    service = LAYOUTS.get(name)
    if method != "POST" or name == path or service is None:
        is_write = method not in ("GET", "HEAD", "OPTIONS") and path not in TOKEN_PATHS
        return Operation(f"{method} {path}", "", is_write)
    try:
        values = soap.parse(body).values
    except soap.Unreadable:
        values = {}
    if service.is_read:
        filters = (field.name for field in service.fields if field.name != "pCompany_Code")
        return Operation(
            name, "|".join(values[field] for field in filters if values.get(field)), is_write=False
        )
    return Operation(
        name,
        "|".join(values.get(field, "") for field in NAMED_BY.get(name, service.key)),
        service.is_write,
    )


def _soap_routes(system: SpectrumSystem) -> list[Route]:
    async def show_wsdl(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in HANDLERS:
            return _not_found(request, None)
        return Response(
            wsdl(LAYOUTS[name], f"{request.url.scheme}://{request.url.netloc}"), media_type=XML
        )

    async def call(request: Request) -> Response:
        fault = request.scope.get("sandbox.fault", "")
        header = request.headers.get("authorization", "")
        body = await request.body()
        return await in_thread(_answer, system, request.path_params["name"], body, header, fault)

    async def describe(request: Request) -> Response:  # noqa: ARG001
        return Response(WADL, media_type="application/vnd.sun.wadl+xml")

    return [
        Route("/wsdls/{name}.jws", show_wsdl, methods=["GET"]),
        Route("/ws/{name}", call, methods=["POST"]),
        Route("/ws", describe, methods=["GET", "OPTIONS"]),
    ]


def _answer(system: SpectrumSystem, name: str, body: bytes, header: str, fault: str) -> Response:
    """Basic and no header at all are taken alike [SP 1.4]; in bearer mode a living token is needed
    [SP 1.5].
    """
    if system.switches.auth_mode == "bearer" and not tokens.is_alive(system, header):
        return tokens.unauthorized()
    answer = system.execute(name, body, fault)
    return Response(answer.body, answer.status, media_type=XML)


def _not_found(request: Request, error: Exception | None) -> Response:  # noqa: ARG001 (Starlette's signature)
    """The page of the web server in front [SP 1.1]."""
    return HTMLResponse(
        NOT_FOUND.format(path="/wsdls/…" if "wsdls" in request.url.path else ""), 404
    )
