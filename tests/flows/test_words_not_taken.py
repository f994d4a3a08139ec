"""A person's word about a record is not taken where it is about another one, or was overtaken."""

import pytest

from st_spectrum.engine.people.interventions import handle, send_again
from st_spectrum.engine.people.person import NotDone, Person
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.layout import entry_path
from st_spectrum.sandbox.spectrum.tables import INVOICE_DETAILS, INVOICE_HEADERS
from tests.world.ar_clerk import ArClerk
from tests.world.contractor import Contractor
from tests.world.stores import Overtaken

ANN = Person("ann", "typed at the screen")


def handled(contractor: Contractor, flow: str, key: int | str, target_key: str) -> str:
    with contractor.session() as session:
        return handle(session, flow, str(key), target_key, ANN)


def waiting_company(contractor: Contractor) -> int:
    """One that cannot cross, for it is inactive, and that its location asks for."""
    company = contractor.dispatcher.company("Harbor Foods", status="inactive")
    contractor.dispatcher.location(company)
    contractor.round()
    return company


def test_a_key_is_kept_without_the_blanks_around_it(contractor: Contractor) -> None:
    company = waiting_company(contractor)
    contractor.controller.add_old_customer("HARBOR")

    handled(contractor, "customers", company, "\u00a0HARBOR ")

    assert contractor.dispatcher.external_id("company", company) == "HARBOR"
    entry = contractor.entry_of("customers", company)
    assert entry.target_key == "HARBOR"


def test_the_code_of_another_company_that_crossed_is_not_taken(contractor: Contractor) -> None:
    first, _, _ = contractor.dispatcher.chain()
    company = waiting_company(contractor)
    before = contractor.entry("customers", company)

    with pytest.raises(NotDone, match="was sent from here for"):
        handled(
            contractor, "customers", company, contractor.dispatcher.external_id("company", first)
        )

    assert contractor.entry("customers", company) == before


def test_what_servicetrade_does_not_take_leaves_the_record_as_it_was(
    contractor: Contractor,
) -> None:
    """Somebody typed the code on another company, of which the ledger knows nothing yet."""
    company = waiting_company(contractor)
    contractor.controller.add_old_customer("HARBOR")
    contractor.dispatcher.set_external_id("company", contractor.dispatcher.company(), "HARBOR")
    before = contractor.entry("customers", company)

    with pytest.raises(NotDone, match="ServiceTrade does not take HARBOR"):
        handled(contractor, "customers", company, "HARBOR")

    after = contractor.entry("customers", company)
    assert before is not None and after is not None
    assert (after.state, after.reason, after.target_key, after.is_handled) == (
        before.state,
        before.reason,
        before.target_key,
        False,
    )


def test_the_number_of_another_invoice_that_was_posted_is_not_taken(ar_clerk: ArClerk) -> None:
    posted = ar_clerk.invoice({"price": 70})
    ar_clerk.round()
    ar_clerk.contractor.controller.close_period()
    waits = ar_clerk.invoice({"price": 90})
    ar_clerk.round()
    ar_clerk.contractor.controller.open_period()

    with pytest.raises(NotDone, match="was sent from here for"):
        handled(ar_clerk.contractor, "invoices", waits, ar_clerk.number(posted))

    assert ar_clerk.seen(waits)["status"] == "pending_accounting"
    ar_clerk.contractor.retry("invoices")
    ar_clerk.round()
    assert ar_clerk.net(waits) == 90


def test_what_a_worker_sends_while_a_person_says_that_it_was_typed_stays_what_it_is(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.controller.close_period()
    key = ar_clerk.invoice({"price": 70})
    ar_clerk.round()
    ar_clerk.contractor.controller.open_period()
    number = ar_clerk.number(key)
    ar_clerk.contractor.retry("invoices")
    overtaken = Overtaken(entry_path("invoices", key), ar_clerk.round)
    with (
        ar_clerk.contractor.session(overtaken) as session,
        pytest.raises(NotDone, match="say it again"),
    ):
        handle(session, "invoices", key, number, ANN)

    entry = ar_clerk.entry(key)
    assert (entry.state, entry.is_handled) == (State.CONFIRMED, False)
    assert ar_clerk.net(key) == 70


def test_what_goes_out_again_by_the_word_of_two_goes_out_once(ar_clerk: ArClerk) -> None:
    """The second one looked before the first one's word was carried out."""
    key = ar_clerk.invoice({"price": 70})
    ar_clerk.round()
    for table in (INVOICE_DETAILS, INVOICE_HEADERS):
        ar_clerk.contractor.controller.delete(
            table, Invoice_Or_Transaction=ar_clerk.number(key), Transaction_Type="I"
        )
    with ar_clerk.contractor.session() as other:
        overtaken = Overtaken(
            entry_path("invoices", key), lambda: send_again(other, "invoices", key, ANN)
        )
        with (
            ar_clerk.contractor.session(overtaken) as session,
            pytest.raises(NotDone, match="say it again"),
        ):
            send_again(session, "invoices", key, ANN)
    assert ar_clerk.entry(key).state is State.HELD
