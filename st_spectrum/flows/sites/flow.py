"""Locations as the engine sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from st_spectrum.domain.commands import Command
from st_spectrum.domain.compared import UNSEEN, FlowCompared
from st_spectrum.domain.decisions import Create, Decision
from st_spectrum.domain.digests import digest
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Evaluation, Rebuilt, Unlinked
from st_spectrum.engine.flow_defaults import FlowDefaults
from st_spectrum.engine.looks.changes import UNBOUNDED, Bounds, Changes
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.retries.delays import moment_of
from st_spectrum.flows.changes import list_all
from st_spectrum.flows.comparing import FullList, compare_listed
from st_spectrum.flows.context import Context
from st_spectrum.flows.go_live import waits_for_need
from st_spectrum.flows.linking import link_record, steps_at_the_source, unlink_record
from st_spectrum.flows.loose_codes import loose_codes
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.rebuilding import CodedFlow, carries_code, rebuild_coded
from st_spectrum.flows.sites.description import SITES
from st_spectrum.flows.sites.notice import notice
from st_spectrum.flows.sites.rules import SiteBundle, decide_site
from st_spectrum.flows.sites.sides import site_sides
from st_spectrum.flows.sites.site_customers import keep_customer, kept_customer
from st_spectrum.flows.sites.target import KIND, handle
from st_spectrum.flows.stored_masters import StoredMasters
from st_spectrum.flows.unlisted import ListRead, lacking_masters
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.documents.records import Cursor, SiteCustomer
from st_spectrum.ledger.entry import Entry
from st_spectrum.spectrum.lookup_answers import CodesInUse


class SitesFlow(FlowDefaults):
    """Location -> work-order site; the key is the location's id."""

    name = SITES.name
    description = SITES
    has_second_guard = True
    unseen_note = "Sites that were half-way cannot be seen in Spectrum without Info-Link."

    def __init__(self, context: Context) -> None:
        self._context = context
        self._account = context.account
        self._sources = context.sources
        self._ledger = context.ledger
        self._stored = StoredMasters(context, KIND, context.account.sites.codes)

    def standing(self, keys: Sequence[str]) -> Standing:
        """Sites that stand there as these locations would be written."""
        return self._stored.standing(keys, self._insert_of)

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:
        """One location with its company, and what is to become of it."""
        location = self._sources.location(int(key))
        company = self._sources.company(location.company.id) if location else None
        went_to = kept_customer(self._ledger, SiteCustomer, key) if progress.is_confirmed else ""
        bundle = SiteBundle(location, company, progress, went_to)
        decision = decide_site(bundle, self._account)
        if waits_for_need(decision) and self._context.needed.has(self.name, key):
            decision = decide_site(replace(bundle, is_needed=True), self._account)
        decision = self._stored.checked(key, decision, progress, standing)
        return Evaluation(
            location.name if location else f"location {key}",
            digest(location and location.model_dump()),
            decision,
            changed_at=moment_of(location.updated) if location else None,
        )

    def _insert_of(self, key: str) -> Command | None:
        """What would be sent once something needs it."""
        location = self._sources.location(int(key))
        company = self._sources.company(location.company.id) if location else None
        decision = decide_site(SiteBundle(location, company, is_needed=True), self._account)
        return decision.steps[0].calls[0] if isinstance(decision, Create) else None

    def before_sending(self, key: str, decision: Decision) -> None:
        """Keep the customer with which the site goes out."""
        keep_customer(self._ledger, SiteCustomer, key, decision)

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> Changes:
        """Locations by their time of change."""
        changes = notice(self._context, cursor, bounds)
        self._sources.keep("location", changes.records)
        return changes

    def shows_what_crossed(self, changes: Changes) -> bool:
        """Whether a location carries a site id of our range."""
        codes = self._account.sites.codes.as_range(self.name)
        return carries_code(changes.records, codes, self._account.servicetrade.external_system)

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:
        """All locations beside the ledger."""
        locations = list_all(self._context.servicetrade.locations)
        full = FullList(self.name, "location", locations)
        return compare_listed(self._context, full, carrier, settled_before)

    def vanished_now(self) -> Vanished:
        """Locations that crossed and are not listed."""
        records = list_all(self._context.servicetrade.locations)
        return lacking_masters(
            self._ledger, self.name, ListRead.of(self._ledger, self.name, records)
        )

    def find_doubles(self, carried: frozenset[str], now: float) -> Iterable[Double]:  # noqa: ARG002 - the shape of `Flow`
        """Site ids of our range that no location carries."""
        if self._context.spectrum.infolink is None:
            return ()
        return loose_codes(
            self._ledger, self.name, self.codes_in_use().codes, self._account.sites.codes, carried
        )

    def compare_sides(self, lists: SourceLists, month: str) -> FlowCompared:  # noqa: ARG002 - none has a date
        """All sites of both systems."""
        reader = self._context.spectrum.infolink
        if reader is None:
            return FlowCompared(self.name, unseen=UNSEEN)
        return site_sides(self._context, self, lists, reader).compare()

    def find_named(self, target_key: str) -> str:
        """A work-order site of this id."""
        site = self._context.spectrum.find_site(target_key)
        return f"site {target_key} {site.get('Site_Name', '')}".strip() if site else ""

    def link(self, key: str, target_key: str) -> None:
        """The external id."""
        link_record(self._context, "location", key, target_key)

    def unlink(self, entry: Entry) -> Unlinked:
        """The external id goes."""
        return unlink_record(self._context, "location", entry)

    def steps_left(self, entry: Entry) -> tuple[str, ...]:
        """The external id stays."""
        return steps_at_the_source(entry, self.find_named(entry.target_key))

    def codes_in_use(self) -> CodesInUse:
        """All site ids."""
        return self._context.spectrum.site_ids()

    def rebuild(self) -> Rebuilt:
        """Locations that carry their site id, and those that stand in Spectrum without it."""
        locations = list(self._context.servicetrade.locations())
        self._sources.keep("location", locations)
        spectrum, codes = self._context.spectrum, self._account.sites.codes.as_range(self.name)
        coded = CodedFlow(self, codes, "site", spectrum.find_site, KIND.same)
        return rebuild_coded(self._context, coded, locations)


def build(context: Context) -> Flow:
    """The flow of an account; its commands are carried out by the account's targets."""
    others = OtherKeys(context.servicetrade, context.ledger, context.targets.newest)
    handle(context.targets.handlers, context.spectrum, others)
    return SitesFlow(context)
