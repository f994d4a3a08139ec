"""Codes of a pre-time card: its token, pay type, department, job, cost code, rate, work state and
cost center.

A code that cannot be found raises `Missing` with the hold: nothing is guessed about wages.
"""

from dataclasses import dataclass
from decimal import Decimal

from st_spectrum.account import Account
from st_spectrum.domain.digests import digest
from st_spectrum.domain.fitting import Fitting, known, tidy
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.account_maps import Missing, missing, work_state_code
from st_spectrum.flows.cost_centers import cost_centers_of, hold_for_cost_center
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.jobs.number_format import job_number
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.employee_codes import employee_code
from st_spectrum.servicetrade.models import Location


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
        raise missing(
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
        raise missing(
            f"no pay type for {subject}",
            f"Add it under timecards.pay_types.{where} in the account file, or correct the time in"
            " ServiceTrade.",
            f"account: timecards.pay_types.{where}",
        )
    return found


def department_of(
    bundle: TimecardBundle, entry: TimeEntry, account: Account, *, has_job: bool
) -> str:
    """By the office of the time card or of the job; jobless time may have its own."""
    rules = account.timecards.departments
    if not has_job and rules.without_job:
        return rules.without_job
    office = _office(bundle, entry)
    found = known(rules.by_office, office) or rules.default
    if not found:
        raise missing(
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
        raise missing(
            f"its job {named} is no longer in ServiceTrade",
            "Enter the time on another job in ServiceTrade.",
            "servicetrade: job of the time",
            "job no longer in ServiceTrade",
        )
    carried = job.external_ids.get(account.servicetrade.external_system, "")
    numbers = [number for number in carried.split(SEPARATOR) if number]
    if not numbers and job.type in account.jobs.ignored_types:
        raise missing(
            f"its job {job.number} is of type {job.type}, which never becomes a Spectrum job",
            "List the type under timecards.time_off.job_types in the account file, or enter the"
            " time on another job.",
            "account: timecards.time_off.job_types",
            f"time on a job of type {job.type}, which never becomes a Spectrum job",
        )
    if not numbers:
        raise missing(
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
            raise missing(
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
    """Of several that its service lines lead to, the first; raises `Missing` for none."""
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
