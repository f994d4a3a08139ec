"""How much may be sent at once without a person having read it."""

from collections.abc import Sequence
from decimal import Decimal

from st_spectrum.domain.decisions import Create, Update, Void
from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.engine.approval import PlanSheet
from st_spectrum.engine.connected import Connected

CHUNK = 100
"""As `carrying` has it."""


def beyond_limits(
    session: Connected, flow: str, keys: Sequence[str], run_id: str
) -> UnsafePlan | None:
    """Why none of these records is sent: they are more, or worth more, than the account file lets
    one flow send at once. None where they are not, or where there is no limit.

    Decides on all of them first, which reads them once more; so only where there is a limit. What
    cannot be read counts for nothing, and is met again when it is carried.
    """
    limits = session.engine.limits
    if session.engine.is_approval_needed:  # nothing is sent, so nothing is too much
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
    return UnsafePlan(
        f"{flow}: a round would send {' and '.join(beyond)}; nothing was sent",
        advice=(
            f"Look at them by `st-spectrum plan {flow} --out plan.json`; if they are right, send"
            " them by `st-spectrum apply plan.json`, or raise `limits` in the account file."
        ),
        cause=f"more {flow} at once than `limits` of the account file lets go",
    )
