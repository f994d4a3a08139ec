"""The console page: one page of plain HTML about both systems, made on the server, with nothing fetched from elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.calls import CallEntry
from st_spectrum.sandbox.console_view import SHOWN, Pair, Section, sections
from st_spectrum.sandbox.faults import FaultRule
from st_spectrum.sandbox.mailsink import Mail
from st_spectrum.sandbox.rig import Rig

REFRESH_SECONDS = 5

SYSTEM_TITLES = {"servicetrade": "ServiceTrade", "spectrum": "Spectrum", "*": "Both systems"}


def console_routes(rig: Rig, infolink: Path) -> list[Route]:
    """The page at `/`; `/?show=waiting` lists only what has not crossed; `/mails/N` is mail N as its reader sees it."""

    def page(request: Request) -> Response:
        return HTMLResponse(_page(rig, infolink, only_waiting=request.query_params.get("show") == "waiting"))

    def mail(request: Request) -> Response:
        mails, place = rig.mails.mails(), request.path_params["place"]
        if place >= len(mails):
            return HTMLResponse("<p>There is no such mail.</p>", 404)
        body = mails[place].html or f"<pre>{escape(mails[place].text)}</pre>"
        # A mail is somebody's text: it may show itself, and nothing more.
        return HTMLResponse(body, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})

    return [Route("/", page, methods=["GET"]), Route("/mails/{place:int}", mail, methods=["GET"])]


@cache
def _template() -> Template:
    return Template(files("st_spectrum.sandbox").joinpath("templates/console.html").read_text(encoding="utf-8"))


def _page(rig: Rig, infolink: Path, *, only_waiting: bool) -> str:
    shown = sections(rig, infolink, only_waiting=only_waiting)
    return _template().substitute(
        refresh=REFRESH_SECONDS,
        clock=f"{datetime.now(UTC):%d %b %Y, %H:%M:%S} UTC",
        other_link="/" if only_waiting else "/?show=waiting",
        other_text="show everything" if only_waiting else "show only what has not crossed",
        state=_state(rig),
        cards="".join(_card(section) for section in shown),
        sections="".join(_section(section, only_waiting) for section in shown),
        faults=_faults(rig.faults.list()),
        calls=_calls(rig.calls.newest(SHOWN), len(rig.calls)),
        mails=_mails(rig.mails.mails()),
    )


def _state(rig: Rig) -> str:
    parts = []
    for name, system in rig.systems.items():
        title = SYSTEM_TITLES[name]
        if not system.listener.is_open:
            parts.append(f'<b class="bad">{title} is switched off: connections are refused.</b>')
        elif system.latency.seconds:
            parts.append(f"{title} answers {system.latency.seconds * 1000:g} ms late.")
        else:
            parts.append(f"{title} is up.")
    return " ".join(parts)


def _card(section: Section) -> str:
    waiting = section.waiting_count
    note = (
        f'<span class="wait">{waiting:,} not in Spectrum</span>' if waiting else '<span class="good">all crossed</span>'
    )
    return (
        f'<div class="card"><a href="#{section.title}"><small>{section.title}</small>'
        f"<strong>{section.crossed_count:,} of {section.here_count:,}</strong>{note}"
        f"<br><small>Spectrum holds {section.there_count:,}, of which {section.alone_count:,} not from here</small></a></div>"
    )


def _section(section: Section, only_waiting: bool) -> str:
    total = section.waiting_count if only_waiting else section.here_count
    which = " that have not crossed" if only_waiting else ""
    rows = "".join(_pair(pair) for pair in section.pairs)
    note = f"<p>{escape(section.note)}</p>" if section.note else ""
    head = f"ServiceTrade: {section.here_title.lower()}", f"Spectrum: {section.there_title}"
    return (
        f'<section id="{section.title}"><h2>{section.title}</h2>'
        f"<p class='soft'>The newest {len(section.pairs)} of {total:,}{which}.</p>{note}"
        f"{_table(head, rows)}{_alone(section)}</section>"
    )


def _pair(pair: Pair) -> str:
    here = f'<td class="pair">{escape(pair.here)}<br><small>{escape(pair.detail)}</small></td>'
    code = f'<span class="code">{escape(pair.code)}</span>'
    if pair.has_crossed:
        return f"<tr>{here}<td>{code}<br><small>{escape(pair.there)}</small></td></tr>"
    why = f"external id {code}, which Spectrum does not know" if pair.code else "not in Spectrum"
    return f'<tr class="waiting">{here}<td class="wait">{why}</td></tr>'


def _alone(section: Section) -> str:
    if not section.alone_count:
        return ""
    rows = "".join(
        f'<tr><td class="code">{escape(code)}</td><td>{escape(text)}</td></tr>' for code, text in section.alone
    )
    shown = len(section.alone)
    return (
        f"<details><summary>{section.alone_count:,} in Spectrum that belong to no {section.here_title.lower()} here"
        f"{f', the last {shown}' if shown < section.alone_count else ''}</summary>"
        f"{_table((section.there_title, 'What it says'), rows)}</details>"
    )


def _table(head: Sequence[str], rows: str) -> str:
    if not rows:
        return '<p class="soft">Nothing yet.</p>'
    cells = "".join(f"<th>{escape(title)}</th>" for title in head)
    return f'<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(cells: Iterable[object]) -> str:
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"


def _faults(rules: Sequence[FaultRule]) -> str:
    rows = "".join(
        _row(
            (
                SYSTEM_TITLES.get(rule.system, rule.system),
                "every call" if rule.operation == "*" else rule.operation,
                f"with {rule.key}" if rule.key else "any",
                str(rule.kind).replace("_", " "),
                f"{rule.count} more" + (f", after {rule.skip} that pass" if rule.skip else ""),
            )
        )
        for rule in rules[:SHOWN]
    )
    head = ("System", "Call", "Record", "What goes wrong", "How often")
    return f'<section id="Faults"><h2>Faults in force</h2><p class="soft">{len(rules):,} rules.</p>{_table(head, rows)}</section>'


def _calls(calls: Sequence[CallEntry], total: int) -> str:
    rows = "".join(_call(call) for call in calls)
    head = ("No.", "Time (UTC)", "System", "Call", "Record", "Outcome")
    return (
        f'<section id="Calls"><h2>Last calls</h2><p class="soft">The newest {len(calls)} of {total:,}.</p>'
        f"{_table(head, rows)}</section>"
    )


def _call(call: CallEntry) -> str:
    kind = "write" if call.is_write else "read"
    outcome = "done" if call.is_committed else "not done"
    if not call.is_answered:
        outcome += ", answer lost"
    status = f"HTTP {call.status}" if call.status else "no answer"
    fault = f", fault: {call.fault.replace('_', ' ')}" if call.fault else ""
    colour = (
        "bad" if call.fault or not call.is_answered or call.status >= 400 else "good" if call.is_committed else "wait"
    )
    cells = (
        f'<td class="number">{call.seq:,}</td>',
        f'<td class="number">{call.at:%H:%M:%S}</td>',
        f"<td>{SYSTEM_TITLES[call.system]}</td>",
        f"<td>{escape(call.operation)} <small>({kind})</small></td>",
        f'<td class="code">{escape(call.key[:120])}</td>',
        f'<td class="{colour}">{outcome} <small>({status}{escape(fault)})</small></td>',
    )
    return f"<tr>{''.join(cells)}</tr>"


def _mails(mails: Sequence[Mail]) -> str:
    newest = mails[: -SHOWN - 1 : -1]
    rows = "".join(
        f'<tr><td class="number">{mail.at:%H:%M:%S}</td><td>{escape(mail.sender)} to {escape(", ".join(mail.recipients))}</td>'
        f'<td><a href="/mails/{len(mails) - 1 - place}">{escape(mail.subject)}</a>'
        f"<details><summary>text</summary><pre>{escape(mail.text or mail.html)}</pre></details></td></tr>"
        for place, mail in enumerate(newest)
    )
    head = ("Time (UTC)", "From and to", "Subject")
    return (
        f'<section id="Mails"><h2>Mails</h2><p class="soft">The newest {len(newest)} of {len(mails):,}; '
        f"none of them leaves this machine.</p>{_table(head, rows)}</section>"
    )
