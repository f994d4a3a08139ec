"""Makes a lost ledger anew from the two systems: external ids say what has crossed, natural keys
what was on its way.

The dangerous records are those that stand in Spectrum but had not yet got their external id when
the ledger was lost: a plain round would make them a second time. They are found by comparing what
we would write with what stands under codes of our range that no ServiceTrade record carries. Jobs
need no such search, their number follows from the job.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import CodeRange, Create
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.domain.progress import NEW
from st_spectrum.domain.standing import NOTHING
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Rebuilt
from st_spectrum.engine.steps.reservations import reserve
from st_spectrum.engine.steps.verdicts import progress_of
from st_spectrum.flows import FLOWS
from st_spectrum.flows.context import Context
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.same_record import is_same
from st_spectrum.ledger.entry import SentCommand, State
from st_spectrum.ledger.sent import as_kept
from st_spectrum.servicetrade.models import Company, Job, Location, Record

RUN_ID = "rebuild"


@dataclass(frozen=True)
class CodedFlow:
    """A flow whose target codes we allocate, and how to read what stands under them."""

    flow: Flow
    codes: CodeRange
    first_step: str
    find: Callable[[str], dict[str, str] | None]
    same: tuple[str, ...]


def rebuild_coded(
    context: Context, coded: CodedFlow, records: Sequence[Company] | Sequence[Location]
) -> Rebuilt:
    """Raises `LookupImpossible` without Info-Link, once those are closed that carry their code."""
    with context.needed.all_counted():  # nobody knows any more what was
        return _rebuild_coded(context, coded, records)


def _rebuild_coded(
    context: Context, coded: CodedFlow, records: Sequence[Company] | Sequence[Location]
) -> Rebuilt:
    name, system = coded.flow.name, context.account.servicetrade.external_system
    closed = close_carried(context, name, records)
    carried = {record.external_ids[system] for record in records if record.external_ids.get(system)}
    unlinked = _unlinked(coded, carried | _begun(context, name))
    found = 0
    for record in records:
        if (
            unlinked
            and not record.external_ids.get(system)
            and (call := _first_call(coded.flow, record))
        ):
            code = next(
                (code for code, row in unlinked.items() if is_same(row, call, coded.same)), None
            )
            if code is not None and _mark_half_way(context, coded, str(record.id), code, call):
                del unlinked[code]
                found += 1
    return Rebuilt(name, closed, found)


def close_carried(context: Context, flow: str, records: Iterable[Company | Location | Job]) -> int:
    """How many entries were closed because their record carries its code or number."""
    ledger, system = context.ledger, context.account.servicetrade.external_system
    closed = 0
    for record in records:
        target_key = record.external_ids.get(system, "")
        if target_key and ledger.get(flow, str(record.id)) is None:
            with suppress(ClaimLost):
                held = ledger.claim(flow, str(record.id), run_id=RUN_ID, title=_title(record))
                ledger.settle(
                    held,
                    State.CONFIRMED,
                    target_key=target_key,
                    reason="rebuilt from the external id",
                )
                for number in (
                    target_key.split(SEPARATOR) if FLOWS[flow].has_reserved_numbers else ()
                ):
                    reserve(ledger, flow, str(record.id), number)
                closed += 1
    return closed


def carries_code(records: Iterable[Record], codes: CodeRange, system: str) -> bool:
    """Whether one of these companies or locations carries a code of our range."""
    carried = (
        record.external_ids.get(system, "")
        for record in records
        if isinstance(record, Company | Location)
    )
    return any(_is_in_range(codes, code) for code in carried)


def _begun(context: Context, flow: str) -> set[str]:
    """Codes under which a ledger that is not empty has begun something: it looks for those by
    itself.
    """
    entries = (held.entry for _, held in context.ledger.open_entries(flow) if held)
    return {entry.target_key for entry in entries if entry.is_in_doubt or entry.done_steps}


def _unlinked(coded: CodedFlow, carried: set[str]) -> dict[str, dict[str, str]]:
    in_use = coded.flow.codes_in_use().codes
    ours = sorted(
        code for code in in_use if code not in carried and _is_in_range(coded.codes, code)
    )
    rows = ((code, coded.find(code)) for code in ours)
    return {code: row for code, row in rows if row is not None}


def _is_in_range(codes: CodeRange, code: str) -> bool:
    number = code.removeprefix(codes.prefix)
    return (
        code.startswith(codes.prefix)
        and number.isdigit()
        and codes.first <= int(number) <= codes.last
    )


def _first_call(flow: Flow, record: Company | Location) -> Command | None:
    decision = flow.evaluate(str(record.id), NEW, NOTHING).decision
    return decision.steps[0].calls[0] if isinstance(decision, Create) else None


def _mark_half_way(context: Context, coded: CodedFlow, key: str, code: str, call: Command) -> bool:
    """False where the ledger knows of the record already that something of it was done."""
    ledger, flow = context.ledger, coded.flow.name
    known = ledger.get(flow, key)
    if known is not None and (known.entry.is_in_doubt or progress_of(known.entry).is_half_done):
        return False
    if known is not None and progress_of(known.entry).is_confirmed:
        return False
    with suppress(ClaimLost):  # another worker brings the ledger up to date as well
        held = ledger.claim(flow, key, run_id=RUN_ID)
        ledger.reserve(coded.codes.kind, key, iter([code]))
        sent = SentCommand(code, as_kept(call).fields)
        held = ledger.progress(
            held, target_key=code, started_steps=(coded.first_step,), sent=(sent,)
        )
        ledger.settle(
            held, State.UNKNOWN, reason=f"found in Spectrum as {code} without external id"
        )
        return True
    return False


def _title(record: Company | Location | Job) -> str:
    return f"Job {record.number} {record.name}".strip() if isinstance(record, Job) else record.name
