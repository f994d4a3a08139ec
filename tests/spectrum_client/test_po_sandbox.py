"""Purchase orders of the sandbox as the client sees them: every step of an order's life, and polls
that stay flat.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from st_spectrum.account.connections import InfoLink
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.purchase_orders import PoHeader

from .conftest import connection_to

SINCE = datetime.now(UTC).date() - timedelta(days=30)
PIPE = {
    "PO_Quantity": "250",
    "Item_Description": "Screws",
    "Unit_Of_Measure": "C",
    "Item_Price": "8.75",
}
HEAD = {"PO_Quantity": "4", "Item_ID": "HD-155", "Item_Description": "Head", "Item_Price": "14.85"}
NOTE = {"Detail_Entry_Type": "M", "Message": "Rear dock"}

Connect = Callable[..., Spectrum]


@pytest.fixture
def connect(sandbox: Sandbox, tmp_path: Path) -> Iterator[Connect]:
    opened: list[Spectrum] = []

    def make(*, has_infolink: bool = True) -> Spectrum:
        infolink = InfoLink(url=SecretStr(sandbox.infolink_url)) if has_infolink else None
        connection = connection_to(
            sandbox.spectrum_url,
            authorization_id=SecretStr(credentials.AUTHORIZATION_ID),
            infolink=infolink,
        )
        opened.append(Spectrum(connection, tmp_path / "wsdl"))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def client(sandbox: Sandbox, connect: Connect) -> Spectrum:
    with SpectrumCaller(sandbox.spectrum_url) as caller:
        caller.write(
            "AddJob",
            Job_Number="10482",
            Job_Description="Job",
            Price_Method_Code="F",
            Taxable_Flag="N",
        )
    return connect()


def digests(client: Spectrum) -> dict[str, PoHeader]:
    return {header.number: header for header in client.po_headers(SINCE)}


def test_an_order_is_seen_and_read_as_it_was_entered(sandbox: Sandbox, client: Spectrum) -> None:
    number = sandbox.control.make_order(PIPE, NOTE, HEAD, Vendor_Code="V0001", Job_Number="10482")
    seen = digests(client)[number]
    assert (seen.status, seen.job_number, seen.line_count, seen.is_closed) == (
        "OPEN",
        "10482",
        3,
        False,
    )
    (order,) = client.purchase_orders([number])
    assert (order.vendor_code, order.vendor_name) == ("V0001", "Chesapeake Pipe Supply")
    screws, note, head = order.lines
    assert (screws.unit_of_measure, screws.price, screws.ordered) == (
        "C",
        Decimal("8.75"),
        Decimal(250),
    )
    assert (note.is_message, note.message, head.is_message) == (True, "Rear dock", False)
    assert {line.job_number for line in order.lines} == {"10482"}


def test_whatever_happens_to_an_order_shows_in_its_digest_once(
    sandbox: Sandbox, client: Spectrum
) -> None:
    number = sandbox.control.make_order(PIPE, HEAD, Vendor_Code="V0001", Job_Number="10482")
    other = sandbox.control.make_order(HEAD, Vendor_Code="V0002", Job_Number="10482")
    before = digests(client)
    steps = (
        ("receive", {"line": 1, "quantity": "40"}),
        ("change_line", {"line": 2, "description": "Heat"}),
        ("change_line", {"line": 2, "price": "14.86"}),
        ("change_line", {"line": 2, "delivery_date": "2026-06-30"}),
        ("add_line", {"description": "Seal kit", "quantity": "1", "price": "310"}),
        ("cancel_line", {"line": 1}),
        ("delete_line", {"line": 2}),
        ("change", {"job": "10483"}),
        ("close", {}),
    )
    for action, values in steps:
        sandbox.control.order(number, action, **values)
        after = digests(client)
        assert after[number].digest != before[number].digest, action
        assert after[other].digest == before[other].digest
        assert digests(client) == after
        before = after
    assert before[number].is_closed


def test_an_order_that_is_deleted_is_missed_in_the_poll_and_absent_when_asked_for(
    sandbox: Sandbox, client: Spectrum
) -> None:
    number = sandbox.control.make_order(HEAD, Vendor_Code="V0001", Warehouse_Code="MAIN")
    assert number in digests(client)
    sandbox.control.order(number, "delete")
    assert number not in digests(client)
    assert client.purchase_orders([number]) == ()


def test_an_old_order_that_is_closed_leaves_the_poll_and_can_still_be_read(
    sandbox: Sandbox, client: Spectrum
) -> None:
    number = sandbox.control.make_order(
        HEAD, Vendor_Code="V0001", Warehouse_Code="MAIN", PO_Order_Date="01/05/2020"
    )
    assert number in digests(client)
    sandbox.control.order(number, "cancel")
    assert number not in digests(client)
    (order,) = client.purchase_orders([number])
    assert (order.is_closed, order.lines[0].ordered) == (True, Decimal(0))


def test_a_poll_is_one_question_and_reading_orders_takes_two(
    sandbox: Sandbox, client: Spectrum
) -> None:
    numbers = [
        sandbox.control.make_order(HEAD, Vendor_Code="V0001", Warehouse_Code="MAIN")
        for _ in range(3)
    ]
    client.po_headers(SINCE)
    assert client.calls["infolink.po_headers"] == 1
    assert [order.number for order in client.purchase_orders(numbers)] == numbers
    assert client.calls["infolink.purchase_orders"] == client.calls["infolink.po_lines"] == 1


def test_nothing_is_asked_for_no_orders(client: Spectrum) -> None:
    assert client.purchase_orders([]) == ()
    assert not client.calls


def test_many_orders_are_read_in_a_few_questions(sandbox: Sandbox, client: Spectrum) -> None:
    sandbox.control.add_old_orders(900, lines=2)
    numbers = [f"H{number:07d}" for number in range(1, 901)]
    orders = client.purchase_orders(numbers)
    assert [order.number for order in orders] == numbers
    assert all(len(order.lines) == 2 for order in orders)
    assert client.calls["infolink.po_lines"] == 3


def test_a_poll_looks_at_no_closed_order_however_many_there_are(
    sandbox: Sandbox, client: Spectrum
) -> None:
    open_orders = {
        sandbox.control.make_order(HEAD, Vendor_Code="V0001", Warehouse_Code="MAIN")
        for _ in range(5)
    }
    steps: list[int] = []
    assert client.infolink

    def count_steps(connection: object, _record: object) -> None:
        connection.set_progress_handler(lambda: steps.append(1), 100)  # type: ignore[attr-defined]

    event.listen(client.infolink._engine, "connect", count_steps)
    costs = []
    for count in (0, 500, 4500):
        sandbox.control.add_old_orders(count, lines=2)
        client.po_headers(SINCE)
        steps.clear()
        assert {header.number for header in client.po_headers(SINCE)} == open_orders
        costs.append(len(steps))
    assert costs[2] <= costs[0] + 5, costs


def test_without_infolink_orders_cannot_be_read_and_the_advice_says_what_helps(
    connect: Connect,
) -> None:
    client = connect(has_infolink=False)
    for ask in (lambda: client.po_headers(SINCE), lambda: client.purchase_orders(["4412"])):
        with pytest.raises(LookupImpossible) as caught:
            ask()
        assert "Info-Link" in caught.value.advice
