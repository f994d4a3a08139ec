"""How much may be sent at once without a person having read it."""

from collections.abc import Sequence
from decimal import Decimal

from st_spectrum.domain.decisions import Create, Update, Void
from st_spectrum.engine.approval import PlanSheet
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.rounds.held_back import (
    BeyondLimits,
    held_back,
    hold_back,
    judged_by,
    still_held_back,
)

CHUNK = 100
"""As `carrying` has it."""


def stopped_by_limits(
    session: Connected, flow: str, keys: Sequence[str], run_id: str, *, is_afresh: bool = False
) -> BeyondLimits | None:
    """Why none of these records is sent, together with what was held back before; None where they
    may go. What is held back is judged again when it is due, or `is_afresh` where somebody waits
    for the answer.
    """
    if not keys:
        return None
    ledger, engine = session.ledger, session.engine
    settings = judged_by(engine.breakers.settings, engine.rules.limits)
    if not is_afresh and (beyond := still_held_back(ledger, flow, tuple(keys), settings)):
        return beyond
    kept = held_back(ledger, flow)
    wanted = tuple(dict.fromkeys((*(kept.keys if kept else ()), *keys)))
    if beyond := beyond_limits(session, flow, wanted, run_id):
        hold_back(ledger, flow, wanted, beyond, settings, engine.rules.pace)
    return beyond


def beyond_limits(
    session: Connected, flow: str, keys: Sequence[str], run_id: str
) -> BeyondLimits | None:
    """Why none of these records is sent: they are more, or worth more, than the account file lets
    one flow send at once. None where they are not, or where there is no limit.

    Decides on all of them first, which reads them once more; so only where there is a limit. What
    cannot be read counts for nothing, and is met again when it is carried.
    """
    limits = session.engine.rules.limits
    if session.engine.rules.is_approval_needed:  # nothing is sent, so nothing is too much
        return None
    if not limits.records_per_round and not limits.money_per_round:
        return None
    if not limits.money_per_round and len(keys) <= limits.records_per_round:
        return None
    sheet = PlanSheet()
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        session.engine.run(flow, chunk, run_id=run_id, is_dry_run=True, sheet=sheet)
    writes = [
        record.evaluation
        for record, decision in sheet.decisions.values()
        if isinstance(decision, Create | Update | Void) and decision.steps
    ]
    money = sum((abs(record.posted) for record in writes if record.posted), Decimal(0))
    beyond = []
    if 0 < limits.records_per_round < len(writes):
        beyond.append(f"{len(writes)} records, and the limit is {limits.records_per_round}")
    if 0 < limits.money_per_round < money:
        beyond.append(f"{money:,.2f} dollars, and the limit is {limits.money_per_round:,.2f}")
    if not beyond:
        return None
    return BeyondLimits(
        f"{flow}: a round would send {' and '.join(beyond)}; nothing was sent",
        advice=(
            f"Look at them by `st-spectrum plan {flow} --out plan.json`; if they are right, send"
            " them by `st-spectrum apply plan.json`, or raise `limits` in the account file."
        ),
        cause=f"more {flow} at once than `limits` of the account file lets go",
    )
