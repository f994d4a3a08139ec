"""Whose job it is in Spectrum: the customer of the day on which it crossed, whatever ServiceTrade
says since. Nothing of a job that crossed is written again.
"""

from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.sites.site_customers import kept_customer
from st_spectrum.ledger.documents.records import JobCustomer
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible


class JobCustomers:
    """Only where the ledger says another customer than expected Spectrum is asked
    what is true by now.
    """

    def __init__(self, ledger: Ledger, spectrum: Spectrum) -> None:
        self._ledger = ledger
        self._spectrum = spectrum

    def customer_of(self, job_id: int, number: str, expected: str) -> str:
        """The code of the customer of Spectrum job `number`, if another than expected; else ""."""
        kept = kept_customer(self._ledger, JobCustomer, str(job_id))
        held = self._ledger.get("jobs", str(job_id)) if kept not in ("", expected) else None
        if held is None or number not in held.entry.target_key.split(SEPARATOR):
            return ""
        try:
            row = self._spectrum.find_job(number) or {}
        except (LookupImpossible, SyncFault):
            return kept
        now = row.get("Customer_Code", "").strip() or kept
        return "" if now == expected else now
