"""The control API on the console port: faults, calls, latency, switches, reset, counts, raw rows,
mails, pause and resume, and what people do at the screens of both systems.

Every answer is JSON; a request that cannot be carried out is answered 400 or 404 with `{"error":
sentence}`. Nothing here is part of either vendor's API.
"""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import date
from functools import wraps
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.calls import SYSTEM_NAMES, CallEntry
from st_spectrum.sandbox.faults import FaultRule
from st_spectrum.sandbox.mailsink import Mail
from st_spectrum.sandbox.rig import Rig, System
from st_spectrum.sandbox.spectrum import invoice_screen, order_archive, order_screen, payroll_screen
from st_spectrum.sandbox.threads import in_thread

RULE = TypeAdapter(FaultRule)
RULES = TypeAdapter(tuple[FaultRule, ...])
CALLS = TypeAdapter(tuple[CallEntry, ...])
MAILS = TypeAdapter(tuple[Mail, ...])

Endpoint = Callable[[Request], Awaitable[Response]]


class BadRequest(ValueError):
    """What the caller asked for cannot be understood; its text is the answer."""


def control_routes(rig: Rig) -> list[Route]:
    """The routes below /control/ of one rig."""
    return [
        Route("/control/faults", _answering(_faults, rig), methods=["GET", "POST", "DELETE"]),
        Route("/control/calls", _answering(_calls, rig), methods=["GET", "DELETE"]),
        Route("/control/latency", _answering(_latency, rig), methods=["GET", "POST"]),
        Route("/control/switches", _answering(_switches, rig), methods=["GET", "POST"]),
        Route("/control/reset", _answering(_reset, rig), methods=["POST"]),
        Route("/control/counts", _answering(_counts, rig), methods=["GET"]),
        Route("/control/records/{system}/{table}", _answering(_records, rig), methods=["GET"]),
        Route("/control/records", _answering(_add_records, rig), methods=["POST"]),
        Route("/control/employees", _answering(_employees, rig), methods=["POST"]),
        Route("/control/timecards/{action}", _answering(_act_on_timecards, rig), methods=["POST"]),
        Route("/control/edit", _answering(_edit, rig), methods=["POST"]),
        Route("/control/orders", _answering(_make_order, rig), methods=["POST"]),
        Route("/control/orders/archive", _answering(_add_old_orders, rig), methods=["POST"]),
        Route(
            "/control/orders/{number}/{action}", _answering(_act_on_order, rig), methods=["POST"]
        ),
        Route(
            "/control/invoices/{number}/{action}",
            _answering(_act_on_invoice, rig),
            methods=["POST"],
        ),
        Route("/control/mails", _answering(_mails, rig), methods=["GET", "DELETE"]),
        Route("/control/pause", _answering(_pause, rig), methods=["POST"]),
        Route("/control/resume", _answering(_resume, rig), methods=["POST"]),
    ]


def _answering(handle: Callable[[Request, Rig], Awaitable[Response]], rig: Rig) -> Endpoint:
    """`handle` bound to `rig`, with its complaints turned into answers."""

    @wraps(handle)
    async def endpoint(request: Request) -> Response:
        try:
            return await handle(request, rig)
        except ValidationError as error:
            where = "; ".join(
                f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
            )
            return JSONResponse({"error": where}, 400)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        except KeyError as error:
            return JSONResponse({"error": str(error.args[0])}, 404)

    return endpoint


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return body


def _system(rig: Rig, name: object) -> System:
    if name not in SYSTEM_NAMES:
        raise BadRequest(f"{name!r} is no system; there are {' and '.join(SYSTEM_NAMES)}")
    return rig.systems[name]


def _json(adapter: TypeAdapter[Any], value: object) -> Response:
    return Response(adapter.dump_json(value), media_type="application/json")


async def _faults(request: Request, rig: Rig) -> Response:
    if request.method == "DELETE":
        rig.faults.clear()
    elif request.method == "POST":
        body = await _body(request)
        if unknown := body.keys() - {field.name for field in fields(FaultRule)}:
            raise BadRequest(f"a fault rule has no {', '.join(sorted(unknown))}")
        rule = RULE.validate_python(body)
        if rule.system != "*":
            _system(rig, rule.system)
        rig.faults.add(rule)
    return _json(RULES, rig.faults.list())


async def _calls(request: Request, rig: Rig) -> Response:
    if request.method == "DELETE":
        rig.calls.clear()
        return JSONResponse([])
    query = request.query_params
    writes = {"": None, "1": True, "0": False}.get(query.get("writes", ""))
    after = query.get("after", "0")
    if not after.isdecimal():
        raise BadRequest(f"after={after!r} is no sequence number")
    entries = rig.calls.entries(query.get("system"), query.get("operation"), writes, int(after))
    return await in_thread(_json, CALLS, entries)


async def _latency(request: Request, rig: Rig) -> Response:
    if request.method == "POST":
        seconds = {
            name: value for name, value in (await _body(request)).items() if _system(rig, name)
        }
        for name, value in seconds.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise BadRequest(f"latency of {name} must be seconds, not {value!r}")
        for name, value in seconds.items():
            _system(rig, name).latency.seconds = float(value)
    return JSONResponse({name: system.latency.seconds for name, system in rig.systems.items()})


async def _switches(request: Request, rig: Rig) -> Response:
    if request.method == "POST":
        for name, values in (await _body(request)).items():
            if not isinstance(values, dict):
                raise BadRequest(f"switches of {name} must be an object")
            _system(rig, name).switch(values)
    return JSONResponse({name: system.switch_values() for name, system in rig.systems.items()})


async def _reset(_request: Request, rig: Rig) -> Response:
    await in_thread(rig.reset)
    for system in rig.systems.values():
        await system.listener.open()
    return await _counted(rig)


async def _counts(_request: Request, rig: Rig) -> Response:
    return await _counted(rig)


async def _counted(rig: Rig) -> Response:
    return JSONResponse(
        {name: await in_thread(system.counts) for name, system in rig.systems.items()}
    )


async def _records(request: Request, rig: Rig) -> Response:
    system = _system(rig, request.path_params["system"])
    rows = await in_thread(system.records, request.path_params["table"])
    return await in_thread(JSONResponse, rows)


async def _add_records(request: Request, rig: Rig) -> Response:
    """Many records of ServiceTrade at once, unchecked: {"table", "records"}; for years of time
    entries.
    """
    body = await _body(request)
    table, records = body.get("table"), body.get("records")
    if not (
        isinstance(table, str)
        and isinstance(records, list)
        and all(isinstance(record, dict) for record in records)
    ):
        raise BadRequest("a table and a list of objects are needed")
    made = await in_thread(rig.inside("servicetrade").add, table, records)
    return JSONResponse({"ids": made})


async def _employees(request: Request, rig: Rig) -> Response:
    """Somebody enters or changes employees at the Spectrum screen: {"employees": [{"Employee_Code",
    ...}]}.
    """
    employees = (await _body(request)).get("employees")
    if not isinstance(employees, list) or not all(
        isinstance(employee, dict) for employee in employees
    ):
        raise BadRequest("employees must be a list of objects")
    await in_thread(payroll_screen.keep_employees, rig.inside("spectrum"), employees)
    return JSONResponse({"employees": len(employees)})


async def _act_on_timecards(request: Request, rig: Rig) -> Response:
    """A payroll clerk works on the pre-time cards of a batch, or of all:
    `payroll_screen.ACTIONS`.
    """
    action, batch = request.path_params["action"], str((await _body(request)).get("batch", ""))
    spectrum = rig.inside("spectrum")
    return JSONResponse({"cards": await in_thread(payroll_screen.act, spectrum, action, batch)})


async def _edit(request: Request, rig: Rig) -> Response:
    """Somebody in ServiceTrade's office changes a record, unchecked: {"table", "id", "changes"}."""
    body = await _body(request)
    table, number, changes = body.get("table"), body.get("id"), body.get("changes")
    if not (isinstance(table, str) and isinstance(number, int) and isinstance(changes, dict)):
        raise BadRequest("an edit has a table, an id and an object of changes")
    await in_thread(rig.inside("servicetrade").edit, table, number, changes)
    return JSONResponse(changes)


async def _make_order(request: Request, rig: Rig) -> Response:
    """Somebody enters a purchase order at the Spectrum screen; the body is as for `POST
    /purchaseOrders`.
    """
    number = await in_thread(order_screen.make, rig.inside("spectrum"), await _body(request))
    return JSONResponse({"number": number})


async def _act_on_order(request: Request, rig: Rig) -> Response:
    """Somebody works on a purchase order; the body holds what the action needs, such as line and
    quantity.
    """
    number, action = request.path_params["number"], request.path_params["action"]
    spectrum = rig.inside("spectrum")
    await in_thread(order_screen.act, spectrum, number, action, await _body(request))
    return JSONResponse({"number": number, "action": action})


async def _act_on_invoice(request: Request, rig: Rig) -> Response:
    """Somebody works on an AR document; {"customer", "type"} tell it from others with its
    number.
    """
    number, action = request.path_params["number"], request.path_params["action"]
    spectrum = rig.inside("spectrum")
    await in_thread(invoice_screen.act, spectrum, number, action, await _body(request))
    return JSONResponse({"number": number, "action": action})


async def _add_old_orders(request: Request, rig: Rig) -> Response:
    """{"count", "lines", "newest"}: closed orders, the newest ordered on or before that day."""
    body = await _body(request)
    count, lines = body.get("count"), body.get("lines", 3)
    if not (isinstance(count, int) and isinstance(lines, int)):
        raise BadRequest("count and lines are whole numbers")
    newest = date.fromisoformat(str(body.get("newest", "")))
    spectrum = rig.inside("spectrum")
    total = await in_thread(order_archive.add_closed, spectrum, count, lines, newest)
    return JSONResponse({"old_orders": total})


async def _mails(request: Request, rig: Rig) -> Response:
    if request.method == "DELETE":
        rig.mails.clear()
    return _json(MAILS, rig.mails.mails())


async def _pause(request: Request, rig: Rig) -> Response:
    await _system(rig, (await _body(request)).get("system")).listener.close()
    return JSONResponse(_open(rig))


async def _resume(request: Request, rig: Rig) -> Response:
    await _system(rig, (await _body(request)).get("system")).listener.open()
    return JSONResponse(_open(rig))


def _open(rig: Rig) -> dict[str, bool]:
    return {name: system.listener.is_open for name, system in rig.systems.items()}
