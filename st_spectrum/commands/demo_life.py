"""The demo after the first load: now and then something new in ServiceTrade, and its delay."""

import time
from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.markup import escape

from st_spectrum.commands.stage import Stage
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.flows.timecards.description import TIMECARDS
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.payroll_week import week_end
from st_spectrum.ledger.entry import is_open
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.sandbox.life import Event, Life

PAUSE_SECONDS = 12.0
PATIENCE_SECONDS = 60.0
SHOWN_AS = {"company": "AR customer", "location": "work-order site", "job": "Spectrum job"}
BILLING = frozenset({"invoice", "approve", "void"})
TIME = "time"
PRE_TIME_TABLES = ("PR_PRE_TC_IMPORT_ERR_MC", "PR_PRE_TIME_CARD_MC")
"""Cards that wait for review in payroll, and those past it."""


def live_on(stage: Stage) -> None:
    """Until Ctrl-C."""
    stage.console.print("\nFrom here on the world keeps living. Ctrl-C ends everything.\n")
    with Life(stage.built, stage.kept) as life:
        while True:
            event = life.step()
            stage.console.print(escape(event.text))
            if event.kind in SHOWN_AS or event.kind in BILLING or event.kind == TIME:
                _watch(stage, event)
            time.sleep(PAUSE_SECONDS)


def _watch(stage: Stage, event: Event) -> None:
    began = time.monotonic()
    pieces = _pieces_of(stage, event) if event.kind == TIME else frozenset()
    while time.monotonic() - began < PATIENCE_SECONDS:
        time.sleep(0.5)
        if arrival := _arrived(stage, event, pieces):
            stage.console.print(f"  → {escape(arrival)} after {time.monotonic() - began:.1f} s")
            return
    stage.console.print(f"  … {escape(why_not_yet(stage.ledger, _keys_of(stage, event)))}")


def why_not_yet(ledger: Ledger, ids: frozenset[str]) -> str:
    """What the records of one event wait for; a key of the ledger ends in the id of its record."""
    opened = (
        held.entry for flow in FLOWS for _, held in ledger.open_entries(flow) if held is not None
    )
    waiting = (entry for entry in opened if entry.key.rpartition(".")[2] in ids)
    reasons = dict.fromkeys(
        f"{entry.reason.rstrip('.')}. {entry.advice}".strip() for entry in waiting if entry.reason
    )
    return f"waits: {' '.join(reasons)}" if reasons else "is still on its way"


def _keys_of(stage: Stage, event: Event) -> frozenset[str]:
    if event.kind != TIME:
        return frozenset({str(event.id)})
    return frozenset(str(row["id"]) for row in _record(stage, "timecard", event.id)["dayLogs"])


def _pieces_of(stage: Stage, event: Event) -> frozenset[str]:
    """The ledger's keys of the time that the account carries of a card."""
    account, rows = stage.account, _record(stage, "timecard", event.id)["dayLogs"]
    zone, starts_on = ZoneInfo(account.timezone), account.timecards.week_starts_on
    days = {datetime.fromtimestamp(row["date"], zone).date() for row in rows}
    ids = {str(row["id"]) for row in rows}
    with open_session(account) as session:
        return frozenset(
            piece.key
            for end in {week_end(day, starts_on) for day in days}
            for piece in time_context(session.flows).times.week(end)
            if piece.key.rpartition(".")[2] in ids
        )


def _arrived(stage: Stage, event: Event, pieces: Collection[str]) -> str:
    """What stands in Spectrum for the event, of time for all pieces; "" while nothing does."""
    if event.kind in BILLING:
        return _billed(stage, event)
    if event.kind == TIME:
        return _paid(stage, pieces)
    record = _record(stage, event.kind, event.id)
    code = dict(record.get("externalIds") or {}).get(stage.account.servicetrade.external_system)
    return f"{SHOWN_AS[event.kind]} {code}" if code else ""


def _billed(stage: Stage, event: Event) -> str:
    invoice = _record(stage, "invoice", event.id)
    status, number = invoice.get("status"), str(invoice.get("invoiceNumber", ""))
    held = stage.ledger.get("invoices", str(event.id))
    if status == "processed":
        return documents_in_words(held.entry.target_key or number) if held else ""
    if status == "void":
        left = documents_in_words(held.entry.target_key) or held.entry.reason if held else ""
        return f"nothing left to collect: {left}" if held else ""
    if status == "failed":
        return "refused by Spectrum; the comment on the invoice says why"
    return "" if status == "pending_accounting" else f"still {status}, so it stays in ServiceTrade"


def documents_in_words(target_key: str) -> str:
    """The AR documents of an invoice, as a person names them; "" for none."""
    numbers = [number for number in target_key.split(SEPARATOR) if number]
    word = "invoice" if len(numbers) == 1 else "documents"
    return f"AR {word} {' and '.join(numbers)}" if numbers else ""


def _paid(stage: Stage, pieces: Collection[str]) -> str:
    held = [stage.ledger.get(TIMECARDS.name, key) for key in pieces]
    if not pieces or any(one is None or is_open(one.entry.state) for one in held):
        return ""
    control = stage.sandbox.control
    count = sum(len(control.records("spectrum", table)) for table in PRE_TIME_TABLES)
    return f"all of it in payroll, which holds {count:,} pre-time cards"


def _record(stage: Stage, kind: str, record_id: int) -> dict[str, Any]:
    records = stage.sandbox.control.records("servicetrade", kind)
    return next((record for record in records if record["id"] == record_id), {})
