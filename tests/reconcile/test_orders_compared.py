"""Purchase orders and job items: differences planted by hand in both systems."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from st_spectrum.commands.export import COLUMNS, WRITERS, write_csv
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.equation import Line
from st_spectrum.reconcile.ledger_rows import Row, ledger_rows, total_of
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.reconcile.planting import Month
from tests.world.contractor import Contractor, begun_contractor

FLOW = "purchase_orders"
FEW = World(
    offices=1, service_lines=2, technicians=0, salespeople=0, companies=6, vendors=2, linked_companies=0,
    locations=14, jobs=24, template_phases=1, old_customers=0, purchase_orders=12,
)  # fmt: skip


def orders_of(purchases: Month) -> FlowCompared:
    return purchases.compared()[FLOW]


@pytest.fixture
def purchases(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """A dozen orders whose items stand on their jobs; some wait, for nobody has linked their
    job.
    """
    folder = tmp_path_factory.mktemp("purchases")
    made = begun_contractor(sandbox, folder, FEW, Contractor.rounds_until_quiet)
    with closing(made) as contractor:
        yield Month(contractor)


def test_clean_orders_give_no_difference(purchases: Month) -> None:
    compared = orders_of(purchases)
    assert [one.words for one in compared.differences] == []
    assert compared.compared == len(purchases.items()) > 20


def test_differences_planted_by_hand_are_found_and_named_right(purchases: Month) -> None:
    items = purchases.items()
    more, dearer, moved, renamed, gone, twice, price, cancelled, both, stray = items[:20:2]
    control = purchases.contractor.control
    purchases.edit_item(more[1], quantity=99.0)
    purchases.edit_item(dearer[1], cost=1234.5)
    other = next(row["jobId"] for _, row in items if row["jobId"] != moved[1]["jobId"])
    purchases.edit_item(moved[1], jobId=other)
    purchases.edit_item(renamed[1], name="Something else")
    purchases.contractor.office.remove(f"/jobitem/{gone[1]['id']}")
    purchases.copy_item(twice[1], twice[0])
    purchases.change_line(price[0], price="77.7")
    number, _, line = cancelled[0].rpartition("|")
    control.order(number, "cancel_line", line=line)
    purchases.change_line(both[0], quantity="33")
    purchases.edit_item(both[1], quantity=44.0)
    purchases.copy_item(stray[1], "999999|1")
    made = control.make_order(
        {"Detail_Entry_Type": "N", "PO_Quantity": "4", "Item_Description": "Late", "Unit_Of_Measure": "EA",
         "Item_Price": "12.50"},
        Vendor_Code="V0001", PO_Order_Date="11/03/2026",
        Job_Number=purchases.contractor.built.bought.linked[0][0],
    )  # fmt: skip
    compared = orders_of(purchases)
    assert {(one.key, one.field, str(one.verdict)) for one in compared.differences} == {
        (more[0], "quantity", "edited in ServiceTrade"),
        (dearer[0], "cost", "edited in ServiceTrade"),
        (moved[0], "job", "edited in ServiceTrade"),
        (renamed[0], "name", "edited in ServiceTrade"),
        (gone[0], "", "missing"),
        (twice[0], "", "doubled"),
        (price[0], "cost", "edited in Spectrum"),
        (cancelled[0], "", "extra"),
        (both[0], "quantity", "edited in both"),
        ("999999|1", "", "extra"),
        (f"{made}|1", "", "missing"),
    }
    assert {one.key for one in compared.differences if not one.is_fault} == {renamed[0]}
    assert {one.key for one in compared.differences if one.is_repairable} == {f"{made}|1"}
    of_price = next(one for one in compared.differences if one.key == price[0])
    assert of_price.sent == of_price.source != of_price.target, "Spectrum has another price now"


def test_a_list_without_our_items_is_asked_about_one_by_one(purchases: Month) -> None:
    control = purchases.contractor.control
    for _, row in purchases.items():
        control.edit("jobitem", row["id"], updated=1)
    assert [one.words for one in orders_of(purchases).differences] == []


def test_the_equation_of_orders_names_what_does_not_stand_on_a_job(purchases: Month) -> None:
    """What is ordered stands on jobs, received or not, or waits with a reason."""
    (clean,) = orders_of(purchases).equations
    assert clean.closes and clean.approved == sum(clean.lines.values())
    on_jobs = sum(record.posted + record.unposted for record in clean.records)
    by_rows = sum(
        (Decimal(str(row["quantity"])) * Decimal(str(row["cost"]))).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        for _, row in purchases.items()
    )  # fmt: skip
    assert on_jobs == by_rows > 0
    assert clean.lines[Line.WAITING] > 0, "some orders are for a job that nobody has linked"
    assert all(record.reason for record in clean.of(Line.WAITING))
    assert {clean.name_of(Line.POSTED), clean.asked} == {
        "on the job, received",
        "ordered in Spectrum for jobs",
    }


def test_a_cost_that_somebody_changed_is_a_difference_of_the_equation(purchases: Month) -> None:
    key, row = purchases.items()[0]
    before = Decimal(str(row["quantity"])) * Decimal(str(row["cost"]))
    purchases.edit_item(row, cost=row["cost"] + 1)
    (equation,) = orders_of(purchases).equations
    (record,) = equation.of(Line.DIFFERENCE)
    assert record.key == key and not equation.closes
    more = Decimal(str(row["quantity"]))
    assert record.rest == -more.quantize(Decimal("0.01")), before
    assert equation.approved == sum(equation.lines.values())


def test_the_totals_of_orders_are_equal_until_somebody_changes_an_item(purchases: Month) -> None:
    clean = orders_of(purchases)
    assert {total.dimension for total in clean.totals} == {
        "order",
        "job",
        "vendor",
        "quantity",
        "count",
    }
    assert [total for total in clean.totals if total.difference] == []
    counted = {total.code: total.spectrum for total in clean.totals if total.dimension == "count"}
    items = purchases.items()
    assert counted == {
        "items": len(items),
        "orders": len({key.rpartition("|")[0] for key, _ in items}),
    }
    (gone, row), (more, other) = items[0], items[1]
    purchases.contractor.office.remove(f"/jobitem/{row['id']}")
    purchases.edit_item(other, quantity=other["quantity"] + 2)
    changed = {
        (total.dimension, total.code): total.difference
        for total in orders_of(purchases).totals
        if total.difference
    }
    assert changed["count", "items"] == -1
    assert ("order", gone.rpartition("|")[0]) in changed
    assert ("order", more.rpartition("|")[0]) in changed


def costs(rows: Sequence[Row]) -> Decimal:
    return total_of(rows, FLOW)


def rows_of(purchases: Month) -> tuple[Row, ...]:
    with purchases.contractor.session() as session:
        return ledger_rows(session.ledger, (FLOW,), date(2000, 1, 1), date(2099, 1, 1), "UTC")


def on_the_jobs(purchases: Month) -> Decimal:
    """The control total of orders, by cost."""
    totals = orders_of(purchases).totals
    return sum((one.servicetrade for one in totals if one.dimension == "order"), Decimal(0))


def test_the_ledgers_steps_add_up_to_what_stands_on_the_jobs(
    purchases: Month, tmp_path: Path
) -> None:
    assert costs(rows_of(purchases)) == on_the_jobs(purchases) > 0
    dearer, taken_back = (key for key, _ in purchases.items()[:2])
    purchases.change_line(dearer, price="77.7", quantity="3")
    number, _, line = taken_back.rpartition("|")
    purchases.contractor.control.order(number, "cancel_line", line=line)
    before = on_the_jobs(purchases)

    purchases.contractor.rounds_until_quiet()

    rows = rows_of(purchases)
    assert costs(rows) == on_the_jobs(purchases) != before
    of_one = [row.amount for row in rows if row.servicetrade_id == dearer]
    assert sum(filter(None, of_one), Decimal(0)) == Decimal("233.10")
    assert costs([row for row in rows if row.servicetrade_id == taken_back]) == 0
    for form, write in WRITERS.items():
        write(rows, tmp_path / f"orders.{form}")
    with (tmp_path / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        *_, sums = csv.DictReader(file)
    assert (sums["step"], Decimal(sums["amount"])) == ("sum", costs(rows))
    frame = pd.read_parquet(tmp_path / "orders.parquet")
    assert sum(frame["amount"].dropna(), Decimal(0)) == costs(rows)
    *_, last = openpyxl.load_workbook(tmp_path / "orders.xlsx")["ledger"].iter_rows(
        values_only=True
    )
    assert Decimal(str(last[COLUMNS.index("amount")])).quantize(Decimal("0.01")) == costs(rows)


def test_sales_and_costs_are_never_added_up_to_one_sum(purchases: Month, tmp_path: Path) -> None:
    bought = rows_of(purchases)
    sold = replace(bought[0], flow="invoices", amount=Decimal("1000.00"), hours=None)
    write_csv([sold, *bought], tmp_path / "both.csv")
    with (tmp_path / "both.csv").open(encoding="utf-8-sig", newline="") as file:
        sums = [row for row in csv.DictReader(file) if row["step"] == "sum"]
    assert {row["flow"]: Decimal(row["amount"]) for row in sums} == {
        "invoices": Decimal("1000.00"),
        FLOW: costs(bought),
    }
