"""The account file as a Dagster resource: it hands out a whole session to a run, and light readers to a tick."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import PrivateAttr

from st_spectrum.account import Account
from st_spectrum.account.connections import LedgerSettings, ServiceTradeConnection, SpectrumConnection
from st_spectrum.account.file import load_account

if TYPE_CHECKING:
    from st_spectrum.flows.session import Session
    from st_spectrum.ledger.ledger import Ledger
    from st_spectrum.ledger.witness import WitnessPlace
    from st_spectrum.servicetrade.client import ServiceTrade
    from st_spectrum.spectrum.client import Spectrum

ACCOUNT_VARIABLE = "ST_SPECTRUM_ACCOUNT"
DEFAULT_ACCOUNT_FILE = "accounts/sandbox.yaml"


def account_file_in_force() -> Path:
    """The account file that the environment names, else the sandbox's."""
    return Path(os.environ.get(ACCOUNT_VARIABLE) or DEFAULT_ACCOUNT_FILE)


class AccountResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Only the place of the file is configuration; what it says, and its secrets, are read when something needs them.

    Nothing is opened before it is asked for: a tick that only reads never pays for the clients of a run. What was opened is
    closed when the run or tick ends.
    """

    account_file: str
    _open: ExitStack = PrivateAttr(default_factory=ExitStack)
    _session: "Session | None" = PrivateAttr(default=None)
    _instance: dg.DagsterInstance | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["AccountResource"]:
        """Called by Dagster around every run and tick."""
        self._instance = context.instance
        try:
            with self._open:
                yield self
        finally:
            self._session = None

    def load(self) -> Account:
        """The account; raises `SettingsInvalid` with all problems of the file."""
        return load_account(Path(self.account_file))

    def session(self) -> "Session":
        """Both systems, the ledger and the engine, opened once per run. Raises the error families."""
        from st_spectrum.flows.session import open_session

        if self._session is None:
            account = self.load()
            shared = self._shared_witnesses(account)
            self._session = self._open.enter_context(open_session(account, witnesses=shared))
        return self._session

    def witnesses(self, account: Account) -> "tuple[WitnessPlace, ...]":
        """Where it is noted which ledger sent last: a file, and for a ledger of several machines what these share."""
        from st_spectrum.ledger.witness import FileWitness

        return (FileWitness(account.state_dir, account.name), *self._shared_witnesses(account))

    def _shared_witnesses(self, account: Account) -> "tuple[WitnessPlace, ...]":
        from st_spectrum.resources.storage_witness import StorageWitness

        if account.ledger.kind != "s3" or self._instance is None:
            return ()
        return (StorageWitness(self._instance, account.name),)

    def servicetrade(self, account: Account) -> "ServiceTrade":
        """A reader for ticks, kept by the process: a new log-in for every tick would double the calls.

        It gives up early and repeats nothing: Dagster ends a tick after 60 s and forgets its cursor, and the next tick is
        seconds away.
        """
        budget = account.pace.tick_budget_seconds
        brief = {"timeout_seconds": min(account.servicetrade.timeout_seconds, budget / 2), "read_attempts": 1}
        return _shared_servicetrade(account.servicetrade.model_copy(update=brief), budget / 2)

    def spectrum(self, account: Account) -> "Spectrum":
        """The same for Spectrum, of which ticks use Info-Link alone."""
        budget, connection = account.pace.tick_budget_seconds / 2, account.spectrum
        if connection.infolink is not None:
            seconds = min(connection.infolink.timeout_seconds, budget)
            infolink = connection.infolink.model_copy(update={"timeout_seconds": seconds})
            connection = connection.model_copy(update={"infolink": infolink, "read_attempts": 1})
        return _shared_spectrum(connection, account.state_dir / "wsdl")

    def ledger(self, account: Account) -> "Ledger":
        """The ledger alone, to be read without the clients of both systems.

        On S3 the process keeps it, for opening one tests the bucket by writing; a file is opened anew, as it may have been
        moved.
        """
        from st_spectrum.ledger.ledger import open_ledger

        if account.ledger.kind == "s3":
            return _shared_ledger(account.ledger)
        ledger = open_ledger(account.ledger)
        self._open.callback(ledger.close)
        return ledger


@lru_cache(maxsize=16)
def _shared_servicetrade(connection: ServiceTradeConnection, patience_seconds: float) -> "ServiceTrade":
    from st_spectrum.servicetrade.client import ServiceTrade

    return ServiceTrade(connection, patience_seconds=patience_seconds)


@lru_cache(maxsize=16)
def _shared_spectrum(connection: SpectrumConnection, wsdl_dir: Path) -> "Spectrum":
    from st_spectrum.spectrum.client import Spectrum

    return Spectrum(connection, wsdl_dir)


@lru_cache(maxsize=16)
def _shared_ledger(settings: LedgerSettings) -> "Ledger":
    from st_spectrum.ledger.ledger import open_ledger

    return open_ledger(settings)
