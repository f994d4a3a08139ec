"""Carries out commands in both systems, and looks up by natural key whether they have happened."""

from collections.abc import Sequence
from datetime import datetime

from st_spectrum.domain.commands import Command, System, longest_way
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.flow_answers import LookupResult
from st_spectrum.engine.guards.login_proofs import LoginProofs
from st_spectrum.engine.handlers import Handlers
from st_spectrum.engine.steps.newest_writes import NewestWrites
from st_spectrum.flows.external_ids import SetExternalId
from st_spectrum.flows.sources import Sources
from st_spectrum.ledger.documents.guards import NewestWrite
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum


class LiveTargets:
    """The real `Targets`: ServiceTrade and Spectrum as the account file names them."""

    def __init__(
        self,
        servicetrade: ServiceTrade,
        spectrum: Spectrum,
        sources: Sources,
        newest: NewestWrites,
    ) -> None:
        self.newest = newest
        self._servicetrade = servicetrade
        self._spectrum = spectrum
        self._logins = LoginProofs(
            {System.SERVICETRADE: servicetrade.prove_login, System.SPECTRUM: spectrum.prove_login}
        )
        self._timeouts = {
            System.SERVICETRADE: servicetrade.timeout_seconds,
            System.SPECTRUM: spectrum.timeout_seconds,
        }
        self.handlers = Handlers()
        """Each flow adds its own when it is built."""
        _handle_external_ids(self.handlers, servicetrade, sources)

    def prove_login(self, system: System) -> None:
        """One read a run, and none where a system has answered one already; a fault counts for the
        threads that wait for it.
        """
        self._logins.prove(system)

    def send(self, command: Command) -> str | None:
        """One write; never repeated here."""
        given = self.handlers.send(command)
        if given is not None and given != command.key:
            self.newest.confirmed(command.operation, given)
        return given

    def find(self, commands: Sequence[Command]) -> LookupResult:
        """Look the commands of a step up."""
        return self.handlers.find(commands)

    def arrives_within(self, command: Command) -> float:
        """By the time-out of the system to which the command goes. A record that the target numbers
        itself would stand there twice, whatever its key.
        """
        timeout = self._timeouts[command.system]
        if command.tables:
            self.newest.doubted(command.tables)
        elif self._newest_given(command) is not None:
            self.newest.doubted(command.operation)
            return longest_way(timeout)
        return command.arrives_within(timeout)

    def is_absence_proven(self, command: Command, since: datetime) -> bool:
        """Most targets answer for themselves; what is looked up in tables may be an old copy of
        them. Of records that the target numbers itself, one that is younger than the doubt must
        show.
        """
        if command.tables:
            return self.handlers.is_absence_proven(command, since)
        newest = self._newest_given(command)
        if newest is None:
            return True
        if newest.at <= since:
            return False
        younger = self.find([command.renumbered(command.key, newest.key)])
        # In this order: a copy that is renewed in between shows the first and then the second.
        return bool(younger.present or younger.foreign or younger.similar) and (
            self.find([command]) == LookupResult()
        )

    def _newest_given(self, command: Command) -> NewestWrite | None:
        """The newest record to which the target gave a key of its own; None where it never did."""
        return self.newest.newest(command.operation) if command.may_be_renumbered else None

    def answers(self, system: str) -> bool:
        """ServiceTrade must show the account, Spectrum let the connection test pass and, where
        there is one, Info-Link let us in.

        No table is asked for: one that is missing or closed to us is a matter of the flows that
        need it.
        """
        try:
            if system == "servicetrade":
                self._servicetrade.account()
            elif system == "spectrum":
                self._spectrum.test_connection()
                if self._spectrum.infolink is not None:
                    self._spectrum.infolink.test_connection()
        except SyncFault:
            return False
        return True


def _handle_external_ids(handlers: Handlers, servicetrade: ServiceTrade, sources: Sources) -> None:
    """Spectrum's key on companies, locations and jobs in ServiceTrade."""

    def set_value(command: SetExternalId) -> None:
        try:
            servicetrade.set_external_id(command.entity_type, command.entity_id, command.key)
        finally:
            sources.forget(command.entity_type, command.entity_id)

    def has_value(command: SetExternalId) -> bool | None:
        return (
            True
            if servicetrade.external_id(command.entity_type, command.entity_id) == command.key
            else None
        )

    handlers.add(SetExternalId, set_value, has_value)
