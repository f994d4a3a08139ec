"""The asset check `ledger_is_current`: the ledger knows all that was sent, and is the only one."""

from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.assets.names import AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource

if TYPE_CHECKING:
    from st_spectrum.ledger.ledger import Ledger

CHECK = "ledger_is_current"
SEEN = "Once you have read it, say `st-spectrum ledger accept`, and this check is green again."


def ledger_check(flow: str, names: AccountNames) -> dg.AssetChecksDefinition:
    """The check beside one flow. It reads the ledger and its witnesses and changes neither."""

    @dg.asset_check(
        asset=names.key(flow),
        name=CHECK,
        description=(
            "The ledger is not older than what was sent, can be read, and is the account's only"
            " one."
        ),
    )
    def ledger_is_current(account: AccountResource, ledger: LedgerResource) -> dg.AssetCheckResult:
        from st_spectrum.engine.epoch_guard import standing_of
        from st_spectrum.engine.second_ledger import second_ledger
        from st_spectrum.ledger.epoch import Standing
        from st_spectrum.ledger.witness import ledger_place

        try:
            settings = account.load(names.account)
            noted = [
                witness
                for place in ledger.witnesses(settings)
                if (witness := place.read()) is not None
            ]
            opened, where = ledger.open(settings), ledger_place(settings.ledger)
            epoch = opened.epochs.read()
            if standing_of(epoch, noted, where) is Standing.SECOND:
                hold = second_ledger(where, noted)
                return _failed(f"{hold.reason}. {hold.advice}")
            return check_result_of(
                opened, flow, is_time_stopped=bool(epoch and epoch.time_stopped_at)
            )
        except SyncFault as fault:
            return _failed(f"{fault} {fault.advice}", dg.AssetCheckSeverity.WARN)

    return ledger_is_current


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


def _failed(
    text: str, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=severity, description=text)
