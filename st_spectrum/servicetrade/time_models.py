"""Time that technicians report: time cards with their days, clock events, absences. Labor job items
are in `item_models`.

Read by the rules of `models`. Nothing public shows a time card, so all of `TimeCard` and `DayLog`
is assumed [ST 8.4]; of clock events and absences a part is, as the fields say. All of it stands in
this file and nowhere else.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from st_spectrum.servicetrade.invoice_models import JobReference, LibItem
from st_spectrum.servicetrade.models import Record, Reference, ServiceLine
from st_spectrum.servicetrade.value_types import (
    Duration,
    Epoch,
    ExternalIds,
    Money,
    NullIsEmptyList,
    Seconds,
    Text,
)

CARD_STATUSES = ("open", "submitted", "approved", "rejected")
"""Assumed [ST 8.4]."""
APPROVED = "approved"
LABOR, CLOCK, EXPENSE, OTHER = "labor", "clock", "expense", "other"
"""Types of a day log; assumed [ST 8.4]."""
ROW_TYPES = (LABOR, CLOCK, EXPENSE, OTHER)
ACTIVITIES = ("onsite", "enroute", "offsite", "onbreak")
"""What a technician can be clocked in for [ST 8.1]."""
CLOCKED_IN, CLOCKED_OUT = "in", "out"
"""Types of a clock event; assumed [ST 8.1]."""


def _amount(value: object) -> object:
    return Decimal(0) if value is None else value


class Worker(Record):
    """The technician of a time card; assumed to carry the external ids, which the short form
    elsewhere does not [ST 8.4].
    """

    name: Text = Field(default="", description="[ST 8.4]")
    external_ids: ExternalIds = Field(default={}, alias="externalIds", description="[ST 8.4]")


class DayLog(Record):
    """One row of a time card: work on a job, a clocked time, an expense, or a row of its own such
    as PTO [ST 8.2, 8.4].
    """

    date: Seconds = Field(
        description="local midnight of the day of work, epoch seconds; assumed [ST 8.4]"
    )
    type: Text = Field(default="", description="labor, clock, expense, other; assumed [ST 8.4]")
    name: Text = Field(
        default="", description="what the row is called, such as PTO; assumed [ST 8.4]"
    )
    duration: Duration = Field(default=0, description="seconds; assumed [ST 8.4]")
    quantity: Annotated[Money, BeforeValidator(_amount)] = Field(
        default=Decimal(0), description="hours; money for an expense; assumed [ST 8.4]"
    )
    job: JobReference | None = Field(
        default=None, description="None for time off; assumed [ST 8.4]"
    )
    job_item: Reference | None = Field(
        default=None, alias="jobItem", description="assumed [ST 8.4]"
    )
    lib_item: LibItem | None = Field(default=None, alias="libItem", description="assumed [ST 8.4]")
    service_line: ServiceLine | None = Field(
        default=None, alias="serviceLine", description="assumed [ST 8.4]"
    )
    notes: Text = Field(default="", description="assumed [ST 8.4]")

    @model_validator(mode="before")
    @classmethod
    def _by_id(cls, value: Any) -> Any:
        """An id in place of an object is taken too, as writes of other records name them [ST 3]:
        without it a row of a job would be one of no job.
        """
        if not isinstance(value, Mapping):
            return value
        ids = {
            name: value.get(f"{name}Id") for name in ("job", "jobItem", "libItem", "serviceLine")
        }
        return {name: id_ for name, id_ in ids.items() if isinstance(id_, int)} | dict(value)


class TimeCard(Record):
    """One technician's card of one period, normally a week [ST 8.4]."""

    user: Worker = Field(description="assumed [ST 8.4]")
    office: Reference | None = Field(default=None, description="assumed [ST 8.4]")
    period_start: Seconds = Field(
        default=0, alias="periodStart", description="epoch seconds; assumed [ST 8.4]"
    )
    period_end: Seconds = Field(
        default=0, alias="periodEnd", description="last second of the period; assumed [ST 8.4]"
    )
    status: Text = Field(
        default="", description="open, submitted, approved, rejected; assumed [ST 8.4]"
    )
    submitted_on: Epoch = Field(default=0, alias="submittedOn", description="assumed [ST 8.4]")
    approved_on: Epoch = Field(default=0, alias="approvedOn", description="assumed [ST 8.4]")
    approved_by: Reference | None = Field(
        default=None, alias="approvedBy", description="assumed [ST 8.4]"
    )
    day_logs: Annotated[tuple[DayLog, ...], NullIsEmptyList] = Field(
        alias="dayLogs", description="assumed [ST 8.4]"
    )
    created: Epoch = Field(default=0, description="assumed [ST 8.4]")
    updated: Epoch = Field(default=0, description="assumed to move with the day logs [ST 8.4]")


class ListedTimeCard(TimeCard):
    """The same in a list, which may leave the rows to the reading of one card, as that of jobs does
    with their service requests [ST 5.1, 8.4].
    """

    day_logs: Annotated[tuple[DayLog, ...], NullIsEmptyList] = Field(
        default=(), alias="dayLogs", description="as in the card"
    )

    @property
    def has_rows(self) -> bool:
        """Whether the list said anything of its rows; none at all is something."""
        return "day_logs" in self.model_fields_set


class ClockEvent(Record):
    """A technician clocks in for an activity, or out of it [ST 8.1]. It may be corrected afterwards
    by an administrator.
    """

    event_time: Seconds = Field(alias="eventTime", description="epoch seconds [ST 8.1]")
    activity: Text = Field(default="", description="onsite, enroute, offsite, onbreak [ST 8.1]")
    event_type: Text = Field(default="", alias="eventType", description="in, out; assumed [ST 8.1]")
    user: Reference = Field(description="[ST 8.1]")
    appointment: Reference | None = Field(default=None, description="[ST 8.1]")
    job: JobReference | None = Field(
        default=None, description="assumed; a list filter by job is known [ST 8.1]"
    )
    source: Text = Field(default="", description="mobile, ivr; assumed on the event [ST 8.1]")
    created: Epoch = Field(default=0, description="assumed [ST 8.1]")
    updated: Epoch = Field(default=0, description="assumed [ST 8.1]")

    @property
    def is_in(self) -> bool:
        """Whether time begins to count here."""
        return self.event_type == CLOCKED_IN


class Absence(Record):
    """Time in which a technician is not available [ST 9.2]. Approval and pay code are unknown."""

    user: Reference = Field(description="[ST 9.2]")
    window_start: Seconds = Field(alias="windowStart", description="epoch seconds [ST 9.2]")
    window_end: Seconds = Field(alias="windowEnd", description="epoch seconds [ST 9.2]")
    name: Text = Field(
        default="",
        description="why, such as PTO; assumed key, more than these was not seen [ST 9.2]",
    )
    created: Epoch = Field(default=0, description="assumed [ST 9.2]")
    updated: Epoch = Field(default=0, description="assumed [ST 9.2]")
