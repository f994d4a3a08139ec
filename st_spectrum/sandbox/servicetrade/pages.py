"""What a link to a record opens: the application has a page for each [ST 1], and so has the
sandbox's console. Without a console it is a few lines.
"""

import html
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.servicetrade.documents import Document

KINDS = {"locations": "location", "company": "company", "job": "job", "invoice": "invoice"}
"""The kind of a record by the word of its page's address."""
NAMES = ("name", "number", "invoiceNumber")


def page_routes(records: Callable[[str], list[Document]]) -> list[Route]:
    """`/{word}/{id}` beside the API; `records` gives those of a kind."""

    def page(request: Request) -> Response:
        kind = KINDS.get(request.path_params["word"])
        number = request.path_params["number"]
        found = [one for one in records(kind) if one["id"] == number] if kind else []
        if not found:
            return HTMLResponse("<p>There is no such record in this stand-in.</p>", 404)
        if console_url := getattr(request.app.state, "console_url", ""):
            return RedirectResponse(f"{console_url}/records/{kind}/{number}")
        name = next((str(found[0][key]) for key in NAMES if found[0].get(key)), "")
        return HTMLResponse(
            f"<!doctype html><title>{kind} {number}</title>"
            f"<h1>{kind} {number}</h1><p>{html.escape(name)}</p>"
            "<p>ServiceTrade shows the record here; this stand-in shows all of its records on the"
            " page of both systems.</p>"
        )

    return [Route("/{word}/{number:int}", page, methods=["GET"])]
