"""Payroll's side: pay types that Spectrum lacks, and what two weeks of time would wait for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from st_spectrum.account import Account
from st_spectrum.account.types import nearest
from st_spectrum.check.finding import Finding, Severity, counted, findings_of_parts
from st_spectrum.check.in_use import Kind, unused
from st_spectrum.check.recent_time import Recent
from st_spectrum.check.statuses import check_employee_statuses
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.codes import cost_code_of, department_of, is_time_off, pay_type_of
from st_spectrum.flows.timecards.employee_codes import employee_code
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import User
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible

MOST_TECHNICIANS = 100
"""Technicians that are read, one call each."""

NOUN = "time entry"


def check_payroll(
    account: Account, servicetrade: ServiceTrade, spectrum: Spectrum
) -> Iterator[Finding]:
    """Nothing while no time is carried, but the word of it. What cannot be read is a finding."""
    if idle := account.timecards.why_idle:
        advice = (
            "Name the first day whose time nobody has entered by hand; until then payroll is left"
            " alone."
        )
        yield Finding(Severity.NOTE, "timecards.first_day", idle.removesuffix("."), "", advice)
        return
    recent = Recent(account, servicetrade)
    failed: set[str] = set()
    for found in findings_of_parts(
        (
            ("timecards.pay_types", _pay_types(account, spectrum)),
            ("timecards", _shared_codes(account, servicetrade)),
            ("timecards.cost_codes", _phases(account, spectrum, recent)),
            ("timecards.departments", _departments(account, spectrum, recent)),
            ("timecards.active_statuses", check_employee_statuses(account, spectrum)),
            ("timecards", _recent_time(account, servicetrade, spectrum, recent)),
        )
    ):
        if found.problem not in failed:  # what fails for one part fails for the next
            yield found
        failed |= {found.problem} if found.severity is Severity.ERROR else set()


def _pay_types(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    rules = account.timecards.pay_types
    existing = spectrum.pay_types()
    for table in ("by_lib_item", "by_activity", "by_generic_name"):
        for name, code in getattr(rules, table).items():
            if code not in existing:
                text = (
                    f"Spectrum has no pay type {code!r}; it has"
                    f" {', '.join(sorted(existing)) or 'none'}"
                )
                where = f"timecards.pay_types.{table}.{name!r}"
                yield Finding(
                    Severity.ERROR, where, text, "", "Correct the code, or create it in Spectrum."
                )


def _shared_codes(account: Account, servicetrade: ServiceTrade) -> Iterator[Finding]:
    """Employee codes of several technicians: payroll cannot tell whose hours theirs are."""
    people: defaultdict[str, list[User]] = defaultdict(list)
    for user in servicetrade.users():
        code = user.external_ids.get(account.servicetrade.external_system, "")
        if code and user.is_working:
            people[code.casefold()].append(user)
    for users in people.values():
        if len(users) > 1:
            code = users[0].external_ids[account.servicetrade.external_system]
            names = " and ".join(f"{user.name or 'user'} (user {user.id})" for user in users)
            text = f"{len(users)} technicians carry employee code {code}: {names}"
            advice = (
                "Enter the code of each technician as external id of the user in ServiceTrade, or"
                " deactivate a login."
            )
            yield Finding(Severity.ERROR, "timecards", text, "all of their time would wait", advice)


def _phases(account: Account, spectrum: Spectrum, recent: Recent) -> Iterator[Finding]:
    """Whether the phases of the file stand on the template, of which every new job is a copy."""
    rules, number = account.timecards.cost_codes, account.jobs.template_job
    where = "timecards.cost_codes.phase_by_service_line"
    named = {f"{where}.{line!r}": phase for line, phase in rules.phase_by_service_line.items()}
    named |= (
        {"timecards.cost_codes.default_phase": rules.default_phase} if rules.default_phase else {}
    )
    if not named or not number:
        return
    phases = {phase["Phase_Code"] for phase in spectrum.template_phases(number)}
    if not phases & set(named.values()):
        return  # jobs get their phases from elsewhere
    used = recent.used(
        lambda bundle, entry: (
            cost_code_of(bundle, entry, account, Fitting())[0] if entry.job_id else ""
        )
    )
    for place, phase in named.items():
        if phase not in phases:
            text = (
                f"template job {number} has no phase"
                f" {phase!r}{nearest(phase, tuple(sorted(phases)))}"
            )
            yield Finding(
                Severity.WARNING,
                place,
                text,
                _would_meet(used[phase]),
                "Correct the phase, or add it there.",
            )


def _departments(account: Account, spectrum: Spectrum, recent: Recent) -> Iterator[Finding]:
    """Whether anybody in payroll is of the file's departments [SP 13.1]; no service lists them."""
    rules = account.timecards.departments
    named = {
        f"timecards.departments.by_office.{name!r}": code for name, code in rules.by_office.items()
    }
    named |= {
        f"timecards.departments.{key}": getattr(rules, key) for key in ("default", "without_job")
    }
    named = {place: code for place, code in named.items() if code}
    if not named:
        return
    if spectrum.infolink is None:
        raise LookupImpossible("without Info-Link nobody can see which departments payroll uses")
    existing = spectrum.infolink.counts("PR_EMPLOYEE_MASTER_1_MC", "Department_Code")
    used = recent.used(
        lambda bundle, entry: department_of(
            bundle, entry, account, has_job=entry.job_id is not None
        )
    )
    for found in unused(Kind("department", "", "", named, {}), existing):
        yield replace(found, used_by=_would_meet(used[named[found.where]]))


def _would_meet(number: int) -> str:
    return f"{counted(number, NOUN)} of these weeks would meet it" if number else ""


def _recent_time(
    account: Account, servicetrade: ServiceTrade, spectrum: Spectrum, recent: Recent
) -> Iterator[Finding]:
    paid = recent.paid
    holds: Counter[tuple[str, str, str]] = Counter()
    for hold in (
        *_without_codes(recent, account),
        *_without_employee(paid, account, servicetrade, spectrum),
    ):
        place = next((need for need in hold.needs if need.startswith("account: ")), "servicetrade")
        holds[hold.reason, hold.advice, place.removeprefix("account: ")] += 1
    for (reason, advice, place), number in holds.most_common():
        yield Finding(
            Severity.WARNING,
            place,
            reason,
            f"{counted(number, NOUN)} of these weeks would wait",
            advice,
        )


def _without_codes(recent: Recent, account: Account) -> Iterator[Hold]:
    for entry in recent.paid:
        bundle = recent.bundle(entry)
        try:
            pay_type_of(
                bundle or TimecardBundle(entry, entry.work_date), entry, account, is_off=False
            )
            if (
                entry.job_id is not None
                and bundle is not None
                and not is_time_off(bundle, entry, account)
            ):
                cost_code_of(bundle, entry, account, Fitting())
        except Missing as missing:
            yield missing.hold


def _without_employee(
    entries: Iterable[TimeEntry], account: Account, servicetrade: ServiceTrade, spectrum: Spectrum
) -> Iterator[Hold]:
    pieces = Counter(entry.user_id for entry in entries if entry.user_id)
    one_each = {entry.user_id: entry for entry in entries}
    shown = spectrum.employees() if pieces else None
    for user_id, number in pieces.most_common(MOST_TECHNICIANS):
        entry, user = one_each[user_id], servicetrade.user(user_id)
        code = user.external_ids.get(account.servicetrade.external_system, "") if user else ""
        employee = spectrum.find_employee(code, shown) if code else None
        try:
            employee_code(
                TimecardBundle(entry, entry.work_date, user=user, employee=employee), account
            )
        except Missing as missing:
            yield from [missing.hold] * number
