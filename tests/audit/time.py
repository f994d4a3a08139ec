"""Compares approved time with the pre-time cards in Spectrum, piece by piece: who, which day, how
many hours, on which job.

Like `masters`, it shares no code with the engine or the mapping. It knows the ledger's keys only to
name what waits.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.account.timecards import TimecardRules
from tests.audit import Records
from tests.audit.masters import Side

Row = Mapping[str, Any]
TABLES = (
    "PR_PRE_TC_IMPORT_ERR_MC",
    "PR_PRE_TIME_CARD_MC",
    "PR_TIME_CARD_DETAIL_MC",
    "PR_TIME_CARD_HISTORY_MC",
)
HUNDREDTH = Decimal("0.01")
SUNDAY_FIRST = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


@dataclass(frozen=True)
class Paid:
    """What of a piece of time both systems must agree on; `job` is "" where it belongs to no job
    cost.
    """

    employee: str
    day: date
    hours: Decimal
    job: str


def compare_time(tables: Records, account: Account) -> Side:
    """Every row of an approved time card against one card in Spectrum; no card may be there that no
    row asks for.
    """
    rows = [row for table in TABLES for row in tables.records("spectrum", table)]
    there = Counter(_found(row) for row in rows)
    side = Side(spectrum=len(rows))
    tokens = Counter(str(row["Message"]).strip() for row in rows)
    side.problems += [
        f"card {token} stands {count} times in Spectrum"
        for token, count in tokens.items()
        if count > 1
    ]
    for key, title, paid in _wanted(tables, account):
        side.servicetrade += 1
        if there[paid] > 0:
            there[paid] -= 1
            side.matched += 1
        else:
            side.waiting[key] = title
    for paid, count in (+there).items():
        text = (
            f"{paid.employee} {paid.day} {paid.hours} h{f' on job {paid.job}' if paid.job else ''}"
        )
        side.problems.append(f"{count} cards of {text} that no approved time asks for")
    return side


def _wanted(tables: Records, account: Account) -> Iterator[tuple[str, str, Paid]]:
    """Ledger key, title and what is to be paid of every approved row that the account carries."""
    rules, zone, system = (
        account.timecards,
        ZoneInfo(account.timezone),
        account.servicetrade.external_system,
    )
    users = {row["id"]: row for row in tables.records("servicetrade", "user")}
    jobs = {row["id"]: row for row in tables.records("servicetrade", "job")}
    unpaid = {name.casefold() for name in rules.unpaid_names}
    for card in tables.records("servicetrade", "timecard"):
        user = users[card["userId"]]
        for row in card["dayLogs"] if card["status"] == "approved" else ():
            day = datetime.fromtimestamp(row["date"], UTC).astimezone(zone).date()
            if (
                row["type"] not in rules.card_rows
                or (row["type"] == "clock" and not _is_by_the_clock(row["name"], rules))
                or row["name"].casefold() in unpaid
                or str(day) < rules.first_day
            ):
                continue
            job = jobs.get(row["jobId"])
            is_cost = job is not None and job["type"] not in rules.time_off.job_types
            number = _carried(job, system) if job is not None and is_cost else ""
            hours = (Decimal(row["duration"]) / 3600).quantize(HUNDREDTH, ROUND_HALF_UP)
            end = day + timedelta(
                days=(SUNDAY_FIRST.index(rules.week_starts_on) - 2 - day.weekday()) % 7
            )
            key = f"{end:%Y%m%d}.timecard.{row['id']}"
            yield (
                key,
                f"{user['name']} {day} {hours} h",
                Paid(_carried(user, system), day, hours, number),
            )


def _is_by_the_clock(name: str, rules: TimecardRules) -> bool:
    """Where labor is paid by its rows, only the activities that the account names are by the
    clock.
    """
    word = name.casefold().replace(" ", "")
    return "labor" not in rules.card_rows or word in rules.clocked_activities


def _found(row: Row) -> Paid:
    hours = Decimal(str(row["Hours"])).quantize(HUNDREDTH, ROUND_HALF_UP)
    day = date.fromisoformat(str(row["Work_Date"])[:10])
    return Paid(str(row["Employee_Code"]).strip(), day, hours, str(row["Job_Number"] or "").strip())


def _carried(record: Row, system: str) -> str:
    return str((record.get("externalIds") or {}).get(system, ""))
