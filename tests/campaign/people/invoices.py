"""Invoices under the hands of people."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.campaign.people.spectrum_screen import at_the_screen
from tests.campaign.people.touched import (
    LEFT_ALONE,
    TOLD,
    Act,
    New,
    Touched,
    acts,
    named,
    nothing_new,
)
from tests.histories.history import History
from tests.world.billing_clerk import APPROVED

HEADERS = "CR_INVOICE_HEADER_MC"
TYPED = "HAND"
"""The batch of what people type themselves."""


def invoice_of(part: History, place: int) -> dict[str, Any]:
    rows = part.records("servicetrade", "invoice")
    return next(row for row in rows if row["id"] == part.made[place])


def total_of(part: History, place: int) -> str:
    return str(Decimal(str(invoice_of(part, place)["totalPrice"])).quantize(Decimal("0.01")))


def documents_of(part: History, place: int) -> list[dict[str, Any]]:
    """Whatever stands under its number, or one that it had before, and under numbers that begin
    with it.
    """
    numbers = numbers_of(part, place)
    return [
        row
        for row in part.records("spectrum", HEADERS)
        if any(_is_under(str(row["Invoice_Or_Transaction"]).strip(), number) for number in numbers)
    ]


def numbers_of(part: History, place: int) -> tuple[str, ...]:
    """The number that it has, and those that it had before."""
    touched = part.touched.get(place)
    return (str(invoice_of(part, place)["invoiceNumber"]), *(touched.numbers if touched else ()))


def _is_under(own: str, number: str) -> bool:
    return own == number or (own.startswith(number) and not own[len(number)].isdigit())


def net_of(documents: Iterable[dict[str, Any]]) -> Decimal:
    """What they come to before tax, a credit memo taken off."""
    return sum(map(_amount, documents), Decimal(0))


def _amount(header: dict[str, Any]) -> Decimal:
    sign = -1 if str(header["Transaction_Type"]).strip() == "C" else 1
    return sign * Decimal(str(header["Invoice_Extension"]))


def sums_of(part: History, place: int) -> tuple[str, str, str]:
    """What it comes to, and what its positive and its negative lines do, which are documents of
    their own.
    """
    amounts = [Decimal(str(line["totalPrice"])) for line in invoice_of(part, place)["items"]]
    more, less = (
        sum((max(Decimal(0), sign * amount) for amount in amounts), Decimal(0)) for sign in (1, -1)
    )
    return total_of(part, place), str(more), str(-less)


def untouched(part: History, place: int) -> Touched:
    """Known by what may stand of it: nothing, each total that it ever had, or one half."""
    return Touched((frozenset(sums_of(part, place)),))


def take_out(part: History, place: int, _before: Touched) -> New | None:
    """Somebody in the office takes it out of the queue of accounting."""
    if invoice_of(part, place)["status"] not in ("pending_accounting", "failed"):
        return None
    part.contractor.control.edit("invoice", part.made[place], status="ok")
    return nothing_new()


def hand_in(part: History, place: int, _before: Touched) -> New | None:
    """Handed over to accounting again, whatever became of it before."""
    if invoice_of(part, place)["status"] in ("void", "pending_accounting"):
        return None
    part.contractor.control.edit("invoice", part.made[place], status="pending_accounting")
    return nothing_new()


def correct(part: History, place: int, before: Touched) -> New | None:
    """Another price, while it is not void and has its first number; each time another one."""
    if invoice_of(part, place)["status"] == "void" or before.numbers:
        return None
    price = 1000 + 10 * place + len(before.acts)
    part.contractor.billing_clerk.correct(str(part.made[place]), price=price)
    return named(*sums_of(part, place))


def correct_and_hand_in(part: History, place: int, before: Touched) -> New | None:
    new = correct(part, place, before)
    return new and ((hand_in(part, place, before) and new) or new)


def reverse(part: History, place: int, _before: Touched) -> New | None:
    """Updated and then reversed at Spectrum's screen, while it lives on in ServiceTrade; one that a
    void has offset already comes off the customer's balance twice.
    """
    control = part.contractor.control
    documents = documents_of(part, place)
    own = [row for row in documents if row["Transaction_Type"].strip() == "I"]
    if not own:
        return None
    number = str(own[0]["Invoice_Or_Transaction"]).strip()
    if own[0]["Post_Flag"].strip() != "Y":
        control.ar_document(number, "post")
    control.ar_document(number, "reverse")
    # Without Info-Link nobody sees it, and a void is offset once more.
    has, is_offset = part.case.has_infolink, not net_of(documents)
    once_more = (f"-{total_of(part, place)}",) if is_offset or not has else ()
    return New((frozenset(once_more),), is_seen=has)


def update(part: History, place: int, _before: Touched) -> New | None:
    """The sales journal's update, as it runs every day."""
    waiting = [row for row in documents_of(part, place) if row["Post_Flag"].strip() != "Y"]
    if not waiting or waiting[0]["Transaction_Type"].strip() != "I":
        return None
    number = str(waiting[0]["Invoice_Or_Transaction"]).strip()
    part.contractor.control.ar_document(number, "post")
    return nothing_new()


def type_in(part: History, place: int, _before: Touched) -> New | None:
    """Somebody types the invoice at the screen, as it is, while nothing of it stands there."""
    if documents_of(part, place):
        return None
    invoice = invoice_of(part, place)
    if invoice["status"] == "void":
        return None
    companies = {row["id"]: row for row in part.records("servicetrade", "company")}
    customer = (companies[invoice["customerId"]].get("externalIds") or {}).get("spectrum", "")
    day = part.clock().strftime("%m/%d/%Y")
    with at_the_screen(part) as screen:
        screen.write(
            "AddARInvoice",
            Customer_Code=customer,
            Invoice_Or_Transaction=str(invoice["invoiceNumber"]),
            Transaction_Type="I",
            GL_Date=day,
            Invoice_Date=day,
            Batch_Code=TYPED,
            Line_Extension=total_of(part, place),
            GL_Account="4010",
        )
    return nothing_new()


def share_number(part: History, place: int, before: Touched) -> New | None:
    """Somebody gives another invoice of the same customer the number that this one has."""
    if before.rows or before.numbers:
        return None
    invoice = invoice_of(part, place)
    if invoice["status"] == "void":
        return None
    other = part.contractor.billing_clerk.draft(
        {"price": 100 + place},
        jobId=invoice["jobId"],
        status=APPROVED,
        invoiceNumber=invoice["invoiceNumber"],
    )
    return New((frozenset(),), rows=(int(other),))


RENUMBERED_AFTER_POSTING = frozenset({"is corrected", "is corrected and handed in again"})
"""After these nothing but its job tells that an invoice under another number is the one that stands
there; docs/guarantees.md says so.
"""


def renumber_and_hand_in(part: History, place: int, before: Touched) -> New | None:
    """It gets another number after it was posted by us, and is handed in again."""
    invoice, documents = invoice_of(part, place), documents_of(part, place)
    is_theirs = any(str(row["Batch_Code"]).strip() == TYPED for row in documents)
    is_another = before.rows or RENUMBERED_AFTER_POSTING & {*before.acts}
    if invoice["status"] == "void" or not documents or is_theirs or is_another:
        return None
    # Without Info-Link a ledger that was lost meanwhile cannot see the first one.
    if not part.case.has_infolink:
        return None
    number = f"R{place}{len(before.numbers)}-9"
    part.contractor.control.edit("invoice", part.made[place], invoiceNumber=number)
    hand_in(part, place, before)
    return New((frozenset(),), numbers=(str(invoice["invoiceNumber"]),))


INVOICE_ACTS: dict[str, Act] = acts(
    untouched,
    {
        "is taken out of the queue": (take_out, TOLD),
        "is handed in again": (hand_in, TOLD),
        "is corrected": (correct, LEFT_ALONE),
        "is corrected and handed in again": (correct_and_hand_in, TOLD),
        "is reversed at the screen": (reverse, TOLD),
        "is updated at the screen": (update, TOLD),
        "is typed at the screen": (type_in, TOLD),
        "shares its number with another": (share_number, TOLD),
        "gets another number after it was posted, and is handed in again": (
            renumber_and_hand_in,
            TOLD,
        ),
    },
)
