"""The page of one record, where people correct it: what ServiceTrade's application and Spectrum's
screen are in life. A link in a mail leads here.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.console import missing_page
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.rig import Rig
from st_spectrum.templates import template

PAGES: Mapping[str, str] = {
    "company": "Customers",
    "location": "Sites",
    "job": "Jobs",
    "invoice": "Invoices",
    "user": "Time",
}
"""Kinds of records that have a page, and the list of both systems in which they stand."""
NAMES = ("name", "number", "invoiceNumber")
WITH_STATUS = frozenset({"company", "location"})


def record_routes(rig: Rig) -> list[Route]:
    """`/records/{kind}/{id}`."""

    def page(request: Request) -> Response:
        kind, number = request.path_params["kind"], request.path_params["number"]
        rows = rig.systems["servicetrade"].records(kind) if kind in PAGES else []
        found = [row for row in rows if row["id"] == number]
        if not found:
            return missing_page("There is no such record.")
        return HTMLResponse(_page(kind, found[0], request.query_params))

    return [Route("/records/{kind}/{number:int}", page, methods=["GET"])]


def _page(kind: str, record: Mapping[str, Any], query: Mapping[str, str]) -> str:
    name = next((str(record[key]) for key in NAMES if record.get(key)), "")
    code = str((record.get("externalIds") or {}).get(EXTERNAL_SYSTEM, ""))
    return template("st_spectrum.sandbox", "record.html").render(
        refresh_seconds=0,
        kind=kind,
        record=record,
        name=name,
        code=code,
        flow=PAGES[kind],
        has_status=kind in WITH_STATUS,
        values=[(key, value) for key, value in record.items() if _is_shown(value)],
        done=query.get("done", ""),
        wrong=query.get("wrong", ""),
    )


def _is_shown(value: object) -> bool:
    return isinstance(value, str | int | float) and value != ""
