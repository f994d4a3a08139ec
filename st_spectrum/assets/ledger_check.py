"""The asset check `ledger_is_current`: the ledger knows all that was sent, and is the only one."""

from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.assets.flow_checks import FlowCheck, Look

if TYPE_CHECKING:
    from st_spectrum.ledger.ledger import Ledger

CHECK = "ledger_is_current"
SEEN = "Once you have read it, say `st-spectrum ledger accept`, and this check is green again."


def ledger_check(flow: str) -> FlowCheck:  # noqa: ARG001 - as every check is made
    """The check beside one flow."""
    return FlowCheck(
        CHECK,
        "The ledger is not older than what was sent, can be read, and is the account's only one.",
        is_current,
    )


def is_current(look: Look) -> dg.AssetCheckResult:
    """The result for one flow. It reads the ledger and its witnesses and changes neither."""
    from st_spectrum.engine.guards.epoch_guard import standing_of
    from st_spectrum.engine.guards.second_ledger import second_ledger
    from st_spectrum.ledger.epoch import Standing
    from st_spectrum.ledger.witness import ledger_place

    noted = [
        witness
        for place in look.ledgers.witnesses(look.account)
        if (witness := place.read()) is not None
    ]
    where = ledger_place(look.account.ledger)
    epoch = look.ledger.epochs.read()
    if standing_of(epoch, noted, where) is Standing.SECOND:
        hold = second_ledger(where, noted)
        return _failed(f"{hold.reason}. {hold.advice}")
    is_time_stopped = bool(epoch and epoch.time_stopped_at)
    return check_result_of(look.ledger, look.flow, is_time_stopped=is_time_stopped)


def check_result_of(ledger: "Ledger", flow: str, *, is_time_stopped: bool) -> dg.AssetCheckResult:
    """What was done about an older ledger, until a person has seen it; that time waits for a
    person's word; and damage.
    """
    from st_spectrum.flows.timecards.unseen import UNSEEN_PAYROLL
    from st_spectrum.ledger.damage import known_damage
    from st_spectrum.ledger.recovery import recoveries

    sentences = [f"{recovery.sentence()} {SEEN}" for recovery in recoveries(ledger).values()]
    if is_time_stopped:
        sentences.append(f"Time waits: {UNSEEN_PAYROLL.reason}. {UNSEEN_PAYROLL.advice}")
    if damage := known_damage(ledger, flow):
        sentences.append(damage.sentence(flow))
    return _failed(" ".join(sentences)) if sentences else dg.AssetCheckResult(passed=True)


def _failed(text: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.ERROR, description=text)
