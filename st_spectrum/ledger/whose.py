"""Whether a ledger that is read is the one that was meant."""

from collections.abc import Iterable

from st_spectrum.account import Account
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.witness import ledger_place


def why_another_ledger(account: Account, ledger: Ledger, flows: Iterable[str]) -> str:
    """Why this may not be the ledger that was meant, so that nobody takes its silence for an
    answer; else "".
    """
    epoch = ledger.epochs.read()
    if epoch is not None and epoch.account not in ("", account.name):
        whose = f"{epoch.account!r}, and this account file is of {account.name!r}"
        return f"Attention: the ledger {ledger_place(account.ledger)} is that of account {whose}."
    if epoch is None and not any(True for flow in flows for _ in ledger.keys(flow)):
        return (
            f"Attention: the ledger {ledger_place(account.ledger)} is empty; nothing was ever"
            " carried with it."
        )
    return ""
