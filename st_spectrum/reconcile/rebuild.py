"""Makes a lost ledger anew from the two systems: external ids say what has crossed, natural keys what was on its way.

The dangerous records are those that stand in Spectrum but had not yet got their external id when the ledger was lost: a plain
round would make them a second time. They are found by comparing what we would write with what stands under codes of our range
that no ServiceTrade record carries. Jobs need no such search, their number follows from the job.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import CodeRange, Create
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.domain.progress import NEW
from st_spectrum.domain.standing import NOTHING
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.reservations import reserve
from st_spectrum.engine.verdicts import progress_of
from st_spectrum.flows import FLOWS
from st_spectrum.flows.customers.flow import CustomersFlow
from st_spectrum.flows.customers.target import SAME_CUSTOMER
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.invoices.rebuild import rebuild_invoices
from st_spectrum.flows.same_record import is_same
from st_spectrum.flows.session import Session
from st_spectrum.flows.sites.flow import SitesFlow
from st_spectrum.flows.sites.target import SAME_SITE
from st_spectrum.flows.timecards.rebuild import rebuild_time
from st_spectrum.ledger.entry import Sent, State
from st_spectrum.ledger.sent import as_kept
from st_spectrum.servicetrade.models import Company, Job, Location, Record
from st_spectrum.spectrum.lookup import CodesInUse, LookupImpossible

log = logging.getLogger(__name__)

RUN_ID = "rebuild"


@dataclass(frozen=True)
class Rebuilt:
    """Counts of one flow: entries closed because the record has crossed, and records found half-way in Spectrum."""

    flow: str
    closed: int
    half_way: int

    @property
    def found(self) -> int:
        """Both together."""
        return self.closed + self.half_way


def rebuild(session: Session) -> tuple[Rebuilt, ...]:
    """Fill a ledger with what it does not know. Only reads the two systems; the next round completes what was found half-way.

    Raises `LookupImpossible` when Spectrum cannot list its customers or sites (no Info-Link).
    """
    return (
        rebuild_customers(session),
        rebuild_sites(session),
        rebuild_jobs(session),
        Rebuilt("invoices", *rebuild_invoices(session)),
        Rebuilt("timecards", rebuild_time(session), 0),
    )


def rebuild_customers(session: Session) -> Rebuilt:
    """Companies; raises `LookupImpossible` as `rebuild` does, after those have been closed that carry their code."""
    account, spectrum = session.account, session.spectrum
    companies = list(session.servicetrade.companies())
    session.sources.keep("company", companies)
    customers = _Reserved(
        CustomersFlow(account, session.sources), account.customers.codes.as_range("customers"), "customer",
        spectrum.customer_codes, spectrum.find_customer, SAME_CUSTOMER,
    )  # fmt: skip
    return _reserved_flow(session, customers, companies)


def rebuild_sites(session: Session) -> Rebuilt:
    """Locations, in the same way."""
    account, spectrum = session.account, session.spectrum
    locations = list(session.servicetrade.locations())
    session.sources.keep("location", locations)
    sites = _Reserved(
        SitesFlow(account, session.sources, session.ledger), account.sites.codes.as_range("sites"), "site",
        spectrum.site_ids, spectrum.find_site, SAME_SITE,
    )  # fmt: skip
    return _reserved_flow(session, sites, locations)


def rebuild_jobs(session: Session) -> Rebuilt:
    """Jobs that carry their number."""
    return Rebuilt("jobs", _close_carried(session, "jobs", session.servicetrade.jobs()), 0)


def rebuild_if_lost(session: Session, flow: str, listed: Iterable[Record]) -> bool:
    """Rebuild a ledger that is empty although ServiceTrade shows codes of our range: it was lost, not never there.

    A plain round would make everything a second time that stands in Spectrum without its external id.
    """
    if (
        session.guard.open(flow).closed_by is not None
    ):  # a ledger that was lost is known by its witness, a second one too
        return False
    ranges = {"customers": session.account.customers.codes, "sites": session.account.sites.codes}
    if flow not in ranges or any(session.ledger.keys(each) for each in FLOWS):
        return False
    system = session.account.servicetrade.external_system
    codes = ranges[flow].as_range(flow)
    if not any(_is_in_range(codes, _carried(record, system)) for record in listed):
        return False
    log.warning("The ledger is empty, but ServiceTrade carries our codes: it is rebuilt before anything is sent.")
    try:
        rebuild(session)
    except LookupImpossible as impossible:
        log.warning("What was half-way when the ledger was lost cannot be found: %s", impossible)
    session.guard.expect_late_calls()
    return True


@dataclass(frozen=True)
class _Reserved:
    """A flow whose target codes we allocate, and how to read what stands under them."""

    flow: Flow
    codes: CodeRange
    first_step: str
    in_use: Callable[[], CodesInUse]
    find: Callable[[str], dict[str, str] | None]
    same: tuple[str, ...]


def _reserved_flow(session: Session, kind: _Reserved, records: list[Company] | list[Location]) -> Rebuilt:
    closed = _close_carried(session, kind.flow.name, records)
    system = session.account.servicetrade.external_system
    carried = {record.external_ids[system] for record in records if record.external_ids.get(system)}
    strays = _strays(kind, carried | _begun(session, kind.flow.name))
    found = 0
    for record in records:
        if strays and not record.external_ids.get(system) and (call := _first_call(kind.flow, record)):
            code = next((code for code, row in strays.items() if is_same(row, call, kind.same)), None)
            if code is not None and _mark_half_way(session, kind, str(record.id), code, call):
                del strays[code]
                found += 1
    return Rebuilt(kind.flow.name, closed, found)


def _begun(session: Session, flow: str) -> set[str]:
    """Codes under which a ledger that is not empty has begun something: it looks for those by itself."""
    entries = (held.entry for _, held in session.ledger.open_entries(flow) if held)
    return {entry.target_key for entry in entries if entry.is_in_doubt or entry.done_steps}


def _strays(kind: _Reserved, carried: set[str]) -> dict[str, dict[str, str]]:
    in_use = kind.in_use()
    ours = sorted(code for code in in_use.codes if code not in carried and _is_in_range(kind.codes, code))
    rows = ((code, kind.find(code)) for code in ours)
    return {code: row for code, row in rows if row is not None}


def _is_in_range(codes: CodeRange, code: str) -> bool:
    number = code.removeprefix(codes.prefix)
    return code.startswith(codes.prefix) and number.isdigit() and codes.first <= int(number) <= codes.last


def _first_call(flow: Flow, record: Company | Location) -> Command | None:
    decision = flow.look(str(record.id), NEW, NOTHING).decision
    return decision.steps[0].calls[0] if isinstance(decision, Create) else None


def _close_carried(session: Session, flow: str, records: Iterable[Company | Location | Job]) -> int:
    system = session.account.servicetrade.external_system
    closed = 0
    for record in records:
        target_key = record.external_ids.get(system, "")
        if target_key and session.ledger.get(flow, str(record.id)) is None:
            with suppress(ClaimLost):
                held = session.ledger.claim(flow, str(record.id), run_id=RUN_ID, title=_title(record))
                session.ledger.settle(
                    held, State.CONFIRMED, target_key=target_key, reason="rebuilt from the external id"
                )
                for number in target_key.split(SEPARATOR) if FLOWS[flow].has_reserved_numbers else ():
                    reserve(session.ledger, flow, str(record.id), number)
                closed += 1
    return closed


def _mark_half_way(session: Session, kind: _Reserved, key: str, code: str, call: Command) -> bool:
    """False where the ledger knows of the record already that something of it was done."""
    ledger, known = session.ledger, session.ledger.get(kind.flow.name, key)
    if known is not None and (known.entry.is_in_doubt or progress_of(known.entry).is_half_done):
        return False
    if known is not None and progress_of(known.entry).is_confirmed:
        return False
    with suppress(ClaimLost):  # another worker brings the ledger up to date as well
        held = ledger.claim(kind.flow.name, key, run_id=RUN_ID)
        ledger.reserve(kind.codes.kind, key, iter([code]))
        sent = Sent(code, as_kept(call).fields)
        held = ledger.progress(held, target_key=code, started_steps=(kind.first_step,), sent=(sent,))
        ledger.settle(held, State.UNKNOWN, reason=f"found in Spectrum as {code} without external id")
        return True
    return False


def _carried(record: Record, system: str) -> str:
    return record.external_ids.get(system, "") if isinstance(record, Company | Location) else ""


def _title(record: Company | Location | Job) -> str:
    return f"Job {record.number} {record.name}".strip() if isinstance(record, Job) else record.name
