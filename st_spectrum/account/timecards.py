"""Rules of time cards."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from st_spectrum.account.section import Code, Contradiction, Section
from st_spectrum.account.types import (
    Activity,
    CostTypeCode,
    DepartmentCode,
    EmployeeStatus,
    JobType,
    OptionalDay,
    PayRateCode,
    PayType,
    PhaseCode,
    TimeOfDay,
    Weekday,
)

NO_TIME = "No time is carried: neither go_live nor timecards.first_day is set in the account file."
TIME_IS_OFF = "No time is carried: timecards.is_carried is false in the account file."


class PayTypes(Section):
    """Pay type of an entry [SP 13.2]: of labor by library item code, of clock time by activity, of
    the rest by its name.
    """

    by_lib_item: dict[str, PayType] = {}
    by_activity: dict[Activity, PayType] = {}
    by_generic_name: dict[str, PayType] = {}


class Departments(Section):
    """Payroll department by the name of the office, with a default; `without_job` is for time that
    books on no job.

    Those in `non_direct` carry no job at all [SP 13.1].
    """

    by_office: dict[str, DepartmentCode] = {}
    default: Code = Field(default="", max_length=6)
    without_job: Code = Field(default="", max_length=6)
    non_direct: tuple[DepartmentCode, ...] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        """A department that is not direct is one that something leads to."""
        known = {*self.by_office.values(), self.default, self.without_job}
        for code in self.non_direct:
            if code not in known:
                yield (
                    ("non_direct", "by_office", "default", "without_job"),
                    f"names {code!r}, but no office leads to it",
                )


class CostCodes(Section):
    """Cost code (phase) and cost type by service line name, with defaults [SP 13.1]."""

    phase_by_service_line: dict[str, PhaseCode] = {}
    default_phase: Code = Field(default="", max_length=20)
    cost_type_by_service_line: dict[str, CostTypeCode] = {}
    default_cost_type: Code = Field(default="", max_length=3)


class PayRates(Section):
    """What is said of the rate: `none` leaves it to Spectrum, `code` sends a rate code by library
    item, `amount` an hourly rate.
    """

    send: Literal["none", "code", "amount"] = "none"
    code_by_lib_item: dict[str, PayRateCode] = {}

    def contradictions(self) -> Iterator[Contradiction]:
        """Codes are sent, or they are not."""
        if self.send == "code" and not self.code_by_lib_item:
            yield ("send", "code_by_lib_item"), "code needs code_by_lib_item"
        if self.send != "code" and self.code_by_lib_item:
            yield ("code_by_lib_item", "send"), f"is never used, because send is {self.send}"


class TimeOff(Section):
    """Jobs that stand for time off, by type or service line: their time is paid, but never reaches
    job cost [ST 8.3].
    """

    job_types: tuple[JobType, ...] = ()
    service_lines: tuple[str, ...] = ()


class Absences(Section):
    """Whether absences become paid time [ST 9.2]: so many hours at most on each of the weekdays,
    under `name` unless they bear one.
    """

    are_paid: bool = False
    name: str = Field(default="PTO", min_length=1)
    hours_per_day: Decimal = Field(default=Decimal(8), gt=0, le=24)
    weekdays: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")


class Reconciliation(Section):
    """When the week before is gone through once more, in the account's time zone."""

    weekday: Weekday = "monday"
    at: TimeOfDay = "6:00"


class TimeWitness(Section):
    """A record of ServiceTrade whose external id tells, to every machine, which ledger sent time
    last; `system` is its name.

    Setting it touches the record [ST 11], so one that does not cross is best: a library item, a
    contact or a user.
    """

    entity: Literal["libitem", "contact", "user", "asset", "company", "location"]
    id: int = Field(ge=1)
    system: str = Field(default="spectrum_ledger", pattern=r"^[a-z][a-z0-9_]*$")


class TimecardRules(Section):
    """Approved time -> pre-time cards. `adapter` says which resource of ServiceTrade the time is
    read from [ST 8.3].

    `batch_prefix` and the end of the payroll week as YYMMDD make the batch code of eight characters
    [SP 13.1]. Time before `first_day` was entered by hand and is left alone; while no day is set,
    no time is carried at all. It is the account's `go_live`; the key of its own is that of account
    files without one.
    """

    is_carried: bool = True
    first_day: OptionalDay = ""
    adapter: Literal["timecard", "jobitem", "clock"] = "timecard"
    target: Literal["soap", "rest"] = "soap"
    week_starts_on: Weekday = "sunday"
    batch_prefix: str = Field(default="ST", pattern=r"^[A-Z0-9]*$", max_length=2)
    card_rows: tuple[Literal["labor", "clock", "other"], ...] = ("labor", "other")
    clocked_activities: tuple[Activity, ...] = ()
    card_hours: Literal["both", "quantity", "duration"] = "both"
    card_statuses: dict[str, Literal["open", "submitted", "approved", "rejected"]] = {}
    row_types: dict[str, Literal["labor", "clock", "expense", "other"]] = {}
    unpaid_activities: tuple[Activity, ...] = ("onbreak",)
    unpaid_names: tuple[str, ...] = ()
    active_statuses: tuple[EmployeeStatus, ...] = ()
    has_cost_center: bool = False
    closed_through: OptionalDay = ""
    most_vanished_at_once: int = Field(default=20, ge=0)
    pay_types: PayTypes = PayTypes()
    departments: Departments = Departments()
    cost_codes: CostCodes = CostCodes()
    pay_rates: PayRates = PayRates()
    time_off: TimeOff = TimeOff()
    absences: Absences = Absences()
    reconciliation: Reconciliation = Reconciliation()
    witness: TimeWitness | None = None

    @property
    def has_labor_and_clock(self) -> bool:
        """Whether labor is paid by its rows and some activities are by the clock, on one card."""
        return self.adapter == "timecard" and {"labor", "clock"} <= set(self.card_rows)

    @property
    def why_idle(self) -> str:
        """Why no time is carried, in one sentence; "" when it is."""
        if self.first_day:
            return ""
        return NO_TIME if self.is_carried else TIME_IS_OFF

    def contradictions(self) -> Iterator[Contradiction]:
        """Nothing is paid twice or both paid and unpaid, and codes fit the target."""
        if self.first_day and not self.is_carried:
            yield ("first_day", "is_carried"), "is never used, because is_carried is false"
        for activity in self.unpaid_activities:
            if activity in self.pay_types.by_activity:
                keys = (f"pay_types.by_activity.{activity}", "unpaid_activities")
                yield keys, "is never used, because the activity is listed under unpaid_activities"
        if self.adapter == "timecard" and self.absences.are_paid:
            text = (
                "would be paid beside the time cards, whose rows hold the time off already; set it"
                " to false"
            )
            yield ("absences.are_paid", "adapter"), text
        yield from self._contradictions_of_clocked_activities()
        costs = self.cost_codes
        cost_types = (
            "target",
            "cost_codes.cost_type_by_service_line",
            "cost_codes.default_cost_type",
        )
        for code in sorted({*costs.cost_type_by_service_line.values(), costs.default_cost_type}):
            if self.target == "rest" and len(code) > 1:
                yield (
                    cost_types,
                    (
                        f"rest takes cost types of one character, and cost_codes has {code!r}; set"
                        " it to soap"
                    ),
                )

    def _contradictions_of_clocked_activities(self) -> Iterator[Contradiction]:
        if self.has_labor_and_clock and not self.clocked_activities:
            text = (
                "names labor and clock, which are the same hours; keep one of the two, or say in"
                " clocked_activities which activities are paid by the clock"
            )
            yield ("card_rows", "adapter"), text
        if self.clocked_activities and not self.has_labor_and_clock:
            text = "is never used, because card_rows does not name both labor and clock"
            yield ("clocked_activities", "card_rows", "adapter"), text
        for activity in self.clocked_activities:
            if activity in self.unpaid_activities:
                keys = ("clocked_activities", "unpaid_activities")
                yield keys, f"{activity} is paid by the clock and listed under unpaid_activities"
