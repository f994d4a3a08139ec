"""What stands twice in the target under one key of ours: the rules, and what the last look found.

Time cards by their token, AR documents by customer, number and type, and those taken back twice; job items by external
id or token. Customers and sites share no key: of them the codes of our own range are told that no record of ServiceTrade
carries. What is found is kept, so that the checks and mails between two nights know of it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.account.master import CodeRule
from st_spectrum.domain.digests import digest
from st_spectrum.flows.purchase_orders.job_item_steps import external_id_of
from st_spectrum.flows.timecards.done_cards import FLOW as TIMECARDS
from st_spectrum.flows.timecards.done_cards import DoneCard
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.item_models import JobItem

if TYPE_CHECKING:
    from st_spectrum.spectrum.double_tables import CardCopies, DocumentCopies
    from st_spectrum.spectrum.stored_invoices import StoredDocument

DOUBLES = "doubles"
"""Kind under which the ledger keeps what the last look at a flow found."""

ACCEPTED = "accepted-doubles"
"""Kind under which it keeps what a person said may stand twice."""

IN_TWO_TABLES = "stands in two tables of payroll"
_ITEM_TOKEN = re.compile(r"(?:^|\()PO (\S+) line (\d+)(?=$|[,)])")
TOKEN = re.compile(r"ST[0-9A-F]{16}")


@dataclass(frozen=True)
class Double:
    """One key under which several records stand. `is_error` is False where it may well be right."""

    flow: str
    key: str
    what: str
    places: tuple[str, ...]
    advice: str
    is_error: bool = True

    @property
    def id(self) -> str:
        """The same as long as it stands in the same places: what a person accepts."""
        return digest([self.flow, self.key, self.places])

    def __str__(self) -> str:
        return f"{self.what}: {'; '.join(self.places)}"


def kept_doubles(ledger: Ledger, flow: str) -> tuple[Double, ...]:
    """What the last look found and nobody has accepted since."""
    accepted = frozenset(ledger.kept_keys(ACCEPTED)) if (text := ledger.kept(DOUBLES, flow)) else frozenset()
    found = (Double(**(each | {"places": tuple(each["places"])})) for each in json.loads(text or "[]"))
    return tuple(double for double in found if double.id not in accepted)


def accept(ledger: Ledger, flow: str, key: str) -> tuple[Double, ...]:
    """Take a person's word that what stands twice under this key may; it is told again once it stands elsewhere."""
    taken = tuple(double for double in kept_doubles(ledger, flow) if double.key == key)
    for double in taken:
        ledger.keep(ACCEPTED, double.id, str(double))
    return taken


def cards_doubled(copies: "Iterable[CardCopies]", sent: Mapping[str, DoneCard]) -> Iterator[Double]:
    """Rows of one table that pay more hours than were sent: payroll itself may split a card, and takes one back with a minus."""
    for each in copies:
        card = sent.get(each.token)
        if card is not None and abs(each.hours) <= abs(card.hours):
            continue
        (table,) = each.tables
        key = card.key if card else each.token
        day = f" on {each.work_date:%m/%d/%Y}" if each.work_date else ""
        hours = f"{each.hours:.2f} h{day}" + (f", sent were {card.hours:.2f} h" if card else "")
        who = f" of employee {card.employee}" if card and card.employee else ""
        yield Double(
            TIMECARDS,
            key,
            f"card {each.token}{who} stands {each.copies} times in payroll",
            (f"{table}: {each.copies} rows of {hours}",),
            "Take the surplus rows out of payroll before it is paid; if they were paid, correct the next payroll.",
        )


def card_in_two_tables(each: "CardCopies") -> Double:
    """A transfer that was reversed leaves a card in both, so this alone is no error."""
    return Double(
        TIMECARDS,
        each.token,
        f"card {each.token} {IN_TWO_TABLES}",
        each.tables,
        "Nothing to do if a pre-time card transfer was reversed; else take one of the two out.",
        is_error=False,
    )


def documents_doubled(copies: "Iterable[DocumentCopies]") -> Iterator[Double]:
    """AR documents of one customer, number and type."""
    for each in copies:
        name = {"I": "invoice", "C": "credit memo"}.get(each.kind)
        if name:
            yield Double(
                "invoices",
                f"{each.customer} {each.number} {each.kind}",
                f"{name} {each.number} of customer {each.customer} stands {each.copies} times in AR",
                (f"CR_INVOICE_HEADER_MC: {each.copies} rows",),
                "Reverse the surplus ones in Spectrum.",
            )


def offsets_of(number: str, rule: InvoiceNumbers) -> Iterator[str]:
    """The numbers that the offset of a document with this number may have."""
    yield number + rule.void_suffix
    if number.endswith(rule.credit_suffix):
        yield number.removesuffix(rule.credit_suffix) + rule.void_credit_suffix


def credited_twice(taken_back: Iterable[tuple[str, str, str]], stored: "Iterable[StoredDocument]") -> Iterator[Double]:
    """Documents that were reversed at the screen beside our offset: customer, number and offset of each. `stored` is what stands
    under the offsets: of both types where the offset itself was reversed, and then all is well."""
    kinds: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for each in stored:
        kinds[each.customer_code, each.number] |= {each.kind}
    for customer, number, by in taken_back:
        if len(kinds[customer, by]) == 1:
            yield Double(
                "invoices",
                f"{customer} {number}",
                f"{number} of customer {customer} was taken back twice: by {by}, and by a reversal at the Spectrum screen",
                (f"CR_INVOICE_HEADER_MC: {by}", f"CR_INVOICE_HEADER_MC: an invoice and a credit memo {number}"),
                f"Delete or reverse one of the two in Spectrum: {by}, or the reversal with the number of the invoice.",
            )


def items_twice(items: Iterable[JobItem], system: str) -> Iterator[Double]:
    """Job items that carry one line's external id, or bear its token in their text."""
    by_key: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for item in items:
        key = item.external_ids.get(system, "") or _token_key(item)
        if key:
            where = f"job item {item.id}" + (f" on job {item.job.id}" if item.job else "")
            by_key[key][item.id] = where
    for key, places in by_key.items():
        if len(places) > 1:
            what = f"purchase order line {key.replace('%', '/')} stands {len(places)} times in ServiceTrade"
            advice = "Delete the item that is too much in ServiceTrade; nothing is made anew for it."
            yield Double("purchase_orders", key, what, tuple(places.values()), advice)


def of_range(codes: Iterable[str], rule: CodeRule) -> frozenset[str]:
    """The codes that could have been given out by the account's rule."""
    form = re.compile(rf"{re.escape(rule.prefix)}(\d{{{len(str(rule.last))}}})")
    numbers = ((code, form.fullmatch(code)) for code in codes)
    return frozenset(code for code, found in numbers if found and rule.first <= int(found[1]) <= rule.last)


def code_without_record(flow: str, code: str) -> Double:
    """A code that we may have given to a record which was made twice, or that somebody typed within our range."""
    what = "customer" if flow == "customers" else "site"
    return Double(
        flow,
        code,
        f"{what} {code} is of our range of codes, but no record in ServiceTrade carries it",
        (f"{what} {code} in Spectrum",),
        f"If it is a double, make it inactive in Spectrum; if it is somebody's, accept it: ledger accept-double {flow} {code}.",
        is_error=False,
    )


def _token_key(item: JobItem) -> str:
    text = (item.source.ref_number if item.source else "") or item.name
    found = _ITEM_TOKEN.search(text)
    return external_id_of(f"{found[1]}|{found[2]}") if found else ""
