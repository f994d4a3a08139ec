"""The same refusal of three records stops its cause, not the flow, and a correction of the account
file sets all of it free.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from st_spectrum.account import Account
from st_spectrum.engine.report import Report, Result
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.documents.guards import KeptBreaker
from st_spectrum.ledger.entry import State
from tests.world.contractor import Contractor

JOBS = 12
WORKERS = 2


@pytest.fixture
def shop(contractor: Contractor) -> Contractor:
    """Twelve jobs in Virginia that have yet to cross, and one in Maryland; Virginia's tax class is
    written wrong.
    """
    contractor.overrides["pace"] = {"workers": WORKERS}
    company = contractor.dispatcher.company()
    for _ in range(JOBS):
        contractor.dispatcher.job(contractor.dispatcher.location(company))
    contractor.dispatcher.job(contractor.dispatcher.location(company, addressState="MD"))
    write_tax_class(contractor, "WRONG")
    return contractor


def write_tax_class(contractor: Contractor, code: str) -> None:
    """Somebody writes this code for Virginia in the account file."""
    maps = contractor.account.maps
    classes = maps.tax_class.model_copy(
        update={"by_state": {**maps.tax_class.by_state, "VA": code}}
    )
    contractor.overrides["maps"] = {"tax_class": classes}


def added(contractor: Contractor) -> int:
    """Calls of AddJob so far."""
    return len(contractor.control.calls(operation="AddJob"))


def round_at(
    contractor: Contractor, minutes: float, account: Account | None = None
) -> dict[str, Report]:
    """A round so many minutes from now."""
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    with open_session(account or contractor.account, clock=lambda: at) as session:
        return run_round(session, FLOWS, "later")


def states(report: Report) -> dict[str, int]:
    return {result: count for result, count in report.counts().items() if count}


def test_after_three_refusals_for_one_tax_class_the_other_jobs_wait_unsent_and_those_of_another_cross(
    shop: Contractor,
) -> None:
    report = shop.round()["jobs"]

    sent = added(shop)
    assert 3 + 1 <= sent <= 3 + WORKERS + 1, "three, what was under way, and the one in Maryland"
    assert report.counts()["created"] == 1
    assert report.counts()["held"] == JOBS - (sent - 1)
    (waiting,) = {outcome.reason for outcome in report.outcomes if outcome.result is Result.HELD}
    assert "AddJob was refused for 3 records with Tax_Class_Code 'WRONG'" in waiting
    for outcome in report.outcomes:
        if outcome.result in (Result.HELD, Result.REJECTED):
            assert "maps.tax_class" in outcome.advice
            assert outcome.needs == ("account: maps.tax_class",)


def test_one_job_is_tried_after_five_ten_and_twenty_minutes_and_one_every_hour(
    shop: Contractor,
) -> None:
    shop.round()
    counts = []
    for minutes in (4, 6, 7, 15, 17, 36, 38, 77, 80, 138, 141, 198, 202):
        before = added(shop)
        round_at(shop, minutes)
        counts.append(added(shop) - before)

    assert counts == [0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]


def test_a_correction_in_the_account_file_sends_all_at_once_and_what_waited_for_them_in_the_same_round(
    shop: Contractor,
) -> None:
    shop.round()
    write_tax_class(shop, "VA")

    report = shop.round()["jobs"]

    assert states(report) == {"created": JOBS}
    shop.assert_exact({})


def test_a_code_that_was_set_up_in_spectrum_lets_all_go_when_the_one_that_is_tried_passes(
    shop: Contractor,
) -> None:
    shop.round()
    shop.controller.add_tax_class("WRONG")

    report = round_at(shop, 6)["jobs"]

    assert states(report) == {"created": JOBS}
    shop.assert_exact({})
    with shop.session() as session:
        assert session.ledger.names(KeptBreaker) == ()


def test_other_processes_know_the_breaker(shop: Contractor) -> None:
    shop.round()
    before = added(shop)
    company = shop.dispatcher.company("Late")
    shop.dispatcher.job(shop.dispatcher.location(company))

    report = round_at(shop, 1)["jobs"]

    assert added(shop) == before
    assert report.counts()["held"] >= 1


def test_a_persons_word_has_one_job_tried_at_once(shop: Contractor) -> None:
    shop.round()
    shop.controller.add_tax_class("WRONG")
    with shop.session() as session:
        from st_spectrum.commands.ledger import retry_in

        assert "1 cause" in retry_in(session.ledger, "jobs", ())

    assert states(shop.round()["jobs"]) == {"created": JOBS}


def test_refusals_of_each_records_own_number_make_no_other_wait(contractor: Contractor) -> None:
    contractor.overrides["pace"] = {"workers": 1}
    company = contractor.dispatcher.company()
    jobs = [contractor.dispatcher.job(contractor.dispatcher.location(company)) for _ in range(8)]
    numbers = {
        row["id"]: str(row["number"]) for row in contractor.control.records("servicetrade", "job")
    }
    contractor.round_of("customers", "sites")
    for job in jobs[:5]:
        contractor.controller.add_job(numbers[job])

    report = contractor.round()["jobs"]

    assert report.counts()["created"] == 3
    with contractor.session() as session:
        found = [session.ledger.get("jobs", str(job)) for job in jobs]
    assert all(held is not None and not held.entry.blocked_by for held in found)


def test_a_job_whose_own_tax_class_is_corrected_goes_at_once_while_the_others_wait(
    shop: Contractor,
) -> None:
    shop.round()
    with shop.session() as session:
        key, *_ = [
            key
            for key, held in session.ledger.open_entries("jobs")
            if held and held.entry.blocked_by
        ]
    (job,) = [
        row for row in shop.sandbox.control.records("servicetrade", "job") if str(row["id"]) == key
    ]

    shop.dispatcher.change("location", job["locationId"], addressState="MD")
    shop.round()

    entry = shop.entry_of("jobs", job["id"])
    assert entry.state is State.CONFIRMED


def test_a_plan_shows_what_waits_and_changes_nothing(shop: Contractor) -> None:
    shop.round()
    before: Any = shop.writes()
    with shop.session() as session:
        kept = session.ledger.document(KeptBreaker, session.ledger.names(KeptBreaker)[0])
        report = run_round(session, FLOWS, "plan", is_dry_run=True)["jobs"]
        assert session.ledger.document(KeptBreaker, session.ledger.names(KeptBreaker)[0]) == kept
    assert report.counts()["held"] > 0
    assert shop.writes() == before
