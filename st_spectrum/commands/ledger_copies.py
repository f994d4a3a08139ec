"""`st-spectrum ledger backup`, `restore` and `accept`: copies of the ledger, and a person's word
about one that is older.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from st_spectrum.account.file import load_account
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.ledger.backup import back_up, put_back
from st_spectrum.ledger.recovery import mark_seen
from st_spectrum.ledger.stores import open_store


def back_up_ledger(account_file: Path, file: Path) -> int:
    """0 once the whole ledger is in the file."""
    store = open_store(load_account(account_file).ledger)
    try:
        count = back_up(store, file)
    finally:
        store.close()
    print(f"{count} documents of the ledger are in {file}.")
    return 0


def put_ledger_back(account_file: Path, file: Path) -> int:
    """0 once the ledger is the one of the file."""
    count, moved = put_back(load_account(account_file).ledger, open_store, file, datetime.now(UTC))
    print(
        f"{count} documents were put back. The next round brings the ledger up to date before it"
        " sends anything."
    )
    if moved:
        print(f"The ledger that stood in its place is kept as {moved}.")
    return 0


def accept_ledger(account_file: Path, sent_through: str, *, is_this_ledger: bool) -> int:
    """Take a person's word; 0 when nothing is left to say. Raises `NotLive` as `rebuild` does."""
    from st_spectrum.flows.session import open_session
    from st_spectrum.flows.timecards.accepting import accept_time
    from st_spectrum.flows.timecards.flow import time_context

    day = _day(sent_through)
    with open_session(load_account(account_file)) as session:
        if is_this_ledger:
            session.refuse_before_go_live()
            session.guard.take_over()
            print(
                "This ledger is the account's one from now on; another one that still works stops"
                " at its next batch."
            )
        epoch = session.ledger.epochs.read()
        if day is not None:
            count, hours = accept_time(time_context(session.flows), day)
            print(
                f"Time through {day}: {count} pieces with {hours:.2f} hours count as sent, and are"
                " not sent again. What was changed, moved or lost its approval after it was sent is"
                " told by nobody: look through the time cards that were changed since."
            )
        elif epoch is not None and epoch.time_stopped_at:
            print(
                "Time still waits: say --sent-through with the last work day whose time payroll got"
                " from here."
            )
            return 1
        seen = mark_seen(session.ledger)
        for recovery in seen:
            print(recovery.sentence())
        if not seen and day is None and not is_this_ledger:
            print("Nothing waits for a person's word about the ledger.")
    return 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ArgumentInvalid(
            [f"--sent-through {text}: expected a day such as 2026-03-31"]
        ) from None
