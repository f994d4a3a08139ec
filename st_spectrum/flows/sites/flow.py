"""Locations as the engine sees them."""

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Decision
from st_spectrum.domain.digests import digest
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.flow import SharedKeys, Sight, Silent
from st_spectrum.flows.jobs.site_customers import KEPT, keep_customer
from st_spectrum.flows.sites.description import SITES
from st_spectrum.flows.sites.rules import SiteBundle, decide_site
from st_spectrum.flows.sources import Sources
from st_spectrum.ledger.ledger import Ledger


class SitesFlow(Silent):
    """Location -> work-order site; the key is the location's id."""

    name = SITES.name
    description = SITES
    shared_keys = SharedKeys(record="location", outcome="one work-order site")

    def __init__(self, account: Account, sources: Sources, ledger: Ledger) -> None:
        self._account = account
        self._sources = sources
        self._ledger = ledger

    def look(self, key: str, progress: Progress, standing: Standing) -> Sight:  # noqa: ARG002 - the shape of `Flow`
        """One location with its company, and what is to become of it."""
        location = self._sources.location(int(key))
        company = self._sources.company(location.company.id) if location else None
        went_to = (self._ledger.kept(KEPT, key) or "") if progress.is_confirmed else ""
        decision = decide_site(SiteBundle(location, company, progress, went_to), self._account)
        return Sight(
            location.name if location else f"location {key}", digest(location and location.model_dump()), decision
        )

    def before_sending(self, key: str, decision: Decision) -> None:
        """Keep the customer with which the site goes out."""
        keep_customer(self._ledger, KEPT, key, decision)
