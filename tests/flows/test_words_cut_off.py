"""A person's word that is cut off anywhere, as by `kill -9`, is kept as a whole or not at all, and
can be said again.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from st_spectrum.alerts.acting import retry_all
from st_spectrum.engine.people.interventions import handle, take_back
from st_spectrum.engine.people.person import NotDone, Person, interventions_of
from st_spectrum.flows.session import Session
from st_spectrum.ledger.documents.interventions import HandledRecord
from st_spectrum.ledger.entry import State
from tests.world.ar_clerk import ArClerk
from tests.world.contractor import Contractor
from tests.world.stores import Dying, Killed

ANN, BOB = Person("ann", "typed at the screen"), Person("bob", "was wrong")
MOST = 12
"""More writes than saying or undoing a word makes."""


def a_quarter_of_an_hour_later(contractor: Contractor) -> None:
    """The claim of whoever died is free by then."""
    contractor.ahead += timedelta(minutes=15)
    contractor.round()


def cut_off(contractor: Contractor, at: int, act: Callable[[Session], Any]) -> bool:
    """Whether it came to the cut; else the word was said before."""
    dying = Dying(at)
    with suppress(Killed), contractor.session(dying) as session:
        act(session)
    return dying.is_over


def companies_by_hand(contractor: Contractor) -> list[int]:
    """Inactive ones that wait because their locations need them; each was typed in Spectrum,
    too.
    """
    made = []
    for number in range(1, MOST + 1):
        company = contractor.dispatcher.company(f"Harbor {number}", status="inactive")
        contractor.dispatcher.location(company)
        contractor.controller.add_old_customer(f"HAND{number}")
        made.append(company)
    contractor.round()
    return made


def test_a_word_that_is_cut_off_anywhere_can_be_said_again_and_nothing_is_sent(
    contractor: Contractor,
) -> None:
    companies = companies_by_hand(contractor)
    cuts = 0
    for number, company in enumerate(companies, start=1):
        key, code = str(company), f"HAND{number}"

        def say(session: Session, key: str = key, code: str = code) -> None:
            handle(session, "customers", key, code, ANN)

        cuts += cut_off(contractor, number, say)
    a_quarter_of_an_hour_later(contractor)
    for number, company in enumerate(companies, start=1):
        with contractor.session() as session, suppress(NotDone):
            handle(session, "customers", str(company), f"HAND{number}", ANN)
    contractor.round()

    assert cuts > 3
    for number, company in enumerate(companies, start=1):
        entry = contractor.entry_of("customers", company)
        assert (entry.state, entry.target_key) == (State.SKIPPED, f"HAND{number}")
        assert contractor.dispatcher.external_id("company", company) == f"HAND{number}"
    assert contractor.customers() == {}, "no second customer beside one made by hand"


def test_a_code_that_is_taken_back_and_cut_off_anywhere_leaves_the_record_to_be_sent_once(
    contractor: Contractor,
) -> None:
    companies = companies_by_hand(contractor)
    cuts = 0
    for number, company in enumerate(companies, start=1):
        key = str(company)
        with contractor.session() as session:
            handle(session, "customers", key, f"HAND{number}", ANN)
        cuts += cut_off(
            contractor, number, lambda session, key=key: take_back(session, "customers", key, BOB)
        )
    a_quarter_of_an_hour_later(contractor)
    for company in companies:
        with contractor.session() as session, suppress(NotDone):
            take_back(session, "customers", str(company), BOB)
        contractor.dispatcher.change("company", company, status="active")
    a_quarter_of_an_hour_later(contractor)

    assert cuts > 3
    assert len(contractor.customers()) == len(companies)
    with contractor.session() as session:
        assert session.ledger.names(HandledRecord) == ()
    for company in companies:
        assert contractor.dispatcher.external_id("company", company) in contractor.customers()
    assert not contractor.doubled()


def test_a_word_that_was_cut_off_after_it_was_kept_counts_without_being_said_again(
    ar_clerk: ArClerk,
) -> None:
    contractor = ar_clerk.contractor
    contractor.controller.close_period()
    keys = [ar_clerk.invoice({"price": 70 + place}) for place in range(MOST)]
    ar_clerk.round()
    contractor.control.switch("spectrum", ar_first_day="2020-01-01", ar_last_day="2030-12-31")
    for at, key in enumerate(keys, start=1):
        cut_off(contractor, at, lambda session, key=key: handle(session, "invoices", key, "", ANN))
    a_quarter_of_an_hour_later(contractor)

    for key in keys:
        entry = ar_clerk.entry(key)
        with contractor.session() as session:
            is_said = bool(interventions_of(session.ledger, "invoices", key))
        if is_said:
            assert (entry.is_handled, entry.state) == (True, State.SKIPPED)
            assert ar_clerk.net(key) == 0
        else:
            assert entry.is_handled == (entry.state is State.SKIPPED)
        assert not ar_clerk.complaints(key) or entry.is_handled
    assert not contractor.posted_twice()


def test_a_word_that_is_taken_back_and_cut_off_anywhere_goes_out_once_and_counts_no_more(
    ar_clerk: ArClerk,
) -> None:
    contractor = ar_clerk.contractor
    contractor.controller.close_period()
    keys = [ar_clerk.invoice({"price": 70 + place}) for place in range(MOST)]
    ar_clerk.round()
    contractor.control.switch("spectrum", ar_first_day="2020-01-01", ar_last_day="2030-12-31")
    cuts = 0
    for at, key in enumerate(keys, start=1):
        with contractor.session() as session:
            handle(session, "invoices", key, "", ANN)
        cuts += cut_off(
            contractor, at, lambda session, key=key: take_back(session, "invoices", key, BOB)
        )
    a_quarter_of_an_hour_later(contractor)
    for key in keys:
        with contractor.session() as session, suppress(NotDone):
            take_back(session, "invoices", key, BOB)
    a_quarter_of_an_hour_later(contractor)

    assert cuts > 3
    for place, key in enumerate(keys):
        entry = ar_clerk.entry(key)
        assert (entry.state, entry.is_handled) == (State.CONFIRMED, False), (place, entry)
        assert ar_clerk.net(key) == 70 + place
    with contractor.session() as session:
        assert not any(session.ledger.has(HandledRecord, f"invoices/{key}") for key in keys)
    assert not contractor.posted_twice()


def test_a_word_taken_back_after_others_crossed_under_it_says_what_stays_there(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company("Harbor Foods", status="inactive")
    location = contractor.dispatcher.location(company)
    contractor.round()
    contractor.controller.add_old_customer("HARBOR")
    with contractor.session() as session:
        handle(session, "customers", str(company), "HARBOR", ANN)
    contractor.dispatcher.change("company", company, status="active")
    contractor.round()
    site = contractor.entry_of("sites", location)
    assert site.state is State.CONFIRMED

    with contractor.session() as session:
        said = take_back(session, "customers", str(company), BOB)
    contractor.round()

    assert "1 site of it stands in Spectrum under HARBOR" in said
    assert list(contractor.customers().values()) == ["Harbor Foods"]
    after = contractor.entry_of("sites", location)
    assert after.target_key == site.target_key, "it is not made a second time"
    assert not contractor.committed_twice()


def test_of_two_persons_at_once_one_is_believed_and_the_other_is_told(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company("Harbor Foods", status="inactive")
    contractor.dispatcher.location(company)
    contractor.round()
    start, said = Barrier(2), []

    def say(person: Person) -> None:
        with contractor.session() as session:
            start.wait()
            try:
                said.append(handle(session, "customers", str(company), "", person))
            except NotDone as refusal:
                said.append(f"not done: {refusal}")

    threads = [Thread(target=say, args=(person,)) for person in (ANN, BOB)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    entry = contractor.entry("customers", company)
    with contractor.session() as session:
        acts = interventions_of(session.ledger, "customers", str(company))
    assert entry is not None
    assert (entry.state, entry.is_handled) == (State.SKIPPED, True)
    assert len(acts) == sum(not text.startswith("not done") for text in said) >= 1
    assert f"by {acts[-1].who}" in entry.reason


def test_a_retry_of_everything_while_a_cause_is_stopped_sends_one_record_of_it(
    contractor: Contractor,
) -> None:
    companies = [contractor.dispatcher.company(f"Harbor {number}") for number in range(8)]
    contractor.fault(system="spectrum", operation="AddCustomer", kind="locked", count=100)
    contractor.round()
    before = len(contractor.control.calls(operation="AddCustomer"))

    for _ in range(3):  # somebody presses the button again and again
        with contractor.session() as session:
            retry_all(session.ledger, ("customers",), ANN)
    contractor.round()

    sent = len(contractor.control.calls(operation="AddCustomer")) - before
    assert sent <= len(companies)
    contractor.control.clear_faults()
    with contractor.session() as session:
        retry_all(session.ledger, ("customers",), ANN)
    contractor.round()
    assert len(contractor.customers()) == len(companies)


@pytest.mark.parametrize("flow", ["customers", "jobs"])
def test_a_word_about_a_record_that_nobody_knows_is_not_taken(
    contractor: Contractor, flow: str
) -> None:
    with contractor.session() as session, pytest.raises(NotDone, match="knows no record"):
        take_back(session, flow, "4711", BOB)
