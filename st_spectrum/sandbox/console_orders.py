"""The page of purchase orders: what Spectrum holds beside what stands on the jobs, and forms to make, change and cancel.

The forms do what people do at the Spectrum screen. The page stands still while somebody types; `/orders?watch=1` renews itself.
"""

from collections.abc import Callable
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.console_order_view import Shown, ShownLine, ShownOrder, read_orders
from st_spectrum.sandbox.rig import Rig
from st_spectrum.sandbox.spectrum import order_screen
from st_spectrum.sandbox.threads import in_thread

WATCH_SECONDS = 2
UNITS = ("EA", "FT", "LB", "HR", "C", "M")
ORDER_BUTTONS = {"receive": "All received", "close": "Close", "open": "Open", "cancel": "Cancel order"}
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
    return rig.systems["spectrum"].app.state.sandbox


async def _form(request: Request) -> dict[str, str]:
    """The fields that were filled in; a blank one of a form stays as it is in Spectrum."""
    return {name: value.strip() for name, value in parse_qsl((await request.body()).decode()) if value.strip()}


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
    return {**place, "Vendor_Code": form.get("vendor", ""), "Remarks": form.get("remarks", ""), "poDetails": lines}


@cache
def _template() -> Template:
    return Template(files("st_spectrum.sandbox").joinpath("templates/orders.html").read_text(encoding="utf-8"))


def _page(shown: Shown, query: Any) -> str:
    is_watching = query.get("watch") == "1"
    wrong = query.get("wrong", "")
    return _template().substitute(
        refresh=f'<meta http-equiv="refresh" content="{WATCH_SECONDS}">' if is_watching else "",
        other_link="/orders" if is_watching else "/orders?watch=1",
        other_text="stop renewing, to type" if is_watching else "renew every few seconds, to watch",
        wrong=f'<p class="bad" role="alert">Spectrum does not take this: {escape(wrong)}</p>' if wrong else "",
        vendors=_options(shown.vendors),
        jobs=_options(shown.jobs),
        units="".join(f"<option>{unit}</option>" for unit in UNITS),
        count=f"The newest {len(shown.orders)} of {shown.total:,}." if shown.total else "None yet.",
        orders="".join(_order(order) for order in shown.orders),
    )


def _options(choices: dict[str, str]) -> str:
    return "".join(
        f'<option value="{escape(code)}">{escape(f"{code} · {text}")}</option>' for code, text in choices.items()
    )


def _order(order: ShownOrder) -> str:
    number = escape(order.number)
    buttons = "".join(_button(order.number, action, text) for action, text in ORDER_BUTTONS.items())
    remarks = f" · {escape(order.remarks)}" if order.remarks else ""
    return (
        f'<section id="{number}"><h2>PO {number} <span class="{"good" if order.status == "OPEN" else "wait"}">'
        f"{escape(order.status)}</span></h2>"
        f'<p class="soft">{escape(order.vendor)} · {escape(order.place)}{remarks}</p>'
        f'<div class="scroll"><table><thead><tr><th>Line in Spectrum</th><th>Change it</th>'
        f"<th class='there'>On the job in ServiceTrade</th></tr></thead><tbody>{''.join(_line(order, line) for line in order.lines)}"
        f'</tbody></table></div><div class="forms">{buttons}</div>'
        f'<form class="forms" method="post" action="/orders/{quote(order.number)}/add_line">'
        f"{_input('description', 'another line', 28)}{_input('quantity', 'quantity', 6)}{_input('price', 'price', 8)}"
        f'<input type="hidden" name="job" value="{escape(order.job_number)}"><button>Add line</button></form></section>'
    )


def _line(order: ShownOrder, line: ShownLine) -> str:
    number = f'<input type="hidden" name="line" value="{line.number}">'
    if line.message:
        there = f'<td colspan="1"><small>{line.number}</small> {escape(line.message)}</td>'
        change = _button(order.number, "delete_line", LINE_BUTTONS["delete_line"], number)
    else:
        there = f"<td><small>{line.number}</small> {escape(line.text)}<br><small>{escape(line.numbers)}</small></td>"
        change = (
            f'<form class="forms" method="post" action="/orders/{quote(order.number)}/change_line">{number}'
            f"{_input('quantity', 'quantity', 6)}{_input('price', 'price', 8)}<button>Save</button></form>"
            f'<span class="forms">'
            f"{''.join(_button(order.number, action, text, number) for action, text in LINE_BUTTONS.items())}</span>"
        )
    item = f"<td>{escape(line.item)}</td>" if line.item else '<td class="wait">nothing</td>'
    return f'<tr class="{"" if line.item else "waiting"}">{there}<td>{change}</td>{item}</tr>'


def _button(number: str, action: str, text: str, fields: str = "") -> str:
    where = f"/orders/{quote(number)}/{action}"
    return f'<form method="post" action="{where}">{fields}<button>{text}</button></form>'


def _input(name: str, label: str, size: int) -> str:
    return f'<input name="{name}" placeholder="{label}" aria-label="{label}" size="{size}">'
