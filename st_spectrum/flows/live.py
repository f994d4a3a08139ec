"""Whether an account has gone live: before that day nothing of it is carried.

Only a ledger without any record is asked for the day: one that has begun goes on, whatever the file
says.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.not_live import NotLive
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.ledger import Ledger

NO_DAY = "Nothing is carried: go_live is not set in the account file, and the ledger is empty."


def why_not_live(account: Account, ledger: Ledger, now: datetime) -> str:
    """Why nothing is carried yet, in one sentence; "" once it is."""
    today = now.astimezone(ZoneInfo(account.timezone)).date().isoformat()
    if account.go_live and account.go_live <= today:
        return ""
    # A ledger that was ever sent from has turned its epoch; one of the first version has entries
    # alone. A copy of an empty ledger that was put back has an epoch that never turned.
    epoch = ledger.epochs.read()
    if (epoch is not None and epoch.number) or any(ledger.has_entries(flow) for flow in FLOWS):
        return ""
    if account.go_live:
        return f"Nothing is carried before {account.go_live}, on which the account goes live."
    return NO_DAY


def refuse_before_go_live(account: Account, ledger: Ledger, now: datetime) -> None:
    """Raises `NotLive` while nothing is carried yet."""
    if reason := why_not_live(account, ledger, now):
        raise NotLive(reason)
