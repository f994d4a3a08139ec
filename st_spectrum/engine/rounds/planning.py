"""Makes a plan: a dry round whose decisions are kept field by field; and keeps it for people who
have no terminal.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import uuid4

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.decisions import CodeRange
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.approval import PlanSheet
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.rounds.plan import Plan, make_plan, parse_plan, read_plan
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.engine.steps.codes import Codes
from st_spectrum.ledger.documents.plans import KeptPlan
from st_spectrum.ledger.ledger import Ledger


def planned(
    session: Connected, account: str, flows: Sequence[str], made_at: datetime, matching: str = ""
) -> tuple[Plan, list[SyncFault]]:
    """What a round of these flows would send, of records called `matching` alone where it is given;
    and what stopped it: a plan with faults lacks what could not be read. Raises `NotLive`.
    """
    sheet = PlanSheet()
    run_id = f"plan-{uuid4().hex[:12]}"
    reports = run_round(session, flows, run_id, is_dry_run=True, sheet=sheet)
    codes = Codes(session.ledger, session.flows)
    coming: dict[str, Iterator[str]] = {}

    def next_code(code_range: CodeRange) -> str:
        free = coming.setdefault(code_range.kind, codes.coming(code_range))
        return next(free, "")

    both = ((report.stopped_by, report.mistake) for report in reports.values())
    faults = [fault for pair in both for fault in pair if fault]
    return make_plan(account, made_at, sheet, next_code, matching), faults


def keep_plan(ledger: Ledger, plan: Plan, plan_id: str) -> None:
    """Keep it for whoever applies it; those that are too old are forgotten."""
    for name in ledger.names(KeptPlan):
        kept = ledger.document_or_none(KeptPlan, name)
        if kept is None or _is_over(kept, plan.made_at):
            ledger.discard(KeptPlan, name)
    ledger.put(KeptPlan(plan.text()), plan_id)


def kept_plan(ledger: Ledger, plan_id: str, account: str, now: datetime) -> Plan:
    """The plan of this id. Raises `ArgumentInvalid` for none, and for one no longer valid."""
    kept = ledger.document(KeptPlan, plan_id)
    if kept is None:
        raise ArgumentInvalid([f"there is no plan {plan_id!r}; plans are kept for a day"])
    return read_plan(kept.text, account, now)


def _is_over(kept: KeptPlan, now: datetime) -> bool:
    try:
        return parse_plan(kept.text).valid_until <= now
    except ArgumentInvalid:
        return True
