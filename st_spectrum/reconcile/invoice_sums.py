"""Whether the ledger's invoices add up: what was posted for each is, to the cent, what ServiceTrade
asked for.

One look is bounded, for it takes two reads for each invoice. It begins with the records that the
caller names and those found wrong before, and then goes on where the last look ended, so that every
invoice has its turn again and again.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from time import monotonic

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.flows.invoices.kept import kept_documents
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.documents.invoices import SumsSeen
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

FLOW = "invoices"
MOST = 1000
SECONDS = 3.0
WRONG_REMEMBERED = 500


@dataclass(frozen=True)
class Sum:
    """A confirmed invoice: what it asked for, and the net of the documents kept for it; None where
    that cannot be read.
    """

    key: str
    title: str
    target_key: str
    amount: Decimal | None
    documents: Decimal | None

    @property
    def agrees(self) -> bool:
        """To the cent."""
        return self.amount is not None and self.amount == self.documents


@dataclass(frozen=True)
class SumsComparison:
    """What one look saw: the confirmed invoices among the `seen` that it read, and how many are
    `known` to the ledger.
    """

    sums: tuple[Sum, ...]
    seen: int
    known: int

    @property
    def wrong(self) -> tuple[Sum, ...]:
        """Those that do not add up."""
        return tuple(invoice for invoice in self.sums if not invoice.agrees)


def compare_sums(
    ledger: Ledger, first: Iterable[str] = (), most: int = MOST, seconds: float = SECONDS
) -> SumsComparison:
    """At most `most` invoices in about `seconds`: those in `first`, those wrong before, then the
    next in turn.

    Raises the ledger's error families.
    """
    until = monotonic() + seconds
    known = sorted(ledger.keys(FLOW), key=_by_number)
    after, wrong = _recall(ledger)
    start = bisect_right(known, _by_number(after), key=_by_number)
    in_turn = [*known[start:], *known[:start]]
    seen: dict[str, Sum | None] = {}
    exists = frozenset(known)
    for key in filter(exists.__contains__, dict.fromkeys([*first, *wrong, *in_turn])):
        if len(seen) >= most or (seen and monotonic() > until):
            break
        seen[key] = _sum_of(ledger, key)
    found_wrong = [
        invoice.key for invoice in seen.values() if invoice is not None and not invoice.agrees
    ]
    _remember(ledger, _last(in_turn, seen) or after, found_wrong, seen)
    return SumsComparison(
        tuple(invoice for invoice in seen.values() if invoice is not None), len(seen), len(known)
    )


def _by_number(key: str) -> tuple[int, str]:
    return len(key), key


def _last(in_turn: list[str], seen: dict[str, Sum | None]) -> str:
    """The end of what was seen in turn without a gap."""
    last = ""
    for key in in_turn:
        if key not in seen:
            break
        last = key
    return last


def _sum_of(ledger: Ledger, key: str) -> Sum | None:
    """None for an invoice that is not confirmed: what waits is not posted completely, what is void
    was taken back.
    """
    try:
        held = ledger.get(FLOW, key)
    except ContractBroken:
        return Sum(key, f"invoice {key}", "", None, None)
    if held is None or held.entry.state is not State.CONFIRMED:
        return None
    entry = held.entry
    return Sum(
        key, entry.title or f"invoice {key}", entry.target_key, _asked(entry), _posted(ledger, key)
    )


def _asked(entry: Entry) -> Decimal | None:
    try:
        return Decimal(entry.amount)
    except InvalidOperation:
        return None


def _posted(ledger: Ledger, key: str) -> Decimal | None:
    try:
        return sum((document.total for document in kept_documents(ledger, key)), Decimal(0))
    except (DamagedDocument, KeyError, InvalidOperation):
        return None


def _recall(ledger: Ledger) -> tuple[str, list[str]]:
    seen = ledger.document_or_none(SumsSeen, FLOW) or SumsSeen()
    return seen.after, list(seen.wrong)


def _remember(ledger: Ledger, after: str, wrong: list[str], seen: Container[str]) -> None:
    """What another look found wrong meanwhile stays until somebody has looked at it again."""

    def with_these(before: SumsSeen | None) -> SumsSeen:
        still_wrong = (key for key in (before.wrong if before else ()) if key not in seen)
        known = tuple(dict.fromkeys([*wrong, *still_wrong]))
        return SumsSeen(after, known[:WRONG_REMEMBERED])

    ledger.revise(SumsSeen, FLOW, with_these)
