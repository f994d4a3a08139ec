"""A witness in Dagster's storage, which all machines of one account share: for a ledger on S3.

Dagster's own daemons keep their cursors there (`DagsterInstance.daemon_cursor_storage`); it is the
one place of an instance that keeps texts by key. It knows no conditional write, so an older pair
that came last is corrected by reading once more.
"""

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from st_spectrum.domain.errors import Unavailable
from st_spectrum.ledger.epoch import Witness, is_newer

TRIES = 3


class StorageWitness:
    """One text for each account."""

    name = "Dagster's storage"

    def __init__(self, instance: dg.DagsterInstance, account: str) -> None:
        self._instance = instance
        self._key = f"st_spectrum/witness/{account}"

    def read(self) -> Witness | None:
        """What is noted. Raises `Unavailable` when the storage cannot be read."""
        try:
            text = self._instance.daemon_cursor_storage.get_cursor_values({self._key}).get(
                self._key
            )
        except (dg.DagsterError, SQLAlchemyError) as error:
            raise _away(error) from None
        return Witness.read(text, self.name) if text else None

    def write(self, witness: Witness) -> None:
        """Note the pair unless a newer one stands there."""
        for _ in range(TRIES):
            if not is_newer(witness, self.read()):
                return
            try:
                self._instance.daemon_cursor_storage.set_cursor_values(
                    {self._key: witness.model_dump_json()}
                )
            except (dg.DagsterError, SQLAlchemyError) as error:
                raise _away(error) from None


def _away(error: Exception) -> Unavailable:
    text = f"Dagster's storage does not answer ({type(error).__name__}), so nothing is sent"
    return Unavailable(text, system="ledger", operation="witness")
