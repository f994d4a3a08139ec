"""What the jobs flow writes to Spectrum."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from st_spectrum.domain.commands import Command, InsertRecord, Numbering, System


@dataclass(frozen=True)
class AddJob(InsertRecord):
    """A job [SP 10]. `record` has the number too."""

    operation = "AddJob"
    numbering = Numbering.DERIVED
    taken_field = "Job_Number"

    @property
    def key(self) -> str:
        """The job's number."""
        return self.record["Job_Number"]

    @property
    def fields(self) -> Mapping[str, str]:
        """The record."""
        return self.record

    @property
    def customer_code(self) -> str:
        """The customer whose job it is."""
        return self.record.get("Customer_Code", "")

    def renumbered(self, old: str, new: str) -> "AddJob":
        """The same under the number that Spectrum gave."""
        if self.key != old:
            return self
        return replace(self, record={**self.record, "Job_Number": new})

    def with_sent_fields(self, fields: Mapping[str, str]) -> "AddJob":
        """The same with the record that was sent."""
        return replace(self, record={"Job_Number": self.key, **fields})


@dataclass(frozen=True)
class _OfJob(Command):
    """Adds to or changes the job of this number; a second one does no harm."""

    system = System.SPECTRUM
    is_repeatable = True

    number: str

    @property
    def key(self) -> str:
        """The job's number."""
        return self.number

    def renumbered(self, old: str, new: str) -> Self:
        """The same of the job under the number that Spectrum gave."""
        return replace(self, number=new) if self.number == old else self


@dataclass(frozen=True)
class UpdateJob(_OfJob):
    """The overhead batch of a job, which no other service sets [SP 10.1]."""

    operation = "UpdateJob"

    overhead_batch: str

    @property
    def fields(self) -> Mapping[str, str]:
        """By the names of the layout."""
        return {"Job_Number": self.number, "Job_Oh_Batch_Code": self.overhead_batch}


@dataclass(frozen=True)
class UpdateJobUdf(_OfJob):
    """The first user-defined field of a job [SP 10.2], in which the office stands."""

    operation = "UpdateJob_UDF"

    udf1: str

    @property
    def fields(self) -> Mapping[str, str]:
        """By the names of the layout."""
        return {"Job_Number": self.number, "UDF1": self.udf1}


@dataclass(frozen=True)
class AddPhase(_OfJob):
    """A phase and cost type of a job [SP 11]; it adds or changes, so a second one does no harm."""

    operation = "AddPhase"

    phase_code: str
    cost_type: str
    description: str
    unit_of_measure: str
    price_method: str

    @property
    def key(self) -> str:
        """Number, phase and cost type."""
        return phase_key(self.number, self.phase_code, self.cost_type)

    @property
    def fields(self) -> Mapping[str, str]:
        """By the names of the layout."""
        return {
            "Job_Number": self.number,
            "Phase_Code": self.phase_code,
            "Description": self.description,
            "Cost_Type": self.cost_type,
            "Unit_of_Measure": self.unit_of_measure,
            "Price_Method_Code": self.price_method,
        }


def phase_key(number: str, phase_code: str, cost_type: str) -> str:
    """How a phase of a job is named among all of them."""
    return f"{number}|{phase_code}|{cost_type}"
