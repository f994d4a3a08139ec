"""Carries out steps in both systems, and looks up by natural key whether they have happened."""

from collections.abc import Callable, Mapping
from datetime import datetime

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Step, System
from st_spectrum.domain.errors import OutcomeUnknown, SyncFault
from st_spectrum.engine.doors import Doors
from st_spectrum.engine.flow import Found
from st_spectrum.engine.handlers import Handlers, Similar, Verdict
from st_spectrum.engine.newest_writes import NewestWrites
from st_spectrum.flows.customers.target import handle_customers
from st_spectrum.flows.external_id_target import handle_external_ids
from st_spectrum.flows.invoices.target import InvoiceTargets
from st_spectrum.flows.jobs.target import JobTargets
from st_spectrum.flows.purchase_orders.target import PoTargets
from st_spectrum.flows.sites.target import handle_sites
from st_spectrum.flows.sources import Sources
from st_spectrum.flows.timecards.done_cards import FLOW as TIMECARDS
from st_spectrum.flows.timecards.target import OPERATIONS as TIMECARD_OPERATIONS
from st_spectrum.flows.timecards.target import TimecardTargets
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum

ARRIVES_WITHIN_TIMEOUTS = 10
"""A call that we gave up may lie in a queue before the application that takes calls late when it is overloaded; ten times as late
as the longest call that we wait for is beyond all that a queue of open connections holds."""

ARRIVES_WITHIN_SECONDS = 15 * 60.0
"""With a short time-out that is not long: web servers and balancers let a request live for some minutes (two to ten by default,
whatever the caller did meanwhile); a quarter of an hour is beyond that. What arrives later still cannot be excluded."""


class LiveTargets:
    """The real `Targets`: ServiceTrade and Spectrum as the account file names them."""

    def __init__(
        self,
        servicetrade: ServiceTrade,
        spectrum: Spectrum,
        sources: Sources,
        orders: PoTargets,
        newest: NewestWrites,
    ) -> None:
        self._newest = newest
        self._servicetrade = servicetrade
        self._spectrum = spectrum
        self._sources = sources
        self._doors = Doors({System.SERVICETRADE: servicetrade.prove_login, System.SPECTRUM: spectrum.prove_login})
        self._timecards = timecards = TimecardTargets(spectrum)
        self.invoices = invoices = InvoiceTargets(servicetrade, spectrum, sources)
        self._handlers = handlers = Handlers()
        invoices.handle(handlers)
        orders.handle(handlers)
        handle_customers(handlers, spectrum)
        handle_sites(handlers, spectrum)
        JobTargets(spectrum).handle(handlers)
        handle_external_ids(handlers, servicetrade, sources)
        self._finders: Mapping[str, Callable[[Command], Verdict]] = {
            **dict.fromkeys(TIMECARD_OPERATIONS, timecards.is_there),
        }

    def prove_login(self, system: System) -> None:
        """One read a run, and none where a system has answered one already; a fault counts for the threads that wait for it."""
        self._doors.prove(system)

    def send(self, call: Command) -> None:
        """One write to the system of the step; never repeated here."""
        if call in self._handlers:
            self._handlers.send(call)
            return
        if call.operation in TIMECARD_OPERATIONS:
            self._post_time(call)
            return

    def find(self, step: Step) -> Found:
        """Look the commands of a step up."""
        if step.calls[0] in self._handlers:
            return self._handlers.find(step.calls)
        verdicts = {call.key: self._finders[call.operation](call) for call in step.calls}
        return Found(
            present=frozenset(key for key, verdict in verdicts.items() if verdict is True),
            foreign=frozenset(key for key, verdict in verdicts.items() if verdict is False),
            similar=frozenset(key for key, verdict in verdicts.items() if isinstance(verdict, Similar)),
        )

    def arrives_within(self, call: Command) -> float:
        """Pre-time cards and job items are stored twice when they are repeated; every other insert is refused by its key."""
        if call.operation in TIMECARD_OPERATIONS:
            self._newest.doubted(TIMECARDS)
            return max(ARRIVES_WITHIN_SECONDS, ARRIVES_WITHIN_TIMEOUTS * self._spectrum.timeout_seconds)
        if call.system is System.SERVICETRADE:
            return call.arrives_within(self._servicetrade.timeout_seconds)
        return 0.0

    def is_absence_proven(self, call: Command, since: datetime) -> bool:
        """ServiceTrade answers for itself; of Info-Link nobody knows how old it is before it shows what is younger than the doubt."""
        if call.operation not in TIMECARD_OPERATIONS:
            return True
        newest = self._newest.newest(TIMECARDS)
        if newest is None or newest.at <= since:
            return False
        # In this order: a copy that is renewed in between shows the first and then the second.
        return bool(self._timecards.holds(newest.key)) and not self._timecards.holds(call.key)

    def _post_time(self, call: Command) -> None:
        try:
            self._timecards.post(call)
        except OutcomeUnknown:
            self._newest.doubted(TIMECARDS)
            raise
        self._newest.confirmed(TIMECARDS, call.key)

    def answers(self, system: str) -> bool:
        """ServiceTrade must show the account, Spectrum let the connection test pass and, where there is one, Info-Link let us in.

        No table is asked for: one that is missing or closed to us is a matter of the flows that need it.
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
