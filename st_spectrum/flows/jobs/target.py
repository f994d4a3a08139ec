"""Writes jobs with their phases and finds them again by their numbers."""

from collections.abc import Sequence

from st_spectrum.engine.flow_answers import LookupResult
from st_spectrum.engine.handlers import Handlers, Verdict
from st_spectrum.flows.jobs.commands import AddJob, AddPhase, UpdateJob, UpdateJobUdf, phase_key
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.same_record import is_same
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.soap.given_keys import given_key

SAME_JOB = ("Job_Description", "Customer_Code", "WO_Site")
"""Fields by which a job found under our number is told from somebody else's under it."""

SAME_NUMBERED_JOB = (*SAME_JOB, "Cost_Center")
"""Fields by which a job under another number may be ours."""


class JobTargets:
    """All by SOAP, one at a time."""

    def __init__(self, spectrum: Spectrum, others: OtherKeys) -> None:
        self._spectrum = spectrum
        self._others = others

    def handle(self, handlers: Handlers) -> None:
        """Take the commands of the flow."""
        handlers.add(AddJob, self._add, self._find)
        handlers.add(UpdateJob, self._write, self._has_overhead_batch)
        handlers.add(UpdateJobUdf, self._write, self._has_udf1)
        handlers.add_together(AddPhase, self._write, self._phases_added)

    def _add(self, command: AddJob) -> str | None:
        receipt = self._spectrum.write(command.operation, command.fields)
        return given_key(
            receipt, command, lambda number: self._is_added(command.renumbered(command.key, number))
        )

    def _write(self, command: UpdateJob | UpdateJobUdf | AddPhase) -> None:
        self._spectrum.write(command.operation, command.fields)

    def _is_added(self, command: AddJob) -> bool | None:
        return is_same(
            self._spectrum.find_job(command.key, command.customer_code), command, SAME_JOB
        )

    def _find(self, command: AddJob) -> Verdict:
        """A job of the same customer, site and description that nobody has may be it, where the
        installation numbers jobs itself; those of other cost centers are jobs of their own.
        """
        found = self._is_added(command)
        if found is not None:
            return found
        alike = {"Job_Description": command.fields["Job_Description"]}
        rows = self._spectrum.look_alikes(command.operation, alike, command.customer_code)
        return self._others.verdict(
            JOBS.name,
            JOBS.entity_type,
            command.key,
            (row["Job_Number"] for row in rows if is_same(row, command, SAME_NUMBERED_JOB)),
        )

    def _has_overhead_batch(self, command: UpdateJob) -> bool | None:
        return self._spectrum.find_oh_batch(command.number) == command.overhead_batch or None

    def _has_udf1(self, command: UpdateJobUdf) -> bool | None:
        return self._spectrum.find_job_udf1(command.number) == command.udf1 or None

    def _phases_added(self, commands: Sequence[AddPhase]) -> LookupResult:
        """All phases of the job in one question."""
        number = commands[0].number
        held = {phase_key(number, *phase) for phase in self._spectrum.find_phases(number)}
        return LookupResult(
            present=frozenset(command.key for command in commands if command.key in held)
        )
