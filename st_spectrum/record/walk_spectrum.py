"""Reads Spectrum's services as far as they can be read without harm: every description, every Get
service, the connection test, and what it says to a description and a token that do not exist.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import httpx

from st_spectrum.account import Account
from st_spectrum.domain.errors import SyncFault
from st_spectrum.record.exchanges import RecordingTransport
from st_spectrum.record.walk_servicetrade import MADE_UP
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.services import SERVICES
from st_spectrum.spectrum.timecards import ACTIVE
from st_spectrum.transports import open_client, time_limit

NO_SUCH_SERVICE = "NoSuchService"

Row = Mapping[str, str]


class SpectrumWalk:
    """One walk through one company. `rows` are those of each Get by its probe; `problems` what a
    call raised instead.
    """

    def __init__(self, account: Account, recording: RecordingTransport, spectrum: Spectrum) -> None:
        self._account = account
        self._recording = recording
        self._spectrum = spectrum
        self.rows: dict[str, list[Row]] = {}
        self.is_complete: dict[str, bool] = {}
        self.problems: dict[str, str] = {}

    def walk(self) -> None:
        """All of it; nothing more where not even one call is answered."""
        self._describe("WSTestConnection")
        if not self._recording.has_answered:
            return
        with self._recording.probe("connection test"):
            self._try("connection test", self._spectrum.test_connection)
        for service in SERVICES:
            self._describe(service)
        for probe, service, filters in self._gets():
            self._get(probe, service, filters)
        for job in self._a_job():
            for service in ("GetPhase", "GetPhaseEnhanced"):
                for name, status in (("", ""), (" complete", "C")):
                    filters = {"pJob_Number": job, "pStatus_Code": status}
                    self._get(f"get {service}{name}", service, filters)
        self._without_a_right()

    def _describe(self, service: str) -> None:
        with self._recording.probe(f"wsdl {service}"):
            self._try(f"wsdl {service}", partial(self._spectrum.prepare, service))

    def _gets(self) -> Iterator[tuple[str, str, Row]]:
        yield "get GetCustomers", "GetCustomers", {"pStatus": "ALL"}
        yield "get GetEmployee", "GetEmployee", {}
        yield "get GetEmployee active", "GetEmployee", {"pStatus_Type": ACTIVE}
        yield "get GetPayType", "GetPayType", {}
        for service in ("GetJobMain", "GetJobUDF"):
            yield f"get {service}", service, {"pStatus_Code": ""}
            yield f"get {service} complete", service, {"pStatus_Code": "C"}

    def _a_job(self) -> Iterator[str]:
        """The template of new jobs, or any job."""
        jobs = (row.get("Job_Number", "") for row in self.rows.get("get GetJobMain", ()))
        if number := self._account.jobs.template_job or next(jobs, ""):
            yield number

    def _get(self, probe: str, service: str, filters: Row) -> None:
        def ask() -> None:
            found = self._spectrum.get(service, filters)
            self.rows[probe] = list(found.rows)
            self.is_complete[probe] = found.is_complete

        with self._recording.probe(probe):
            self._try(probe, ask)

    def _try(self, probe: str, act: Callable[[], None]) -> None:
        try:
            act()
        except (SyncFault, LookupImpossible) as fault:
            self.problems[probe] = type(fault).__name__

    def _without_a_right(self) -> None:
        connection = self._account.spectrum
        client = open_client(time_limit(connection.timeout_seconds), self._recording)
        url = f"{connection.base_url.rstrip('/')}/wsdls"
        made_up = {"Authorization": f"Bearer {MADE_UP}"}
        for probe, name, headers in (
            ("unknown wsdl", NO_SUCH_SERVICE, {}),
            ("made-up token", "WSTestConnection", made_up),
        ):
            with self._recording.probe(probe):
                try:
                    client.get(f"{url}/{name}.jws", headers=headers)
                except httpx.HTTPError:
                    continue
