"""The page of purchase orders: what Spectrum holds beside what stands on the jobs, and forms to
make, change and cancel.

The forms do what people do at the Spectrum screen. The page stands still while somebody types;
`/orders?watch=1` renews itself.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.console_order_view import Shown, read_orders
from st_spectrum.sandbox.rig import Rig
from st_spectrum.sandbox.spectrum import order_screen
from st_spectrum.sandbox.threads import in_thread
from st_spectrum.templates import template

WATCH_SECONDS = 2
UNITS = ("EA", "FT", "LB", "HR", "C", "M")
ORDER_BUTTONS = {
    "receive": "All received",
    "close": "Close",
    "open": "Open",
    "cancel": "Cancel order",
}
LINE_BUTTONS = {"receive": "Received", "cancel_line": "Cancel line", "delete_line": "Delete line"}


def order_routes(rig: Rig, infolink: Path) -> list[Route]:
    """The page at `/orders`, and what its forms post to."""

    def page(request: Request) -> Response:
        return HTMLResponse(_page(read_orders(rig, infolink), request.query_params))

    async def make(request: Request) -> Response:
        form = await _form(request)
        return await _done(lambda: order_screen.make(_spectrum(rig), _order_of(form)))

    async def act(request: Request) -> Response:
        number, action = request.path_params["number"], request.path_params["action"]
        values = await _form(request)

        def do() -> str:
            order_screen.act(_spectrum(rig), number, action, values)
            return str(number)

        return await _done(do)

    return [
        Route("/orders", page, methods=["GET"]),
        Route("/orders", make, methods=["POST"]),
        Route("/orders/{number}/{action}", act, methods=["POST"]),
    ]


def _spectrum(rig: Rig) -> Any:
    return rig.inside("spectrum")


async def _form(request: Request) -> dict[str, str]:
    """The fields that were filled in; a blank one of a form stays as it is in Spectrum."""
    return {
        name: value.strip()
        for name, value in parse_qsl((await request.body()).decode())
        if value.strip()
    }


async def _done(work: Callable[[], str]) -> Response:
    """Back to the page, at the order that was worked on, or with what was wrong."""
    try:
        number = await in_thread(work)
    except (KeyError, ValueError) as error:
        return RedirectResponse(f"/orders?{urlencode({'wrong': str(error.args[0])})}", 303)
    return RedirectResponse(f"/orders#{quote(number)}", 303)


def _order_of(form: dict[str, str]) -> dict[str, Any]:
    line = {
        "Detail_Entry_Type": "N",
        "PO_Quantity": form.get("quantity", ""),
        "Item_Description": form.get("description", ""),
        "Unit_Of_Measure": form.get("unit", ""),
        "Item_Price": form.get("price", ""),
        "Cost_Type": form.get("cost_type", ""),
    }
    lines: list[dict[str, str]] = [line]
    if form.get("message"):
        lines.append({"Detail_Entry_Type": "M", "Message": form["message"]})
    job = form.get("job", "")
    place = {"Job_Number": job} if job else {"Warehouse_Code": "MAIN"}
    return {
        **place,
        "Vendor_Code": form.get("vendor", ""),
        "Remarks": form.get("remarks", ""),
        "poDetails": lines,
    }


def _page(shown: Shown, query: Any) -> str:
    return template("st_spectrum.sandbox", "orders.html").render(
        refresh_seconds=WATCH_SECONDS if query.get("watch") == "1" else 0,
        wrong=query.get("wrong", ""),
        vendors=shown.vendors,
        jobs=shown.jobs,
        orders=shown.orders,
        total=shown.total,
        units=UNITS,
        order_buttons=ORDER_BUTTONS,
        line_buttons=LINE_BUTTONS,
    )
