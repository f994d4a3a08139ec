"""Whose site it is in Spectrum: the customer of the day on which it crossed, whatever ServiceTrade
says since; and how that is kept, of jobs too.

No service changes the customer of a site [SP 9], and nothing of a job that crossed is written
again.
"""

import time
from dataclasses import dataclass

from st_spectrum.domain.decisions import Create, Decision, Update
from st_spectrum.domain.errors import SyncFault
from st_spectrum.ledger.documents.records import JobCustomer, SiteCustomer
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible

FRESH_SECONDS = 60.0


@dataclass(frozen=True)
class _Seen:
    customer: str
    at: float


class SiteCustomers:
    """Answers from the ledger as long as that says what is expected, else from Info-Link. Safe for
    several threads.
    """

    def __init__(self, ledger: Ledger, spectrum: Spectrum) -> None:
        self._ledger = ledger
        self._spectrum = spectrum
        self._seen: dict[str, _Seen] = {}

    def customer_of(self, location_id: int, site_id: str, expected: str) -> str:
        """The code of the site's customer, "" when nobody can tell. A site that people linked by
        hand is only in Spectrum.
        """
        kept = self._kept(location_id, site_id)
        return expected if kept == expected else self._in_spectrum(site_id) or kept

    def _kept(self, location_id: int, site_id: str) -> str:
        held = self._ledger.get("sites", str(location_id))
        is_ours = held is not None and held.entry.target_key == site_id
        return kept_customer(self._ledger, SiteCustomer, str(location_id)) if is_ours else ""

    def _in_spectrum(self, site_id: str) -> str:
        seen = self._seen.get(site_id)
        if seen is None or time.monotonic() - seen.at >= FRESH_SECONDS:
            try:
                row = self._spectrum.find_site(site_id) or {}
            except (LookupImpossible, SyncFault):
                return ""  # jobs do not stop because one table of Info-Link is closed
            seen = self._seen[site_id] = _Seen(
                row.get("Site_Customer_Code", "").strip(), time.monotonic()
            )
        return seen.customer


def kept_customer(ledger: Ledger, model: type[SiteCustomer | JobCustomer], key: str) -> str:
    """The customer with which a record went out; "" where that was not kept."""
    kept = ledger.document(model, key)
    return kept.code if kept else ""


def keep_customer(
    ledger: Ledger, model: type[SiteCustomer | JobCustomer], key: str, decision: Decision
) -> None:
    """Keep the customer with which a site or a job goes out: it may move afterwards."""
    if isinstance(decision, Create | Update):
        commands = (command for step in decision.steps for command in step.calls)
        if code := next(filter(None, (command.customer_code for command in commands)), None):
            ledger.put(model(code), key)
