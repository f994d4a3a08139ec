"""A new company that looks like a customer which Spectrum has already, and which no company
carries: it waits for a person, for a second customer is found when the first reminder goes out.
"""

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from st_spectrum.domain.decisions import Create, Decision, Hold
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.context import Context
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.ledger.documents.records import DecidedNew, MatchApplied
from st_spectrum.servicetrade.models import Company

if TYPE_CHECKING:
    from st_spectrum.match.normalize import Party
    from st_spectrum.match.pairs import Pair

FRESH_SECONDS = 300.0
"""So old the list of customers may be: a person types one in minutes."""
MOST_NAMED = 3


class Lookalikes:
    """Looks for them, once a list of `st-spectrum match` was applied. Safe for several threads."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._customers: tuple[Sequence[Party], float] | None = None
        self._lock = threading.Lock()

    def checked(self, company: Company | None, decision: Decision, progress: Progress) -> Decision:
        """The decision, or a hold in its place. Work that was begun is always completed."""
        is_new = (
            isinstance(decision, Create) and not decision.standing and not progress.is_half_done
        )
        if company is None or not is_new or not self._is_wanted(company):
            return decision
        codes = self._codes_like(company)
        return hold_for(codes) if codes else decision

    def _is_wanted(self, company: Company) -> bool:
        if self._context.account.customers.lookalikes == "write":
            return False
        ledger, flow = self._context.ledger, CUSTOMERS.name
        return ledger.has(MatchApplied, flow) and not ledger.has(DecidedNew, flow, str(company.id))

    def _codes_like(self, company: Company) -> list[str]:
        from st_spectrum.match.pairs import pairs_of
        from st_spectrum.match.readers import party_of_company

        party = party_of_company(company, "")
        pairs = [pair for pair in pairs_of([party], self._all_customers()) if resembles(pair)]
        pairs.sort(key=lambda pair: pair.weight, reverse=True)
        codes = (pair.there.key for pair in pairs)
        return [code for code in codes if not self._is_carried(code)][:MOST_NAMED]

    def _is_carried(self, code: str) -> bool:
        if "/" in code or not code.strip("."):
            return False  # cannot be asked for
        return self._context.servicetrade.find_by_external_id("company", code) is not None

    def _all_customers(self) -> "Sequence[Party]":
        from st_spectrum.match.readers import party_of_customer, shown_customers

        with self._lock:
            now = time.monotonic()
            if self._customers is None or now - self._customers[1] >= FRESH_SECONDS:
                rows, _ = shown_customers(self._context.spectrum)
                parties = [party_of_customer(row, {}) for row in rows]
                self._customers = [party for party in parties if party.key], now
            return self._customers[0]


def resembles(pair: "Pair") -> bool:
    """Whether a company may well be that customer: the same name, unless it lies elsewhere; or
    almost the same at the same phone or address.
    """
    from st_spectrum.match.pairs import NEAR_SCORE

    if not pair.has_equal_numbers:
        return False
    shares = pair.has_equal_phone or pair.has_equal_door
    if pair.has_equal_name:
        return shares or not pair.is_elsewhere
    return shares and pair.score >= NEAR_SCORE


def hold_for(codes: Sequence[str]) -> Hold:
    """What such a company says while it waits."""
    shown = ", ".join(codes)
    return Hold(
        f"looks like {shown}, which no company in ServiceTrade carries",
        f"If it is, enter {codes[0]} as external id of the company in ServiceTrade. If it is not,"
        " say new in a list of st-spectrum match, then st-spectrum match apply.",
        ("a person",),
        "it looks like a customer that Spectrum has already",
    )
