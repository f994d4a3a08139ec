"""The ledger as a Dagster resource, and its witnesses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import dagster as dg
from pydantic import PrivateAttr

from st_spectrum.account import Account
from st_spectrum.resources.kept_client import KeptClients
from st_spectrum.resources.until_the_end import UntilTheEnd

if TYPE_CHECKING:
    from st_spectrum.ledger.ledger import Ledger
    from st_spectrum.ledger.witness import WitnessPlace


class LedgerResource(UntilTheEnd):
    """The ledger that the account file names."""

    kept: dg.ResourceDependency[KeptClients]  # type: ignore[type-arg]
    _instance: dg.DagsterInstance | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        """Called by Dagster around every run and tick."""
        self._instance = context.instance
        with super().yield_for_execution(context):
            yield self

    def claiming(self, account: Account) -> "Ledger":
        """For a run: what it claims is free for others when it ends."""
        from st_spectrum.ledger.ledger import open_ledger

        return self._open.enter_context(open_ledger(account.ledger))

    def open(self, account: Account) -> "Ledger":
        """For ticks, checks and notes, which claim nothing.

        On S3 it is kept from one to the next, for opening one tests the bucket by writing; a file
        is opened anew, as it may have been moved.
        """
        from st_spectrum.ledger.ledger import open_ledger

        if account.ledger.kind != "s3":
            return self._open.enter_context(open_ledger(account.ledger))
        ledger: Ledger = self._open.enter_context(
            self.kept.of(account.name).lend(account.ledger, lambda: open_ledger(account.ledger))
        )
        return ledger

    def witnesses(self, account: Account) -> "tuple[WitnessPlace, ...]":
        """Where it is noted which ledger sent last: a file, and what several machines share."""
        from st_spectrum.ledger.witness import FileWitness

        return (FileWitness(account.state_dir, account.name), *self.shared_witnesses(account))

    def shared_witnesses(self, account: Account) -> "tuple[WitnessPlace, ...]":
        """The witness of a ledger of several machines; none for a ledger in a file."""
        from st_spectrum.resources.storage_witness import StorageWitness

        if account.ledger.kind != "s3" or self._instance is None:
            return ()
        return (StorageWitness(self._instance, account.name),)
