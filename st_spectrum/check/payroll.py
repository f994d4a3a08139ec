"""Payroll's side: pay types that Spectrum lacks, and what the time of the last two weeks would wait for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from st_spectrum.account import Account
from st_spectrum.account_timecards import NO_TIME
from st_spectrum.check.finding import Finding, Severity, counted, told
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.time_notice import local_day
from st_spectrum.flows.time_sources import TimeSources
from st_spectrum.mapping.paid_hours import is_unpaid
from st_spectrum.mapping.payroll_week import week_end
from st_spectrum.mapping.rules import Missing
from st_spectrum.mapping.timecard_codes import TimecardBundle, cost_code_of, employee_code, pay_type_of
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import User
from st_spectrum.spectrum.client import Spectrum

MOST_TECHNICIANS = 100
"""Technicians that are read, one call each."""

WEEKS = 2
NOUN = "time entry"


def check_payroll(account: Account, servicetrade: ServiceTrade, spectrum: Spectrum) -> Iterator[Finding]:
    """Nothing while no time is carried, but the word of it. What cannot be read is a finding."""
    if not account.timecards.first_day:
        advice = "Name the first day whose time nobody has entered by hand; until then payroll is left alone."
        yield Finding(Severity.NOTE, "timecards.first_day", NO_TIME.removesuffix("."), "", advice)
        return
    yield from told(
        (
            ("timecards.pay_types", _pay_types(account, spectrum)),
            ("timecards", _shared_codes(account, servicetrade)),
            ("timecards", _recent_time(account, servicetrade, spectrum)),
        )
    )


def _pay_types(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    rules = account.timecards.pay_types
    there = spectrum.pay_types()
    for table in ("by_lib_item", "by_activity", "by_generic_name"):
        for name, code in getattr(rules, table).items():
            if code not in there:
                text = f"Spectrum has no pay type {code!r}; it has {', '.join(sorted(there)) or 'none'}"
                where = f"timecards.pay_types.{table}.{name!r}"
                yield Finding(Severity.ERROR, where, text, "", "Correct the code, or create it in Spectrum.")


def _shared_codes(account: Account, servicetrade: ServiceTrade) -> Iterator[Finding]:
    """Employee codes of several technicians: payroll cannot tell whose hours theirs are."""
    people: defaultdict[str, list[User]] = defaultdict(list)
    for user in servicetrade.users():
        code = user.external_ids.get(account.servicetrade.external_system, "").strip()
        if code and user.is_working:
            people[code.casefold()].append(user)
    for users in people.values():
        if len(users) > 1:
            code = users[0].external_ids[account.servicetrade.external_system].strip()
            names = " and ".join(f"{user.name or 'user'} (user {user.id})" for user in users)
            text = f"{len(users)} technicians carry employee code {code}: {names}"
            advice = (
                "Enter the code of each technician as external id of the user in ServiceTrade, or deactivate a login."
            )
            yield Finding(Severity.ERROR, "timecards", text, "all of their time would wait", advice)


def _recent_time(account: Account, servicetrade: ServiceTrade, spectrum: Spectrum) -> Iterator[Finding]:
    newest = week_end(local_day(account), account.timecards.week_starts_on)
    times = TimeSources(account, servicetrade)
    entries = [entry for back in range(WEEKS) for entry in times.week(newest - timedelta(weeks=back))]
    paid = [entry for entry in entries if not is_unpaid(entry, account) and not entry.waits]
    holds: Counter[tuple[str, str, str]] = Counter()
    for hold in (*_without_codes(paid, account), *_without_employee(paid, account, servicetrade, spectrum)):
        place = next((need for need in hold.needs if need.startswith("account: ")), "servicetrade")
        holds[hold.reason, hold.advice, place.removeprefix("account: ")] += 1
    for (reason, advice, place), number in holds.most_common():
        yield Finding(Severity.WARNING, place, reason, f"{counted(number, NOUN)} of these weeks would wait", advice)


def _without_codes(entries: Iterable[TimeEntry], account: Account) -> Iterator[Hold]:
    for entry in entries:
        bundle = TimecardBundle(entry, entry.work_date)
        try:
            pay_type_of(bundle, entry, account, is_off=False)
            if entry.job_id is not None and entry.service_line:
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
        code = user.external_ids.get(account.servicetrade.external_system, "").strip() if user else ""
        employee = spectrum.find_employee(code, shown) if code else None
        try:
            employee_code(TimecardBundle(entry, entry.work_date, user=user, employee=employee), account)
        except Missing as missing:
            yield from [missing.hold] * number
