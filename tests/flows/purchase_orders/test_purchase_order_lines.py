"""What a purchase order line becomes on the job."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import Hold
from st_spectrum.flows.purchase_orders.desired import (
    ItemLeftAlone,
    JobName,
    Match,
    NoItem,
    WantedItem,
)
from st_spectrum.flows.purchase_orders.item_coding import Catalog
from st_spectrum.flows.purchase_orders.job_item import (
    bears,
    key_of,
    quantity_of,
    split_key,
    unit_cost,
)
from st_spectrum.flows.purchase_orders.rules import (
    carries,
    desired_item,
    job_names,
    job_number_in,
    where_it_stands,
    without_job,
)
from st_spectrum.spectrum.purchase_orders import PurchaseOrder
from tests.flows.purchase_orders.orders import bundle, line, order
from tests.flows.records import account, job

CATALOG = Catalog({"sk-20": 540, "sup": 541}, {"general supplies": 541}, {"sprinkler": 12})


def rules(**changes: Any) -> Any:
    return account(purchase_orders=changes)


def wanted(desired: object) -> WantedItem:
    assert isinstance(desired, WantedItem), desired
    return desired


def test_an_item_says_what_was_bought_from_whom_and_when_it_comes() -> None:
    found = wanted(desired_item(bundle(vendor_id=1300, catalog=CATALOG), rules())).values

    assert found.name == "Pump seal kit (PO 4412 line 1)"
    assert (found.quantity, found.cost, found.lib_item_id) == (Decimal(4), Decimal("12.5"), 540)
    wire = found.source.as_wire()
    assert (wire["vendorId"], wire["poNumber"], wire["status"]) == (1300, "4412", "ordered")
    assert wire["expectedDelivery"] == 1763658000, "noon in New York"


def test_a_vendor_that_servicetrade_does_not_know_is_named_in_the_text() -> None:
    assert (
        wanted(desired_item(bundle(), rules())).values.name
        == "Pump seal kit (PO 4412 line 1, Ferguson Inc.)"
    )


def test_the_other_form_of_a_source_says_all_of_it_in_one_text() -> None:
    found = wanted(desired_item(bundle(), rules(source="refnumber"))).values

    assert found.name == "Pump seal kit"
    assert found.source.ref_number == "PO 4412 line 1, Ferguson Inc., ordered, expected 2025-11-20"


@given(price=st.decimals("0", "99999", places=4), unit=st.sampled_from(["EA", "C", "M", "c"]))
def test_a_price_per_hundred_or_thousand_is_divided_exactly(price: Decimal, unit: str) -> None:
    cost = unit_cost(line(price=price, unit_of_measure=unit), {"C": 100, "M": 1000})

    assert cost * {"EA": 1, "C": 100, "M": 1000}[unit.upper()] == price


@given(
    ordered=st.integers(0, 50),
    received=st.integers(0, 60),
    is_closed=st.booleans(),
    rule=st.sampled_from(["cut", "keep"]),
)
def test_what_a_job_bears_is_what_was_ordered_and_of_a_closed_order_what_came(
    ordered: int, received: int, is_closed: bool, rule: str
) -> None:
    of = line(ordered=Decimal(ordered), received=Decimal(received))
    found = quantity_of(
        order(of, status="CLOSED" if is_closed else "OPEN"),
        of,
        rules(closed_short=rule).purchase_orders,
    )

    is_by_receipt = is_closed and (received > ordered or rule == "cut")
    assert found == (received if is_by_receipt and ordered else found)
    assert found == ordered or is_by_receipt


@pytest.mark.parametrize(
    ("status", "received", "part_status"),
    [("PROP", "0", "to_be_ordered"), ("OPEN", "0", "ordered"), ("OPEN", "3", "ordered"), ("OPEN", "4", "received"),
     ("CLOSED", "3", "received")],
)  # fmt: skip
def test_the_part_status_follows_what_was_received(
    status: str, received: str, part_status: str
) -> None:
    found = wanted(
        desired_item(bundle(order(line(received=Decimal(received)), status=status)), rules())
    )

    assert found.values.source.status == part_status


@pytest.mark.parametrize(
    ("coding", "found"),
    [
        ({"by_item_code": {"SK-20": "General supplies"}}, 541),
        ({"by_item_code": {"!SK-20": "SUP"}}, 541),
        ({"by_cost_type": {"M": "SUP"}}, 540),
        ({"has_same_codes": False, "by_cost_type": {"M": "SUP"}, "default": "SK-20"}, 541),
        ({"has_same_codes": False, "by_phase": {"01-100": "SUP"}}, 541),
        ({"has_same_codes": False, "default": "SUP"}, 541),
        ({"has_same_codes": False}, None),
    ],
)
def test_the_library_item_is_found_by_item_code_then_cost_type_then_phase(
    coding: Any, found: int | None
) -> None:
    of = order(line(cost_type="M", phase_code="01100"))

    desired = desired_item(bundle(of, catalog=CATALOG), rules(library_items=coding))

    assert wanted(desired).values.lib_item_id == found


def test_a_library_item_that_is_not_there_holds_the_line() -> None:
    desired = desired_item(
        bundle(catalog=CATALOG), rules(library_items={"by_item_code": {"SK-20": "Nonsense"}})
    )

    assert isinstance(desired, Hold)
    assert "no library item 'Nonsense'" in desired.reason


def test_a_service_line_by_cost_type() -> None:
    desired = desired_item(
        bundle(order(line(cost_type="M")), catalog=CATALOG),
        rules(service_lines={"by_cost_type": {"M": "SPRINKLER"}}),
    )

    assert wanted(desired).values.service_line_id == 12


def test_the_job_of_the_line_comes_before_that_of_the_order_unless_the_account_turns_it_round() -> (
    None
):
    of = order(line(job_number="777"), remarks="10500")

    assert job_names(of, of.lines[0], rules()) == (JobName("777"),)
    assert job_names(of, of.lines[0], rules(precedence=["header_job", "line_job"])) == (
        JobName("10482"),
    )
    both = job_names(of, of.lines[0], rules(custom_field="remarks"))
    assert both == (JobName("10500", is_custom=True), JobName("777"))


def test_a_spectrum_number_is_read_backwards_through_the_number_format() -> None:
    assert job_number_in("10482", account()) == 10482
    assert (
        job_number_in("10482-300", account(jobs={"number_format": "{number}-{cost_center}"}))
        == 10482
    )
    assert (
        job_number_in("30010482", account(jobs={"number_format": "{cost_center}{number}"})) == 10482
    )
    assert (
        job_number_in("NOR0010482", account(jobs={"number_format": "{office}{number:07}"})) == 10482
    )
    assert job_number_in("X10482", account()) is None


def test_one_of_several_spectrum_jobs_is_carried() -> None:
    both = job(externalIds={"spectrum": "10482-100|10482-200"})

    assert carries(both, "10482-200", account())
    assert not carries(both, "10482", account())


@pytest.mark.parametrize(
    ("of", "kind", "word"),
    [
        (order(job_number="", warehouse_code="MAIN"), NoItem, "warehouse MAIN"),
        (order(job_number=""), NoItem, "names no job"),
        (order(line(ordered=Decimal(0))), NoItem, "nothing is ordered"),
        (order(status="CLOSED"), NoItem, "closed before anything came"),
        (order(line(line_type="M", message="Call first")), ItemLeftAlone, "a text"),
        (order(job_number="9001"), ItemLeftAlone, "ignores"),
        (order(line(warehouse_code="TRUCK7")), ItemLeftAlone, "TRUCK7"),
        (order(status="PROP"), ItemLeftAlone, "only proposed"),
    ],
)
def test_what_is_not_for_a_job_says_why(of: Any, kind: type, word: str) -> None:
    found = without_job(
        of, of.lines[0], rules(ignored_jobs=["9*"], ignored_warehouses=["TRUCK7"], proposed="skip")
    )

    assert isinstance(found, kind)
    assert word in found.reason


def test_a_job_type_that_never_crosses_leaves_its_purchases_alone() -> None:
    desired = desired_item(
        bundle(job=job(type="training")), account(jobs={"ignored_types": ["training"]})
    )

    assert isinstance(desired, ItemLeftAlone)


def test_without_a_job_the_line_waits_for_the_one_that_will_carry_the_number() -> None:
    coming = Match(JobName("10482"), pending_job=job())

    known = desired_item(bundle(match=coming), rules())
    unknown = desired_item(bundle(match=Match(JobName("777"))), rules())

    assert isinstance(known, Hold)
    assert isinstance(unknown, Hold)
    assert known.needs == ("jobs/2500000000010482",)
    assert "777" in unknown.reason
    assert "777" not in unknown.cause


@pytest.mark.parametrize(
    ("status", "kind"), [("completed", WantedItem), ("closed", Hold), ("canceled", Hold)]
)
def test_completed_and_invoiced_jobs_have_rules_of_their_own(status: str, kind: type) -> None:
    assert isinstance(desired_item(bundle(job=job(status=status)), rules()), kind)


def test_messages_go_onto_the_item_before_where_the_account_says_so() -> None:
    of = order(line(message="Fragile"), line(2, line_type="M", message="Rear dock"), line(3))

    found = wanted(desired_item(bundle(of, vendor_id=1), rules(message_lines="note"))).values

    assert found.name == "Pump seal kit: Fragile; Rear dock (PO 4412 line 1)"


def test_an_item_of_line_twelve_is_not_that_of_line_one() -> None:
    for source in ("vendor", "refnumber"):
        made = wanted(desired_item(bundle(order(line(12))), rules(source=source))).values
        assert [number for number in range(1, 130) if bears(made, key_of("4412", number))] == [12]


@given(
    number=st.from_regex(r"[A-Z0-9|-]{1,10}", fullmatch=True),
    one=st.integers(1, 999),
    other=st.integers(1, 999),
)
def test_an_item_is_found_by_its_line_and_by_no_other(number: str, one: int, other: int) -> None:
    assert split_key(key_of(number, one)) == (number, one)
    for source in ("vendor", "refnumber"):
        of = bundle(order(line(one), number=number))
        made = wanted(desired_item(of, rules(source=source))).values
        assert bears(made, key_of(number, one))
        assert bears(made, key_of(number, other)) == (one == other)


def test_the_day_of_the_order_is_the_day_of_use() -> None:
    found = wanted(desired_item(bundle(order(order_date=date(2025, 11, 3))), rules())).values

    assert found.used_on == 1762189200


@pytest.mark.parametrize(
    ("ordered", "received", "status", "quantity", "part"),
    [
        ("10", "12", "CLOSED", "12", "received"),
        ("10", "12", "OPEN", "10", "received"),
        ("-2", "0", "OPEN", "-2", "ordered"),
        ("-2", "-1", "OPEN", "-2", "ordered"),
        ("-2", "-2", "OPEN", "-2", "received"),
        ("-2", "-1", "Closed", "-1", "received"),
    ],
)
def test_the_job_bears_what_came_of_a_closed_order_and_returns_count_backwards(
    ordered: str, received: str, status: str, quantity: str, part: str
) -> None:
    of = order(line(ordered=Decimal(ordered), received=Decimal(received)), status=status)
    found = wanted(desired_item(bundle(of), rules())).values

    assert (found.quantity, found.source.status) == (Decimal(quantity), part)


@pytest.mark.parametrize(
    ("money", "status", "quantity", "part"),
    [("0", "OPEN", "1", "ordered"), ("4500", "OPEN", "1", "ordered"), ("5000", "OPEN", "1", "received"),
     ("4500", "CLOSED", "0.9", "received"), ("5000", "CLOSED", "1", "received")],
)  # fmt: skip
def test_a_lump_sum_is_judged_by_its_money(
    money: str, status: str, quantity: str, part: str
) -> None:
    of = line(
        ordered=Decimal(1),
        price=Decimal(5000),
        extension=Decimal(5000),
        received_extension=Decimal(money),
    )
    found = wanted(desired_item(bundle(order(of, status=status)), rules())).values

    assert (found.quantity, found.source.status) == (Decimal(quantity), part)


def test_an_order_in_another_currency_waits_unless_the_account_keeps_its_costs_in_it() -> None:
    held = desired_item(bundle(order(currency="CAD")), rules())

    assert isinstance(held, Hold)
    assert "CAD" in held.reason
    assert "purchase_orders.currencies" in held.advice
    assert isinstance(
        desired_item(bundle(order(currency="CAD")), rules(currencies=["CAD"])), WantedItem
    )
    assert isinstance(desired_item(bundle(order(currency="USD")), rules()), WantedItem)


@pytest.mark.parametrize(
    ("of", "stands_on", "is_gone"),
    [
        (order(job_number="SHOP"), {"spectrum": "10482"}, True),
        (
            order(job_number="SHOP"),
            {"spectrum": "SHOP|10482"},
            False,
        ),  # ignored since then, and not recoded
        (order(job_number="SHOP"), {}, False),
        (order(job_number="", warehouse_code="MAIN"), {"spectrum": "10482"}, True),
        (order(warehouse_code="MAIN"), {"spectrum": "10482"}, False),
    ],
)
def test_a_line_recoded_to_what_the_account_ignores_takes_its_item_along(
    of: PurchaseOrder, stands_on: dict[str, str], is_gone: bool
) -> None:
    acct = rules(ignored_jobs=["SHOP*"], ignored_warehouses=["MAIN"])
    leave = without_job(of, of.lines[0], acct)

    assert isinstance(leave, ItemLeftAlone)
    assert isinstance(
        where_it_stands(leave, job(externalIds=stands_on), acct),
        NoItem if is_gone else ItemLeftAlone,
    )


@pytest.mark.parametrize("changes", [{"type": "sales"}, {"status": "closed"}])
def test_a_line_recoded_to_a_job_that_bears_no_items_takes_its_item_along(
    changes: dict[str, str],
) -> None:
    acct = rules(invoiced_job="skip").model_copy(
        update={"jobs": account(jobs={"ignored_types": ["sales"]}).jobs}
    )
    other = job(id=77, number=10500, externalIds={"spectrum": "10482"}, **changes)
    leave = desired_item(bundle(job=other), acct)

    assert isinstance(leave, ItemLeftAlone)
    assert isinstance(where_it_stands(leave, job(), acct), NoItem)
    assert isinstance(where_it_stands(leave, other, acct), ItemLeftAlone)


@pytest.mark.parametrize(
    ("changes", "is_text"),
    [
        ({"line_type": "m"}, True),
        ({"line_type": "T", "message": "See drawing 4"}, True),
        ({"line_type": "", "message": "See drawing 4"}, True),
        ({"line_type": "T", "message": "See drawing 4", "price": Decimal(5)}, False),
        ({"line_type": "N"}, False),
    ],
)
def test_a_line_by_which_nothing_is_bought_is_a_text_whatever_its_letter(
    changes: dict[str, Any], *, is_text: bool
) -> None:
    bare = {"item_code": "", "description": "", "ordered": Decimal(0), "price": Decimal(0)}

    assert line(**{**bare, **changes}).is_message is is_text
