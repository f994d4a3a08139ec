"""An invoice that was posted and that nobody approves any more: ServiceTrade's list of approved
invoices is short of it, and Spectrum has it. A bulk import changes a status without anybody opening
the invoice.
"""

from decimal import Decimal

import pytest

from st_spectrum.domain.equation import Line
from st_spectrum.reconcile.both_sides import compare_both_sides
from tests.world.ar_clerk import ArClerk

STATUSES = ("ok", "internal_review", "failed")


def posted(ar_clerk: ArClerk) -> str:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice()
    ar_clerk.round()
    return key


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("infolink", ["", None], ids=["without Info-Link", "with Info-Link"])
def test_the_night_puts_it_before_a_person_and_writes_nothing(
    ar_clerk: ArClerk, status: str, infolink: str | None
) -> None:
    if infolink is not None:
        ar_clerk.contractor.environ["SPECTRUM_INFOLINK_URL"] = infolink
    key = posted(ar_clerk)
    ar_clerk.control.edit("invoice", int(key), status=status)
    ar_clerk.control.clear_calls()

    ar_clerk.night()

    entry = ar_clerk.entry(key)
    assert entry.state == "held"
    assert entry.reason == (
        f"{ar_clerk.number(key)} is posted, and the invoice was taken out of the queue and is"
        f" {status} now"
    )
    assert ar_clerk.sent() == 0


@pytest.mark.parametrize("status", STATUSES)
def test_submitted_again_as_it_was_it_is_closed_and_stands_once(
    ar_clerk: ArClerk, status: str
) -> None:
    key = posted(ar_clerk)
    ar_clerk.control.edit("invoice", int(key), status=status)
    ar_clerk.night()

    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")
    ar_clerk.rounds_until_quiet()

    assert ar_clerk.entry(key).state == "confirmed"
    assert ar_clerk.seen(key)["status"] == "processed"
    assert len(ar_clerk.documents(key)) == 1


def test_voided_what_was_posted_is_taken_back(ar_clerk: ArClerk) -> None:
    key = posted(ar_clerk)
    ar_clerk.control.edit("invoice", int(key), status="ok")
    ar_clerk.night()

    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()

    assert ar_clerk.net(key) == 0
    assert ar_clerk.entry(key).state == "voided"


def test_closed_in_servicetrade_by_hand_it_waits_no_longer(ar_clerk: ArClerk) -> None:
    key = posted(ar_clerk)
    ar_clerk.control.edit("invoice", int(key), status="ok")
    ar_clerk.night()

    ar_clerk.control.edit("invoice", int(key), status="sent")
    ar_clerk.night()

    assert ar_clerk.entry(key).state == "confirmed"
    assert len(ar_clerk.documents(key)) == 1


def test_one_that_never_crossed_is_left_alone(ar_clerk: ArClerk) -> None:
    drafts = [ar_clerk.invoice(status=status) for status in STATUSES]

    ar_clerk.night()

    with ar_clerk.contractor.session() as session:
        assert [session.ledger.get("invoices", key) for key in drafts] == [None] * len(drafts)


@pytest.mark.parametrize("has_been_night", [False, True], ids=["by day", "after the night"])
def test_both_sides_show_its_money_beside_what_is_approved(
    ar_clerk: ArClerk, *, has_been_night: bool
) -> None:
    key = posted(ar_clerk)
    net = ar_clerk.net(key)
    ar_clerk.control.edit("invoice", int(key), status="ok")
    if has_been_night:
        ar_clerk.night()

    with ar_clerk.contractor.session() as session:
        (compared,) = compare_both_sides(session, ["invoices"])

    (record,) = [
        record
        for equation in compared.equations
        for record in equation.records
        if record.key == key
    ]
    assert record.approved == Decimal(0)
    assert record.posted + record.unposted == net
    assert record.line is (Line.WAITING if has_been_night else Line.DIFFERENCE)
