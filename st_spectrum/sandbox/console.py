"""The console page: one page of plain HTML about both systems, made on the server, with nothing
fetched from elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.console_view import SHOWN, sections
from st_spectrum.sandbox.mailsink import Mail
from st_spectrum.sandbox.rig import Rig
from st_spectrum.templates import template

if TYPE_CHECKING:
    from jinja2 import Template

REFRESH_SECONDS = 5

FLOW_PAGES = {
    title.casefold(): title for title in ("Customers", "Sites", "Jobs", "Invoices", "Time")
}
"""The pages of single flows, by their names in small letters."""
SYSTEM_TITLES = {"servicetrade": "ServiceTrade", "spectrum": "Spectrum", "*": "Both systems"}


def console_routes(rig: Rig, infolink: Path) -> list[Route]:
    """The page at `/`; `/?show=waiting` lists only what has not crossed, `/?calls=writes` among the
    calls only what was written; `/flows/Jobs?q=dock` is
    the page of one flow, with those alone that have this in their text; `/mails/N` is mail N as its
    reader sees it; `/newest` is the number of the newest call.
    """

    def page(request: Request) -> Response:
        flow = request.path_params.get("flow", "").casefold()
        if flow not in ("", *FLOW_PAGES):
            return missing_page("There is no such page.")
        return HTMLResponse(
            _page(
                rig, infolink, FLOW_PAGES.get(flow, ""), request.query_params.get("q", ""),
                only_waiting=request.query_params.get("show") == "waiting",
                only_writes=request.query_params.get("calls") == "writes",
            )
        )  # fmt: skip

    def newest(_request: Request) -> Response:
        return JSONResponse(rig.calls.last_seq)

    def mail(request: Request) -> Response:
        mails, place = rig.mails.mails(), request.path_params["place"]
        if place >= len(mails):
            return missing_page("There is no such mail.")
        body = mails[place].html or _template("mail_as_text.html").render(text=mails[place].text)
        # A mail is somebody's text: it may show itself, and nothing more.
        return HTMLResponse(
            body,
            headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
        )

    return [
        Route("/", page, methods=["GET"]),
        Route("/flows/{flow}", page, methods=["GET"]),
        Route("/newest", newest, methods=["GET"]),
        Route("/calls", _within("Calls"), methods=["GET"]),
        Route("/mails", _within("Mails"), methods=["GET"]),
        Route("/mails/{place:int}", mail, methods=["GET"]),
    ]


def _within(section: str) -> Callable[[Request], Response]:
    """Leads to a part of the page at `/`."""
    return lambda _request: RedirectResponse(f"/#{section}")


def _template(name: str) -> "Template":
    return template("st_spectrum.sandbox", name)


def missing_page(sentence: str) -> Response:
    """What is not there, and where to go from here."""
    missing = _template("no_such_page.html")
    return HTMLResponse(missing.render(refresh_seconds=0, flows=FLOW_PAGES, sentence=sentence), 404)


def _page(
    rig: Rig, infolink: Path, flow: str, search: str, *, only_waiting: bool, only_writes: bool
) -> str:
    found = sections(rig, infolink, only_waiting=only_waiting, search=search)
    return _template("console.html").render(
        refresh_seconds=0,
        look_again_seconds=REFRESH_SECONDS,
        newest=rig.calls.last_seq,
        flow=flow,
        search=search,
        clock=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        only_waiting=only_waiting,
        only_writes=only_writes,
        systems=list(_states(rig)),
        sections=[one for one in found if flow in ("", one.title)],
        faults=rig.faults.list(),
        calls=rig.calls.newest(SHOWN, only_writes=only_writes),
        calls_total=len(rig.calls),
        mails=list(_newest_first(rig.mails.mails())),
        titles=SYSTEM_TITLES,
        shown=SHOWN,
        as_typed=unquote_plus,
    )


def _states(rig: Rig) -> Iterator[Mapping[str, object]]:
    for name, system in rig.systems.items():
        late_ms = f"{system.latency.seconds * 1000:g}" if system.latency.seconds else ""
        yield {"title": SYSTEM_TITLES[name], "is_open": system.listener.is_open, "late_ms": late_ms}


def _newest_first(mails: Sequence[Mail]) -> Iterator[Mapping[str, object]]:
    for place, mail in reversed([*enumerate(mails)]):
        yield {
            "place": place,
            "at": mail.at,
            "sender": mail.sender,
            "recipients": mail.recipients,
            "subject": mail.subject,
            "text": mail.text or mail.html,
        }
