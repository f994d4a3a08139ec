"""What people say about single records is looked up first, kept with their name, and can be taken
back.
"""

import pytest

from st_spectrum.alerts.acting import retry
from st_spectrum.engine.people.interventions import handle, retry_records, send_again, take_back
from st_spectrum.engine.people.person import NotDone, Person, interventions_of
from st_spectrum.engine.retries.redrive import due
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.interventions import HandledRecord
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS
from tests.world.ar_clerk import ArClerk
from tests.world.contractor import Contractor

ANN = Person("ann", "typed at the screen while Spectrum was down")


def handled(contractor: Contractor, flow: str, key: int | str, target_key: str) -> str:
    with contractor.session() as session:
        return handle(session, flow, str(key), target_key, ANN)


@pytest.fixture
def inactive(contractor: Contractor) -> tuple[int, int]:
    """A company that cannot cross, for it is inactive, and its location that waits for it."""
    company = contractor.dispatcher.company("Harbor Foods", status="inactive")
    location = contractor.dispatcher.location(company)
    contractor.round()
    return company, location


def test_a_company_made_by_hand_gets_its_code_as_external_id_and_frees_what_waits_for_it(
    contractor: Contractor, inactive: tuple[int, int]
) -> None:
    company, location = inactive
    contractor.controller.add_old_customer("HARBOR")

    said = handled(contractor, "customers", company, "HARBOR")

    assert "AR customer HARBOR" in said
    assert contractor.dispatcher.external_id("company", company) == "HARBOR"
    contractor.dispatcher.change("company", company, status="active")
    contractor.round()
    site = contractor.entry_of("sites", location)
    assert site.state is State.CONFIRMED
    assert contractor.customers() == {}, "no second customer beside the one made by hand"


def test_a_code_that_spectrum_does_not_have_is_not_believed(
    contractor: Contractor, inactive: tuple[int, int]
) -> None:
    with pytest.raises(NotDone, match="Spectrum has nothing under NOBODY"):
        handled(contractor, "customers", inactive[0], "NOBODY")

    assert contractor.dispatcher.external_id("company", inactive[0]) == ""


def test_nothing_is_done_without_a_reason(
    contractor: Contractor, inactive: tuple[int, int]
) -> None:
    with contractor.session() as session, pytest.raises(NotDone, match="--note"):
        handle(session, "customers", str(inactive[0]), "", Person("ann", " "))


def test_a_job_handled_by_hand_with_nothing_to_send_is_never_sent_and_its_word_can_be_taken_back(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company()
    job = contractor.dispatcher.job(contractor.dispatcher.location(company))
    contractor.round_of("customers")
    contractor.round_of("jobs")  # it waits for its site

    handled(contractor, "jobs", job, "")
    contractor.round()
    contractor.round()

    entry = contractor.entry_of("jobs", job)
    assert (entry.state, entry.target_key) == (State.SKIPPED, "")
    assert "by ann: typed at the screen" in entry.reason
    with contractor.session() as session:
        assert session.ledger.names(HandledRecord) == (f"jobs/{job}",)
        take_back(session, "jobs", str(job), Person("bob", "it is needed after all"))
        assert session.ledger.names(HandledRecord) == ()
        acts = interventions_of(session.ledger, "jobs", str(job))
    assert [(act.who, act.act) for act in acts] == [("ann", "handled"), ("bob", "handled --undo")]

    contractor.round()

    entry = contractor.entry_of("jobs", job)
    assert entry.state is State.CONFIRMED


def test_an_invoice_typed_by_hand_leaves_the_queue_and_is_not_posted(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice({"price": 70})
    ar_clerk.contractor.controller.close_period()
    ar_clerk.round()
    ar_clerk.contractor.controller.open_period()
    number = ar_clerk.number(key)
    ar_clerk.contractor.controller.add_document(number, "70.00")

    handled(ar_clerk.contractor, "invoices", key, number)

    assert ar_clerk.seen(key)["status"] == "processed"
    before = ar_clerk.sent()
    ar_clerk.round()
    ar_clerk.ask(key)
    assert ar_clerk.sent() == before
    assert ar_clerk.entry(key).target_key == number


def test_an_invoice_that_is_voided_after_it_was_handled_by_hand_waits_for_a_person(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 70})
    ar_clerk.contractor.controller.close_period()
    ar_clerk.round()
    ar_clerk.contractor.controller.open_period()
    number = ar_clerk.number(key)
    ar_clerk.contractor.controller.add_document(number, "70.00")
    handled(ar_clerk.contractor, "invoices", key, number)

    ar_clerk.change(key, status="void")
    ar_clerk.ask(key)

    entry = ar_clerk.entry(key)
    assert (entry.state, entry.needs) == (State.HELD, ("a person",))
    assert "it was about 70.00 then and is about nothing now" in entry.reason


def test_trying_again_the_invoice_whose_refusal_stopped_its_month_sends_it(
    ar_clerk: ArClerk,
) -> None:
    """One refused date stops a month, and the refused one would only wait with the others."""
    ar_clerk.contractor.controller.close_period()
    key = ar_clerk.invoice({"price": 70})
    ar_clerk.round()
    ar_clerk.contractor.control.switch(
        "spectrum", ar_first_day="2020-01-01", ar_last_day="2030-12-31"
    )

    with ar_clerk.contractor.session() as session:
        said = retry_records(session.ledger, "invoices", [key], ANN, is_resubmitted=True)
    ar_clerk.round()

    assert said.startswith("1 record and 2 causes of refusals are tried again"), "both dates"
    assert ar_clerk.entry(key).state is State.CONFIRMED
    assert ar_clerk.net(key) == 70


def test_a_refused_invoice_is_said_to_go_out_only_once_it_is_submitted_again(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 99999999999.99})
    ar_clerk.round()
    assert ar_clerk.entry(key).state is State.REJECTED

    with ar_clerk.contractor.session() as session:
        said = retry(session.ledger, "invoices", [key], ANN)
        acts = interventions_of(session.ledger, "invoices", key)
        still_due = due(session.ledger, "invoices", FLOWS, session.ledger.now())

    assert said == (
        "invoices: 0 records and 0 causes of refusals are tried again in the next round;"
        " 1 record refused: goes out only once it is submitted again in ServiceTrade."
    )
    assert acts[-1].outcome == "goes out only once it is submitted again in ServiceTrade"
    assert key not in still_due
    ar_clerk.correct(key, 0, price=70)
    ar_clerk.change(key, status="pending_accounting")
    ar_clerk.round()
    assert ar_clerk.entry(key).state is State.CONFIRMED


def test_what_crossed_and_is_gone_goes_out_again_under_its_old_code_by_a_persons_word_alone(
    contractor: Contractor,
) -> None:
    company, _, _ = contractor.dispatcher.chain()
    contractor.round()
    entry = contractor.entry_of("customers", company)
    with contractor.session() as session, pytest.raises(NotDone, match="would stand there twice"):
        send_again(session, "customers", str(company), ANN)
    contractor.controller.delete(CUSTOMERS, Customer_Code=entry.target_key)
    contractor.round()
    assert entry.target_key not in contractor.customers()

    with contractor.session() as session:
        send_again(session, "customers", str(company), ANN)
    contractor.round()

    assert entry.target_key in contractor.customers()
    assert contractor.dispatcher.external_id("company", company) == entry.target_key


def test_a_retry_is_kept_with_the_name_of_who_said_it(contractor: Contractor) -> None:
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.fault(system="spectrum", operation="AddCustomer", kind="locked")
    contractor.round()
    with contractor.session() as session:
        said = retry_records(session.ledger, "customers", [str(company)], ANN)
        (act,) = interventions_of(session.ledger, "customers", str(company))

    assert said.startswith("1 record ")
    assert (act.who, act.act, act.note) == ("ann", "retry", ANN.note)
    contractor.round()
    entry = contractor.entry_of("customers", company)
    assert entry.state is State.CONFIRMED


def test_the_commands_take_a_number_or_a_cause_and_say_what_they_did(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.company("Harbor Foods")
    contractor.fault(system="spectrum", operation="AddCustomer", kind="locked")
    contractor.round()

    nothing = contractor.command("retry", "customers", "Nobody")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "the ledger knows no record 'Nobody' in customers" in nothing.stderr
    named = contractor.command("retry", "customers", "Harbor Foods", "--who", "ann")
    assert named.stdout.startswith("customers: 1 record and ")
    every = contractor.command("retry", "--all")
    assert "customers: " in every.stdout
    unsaid = contractor.command("handled", "customers", "Harbor Foods")
    assert all(option in unsaid.stderr for option in ("--as", "--nothing", "--undo"))
    both = contractor.command("handled", "customers", "Harbor Foods", "--as", "C1", "--nothing")
    assert "--as and --nothing exclude each other" in both.stderr
    refused = contractor.command("handled", "customers", "Harbor Foods", "--nothing")
    assert "say with --note why" in refused.stderr
    taken = contractor.command(
        "handled", "customers", "Harbor Foods", "--nothing", "--note", "is our own company"
    )
    assert taken.stdout == "Harbor Foods: noted as handled by hand; nothing is sent for it.\n"


def printed(contractor: Contractor, *arguments: str) -> str:
    """What a command prints, in one line."""
    return " ".join(contractor.command(*arguments).stdout.split())


def test_nobody_is_named_for_what_asks_nothing_of_anybody(contractor: Contractor) -> None:
    company = contractor.dispatcher.company("Harbor Foods", status="inactive")
    contractor.round()
    handled(contractor, "customers", company, "")
    with contractor.session() as session:
        take_back(session, "customers", str(company), ANN)

    shown = printed(contractor, "ledger", "open", "customers")

    assert " Nothing to do: the next round looks at it." in shown
    assert "ServiceTrade: Nothing to do" not in shown


def test_hours_handled_by_hand_are_counted_as_money_is(contractor: Contractor) -> None:
    with contractor.session() as session:
        for flow, key, worth in (
            ("timecards", "20260307.timecard.1", {"hours": "7.50"}),
            ("invoices", "70", {"amount": "100.10"}),
        ):
            session.ledger.record(
                flow, key, Judgement(State.HELD, "waits"), title=key, run_id="run", **worth
            )
            handle(session, flow, key, "", ANN)

    of_time = printed(contractor, "ledger", "open", "timecards")
    assert of_time.endswith("Handled by hand: 1 record, 7.50 h.")
    assert printed(contractor, "ledger", "open").endswith(
        "Handled by hand: 2 records, 100.10, 7.50 h."
    )


def test_a_record_that_is_open_on_a_screen_asks_nobody_to_correct_it(
    contractor: Contractor,
) -> None:
    contractor.fault(system="spectrum", operation="AddCustomer", kind="locked")
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.round()

    entry = contractor.entry_of("customers", company)
    assert entry.advice.startswith("Somebody has it open on a screen of Spectrum")
