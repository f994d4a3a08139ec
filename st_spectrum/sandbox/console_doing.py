"""The page on which people act in both systems, and the page of one call with its bodies."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import httpx
from lxml import etree
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.callers import CallRefused, ServiceTradeCaller
from st_spectrum.sandbox.calls import CallEntry
from st_spectrum.sandbox.console import SYSTEM_TITLES, missing_page
from st_spectrum.sandbox.console_acts import ACTS, Hands, Row
from st_spectrum.sandbox.faults import FaultKind
from st_spectrum.sandbox.invoice_plan import ZONE
from st_spectrum.sandbox.rig import Rig
from st_spectrum.sandbox.spectrum import code_screen, payroll_screen
from st_spectrum.sandbox.threads import in_thread
from st_spectrum.templates import template

CHOICES = 200
"""So many records stand in a list to choose from, the newest first."""

PAGE = re.compile(r"/records/[a-z]+/\d+")
"""Of a record, to which one comes back from its own forms."""

OPERATIONS = (
    "GET /company", "GET /location", "GET /job", "GET /invoice", "GET /timecard",
    "PUT /externalid", "POST /jobitem", "AddCustomer", "AddWOSiteAddress", "AddJob", "AddPhase",
    "POST /customer/invoice", "PreTimeCard",
)  # fmt: skip
"""Calls that people want to see fail, by their names in the call log; any other can be typed."""


def doing_routes(rig: Rig) -> list[Route]:
    """`/do` with its forms, and `/calls/N`."""

    def page(request: Request) -> Response:
        return HTMLResponse(_page(rig, request.query_params))

    async def act(request: Request) -> Response:
        name = request.path_params["name"]
        form = dict(parse_qsl((await request.body()).decode()))
        outcome = await in_thread(_outcome, rig, name, form)
        page = form.get("page", "")
        address = page if PAGE.fullmatch(page) else "/do"
        return RedirectResponse(f"{address}?{urlencode(outcome)}", 303)

    def call(request: Request) -> Response:
        found = rig.calls.bodies(request.path_params["seq"])
        if found is None:
            return missing_page("Only the newest calls are kept with their bodies.")
        entry, asked, answered = found
        return HTMLResponse(
            template("st_spectrum.sandbox", "call.html").render(
                refresh_seconds=0,
                call=entry,
                as_typed=unquote_plus,
                title=SYSTEM_TITLES[entry.system],
                outcome=_lost_answer(entry),
                asked=in_lines(asked),
                answered=in_lines(answered),
            )
        )

    return [
        Route("/do", page, methods=["GET"]),
        Route("/do/{name}", act, methods=["POST"]),
        Route("/calls/{seq:int}", call, methods=["GET"]),
    ]


def _lost_answer(call: CallEntry) -> str:
    """What became of a call whose answer did not leave, or not whole."""
    title = SYSTEM_TITLES[call.system]
    if not call.status:
        return f"The connection was closed before {title} did anything."
    done = "carried the call out" if call.is_committed else "did not carry the call out"
    ended = (
        "its answer broke off half way"
        if call.fault == FaultKind.TRUNCATE
        else "the connection was closed before its answer left"
    )
    return f"{title} {done}, and {ended}."


def _outcome(rig: Rig, name: str, form: Mapping[str, str]) -> dict[str, str]:
    """What was done, or what was wrong; for the page that follows."""
    act = ACTS.get(name)
    if act is None:
        return {"wrong": f"Nobody can do {name!r} here."}
    entrance: Any = rig.systems["servicetrade"].listener
    try:
        with ServiceTradeCaller(f"{entrance.url}/api") as office:
            return {"done": act(Hands(office, rig), form)}
    except (KeyError, ValueError) as error:
        return {"wrong": str(error.args[0])}
    except CallRefused as refused:
        return {"wrong": f"ServiceTrade does not take this: {refused}"}
    except httpx.HTTPError as error:
        return {"wrong": f"ServiceTrade does not answer: {error}"}


def _page(rig: Rig, query: Mapping[str, str]) -> str:
    office = rig.systems["servicetrade"]
    spectrum = rig.inside("spectrum")

    def newest(table: str) -> list[Row]:
        return sorted(office.records(table), key=lambda row: int(row["id"]), reverse=True)

    own = {row.get("primeCompanyId") for row in office.records("account")}
    invoices = newest("invoice")
    return template("st_spectrum.sandbox", "do.html").render(
        refresh_seconds=0,
        done=query.get("done", ""),
        wrong=query.get("wrong", ""),
        companies=_named(row for row in newest("company") if row["id"] not in own),
        locations=_named(row for row in newest("location") if row.get("companyId") not in own),
        jobs=_numbered(newest("job")),
        lines=_named(newest("serviceline")),
        waiting=_invoices(row for row in invoices if row["status"] == "ok"),
        open_invoices=_invoices(row for row in invoices if row["status"] != "void"),
        technicians=_people(row for row in newest("user") if row.get("isTech")),
        cards=_cards(newest("timecard"), office.records("user")),
        codes=code_screen.codes(spectrum),
        accounts=code_screen.accounts(spectrum),
        pieces=payroll_screen.cards(spectrum)[:CHOICES],
        year=datetime.now(UTC).year,
        faults=[(kind.value, kind.value.replace("_", " ")) for kind in FaultKind],
        operations=OPERATIONS,
        in_force=len(rig.faults.list()),
    )


Choices = list[tuple[int, str]]


def _named(rows: Iterable[Row]) -> Choices:
    return [(row["id"], str(row["name"])) for row in rows][:CHOICES]


def _numbered(rows: Iterable[Row]) -> Choices:
    return [(row["id"], f"{row['number']} {row.get('name') or ''}") for row in rows][:CHOICES]


def _invoices(rows: Iterable[Row]) -> Choices:
    return [
        (row["id"], f"{row['invoiceNumber']} · {_words(row)} · {row['totalPrice']:,.2f}")
        for row in rows
    ][:CHOICES]


def _words(row: Row) -> str:
    return str(row["status"]).replace("_", " ")


def _people(rows: Iterable[Row]) -> Choices:
    return [(row["id"], f"{row['firstName']} {row['lastName']}") for row in rows][:CHOICES]


def _cards(cards: Iterable[Row], users: Iterable[Row]) -> Choices:
    names = dict(_people(users))
    return [
        (card["id"], f"{names.get(card['userId'], 'nobody')}, {_week_of(card)}")
        for card in cards
        if card["status"] != "approved"
    ][:CHOICES]


def _week_of(card: Row) -> str:
    begins = datetime.fromtimestamp(card["periodStart"], ZONE)
    hours = sum(row["duration"] for row in card["dayLogs"]) / 3600
    return f"week from {begins:%Y-%m-%d}, {hours:.2f} h"


def in_lines(body: str) -> str:
    """JSON and XML with a line for each value; anything else, and what was cut, as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        pass
    try:
        parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False)
        tree = etree.fromstring(body.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return body
    return etree.tostring(tree, pretty_print=True, encoding="unicode")
