"""Two records with one Spectrum key that people typed: jobs wait until it is said whose it is,
companies are told apart by a note.
"""

from pathlib import Path

import pytest

from st_spectrum.engine.report import Outcome, Result
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.ledger.documents.records import NumbersReserved, ReservedNumber, TypedKey
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.layout import entry_path
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import CONTRACTS
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.ledger.texts import every_text, take_out
from tests.world.contractor import Contractor
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper


@pytest.fixture
def office(contractor: Contractor) -> Contractor:
    """Whatever waits is asked for again in the next round."""
    contractor.overrides["pace"] = {"retry_held_after_seconds": 0.001}
    return contractor


def state(office: Contractor, flow: str, key: int) -> State | None:
    entry = office.entry(flow, key)
    return entry.state if entry else None


def entry(office: Contractor, flow: str, key: int) -> Entry:
    found = office.entry(flow, key)
    assert found is not None, f"{flow}/{key} is lost without a word"
    return found


def type_in(office: Contractor, kind: str, record: int, value: str) -> None:
    """As it stands after an import: the API itself takes no value a second time."""
    office.edit(kind, record, externalIds={EXTERNAL_SYSTEM: value})


def in_spectrum(office: Contractor, *numbers: str) -> None:
    """The jobs that people entered there, which can be billed."""
    for number in numbers:
        office.controller.add_job(number)
        office.controller.insert(CONTRACTS, [{"Job_Number": number, "Customer_Code": "OLD"}])


def typed(office: Contractor, *numbers: str) -> list[int]:
    """A job for each number, which somebody types as its external id."""
    location = office.dispatcher.location(office.dispatcher.company())
    jobs = [
        office.dispatcher.job(location, customName=f"Pump {place}") for place in range(len(numbers))
    ]
    for job, number in zip(jobs, numbers, strict=True):
        type_in(office, "job", job, number)
        office.dispatcher.change("job", job, customName=f"Pump of {number} {job}")
    return jobs


def test_two_jobs_with_one_typed_number_wait_and_name_each_other(office: Contractor) -> None:
    first, second = typed(office, "J77", "J78")
    in_spectrum(office, "J77")
    office.rounds_until_quiet()
    assert {state(office, "jobs", job) for job in (first, second)} == {State.SKIPPED}
    type_in(office, "job", second, "J77")
    office.dispatcher.change("job", second, customName="Pump again")

    office.round()

    for job, other in ((first, second), (second, first)):
        held = entry(office, "jobs", job)
        assert held.state is State.HELD
        assert "J77" in held.reason and str(job) in held.reason and str(other) in held.reason
        assert "jobs.may_share_numbers" in held.advice


def test_an_invoice_of_a_job_whose_number_is_shared_waits_until_the_number_is_corrected(
    office: Contractor,
) -> None:
    first, second = typed(office, "J77", "J77")
    in_spectrum(office, "J77", "J78")
    bills = [office.billing_clerk.approved(jobId=job) for job in (first, second)]
    office.round()
    office.round()
    assert [state(office, "jobs", job) for job in (first, second)] == [State.HELD] * 2
    assert [state(office, "invoices", bill) for bill in bills] == [State.HELD] * 2
    assert f"jobs/{second}" in entry(office, "invoices", bills[1]).needs

    office.dispatcher.set_external_id("job", second, "J78")
    office.dispatcher.change("job", second, customName="Pump again")
    office.rounds_until_quiet()

    assert [entry(office, "jobs", job).target_key for job in (first, second)] == ["J77", "J78"]
    assert [state(office, "jobs", job) for job in (first, second)] == [State.SKIPPED] * 2
    assert [state(office, "invoices", bill) for bill in bills] == [State.CONFIRMED] * 2


def test_a_job_that_crossed_keeps_its_number_and_the_one_that_was_given_it_by_hand_waits(
    office: Contractor,
) -> None:
    _, location, ours = office.dispatcher.chain()
    office.rounds_until_quiet()
    number = office.dispatcher.external_id("job", ours)
    other = office.dispatcher.job(location)
    type_in(office, "job", other, number)
    office.dispatcher.change("job", other, customName="Pump again")
    office.dispatcher.change("job", ours, customName="Pump itself")

    office.round()

    assert state(office, "jobs", ours) is State.CONFIRMED
    assert state(office, "jobs", other) is State.HELD
    assert f"record {ours}" in entry(office, "jobs", other).reason


def test_a_number_that_was_typed_wrong_and_corrected_is_free_for_the_job_that_the_format_gives_it(
    office: Contractor,
) -> None:
    location = office.dispatcher.location(office.dispatcher.company())
    office.round()
    right, wrong = office.dispatcher.job(location), office.dispatcher.job(location)
    number = str(office.office.get(f"/job/{right}")["number"])
    office.dispatcher.set_external_id("job", wrong, number)
    with office.session() as session:
        session.engine.run("jobs", [str(wrong)], run_id="test")
        session.engine.run("jobs", [str(right)], run_id="test")
    assert state(office, "jobs", right) is State.HELD
    office.dispatcher.set_external_id("job", wrong, "J78")
    office.dispatcher.change("job", wrong, customName="Pump again")

    office.rounds_until_quiet()

    assert state(office, "jobs", right) is State.CONFIRMED
    assert office.dispatcher.external_id("job", right) == number


def test_where_the_account_says_so_jobs_share_a_number(office: Contractor) -> None:
    jobs = typed(office, "J77", "J77")
    in_spectrum(office, "J77")
    office.round()
    assert [state(office, "jobs", job) for job in jobs] == [State.HELD] * 2
    bill = office.billing_clerk.approved(jobId=jobs[1])

    office.overrides["jobs"] = {"may_share_numbers": True}
    office.rounds_until_quiet()

    assert [state(office, "jobs", job) for job in jobs] == [State.SKIPPED] * 2
    assert state(office, "invoices", bill) is State.CONFIRMED


def test_a_job_that_another_worker_is_about_to_leave_alone_waits_too(office: Contractor) -> None:
    first, second = typed(office, "J77", "J77")
    with office.session() as session:
        session.ledger.put(
            TypedKey(""), "jobs", "J77", str(first)
        )  # noted, and its entry is not written yet
        session.engine.run("jobs", [str(second)], run_id="test")

    assert [state(office, "jobs", job) for job in (first, second)] == [State.HELD] * 2
    assert entry(office, "jobs", first).target_key == "J77"


def test_a_plan_tells_of_the_shared_number_and_notes_nothing(office: Contractor) -> None:
    first, second = typed(office, "J77", "J77")
    with office.session() as session:
        session.engine.run("jobs", [str(first)], run_id="test")
        before = dict(every_text(session.ledger))
        outcomes: tuple[Outcome, ...] = session.engine.run(
            "jobs", [str(second)], run_id="plan", is_dry_run=True
        ).outcomes
        after = dict(every_text(session.ledger))

    assert [outcome.result for outcome in outcomes] == [Result.HELD]
    assert before == after


def test_two_companies_with_one_typed_code_both_say_so_and_nothing_waits(
    office: Contractor,
) -> None:
    companies = [office.dispatcher.company(), office.dispatcher.company()]
    for company in companies:
        type_in(office, "company", company, "OLD77")
        office.dispatcher.change("company", company, phoneNumber="757-555-0100")
    office.controller.add_old_customer("OLD77")
    location = office.dispatcher.location(companies[1])

    office.rounds_until_quiet()

    for company, other in (companies, reversed(companies)):
        left_alone = entry(office, "customers", company)
        assert left_alone.state is State.SKIPPED
        assert left_alone.notes == (
            f"company {other} carries the same code OLD77: both are billed as one customer",
        )
    assert state(office, "sites", location) is State.CONFIRMED

    office.dispatcher.set_external_id("company", companies[0], "OLD78")
    office.dispatcher.change("company", companies[0], phoneNumber="757-555-0101")
    office.rounds_until_quiet()
    assert [entry(office, "customers", company).notes for company in companies] == [(), ()]


def test_a_company_that_is_being_looked_at_beside_another_one_of_its_code_says_so_too(
    office: Contractor,
) -> None:
    first, second = companies = [office.dispatcher.company(), office.dispatcher.company()]
    for company in companies:
        type_in(office, "company", company, "OLD77")
    with office.session() as session:
        # As when a worker has noted the second one and looked for others, and is about to write
        # that it is left alone.
        session.ledger.put(TypedKey("Company 2"), "customers", "OLD77", str(second))
        session.engine.run("customers", [str(first)], run_id="test")

    second_entry = entry(office, "customers", second)
    assert second_entry.state is State.SKIPPED
    assert second_entry.notes == (
        f"company {first} carries the same code OLD77: both are billed as one customer",
    )


def test_numbers_typed_before_they_were_noted_hold_nobody_until_one_of_them_changes(
    office: Contractor,
) -> None:
    first, second = typed(office, "J77", "J77")
    office.overrides["jobs"] = {"may_share_numbers": True}
    office.rounds_until_quiet()
    with office.session() as session:
        ledger = session.ledger
        ledger.discard(NumbersReserved, "jobs-typed-keys")
        for job in (first, second):
            ledger.discard(TypedKey, "jobs", "J77", str(job))
        del office.overrides["jobs"]

    office.round()
    assert [state(office, "jobs", job) for job in (first, second)] == [State.SKIPPED] * 2

    office.dispatcher.change("job", second, customName="Pump again")
    office.round()
    assert [state(office, "jobs", job) for job in (first, second)] == [State.HELD] * 2


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """One technician and last week's time, approved and not yet sent."""
    return build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY), technicians=1)


def test_time_on_jobs_that_share_a_typed_number_waits_and_all_other_time_goes_out(
    timekeeper: Timekeeper,
) -> None:
    with timekeeper.contractor.session() as session:
        pieces = [
            piece
            for end in timekeeper.week_ends
            for piece in time_context(session.flows).times.week(end)
        ]
        jobs = [
            job
            for job in (session.sources.job(piece.job_id) for piece in pieces if piece.job_id)
            if job
        ]
        linked = [job for job in jobs if job.external_ids.get(EXTERNAL_SYSTEM)]
        first, second = linked[0], next(job for job in linked if job.id != linked[0].id)
        for job in (first, second):  # as if people had entered them in Spectrum
            take_out(session.ledger, entry_path("jobs", f"{job.id}"))
            session.ledger.discard(ReservedNumber, "jobs", job.external_ids[EXTERNAL_SYSTEM])
        servicetrade = timekeeper.contractor.system("servicetrade")
        servicetrade.edit("job", second.id, {"externalIds": first.external_ids})
    with timekeeper.contractor.session() as session:
        session.engine.run("jobs", [str(first.id), str(second.id)], run_id="test")

    outcomes = {outcome.key: outcome for outcome in timekeeper.carry().outcomes}

    for piece in pieces:
        if piece.is_approved and piece.job_id in (first.id, second.id):
            assert outcomes[piece.key].result is Result.HELD
            assert outcomes[piece.key].needs == (f"jobs/{piece.job_id}",)
    assert any(outcome.result is Result.CREATED for outcome in outcomes.values())
