"""Which account a run is of, and in which queue it waits.

A worker has the environment of its accounts: their systems, their secrets, their ledger. A run of
another account would be carried out with those, so each account has a queue of its own.
"""

import dagster as dg

from st_spectrum.assets.names import OURS_TAG
from st_spectrum.resources.account import account_files_in_force
from st_spectrum.workers.broker import QUEUE

OUR_CODE = "st_spectrum."


def queue_of(account: str) -> str:
    """Where the runs of an account wait; those of nobody's account wait in `QUEUE`."""
    return f"{QUEUE}.{account}" if account else QUEUE


def accounts_in_force() -> tuple[str, ...]:
    """The accounts that this process has the environment of, called after their files."""
    return tuple(file.stem for file in account_files_in_force())


def account_of(run: dg.DagsterRun) -> str:
    """The account that a run is of, by its tag. One that a person started from an asset's page has
    none, but its asset's key begins with the account. "" for a run that is not ours.
    """
    if OURS_TAG in run.tags:
        return run.tags[OURS_TAG]
    origin = run.job_code_origin
    pointer = origin.repository_origin.code_pointer if origin else None
    if not str(getattr(pointer, "module", "")).startswith(OUR_CODE):
        return ""
    checked = {check.asset_key for check in run.asset_check_selection or ()}
    return min((key.path[0] for key in {*(run.asset_selection or ()), *checked}), default="")
