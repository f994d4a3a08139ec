"""One complete round in one process: what changed since the last round, everything still open, and what waits.

The cursor moves only after all that it covers has been through the engine, so a round that is killed is simply done again;
the ledger sees to it that nothing is done twice. A reconciliation is a round that trusts no cursor: it compares everything
that ServiceTrade lists with what the ledger knows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from st_spectrum.domain.errors import RateLimited, SyncFault, UnsafePlan
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.allowance import forget_what_came_back
from st_spectrum.engine.breaker import Breaker
from st_spectrum.engine.breaker_documents import read_breakers
from st_spectrum.engine.changes import UNBOUNDED, Changes
from st_spectrum.engine.cursor import Cursor
from st_spectrum.engine.epoch_guard import SecondLedger
from st_spectrum.engine.gone import forget_what_was_found, gone_keys
from st_spectrum.engine.redrive import is_due, settings_seen, skipped_by_settings
from st_spectrum.engine.report import WAITING, Outcome, Report, Result, merged
from st_spectrum.engine.waiting import MOST, with_waiting
from st_spectrum.flows import FLOWS
from st_spectrum.flows.changes import Changed, Lister, list_all
from st_spectrum.flows.folders import notice_of
from st_spectrum.flows.invoices.notice import list_invoices
from st_spectrum.flows.purchase_orders.notice import NOTHING, keys_of, notice_orders, numbers_in, read_batch, remember
from st_spectrum.flows.purchase_orders.vanishing import FLOW as PURCHASE_ORDERS
from st_spectrum.flows.session import Session
from st_spectrum.flows.timecards.compared_weeks import remember_compared, weeks_of_a_night
from st_spectrum.flows.timecards.done_cards import FLOW as TIMECARDS
from st_spectrum.flows.timecards.notice import local_day
from st_spectrum.flows.timecards.rebuild import rebuild_time_if_lost
from st_spectrum.ledger.damage import look_for_damage
from st_spectrum.ledger.entry import Entry, State, is_open
from st_spectrum.reconcile.double_search import look_for_doubles
from st_spectrum.reconcile.doubles import Double
from st_spectrum.reconcile.payroll_week import reconcile_entries
from st_spectrum.reconcile.rebuild import rebuild_if_lost
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Location
from st_spectrum.spectrum.lookup import LookupImpossible

CHUNK = 100
"""Records between two looks at the clock of `Sources`: what a list brought is decided on while it is fresh."""

FRESH_SECONDS = 900
"""What changed within the last quarter of an hour may still be on its way by the sensors; nothing was missed."""

OnOutcome = Callable[[Outcome], None] | None


@dataclass(frozen=True)
class Reconciled:
    """One flow after its reconciliation. `listed` records stand in ServiceTrade; `missed` are the keys of those that nothing
    had asked for before; of the `asked` ones, `report` says what became of them. `damage` tells of entries of the ledger that
    cannot be read, "" in good times."""

    flow: str
    listed: int
    asked: int
    missed: tuple[str, ...]
    report: Report
    damage: str = ""
    carried: frozenset[str] = frozenset()
    """Codes that the listed records carry as external id."""
    doubles: tuple[Double, ...] = ()
    """What stands twice in the target under one key of ours."""
    doubles_unseen: str = ""
    """Why that could not be looked at."""


def run_round(
    session: Session,
    flows: Iterable[str],
    run_id: str,
    *,
    is_dry_run: bool = False,
    on_outcome: OnOutcome = None,
) -> dict[str, Report]:
    """One round of each flow in the order given; the fault of a whole system ends it after the flow that met it.

    What stops one flow alone, such as a table of Info-Link that it cannot read, is in its report, and the next ones go on. A
    flow whose list could not be read has done nothing, for then nothing is known.
    """
    reports: dict[str, Report] = {}
    for flow in flows:
        try:
            reports[flow] = _one_flow(session, flow, run_id, is_dry_run, on_outcome)
        except SyncFault as fault:
            reports[flow] = Report(FLOWS[flow], stopped_by=fault)
        if _stops_the_others(session, reports[flow].stopped_by):
            break
    return reports


def run_reconciliation(
    session: Session,
    flows: Iterable[str],
    run_id: str,
    *,
    on_outcome: OnOutcome = None,
    now: float | None = None,
) -> Iterator[Reconciled]:
    """Each flow in the order given, as it is done; the fault of a whole system ends it after the flow that met it.

    Whatever ServiceTrade lists and the ledger does not know, and whatever is open, goes through the engine as in a round. No
    cursor is read or moved. `now` is in epoch seconds. A list that could not be read stops its flow as in a round.
    """
    for flow in flows:
        settled_before = (session.ledger.now().timestamp() if now is None else now) - FRESH_SECONDS
        try:
            reconciled = _reconcile(session, flow, run_id, on_outcome, settled_before)
        except SyncFault as fault:
            reconciled = Reconciled(flow, 0, 0, (), Report(FLOWS[flow], stopped_by=fault))
        if not reconciled.report.stopped_by:
            reconciled = _with_doubles(session, reconciled)
        yield replace(reconciled, damage=_damage(session, flow))
        if _stops_the_others(session, reconciled.report.stopped_by):
            break


def _damage(session: Session, flow: str) -> str:
    with suppress(SyncFault):  # a ledger that is away has stopped the flow already
        damage = look_for_damage(session.ledger, flow)
        return damage.sentence(flow) if damage else ""
    return ""


def _with_doubles(session: Session, reconciled: Reconciled) -> Reconciled:
    """A table that cannot be read is said, and no reason to call the rest undone."""
    try:
        found = look_for_doubles(session, reconciled.flow, reconciled.carried, session.ledger.now().timestamp())
    except (SyncFault, LookupImpossible) as fault:
        return replace(reconciled, doubles_unseen=str(fault))
    return replace(reconciled, doubles=found)


def _stops_the_others(session: Session, fault: SyncFault | None) -> bool:
    """Whether the flows behind the one that met the fault would meet it too: a system is down, or asks for a pause."""
    if isinstance(fault, SecondLedger):
        return True
    if fault is None or isinstance(fault, UnsafePlan):
        return False
    if isinstance(fault, RateLimited) or fault.system not in ("servicetrade", "spectrum"):
        return True
    return not session.targets.answers(fault.system)


def run_batch(session: Session, flow: str, keys: Sequence[str], run_id: str) -> Report:
    """The records of one batch once through the engine, as a run of its own does it. Raises a `SyncFault` as a round does."""
    if flow == TIMECARDS:
        rebuild_time_if_lost(session)
    if flow != PURCHASE_ORDERS or session.account.spectrum.infolink is None:
        report = session.engine.run(flow, keys, run_id=run_id)
        settings_seen(session.ledger, flow, session.engine.breakers.settings)
        return with_waiting(report, session.ledger, MOST)
    batch = read_batch(session.spectrum, session.ledger, session.account, numbers_in(keys))
    orders = batch.orders
    session.orders.keep(orders)
    _let_go(session, batch.removable)
    report = session.engine.run(flow, keys, run_id=run_id)
    if not report.stopped_by:
        carried = {outcome.key for outcome in report.outcomes if outcome.result is not Result.BUSY}
        whole = [number for number in orders if carried.issuperset(keys_of({number: orders[number]}, session.ledger))]
        remember(session.ledger, {number: batch.digests.get(number) for number in whole})
    settings_seen(session.ledger, flow, session.engine.breakers.settings)
    return with_waiting(report, session.ledger, MOST)


def _one_flow(session: Session, flow: str, run_id: str, is_dry_run: bool, on_outcome: OnOutcome) -> Report:
    if flow == PURCHASE_ORDERS:
        return _orders(session, run_id, is_dry_run, on_outcome)
    if flow == TIMECARDS and not session.account.timecards.first_day:
        return Report(FLOWS[flow])
    cursor = Cursor.decode(session.ledger.cursor(f"sync-{flow}"))
    changes = _notice_all(session, flow, cursor, is_dry_run)
    report = _carry(session, flow, [*changes.keys, *_open(session, flow)], run_id, is_dry_run, on_outcome)
    # A worker that has a record now may have looked at it before it changed: then the change is still to be asked for.
    busy = {each.key for each in report.outcomes if each.result is Result.BUSY} & set(changes.keys)
    if not is_dry_run and not report.stopped_by and not busy and changes.cursor and changes.cursor != cursor:
        session.ledger.save_cursor(f"sync-{flow}", changes.cursor.encode())
    return report


def _notice_all(session: Session, flow: str, cursor: Cursor, is_dry_run: bool) -> Changes:
    if flow == TIMECARDS and not is_dry_run:
        rebuild_time_if_lost(session)
        session.times.forget()  # what is approved between that reading and the list below must not be looked up in it
    changes = notice_of(flow).notice(session, cursor, UNBOUNDED)
    if flow == TIMECARDS:
        return changes
    if cursor.watermark is None and not is_dry_run:
        rebuild_if_lost(session, flow, changes.records)
    session.sources.keep(FLOWS[flow].entity_type, changes.records)
    return changes


def _orders(session: Session, run_id: str, is_dry_run: bool, on_outcome: OnOutcome) -> Report:
    changes = notice_orders(session.spectrum, session.ledger, session.account)
    session.orders.keep(changes.orders)
    _let_go(session, changes.removable, is_dry_run=is_dry_run)
    open_keys = _open(session, PURCHASE_ORDERS) if changes is not NOTHING else []
    report = _carry(session, PURCHASE_ORDERS, [*changes.keys, *open_keys], run_id, is_dry_run, on_outcome)
    if not is_dry_run and not report.stopped_by:
        busy = set(numbers_in(outcome.key for outcome in report.outcomes if outcome.result is Result.BUSY))
        remember(session.ledger, {number: digest for number, digest in changes.news.items() if number not in busy})
    return report


def _let_go(session: Session, removable: frozenset[str], *, is_dry_run: bool = False) -> None:
    session.orders.let_go(removable)
    if not is_dry_run and session.account.spectrum.infolink is not None:
        forget_what_came_back(session.ledger, PURCHASE_ORDERS, removable)


def _reconcile_orders(session: Session, run_id: str, on_outcome: OnOutcome) -> Reconciled:
    """Every order of the poll, changed or not. What was remembered as carried and yet asked for something was missed."""
    known = frozenset(session.ledger.keys(PURCHASE_ORDERS))
    changed = notice_orders(session.spectrum, session.ledger, session.account).news.keys()
    changes = notice_orders(session.spectrum, session.ledger, session.account, is_all=True)
    session.orders.keep(changes.orders)
    _let_go(session, changes.removable)
    open_keys = _open(session, PURCHASE_ORDERS) if changes is not NOTHING else []
    keys = list(dict.fromkeys([*changes.keys, *open_keys]))
    report = _carry(session, PURCHASE_ORDERS, keys, run_id, False, on_outcome)
    if not report.stopped_by:
        remember(session.ledger, changes.news)
    missed = (key for key in changes.keys if key not in known and not changed & set(numbers_in([key])))
    return Reconciled(PURCHASE_ORDERS, len(changes.keys), len(keys), tuple(missed), report)


def _reconcile_time(session: Session, run_id: str, on_outcome: OnOutcome) -> Reconciled:
    """The payroll weeks that may still change, each as a whole, and then whatever else is open."""
    weeks = []
    listed = _listed_weeks(session)
    for end, entries in listed.items():
        weeks.append(reconcile_entries(session, end, entries, run_id, on_outcome=on_outcome))
        if weeks[-1].report.stopped_by:
            break
    reports = [week.report for week in weeks]
    if session.account.timecards.first_day and not any(report.stopped_by for report in reports):
        done = {outcome.key for report in reports for outcome in report.outcomes}
        still_open = [key for key in _open(session, TIMECARDS) if key not in done]
        reports.append(_carry(session, TIMECARDS, still_open, run_id, False, on_outcome))
    report = merged(FLOWS[TIMECARDS], reports)
    if not report.stopped_by:
        remember_compared(session.ledger, tuple(listed))
    missed = tuple(key for week in weeks for key in week.missed)
    return Reconciled(TIMECARDS, sum(len(week.rows) for week in weeks), len(report.outcomes), missed, report)


def _listed_weeks(session: Session) -> dict[date, tuple[TimeEntry, ...]]:
    """All time of the weeks to compare, unless too much of them together has vanished: then `UnsafePlan`."""
    ends = weeks_of_a_night(session.account, session.ledger, local_day(session.account, session.ledger.now()))
    if not ends:
        return {}
    rebuild_time_if_lost(session)
    listed = {end: session.times.week(end) for end in ends}
    vanished = session.vanished_time.of(f"{end:%Y%m%d}" for end in ends)
    if vanished.is_suspicious:
        raise vanished.fault()
    forget_what_came_back(session.ledger, TIMECARDS, vanished.keys)
    return listed


def _reconcile(session: Session, flow: str, run_id: str, on_outcome: OnOutcome, settled_before: float) -> Reconciled:
    if flow == PURCHASE_ORDERS:
        return _reconcile_orders(session, run_id, on_outcome)
    if flow == TIMECARDS:
        return _reconcile_time(session, run_id, on_outcome)
    known = frozenset(session.ledger.keys(flow))
    gone = gone_keys(session.ledger, flow)
    listed = 0
    unknown: list[Changed] = []
    came_back: list[Changed] = []
    without_id: set[str] = set()
    carried: set[str] = set()
    system = session.account.servicetrade.external_system
    for record in _listed(session, flow):
        listed += 1
        without_id |= {str(record.id)} if record.id < 0 else set()
        if isinstance(record, Company | Location):
            carried.add(record.external_ids.get(system, ""))
        if str(record.id) not in known:
            # A void of what never crossed asks for nothing.
            unknown += [record] if not _is_void(record) else []
        elif str(record.id) in gone:
            unknown.append(record)
        elif flow == "invoices" and _has_come_back(session, flow, record):
            came_back.append(record)
    # What came back is read anew: it may have been dealt with since it was listed.
    session.sources.keep(FLOWS[flow].entity_type, unknown)
    _forget_repaired(session, flow, {key for key in known if key.startswith("-")} - without_id, run_id)
    found = {str(record.id): record for record in (*unknown, *came_back)}
    keys = list(dict.fromkeys([*found, *_open(session, flow)]))
    report = _carry(session, flow, keys, run_id, False, on_outcome)
    forget_what_was_found(session.ledger, (each for each in report.outcomes if each.key in gone and each.key in found))
    in_hand = {each.key for each in report.outcomes if each.result in (Result.UNCHANGED, Result.BUSY)}
    missed = (key for key, record in found.items() if record.updated <= settled_before and key not in in_hand)
    return Reconciled(flow, listed, len(keys), tuple(missed), report, carried=frozenset(carried))


def _listed(session: Session, flow: str) -> Iterator[Changed]:
    if flow == "invoices":
        return list_invoices(session.servicetrade)
    listers: dict[str, Lister] = {
        "customers": session.servicetrade.companies,
        "sites": session.servicetrade.locations,
        "jobs": session.servicetrade.jobs,
    }
    return list_all(listers[flow])


def _forget_repaired(session: Session, flow: str, keys: Iterable[str], run_id: str) -> None:
    """Records that were listed without a usable id, under a key of ours, and stand in the list no more as they were."""
    for key in keys:
        held = session.ledger.get(flow, key)
        if held is not None and is_open(held.entry.state):
            session.ledger.note(
                flow,
                key,
                State.SKIPPED,
                title=held.entry.title,
                reason="the record without an id is in ServiceTrade's list no more",
                advice="",
                needs=(),
                source_version="",
                run_id=run_id,
            )


def _has_come_back(session: Session, flow: str, record: Changed) -> bool:
    """Whether a record that the ledger has done with stands in the queue again, or is void although it had crossed."""
    held = session.ledger.get(flow, str(record.id))
    if held is None:
        return False
    state = held.entry.state
    if _is_void(record):
        return state is State.CONFIRMED or is_open(state)
    return state is State.REJECTED or not is_open(state)


def _is_void(record: Changed) -> bool:
    return isinstance(record, Invoice) and record.status == "void"


def _carry(
    session: Session, flow: str, keys: Sequence[str], run_id: str, is_dry_run: bool, on_outcome: OnOutcome
) -> Report:
    """Every key once through the engine, in chunks, until a system stops it; and what a breaker let go meanwhile.

    A record that was asked for twice counts as it came out last.
    """
    wanted = list(dict.fromkeys(keys))
    breakers, settings = session.engine.breakers, session.engine.breakers.settings
    outcomes: dict[str, Outcome] = {}
    reports: list[Report] = []
    while wanted:
        breakers.has_closed = False
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            reports.append(session.engine.run(flow, chunk, run_id=run_id, is_dry_run=is_dry_run, on_outcome=on_outcome))
            outcomes |= {outcome.key: outcome for outcome in reports[-1].outcomes}
            if reports[-1].stopped_by:
                break
        if is_dry_run or reports[-1].stopped_by or not breakers.has_closed:
            break
        done = {key for key, outcome in outcomes.items() if outcome.result not in WAITING}
        wanted = [key for key in _released(session, flow) if key not in done]
    if not is_dry_run:
        settings_seen(session.ledger, flow, settings)
    return with_waiting(replace(merged(FLOWS[flow], reports), outcomes=tuple(outcomes.values())), session.ledger)


def _released(session: Session, flow: str) -> list[str]:
    """What is due now that a breaker has closed."""
    return [key for key, held in session.ledger.open_entries(flow) if held and _is_due(session, held.entry, {})]


def _open(session: Session, flow: str) -> list[str]:
    """What waits without ever having been sent is tried each time, for that only reads; the rest when its pause is over."""
    breakers = read_breakers(session.ledger, flow)
    waiting = [
        key
        for key, held in session.ledger.open_entries(flow)
        if held is None or _costs_reads_only(held.entry) or _is_due(session, held.entry, breakers)
    ]
    return [*waiting, *skipped_by_settings(session.ledger, flow, session.engine.breakers.settings)]


def _is_due(session: Session, entry: Entry, breakers: Mapping[str, Breaker]) -> bool:
    return is_due(entry, session.ledger, FLOWS, session.ledger.now(), session.engine.breakers.settings, breakers)


def _costs_reads_only(entry: Entry) -> bool:
    """What is in doubt is looked up; where a system asked for a pause, the call may have to go out again, and waits for its end."""
    is_looked_up = entry.state is State.UNKNOWN and not entry.needs
    return is_looked_up or (entry.state is State.HELD and not entry.attempts)
