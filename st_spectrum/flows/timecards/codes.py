"""Codes of a pre-time card: its token, employee, pay type, department, job, cost code, rate, work
state and cost center.

A code that cannot be found raises `Missing` with the hold: nothing is guessed about wages.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.digests import digest
from st_spectrum.domain.fitting import Fitting, known, tidy
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.account_maps import Missing, work_state_code
from st_spectrum.flows.cost_centers import cost_centers_of, hold_for_cost_center
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.jobs.number_format import job_number
from st_spectrum.flows.timecards.doubles import SameDayPiece
from st_spectrum.servicetrade.models import Job, Location, User
from st_spectrum.spectrum.timecards import PayrollEmployee, StoredTimeCard

EMPLOYEE_LENGTH = 11
"""Employee_Code [SP 13.1]."""

SHARED_CODE = "two technicians carry one employee code"


@dataclass(frozen=True)
class TimecardBundle:
    """All that one decision needs. `key` is asked for. `employee` is what Spectrum knows under the
    user's external id, `service_lines` are the job's.

    `sent` is the entry as it was when its card went out. `crossed_as` is the key of a card that was
    sent for the same piece of time before it was moved to another week, else "", and
    `is_as_crossed` says that it is as it was then. `paid_from` says which other resource the time
    of that week was sent from, else "". `today` is the account's day. `standing` are the cards that
    payroll holds of it although the ledger knows of none, `differs` what of a card's codes was not
    as expected when it was taken over.

    `same_day` are the other pieces of that person and day, `released` is the version that a person
    has let go beside them.
    `sharing_code` are other technicians who carry the same employee code.
    """

    entry: TimeEntry | None
    today: date
    user: User | None = None
    employee: PayrollEmployee | None = None
    job: Job | None = None
    location: Location | None = None
    service_lines: tuple[str, ...] = ()
    sent: TimeEntry | None = None
    crossed_as: str = ""
    is_as_crossed: bool = False
    paid_from: str = ""
    accepted: str = ""
    same_day: tuple[SameDayPiece, ...] = ()
    released: str = ""
    sharing_code: tuple[User, ...] = ()
    progress: Progress = NEW
    key: str = ""
    standing: tuple[StoredTimeCard, ...] = ()
    differs: str = ""
    job_waits: Hold | None = None
    """Why no time goes to the job although it carries a number."""


@dataclass(frozen=True)
class Booking:
    """The codes of one card. Without a job, all that belongs to job cost is ""."""

    employee: str
    department: str
    pay_type: str
    job: str = ""
    phase: str = ""
    cost_type: str = ""
    work_state: str = ""
    rate_code: str = ""
    rate: Decimal | None = None
    cost_center: str = ""


def token_of(key: str) -> str:
    """What the card bears in Message, so that it can be found again: 18 letters and digits, always
    the same for a key.
    """
    return f"ST{digest(key).upper()}"


def booking_of(bundle: TimecardBundle, entry: TimeEntry, account: Account, fit: Fitting) -> Booking:
    """Where the time is booked; raises `Missing`. Notes say what was left out or chosen."""
    employee = employee_code(bundle, account)
    is_off = is_time_off(bundle, entry, account)
    pay_type = pay_type_of(bundle, entry, account, is_off=is_off)
    has_job = entry.job_id is not None and not is_off
    department = department_of(bundle, entry, account, has_job=has_job)
    is_direct = department not in account.timecards.departments.non_direct
    if has_job and not is_direct:
        fit.add_note(f"Job_Number: left out, for department {department} books on no job")
    if not has_job and is_direct and entry.kind != "generic" and not is_off:
        raise _missing(
            f"it names no job, but department {department} books on jobs",
            "Enter the time on a job in ServiceTrade, or set timecards.departments.without_job in"
            " the account file.",
            "servicetrade: job of the time",
            "labor without a job",
        )
    code, exact = pay_rate_of(entry, account)
    rate = None if exact is None else fit.money("Pay_Rate", exact)
    center = cost_center_of(bundle, entry, account) if account.timecards.has_cost_center else ""
    if not has_job or not is_direct:
        return Booking(
            employee, department, pay_type, rate_code=code, rate=rate, cost_center=center
        )
    phase, cost_type = cost_code_of(bundle, entry, account, fit)
    return Booking(
        employee=employee,
        department=department,
        pay_type=pay_type,
        job=job_of(bundle, entry, account, fit),
        phase=phase,
        cost_type=cost_type,
        work_state=work_state_code(account.maps, _state(bundle.location)),
        rate_code=code,
        rate=rate,
        cost_center=center,
    )


def employee_code(bundle: TimecardBundle, account: Account) -> str:
    """The external id of the technician, once Spectrum knows an active employee under it."""
    entry, user, employee = bundle.entry, bundle.user, bundle.employee
    name = user.name if user and user.name else entry.user_name if entry else ""
    number = user.id if user else entry.user_id if entry else 0
    who = name or f"user {number}"
    if user is None:
        raise _missing(
            f"{who} was not found among the users of ServiceTrade",
            "Nothing to do if it was shown again meanwhile: it is asked for again by itself. Else"
            " see who worked these hours.",
            f"servicetrade: user {number}",
            "technician not found in ServiceTrade",
        )
    code = tidy(user.external_ids.get(account.servicetrade.external_system, ""))
    if not code:
        raise _missing(
            f"{who} has no Spectrum employee code",
            "Enter the employee code as external id of the user in ServiceTrade.",
            f"servicetrade: user {number} external id",
            "technician without employee code",
        )
    if bundle.sharing_code:
        others = " and ".join(
            f"{other.name or 'user'} (user {other.id})" for other in bundle.sharing_code
        )
        raise _missing(
            f"employee code {code} of {who} is also that of {others}, so whose hours they are"
            " cannot be told in payroll",
            "Enter the employee code of each technician as external id of the user in ServiceTrade;"
            " deactivate a login that nobody uses any more.",
            f"servicetrade: user {number} external id",
            SHARED_CODE,
        )
    if employee is None or len(code) > EMPLOYEE_LENGTH:
        raise _missing(
            f"employee {code} of {who} is not in Spectrum",
            "Set the employee up in Spectrum, or correct the external id of the user in"
            " ServiceTrade.",
            f"spectrum: employee {code}",
            "employee not in Spectrum",
        )
    if not _is_active(employee, account.timecards.active_statuses):
        raise _missing(
            f"employee {code} of {who} is not active in Spectrum (status"
            f" {employee.status or 'blank'})",
            "Make the employee active in Spectrum, or enter this time there by hand.",
            f"spectrum: employee {code}",
            "employee not active in Spectrum",
        )
    return code


def _is_active(employee: PayrollEmployee, statuses: tuple[str, ...]) -> bool:
    return employee.status in statuses if statuses else employee.is_active


def is_time_off(bundle: TimecardBundle, entry: TimeEntry, account: Account) -> bool:
    """Whether it was booked on a job that stands for time off or overhead [ST 8.3]."""
    rules = account.timecards.time_off
    lines = {tidy(line).casefold() for line in rules.service_lines}
    return entry.job_id is not None and (
        _job_type(bundle, entry) in rules.job_types
        or any(tidy(line).casefold() in lines for line in _lines(bundle, entry))
    )


def pay_type_of(bundle: TimecardBundle, entry: TimeEntry, account: Account, *, is_off: bool) -> str:
    """By item code, activity or name; for time off by service line or job type alone, or it would
    be paid as work.
    """
    rules = account.timecards.pay_types
    if is_off:
        names = (*_lines(bundle, entry), _job_type(bundle, entry))
        found = next(filter(None, (known(rules.by_generic_name, name) for name in names)), "")
        subject, where = f"time off under {' or '.join(filter(None, names))}", "by_generic_name"
    elif entry.kind == "labor":
        found, where = known(rules.by_lib_item, entry.lib_item_code), "by_lib_item"
        subject = (
            f"labor item {entry.lib_item_code!r}"
            if entry.lib_item_code
            else "labor without an item code"
        )
    elif entry.kind == "clock":
        found, where = (
            known({str(key): code for key, code in rules.by_activity.items()}, entry.activity),
            "by_activity",
        )
        subject = f"clocked activity {entry.activity!r}"
    else:
        found, where = known(rules.by_generic_name, entry.generic_name), "by_generic_name"
        subject = repr(entry.generic_name) if entry.generic_name else "time without a name"
    if not found:
        raise _missing(
            f"no pay type for {subject}",
            f"Add it under timecards.pay_types.{where} in the account file, or correct the time in"
            " ServiceTrade.",
            f"account: timecards.pay_types.{where}",
        )
    return found


def department_of(
    bundle: TimecardBundle, entry: TimeEntry, account: Account, *, has_job: bool
) -> str:
    """By the office of the time card or of the job; time without a job may have a department of its
    own.
    """
    rules = account.timecards.departments
    if not has_job and rules.without_job:
        return rules.without_job
    office = _office(bundle, entry)
    found = known(rules.by_office, office) or rules.default
    if not found:
        raise _missing(
            (
                f"no department for office {office!r}"
                if office
                else "no department, for it names no office"
            ),
            "Add the office under timecards.departments.by_office in the account file, or set a"
            " default there.",
            "account: timecards.departments",
        )
    return found


def job_of(bundle: TimecardBundle, entry: TimeEntry, account: Account, fit: Fitting) -> str:
    """The Spectrum job; of several, that of the cost center to which the service line belongs."""
    job = bundle.job
    named = entry.job_number or entry.job_id
    if job is None:
        raise _missing(
            f"its job {named} is no longer in ServiceTrade",
            "Enter the time on another job in ServiceTrade.",
            "servicetrade: job of the time",
            "job no longer in ServiceTrade",
        )
    carried = job.external_ids.get(account.servicetrade.external_system, "")
    numbers = [number for number in carried.split(SEPARATOR) if number]
    if not numbers and job.type in account.jobs.ignored_types:
        raise _missing(
            f"its job {job.number} is of type {job.type}, which never becomes a Spectrum job",
            "List the type under timecards.time_off.job_types in the account file, or enter the"
            " time on another job.",
            "account: timecards.time_off.job_types",
            f"time on a job of type {job.type}, which never becomes a Spectrum job",
        )
    if not numbers:
        raise _missing(
            f"its job {job.number} is not a Spectrum job yet",
            "Nothing to do if the job is on its way; else see why the job is held.",
            f"jobs/{job.id}",
            "job not in Spectrum yet",
        )
    if bundle.job_waits:
        raise Missing(bundle.job_waits)
    if len(numbers) == 1:
        return numbers[0]
    for line in _lines(bundle, entry):
        center = known(account.maps.cost_centers.by_service_line, line)
        if center and (made := job_number(job, center, account)) in numbers:
            return made
    fit.add_note(f"Job_Number: the job is {', '.join(numbers)} in Spectrum; {numbers[0]} was taken")
    return numbers[0]


def cost_code_of(
    bundle: TimecardBundle, entry: TimeEntry, account: Account, fit: Fitting
) -> tuple[str, str]:
    """Phase and cost type by the service line of the time, else of the job, else the defaults."""
    rules, lines = account.timecards.cost_codes, _lines(bundle, entry)
    phases = list(
        dict.fromkeys(filter(None, (known(rules.phase_by_service_line, line) for line in lines)))
    )
    phase = phases[0] if phases else rules.default_phase
    if len(phases) > 1:
        fit.add_note(
            f"Phase_Code: the job's service lines point to {', '.join(phases)}; {phase} was taken"
        )
    types = (known(rules.cost_type_by_service_line, line) for line in lines)
    cost_type = next(filter(None, types), "") or rules.default_cost_type
    for code, noun, key in ((phase, "cost code", "phase"), (cost_type, "cost type", "cost_type")):
        if not code:
            subject = f"service line {lines[0]!r}" if lines else "a job without service line"
            raise _missing(
                f"no {noun} for {subject}",
                f"Add it under timecards.cost_codes.{key}_by_service_line in the account file, or"
                f" set default_{key}.",
                "account: timecards.cost_codes",
            )
    return phase, cost_type


def pay_rate_of(entry: TimeEntry, account: Account) -> tuple[str, Decimal | None]:
    """Rate code and hourly rate; both empty where Spectrum's own rate counts."""
    rules = account.timecards.pay_rates
    if rules.send == "amount":
        return "", entry.pay_rate
    codes = {item: str(code) for item, code in rules.code_by_lib_item.items()}
    return (known(codes, entry.lib_item_code), None) if rules.send == "code" else ("", None)


def cost_center_of(bundle: TimecardBundle, entry: TimeEntry, account: Account) -> str:
    """Of several that its service lines lead to, the first; raises `Missing` where nobody knows
    one.
    """
    office = _office(bundle, entry)
    found = cost_centers_of(_lines(bundle, entry), office, account)
    if not found:
        raise Missing(hold_for_cost_center(f"office {office!r}"))
    return found[0]


def _lines(bundle: TimecardBundle, entry: TimeEntry) -> tuple[str, ...]:
    return (entry.service_line,) if entry.service_line else bundle.service_lines


def _job_type(bundle: TimecardBundle, entry: TimeEntry) -> str:
    return bundle.job.type if bundle.job else entry.job_type


def _office(bundle: TimecardBundle, entry: TimeEntry) -> str:
    of_job = bundle.job.assigned_office.name if bundle.job and bundle.job.assigned_office else ""
    return entry.office or of_job


def _state(location: Location | None) -> str:
    return location.address.state.strip().upper() if location else ""


def _missing(reason: str, advice: str, needs: str, cause: str = "") -> Missing:
    return Missing(Hold(reason, advice, (needs,), cause))
