"""Golden cases: `<rule>.json` is what ServiceTrade and Spectrum hold, `<rule>.md` what payroll
gets, as a clerk reads it.

`make cases` writes the `.md` files anew; the difference is then reviewed like any change.
"""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.account import Account
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.clock import clock_entries
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.pieces import (
    absence_entries,
    card_entries,
    labor_entries,
    with_job,
)
from st_spectrum.flows.timecards.rules import decide_timecard
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.servicetrade.models import Job, Location, User
from st_spectrum.servicetrade.time_models import Absence, ClockEvent, TimeCard
from st_spectrum.spectrum.timecards import PayrollEmployee
from tests.cases.payroll_form import rendered
from tests.flows.records import account
from tests.flows.timecards.time_records import ACCOUNT, CREW, JOBS, SITES, merged

FOLDER = Path(__file__).parent / "timecards"
CASES = sorted(path.stem for path in FOLDER.glob("*.json"))


def read(case: dict[str, Any], rules: Account) -> tuple[tuple[TimeEntry, ...], tuple[str, ...]]:
    """The entries of the case's records, as the account's adapter reads them, and what is told
    besides.
    """
    clocked = clock_entries(
        [ClockEvent.model_validate(event) for event in case.get("clock", ())], rules
    )
    found = [
        *(
            entry
            for card in case.get("cards", ())
            for entry in card_entries(TimeCard.model_validate(card), rules)
        ),
        *labor_entries([JobItem.model_validate(item) for item in case.get("items", ())], rules),
        *(
            entry
            for absence in case.get("absences", ())
            for entry in absence_entries(Absence.model_validate(absence), rules)
        ),
        *clocked.entries,
    ]
    return tuple(found), clocked.notes


def decided(case: dict[str, Any]) -> str:
    rules = account(**merged(ACCOUNT, case.get("account", {})))
    entries, notes = read(case, rules)
    sent = {entry.key: entry for entry in read(case["sent"], rules)[0]} if "sent" in case else {}
    jobs = {job["id"]: Job.model_validate(job) for job in [*JOBS, *case.get("jobs", ())]}
    crew = {user["id"]: User.model_validate(user) for user in [*CREW, *case.get("crew", ())]}
    sites = {site["id"]: Location.model_validate(site) for site in [*SITES, *case.get("sites", ())]}
    employees = {code: PayrollEmployee(code, "", "A", "") for code in ("E1007", "E1008")}
    employees |= {
        code: PayrollEmployee(code, "", status, "")
        for code, status in case.get("employees", {}).items()
    }
    now = {entry.key: entry for entry in entries}
    lines = tuple(case.get("service_lines", ()))

    def whole(entry: TimeEntry) -> TimeEntry:
        job = jobs.get(entry.job_id) if entry.job_id else None
        return with_job(entry, job, lines) if job else entry

    times = []
    for key in [*now, *(key for key in sent if key not in now)]:
        entry = whole(now[key]) if key in now else None
        job = jobs.get(entry.job_id) if entry and entry.job_id else None
        user = crew.get(entry.user_id) if entry else None
        code = user.external_ids.get("spectrum", "") if user else ""
        bundle = TimecardBundle(
            entry=entry,
            today=date.fromisoformat(case.get("today", "2025-11-10")),
            user=user,
            employee=employees.get(code),
            job=job,
            location=sites.get(job.location.id) if job else None,
            service_lines=lines,
            sent=whole(sent[key]) if key in sent else None,
            crossed_as=case.get("crossed_as", ""),
            progress=progress(case, key) if key in sent or "crossed" in case else Progress(),
        )
        times.append((entry, decide_timecard(bundle, rules)))
    return rendered(case["rule"], times, notes)


def progress(case: dict[str, Any], key: str) -> Progress:
    """What the ledger says: sent and confirmed unless the case says how far it came."""
    state = case.get("crossed", "confirmed")
    return {
        "confirmed": Progress(token_of(key), done_steps=("pre-time card",), is_confirmed=True),
        "done": Progress(token_of(key), done_steps=("pre-time card",)),
        "in doubt": Progress(token_of(key), started_steps=("pre-time card",)),
    }[state]


@pytest.mark.parametrize("name", CASES)
def test_the_cards_of_each_rule_are_those_a_payroll_clerk_approved(name: str) -> None:
    case = json.loads((FOLDER / f"{name}.json").read_text())
    found = decided(case)
    golden = FOLDER / f"{name}.md"
    if os.environ.get("ST_SPECTRUM_REWRITE_CASES"):
        golden.write_text(found)

    assert golden.read_text() == found
