"""Carries out steps in both systems, and looks up by natural key whether they have happened."""

from collections.abc import Callable, Mapping
from datetime import datetime

from st_spectrum.domain.decisions import Call, Step, System
from st_spectrum.domain.errors import OutcomeUnknown, SyncFault
from st_spectrum.domain.fitting import tidy
from st_spectrum.engine.doors import Doors
from st_spectrum.engine.flow import Found
from st_spectrum.engine.newest_writes import NewestWrites
from st_spectrum.flows.invoices.ar_documents import ADD_AR_INVOICE, POST_INVOICE
from st_spectrum.flows.invoices.target import InvoiceTargets
from st_spectrum.flows.purchase_orders.job_item_steps import ADD as ADD_ITEM
from st_spectrum.flows.purchase_orders.target import PoTargets
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

SAME_CUSTOMER = ("Name", "Address_1", "City", "State", "Zip_Code")
SAME_SITE = ("Site_Name", "Site_Customer_Code", "Site_Address1", "Site_Zip_Code")
SAME_JOB = ("Job_Description", "Customer_Code", "WO_Site")
"""Fields by which a record found under our key is told from somebody else's record under the same key."""
TELLING = {"AddCustomer": ("Name", "Address_1"), "AddWOSiteAddress": ("Site_Name", "Site_Address1")}
"""When one of these agrees and another does not, a person may have edited our record, or Spectrum changed its letters."""


class Similar:
    """Neither quite the record that we sent nor clearly another one."""


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
        self._orders = orders
        self._doors = Doors({System.SERVICETRADE: servicetrade.prove_login, System.SPECTRUM: spectrum.prove_login})
        self._timecards = timecards = TimecardTargets(spectrum)
        self.invoices = invoices = InvoiceTargets(servicetrade, spectrum, sources)
        self._finders: Mapping[str, Callable[[Call], bool | Similar | None]] = {
            "AddCustomer": lambda call: _verdict(spectrum.find_customer(call.key), call, SAME_CUSTOMER),
            "AddWOSiteAddress": lambda call: _verdict(spectrum.find_site(call.key), call, SAME_SITE),
            "AddJob": lambda call: _verdict(
                spectrum.find_job(call.key, call.fields.get("Customer_Code", "")), call, SAME_JOB
            ),
            "UpdateJob": lambda call: spectrum.find_oh_batch(call.key) == call.fields["Job_Oh_Batch_Code"] or None,
            "UpdateJob_UDF": lambda call: spectrum.find_job_udf1(call.key) == call.fields["UDF1"] or None,
            "externalid": self._same_external_id,
            POST_INVOICE: invoices.is_posted,
            ADD_AR_INVOICE: invoices.is_posted,
            "invoice status": invoices.has_status,
            **orders.finders,
            **dict.fromkeys(TIMECARD_OPERATIONS, timecards.is_there),
        }

    def prove_login(self, system: System) -> None:
        """One read a run, and none where a system has answered one already; a fault counts for the threads that wait for it."""
        self._doors.prove(system)

    def send(self, step: Step, call: Call) -> None:
        """One write to the system of the step; never repeated here."""
        if call.operation in (POST_INVOICE, ADD_AR_INVOICE):
            self.invoices.post(call)
            return
        if call.operation in TIMECARD_OPERATIONS:
            self._post_time(call)
            return
        if call.operation == "invoice status":
            self.invoices.set_status(call)
            return
        if (send := self._orders.senders.get(call.operation)) is not None:
            send(call)
            return
        if step.system is System.SPECTRUM:
            self._spectrum.write(call.operation, call.fields)
            return
        entity_type, entity_id = call.fields["entity_type"], int(call.fields["entity_id"])
        try:
            self._servicetrade.set_external_id(entity_type, entity_id, call.fields["value"])
        finally:
            self._sources.forget(entity_type, entity_id)

    def find(self, step: Step) -> Found:
        """Phases are read back at once for their job, everything else one by one."""
        if all(call.operation == "AddPhase" for call in step.calls):
            job_number = step.calls[0].fields["Job_Number"]
            held = {f"{job_number}|{phase}|{cost_type}" for phase, cost_type in self._spectrum.find_phases(job_number)}
            return Found(present=frozenset(call.key for call in step.calls if call.key in held))
        verdicts = {call.key: self._finders[call.operation](call) for call in step.calls}
        return Found(
            present=frozenset(key for key, verdict in verdicts.items() if verdict is True),
            foreign=frozenset(key for key, verdict in verdicts.items() if verdict is False),
            similar=frozenset(key for key, verdict in verdicts.items() if isinstance(verdict, Similar)),
        )

    def arrives_within(self, call: Call) -> float:
        """Pre-time cards and job items are stored twice when they are repeated; every other insert is refused by its key."""
        if call.operation in TIMECARD_OPERATIONS:
            self._newest.doubted(TIMECARDS)
            return max(ARRIVES_WITHIN_SECONDS, ARRIVES_WITHIN_TIMEOUTS * self._spectrum.timeout_seconds)
        if call.operation == ADD_ITEM:
            return max(ARRIVES_WITHIN_SECONDS, ARRIVES_WITHIN_TIMEOUTS * self._servicetrade.timeout_seconds)
        return 0.0

    def is_absence_proven(self, call: Call, since: datetime) -> bool:
        """ServiceTrade answers for itself; of Info-Link nobody knows how old it is before it shows what is younger than the doubt."""
        if call.operation not in TIMECARD_OPERATIONS:
            return True
        newest = self._newest.newest(TIMECARDS)
        if newest is None or newest.at <= since:
            return False
        # In this order: a copy that is renewed in between shows the first and then the second.
        return bool(self._timecards.holds(newest.key)) and not self._timecards.holds(call.key)

    def _post_time(self, call: Call) -> None:
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

    def _same_external_id(self, call: Call) -> bool | None:
        carried = self._servicetrade.external_id(call.fields["entity_type"], int(call.fields["entity_id"]))
        return True if carried == call.fields["value"] else None


def is_same(found: Mapping[str, str] | None, call: Call, fields: tuple[str, ...]) -> bool | None:
    """True: it is there as we would write it. False: something else is. None: nothing is."""
    if found is None:
        return None
    return all(_agrees(found, call, name) for name in fields if name in found)


def _verdict(found: Mapping[str, str] | None, call: Call, fields: tuple[str, ...]) -> bool | Similar | None:
    is_ours = is_same(found, call, fields)
    if found is None or is_ours:
        return is_ours
    telling = [name for name in TELLING.get(call.operation, ()) if name in found and call.fields.get(name)]
    return Similar() if any(_agrees(found, call, name) for name in telling) else False


def _agrees(found: Mapping[str, str], call: Call, name: str) -> bool:
    return tidy(found.get(name)).casefold() == tidy(call.fields.get(name)).casefold()
