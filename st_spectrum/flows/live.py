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
from st_spectrum.match.undecided import undecided

NO_DAY = "Nothing is carried: go_live is not set in the account file, and the ledger is empty."
SET_A_DAY = (
    "Set go_live in the account file to the day from which on records cross; what was before it"
    " stays as it was entered by hand."
)
WAIT_FOR_THE_DAY = (
    "Nothing to do until then; with an earlier day in go_live of the account file, records cross"
    " from that day on."
)
DECIDE = (
    "Say in each of its rows what the company is, then `st-spectrum match apply` that file; go_live"
    " is right as it is."
)

UNDECIDED = (
    "Nothing is carried: {companies} companies may be customers of Spectrum already. `st-spectrum"
    " match` makes a workbook of them."
)
"""A first load would make each of them a second time."""


def why_not_live(account: Account, ledger: Ledger, now: datetime) -> str:
    """Why nothing is carried yet, in one sentence; "" once it is."""
    found = _not_live(account, ledger, now)
    return "" if found is None else found.message


def refuse_before_go_live(account: Account, ledger: Ledger, now: datetime) -> None:
    """Raises `NotLive` while nothing is carried yet."""
    if (found := _not_live(account, ledger, now)) is not None:
        raise found


def _not_live(account: Account, ledger: Ledger, now: datetime) -> NotLive | None:
    today = now.astimezone(ZoneInfo(account.timezone)).date().isoformat()
    if account.go_live and account.go_live <= today:
        twins = undecided(account.state_dir)
        if not twins or _has_begun(ledger):
            return None
        return NotLive(UNDECIDED.format(companies=twins), DECIDE)
    if _has_begun(ledger):
        return None
    if account.go_live:
        reason = f"Nothing is carried before {account.go_live}, on which the account goes live."
        return NotLive(reason, WAIT_FOR_THE_DAY)
    return NotLive(NO_DAY, SET_A_DAY)


def _has_begun(ledger: Ledger) -> bool:
    # A ledger that was ever sent from has turned its epoch; one of the first version has entries
    # alone. A copy of an empty ledger that was put back has an epoch that never turned.
    epoch = ledger.epochs.read()
    turned = epoch is not None and bool(epoch.number)
    return turned or any(ledger.has_entries(flow) for flow in FLOWS)
