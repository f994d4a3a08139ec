"""Invoices that were changed on one side alone: each is named, and so is what an equation has left
over.
"""

from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.domain.equation import Line
from st_spectrum.flows.invoices.documents_compared import StoredDocuments
from st_spectrum.flows.invoices.documents_summed import total_of
from tests.reconcile.planting import Month
from tests.reconcile.sixty import (
    HEADER,
    IN_SERVICETRADE,
    IN_SPECTRUM,
    LINES,
    NamedDifference,
    document,
)


def own_rows(month: Month, number: str) -> list[dict[str, Any]]:
    """Headers under a number, whatever follows it."""
    rows = [
        row | {"number": str(row["Invoice_Or_Transaction"]).strip()} for row in month.rows(HEADER)
    ]
    return [row for row in rows if row["number"].rstrip("CVW") == number]


def crossed(month: Month, *kinds: str) -> list[tuple[str, str]]:
    """Key and number of the invoices that became documents of these types."""
    found = [(key, numbers.partition("|")[0]) for key, numbers in month.confirmed("invoices")]
    return [
        (key, number)
        for key, number in found
        if sorted(row["Transaction_Type"].strip() for row in own_rows(month, number))
        == sorted(kinds)
    ]


def turn_sign(month: Month, number: str) -> None:
    """Of its first line."""
    row = month.rows(LINES, **document(number))[0]
    turned = str(-Decimal(row["Line_Extension"]))
    key = {**document(number), "Sequence": row["Sequence"]}
    month.in_spectrum(LINES, {"Line_Extension": turned}, **key)


def move_to_other_customer(month: Month, number: str) -> None:
    """The document stands under another customer, and under the first no more."""
    (header,) = month.rows(HEADER, **document(number))
    customer = header["Customer_Code"].strip()
    other = next(code for _, code in month.confirmed("customers") if code != customer)
    for table in (LINES, HEADER):
        for row in month.rows(table, **document(number)):
            month.insert(table, row | {"Customer_Code": other})
        month.delete(table, Customer_Code=customer, **document(number))


def drop_credited_lines(month: Month, key: str) -> None:
    """Somebody takes the lines below zero out of an invoice in ServiceTrade."""
    rows = month.contractor.control.records("servicetrade", "invoice")
    (invoice,) = [row for row in rows if str(row["id"]) == key]
    items = [item for item in invoice["items"] if Decimal(str(item["price"])) >= 0]
    left_out = [item for item in invoice["items"] if item not in items]
    assert left_out
    more = sum(Decimal(str(item["price"])) * Decimal(str(item["quantity"])) for item in left_out)
    sums = {name: str(Decimal(str(invoice[name])) - more) for name in ("subtotal", "totalPrice")}
    month.contractor.control.edit("invoice", int(key), items=items, **sums)


def plant(month: Month) -> set[NamedDifference]:
    """Each on an invoice of its own."""
    control = month.contractor.control
    single, both = iter(crossed(month, "I")), iter(crossed(month, "I", "C"))
    turned, moved, void, renumbered, withdrawn, taxed = (next(single) for _ in range(6))
    turn_sign(month, turned[1])
    move_to_other_customer(month, moved[1])
    control.edit("invoice", int(void[0]), status="void")
    control.edit("invoice", int(renumbered[0]), invoiceNumber="99999-7")
    control.edit("invoice", int(withdrawn[0]), status="ok")
    month.in_spectrum(HEADER, {"Sales_Tax_Amount": "-5.01"}, **document(taxed[1]))
    dropped = next(both)
    drop_credited_lines(month, dropped[0])
    return {
        ("invoices", turned[0], "amount before tax", IN_SPECTRUM),
        ("invoices", moved[0], "Customer_Code", IN_SPECTRUM),
        ("invoices", void[0], "", "missing"),
        ("invoices", renumbered[0], "invoice number", IN_SERVICETRADE),
        ("invoices", withdrawn[0], "status", IN_SERVICETRADE),
        ("invoices", taxed[0], "Sales_Tax_Amount", IN_SPECTRUM),
        ("invoices", dropped[0], "total with tax", IN_SERVICETRADE),
    }


def test_another_rule_of_numbers_makes_no_difference_of_what_was_posted(month: Month) -> None:
    numbers = month.contractor.account.invoices.number
    changed = numbers.model_copy(update={"format": "X{invoice_number}"})
    month.contractor.overrides["invoices"] = {"number": changed}
    try:
        compared = month.compared()["invoices"]
    finally:
        del month.contractor.overrides["invoices"]
    assert [one.words for one in compared.differences] == []
    assert [one for one in compared.totals if one.difference] == []


def test_an_offset_is_right_with_the_tax_and_the_accounts_of_what_it_takes_back(
    month: Month,
) -> None:
    invoice, number = crossed(month, "I")[-1]
    month.contractor.built.void(int(invoice))
    month.contractor.rounds_until_quiet()
    (row,) = [
        row
        for row in own_rows(month, number)
        if row["Transaction_Type"] == "C" and row["number"].endswith("V")
    ]
    offset = document(row["number"], "C")
    assert month.differences() == []
    tax = {"Sales_Tax_Amount": row["Sales_Tax_Amount"]}
    line = month.rows(LINES, **offset)[0]
    for table, before, values, name in (
        (HEADER, tax, {"Sales_Tax_Amount": "5.01"}, "Sales_Tax_Amount"),
        (HEADER, {"Job_Number": row["Job_Number"].strip()}, {"Job_Number": "STRAY"}, "Job_Number"),
        (LINES, {"GL_Account": line["GL_Account"]}, {"GL_Account": "9999"}, "GL accounts"),
        (LINES, {"Line_Extension": line["Line_Extension"]}, {"Line_Extension": "0.99"}, "amount before tax"),
    ):  # fmt: skip
        key = offset if table == HEADER else {**offset, "Sequence": line["Sequence"]}
        month.in_spectrum(table, values, **key)
        found = {one for one in month.named() if not one[2].startswith("shares of")}
        assert found == {("invoices", invoice, name, IN_SPECTRUM)}
        month.in_spectrum(table, before, **key)


@pytest.mark.timeout(120)
def test_an_invoice_that_was_changed_on_one_side_is_named_and_so_is_all_that_is_left_over(
    month: Month,
) -> None:
    planted = plant(month)
    assert month.named() == planted
    compared = month.compared()["invoices"]
    assert not any(one.is_repairable for one in compared.differences)
    behind = {one.key for equation in compared.equations for one in equation.of(Line.DIFFERENCE)}
    assert behind
    assert behind <= {one.key for one in compared.faults}
    for equation in compared.equations:
        assert sum(equation.lines.values()) == equation.approved


def test_a_credit_memo_whose_rows_are_below_zero_is_worth_the_same() -> None:
    header = {
        "Customer_Code": "C1", "Invoice_Or_Transaction": "7C", "Transaction_Type": "C",
        "Sales_Tax_Amount": "6.00",
    }  # fmt: skip
    line = {**header, "GL_Account": "4100", "Cost_Center": "", "Line_Extension": "100.00"}
    below = header | {"Sales_Tax_Amount": "-6.00"}
    plus = StoredDocuments.of([header], [line])
    minus = StoredDocuments.of([below], [line | {"Line_Extension": "-100.00"}])
    assert total_of(header, plus) == total_of(below, minus) == Decimal("-106.00")
    invoice = below | {"Transaction_Type": "I"}
    lines = [line | {"Transaction_Type": "I", "Line_Extension": "-100.00"}]
    assert total_of(invoice, StoredDocuments.of([invoice], lines)) == Decimal("-106.00")


def copy_to_other_customer(month: Month, number: str, **values: str) -> str:
    """The document stands under another customer too, with these values."""
    (header,) = month.rows(HEADER, **document(number))
    customer = header["Customer_Code"].strip()
    other = next(code for _, code in month.confirmed("customers") if code != customer)
    for row in month.rows(LINES, **document(number)):
        month.insert(LINES, row | {"Customer_Code": other})
    month.insert(HEADER, header | {"Customer_Code": other} | values)
    return other


def test_a_copy_for_another_customer_is_extra_and_what_ar_bills_others_under_the_number_is_not(
    month: Month,
) -> None:
    before = month.named()
    (invoice, number), *_, (_, elsewhere), (_, taxed) = [
        one
        for one in crossed(month, "I")
        if one[0] not in {key for _, key, *_ in before} and month.rows(LINES, **document(one[1]))
    ]
    others = (
        (elsewhere, copy_to_other_customer(month, elsewhere, Job_Number="STRAY")),
        (taxed, copy_to_other_customer(month, taxed, Sales_Tax_Amount="5.01")),
    )
    assert month.named() == before
    customer = copy_to_other_customer(month, number)
    compared = month.compared()["invoices"]
    (extra,) = (one for one in compared.differences if one.key == invoice)
    assert (extra.target_key, str(extra.verdict)) == (f"{number} I of customer {customer}", "extra")
    assert extra.title.startswith(f"invoice {number} of customer {customer} beside ")
    (record,) = (
        record
        for equation in compared.equations
        for record in equation.of(Line.DIFFERENCE)
        if record.key == invoice
    )
    assert record.rest == -record.approved
    assert month.named() == before | {("invoices", invoice, "", "extra")}
    for copied, code in (*others, (number, customer)):
        for table in (LINES, HEADER):
            month.delete(table, Customer_Code=code, **document(copied))
    assert month.named() == before
