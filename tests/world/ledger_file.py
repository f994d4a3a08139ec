"""What becomes of a contractor's ledger on its disk: it is lost, copied and put back."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.world.contractor import Contractor


def lose_ledger(contractor: Contractor) -> None:
    """The file is gone with all that lies beside it; the witness stays."""
    path = contractor.account.ledger.path
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def lose_witness(contractor: Contractor) -> None:
    """Nothing on this machine tells any more what the ledger knew."""
    for file in contractor.state_dir.glob("witness-*"):
        file.unlink()


def copy_ledger(contractor: Contractor) -> Path:
    """A copy of the ledger as it is now; of a lost one there is none."""
    path = contractor.account.ledger.path
    copy = path.with_name("copy of this morning")
    copy.unlink(missing_ok=True)
    if path.exists():
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(copy)) as target:
            live.backup(target)
    return copy


def put_back(contractor: Contractor, copy: Path) -> None:
    """The ledger is the copy; the witness knows better."""
    lose_ledger(contractor)
    if copy.exists():
        shutil.copy(copy, contractor.account.ledger.path)
