"""Companies as the engine sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from st_spectrum.domain.commands import Command
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Create
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
from st_spectrum.flows.customers.crossed_under import stays_under
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.customers.lookalikes import Lookalikes
from st_spectrum.flows.customers.notice import notice
from st_spectrum.flows.customers.rules import CustomerBundle, decide_customer
from st_spectrum.flows.customers.sides import compare_customers
from st_spectrum.flows.customers.target import KIND, handle
from st_spectrum.flows.go_live import waits_for_need
from st_spectrum.flows.linking import link_record, steps_at_the_source, unlink_record
from st_spectrum.flows.loose_codes import loose_codes
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.rebuilding import CodedFlow, carries_code, rebuild_coded
from st_spectrum.flows.stored_masters import StoredMasters
from st_spectrum.flows.unlisted import ListRead, lacking_masters
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import Entry
from st_spectrum.spectrum.lookup_answers import CodesInUse


class CustomersFlow(FlowDefaults):
    """Company -> AR customer; the key is the company's id."""

    name = CUSTOMERS.name
    description = CUSTOMERS
    unseen_note = "Customers that were half-way cannot be seen in Spectrum without Info-Link."

    has_second_guard = True

    def __init__(self, context: Context) -> None:
        self._context = context
        self._account = context.account
        self._sources = context.sources
        self._lookalikes = Lookalikes(context)
        self._stored = StoredMasters(context, KIND, context.account.customers.codes)

    def standing(self, keys: Sequence[str]) -> Standing:
        """Customers that stand there as these companies would be written."""
        return self._stored.standing(keys, self._insert_of)

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:
        """One company, and what is to become of it."""
        company = self._sources.company(int(key))
        named = self._sources.with_terms(company) if company else None
        bundle = CustomerBundle(named, progress)
        decision = decide_customer(bundle, self._account)
        if waits_for_need(decision) and self._context.needed.has(self.name, key):
            decision = decide_customer(replace(bundle, is_needed=True), self._account)
        decision = self._stored.checked(key, decision, progress, standing)
        return Evaluation(
            company.name if company else f"company {key}",
            digest(company and company.model_dump()),
            self._lookalikes.checked(named, decision, progress),
            changed_at=moment_of(company.updated) if company else None,
        )

    def _insert_of(self, key: str) -> Command | None:
        """What would be sent once something needs it."""
        company = self._sources.company(int(key))
        bundle = CustomerBundle(company and self._sources.with_terms(company), is_needed=True)
        decision = decide_customer(bundle, self._account)
        return decision.steps[0].calls[0] if isinstance(decision, Create) else None

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> Changes:
        """Companies by their time of change."""
        changes = notice(self._context, cursor, bounds)
        self._sources.keep("company", changes.records)
        return changes

    def shows_what_crossed(self, changes: Changes) -> bool:
        """Whether a company carries a customer code of our range."""
        codes = self._account.customers.codes.as_range(self.name)
        return carries_code(changes.records, codes, self._account.servicetrade.external_system)

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:
        """All companies beside the ledger."""
        companies = list_all(self._context.servicetrade.companies)
        full = FullList(self.name, "company", companies)
        return compare_listed(self._context, full, carrier, settled_before)

    def vanished_now(self) -> Vanished:
        """Companies that crossed and are not listed."""
        records = list_all(self._context.servicetrade.companies)
        return lacking_masters(
            self._context.ledger, self.name, ListRead.of(self._context.ledger, self.name, records)
        )

    def find_doubles(self, carried: frozenset[str], now: float) -> Iterable[Double]:  # noqa: ARG002 - the shape of `Flow`
        """Customer codes of our range that no company carries."""
        if self._context.spectrum.infolink is None:
            return ()
        in_use = self.codes_in_use().codes
        return loose_codes(
            self._context.ledger, self.name, in_use, self._account.customers.codes, carried
        )

    def compare_sides(self, lists: SourceLists, month: str) -> FlowCompared:  # noqa: ARG002 - none has a date
        """All customers of both systems."""
        return compare_customers(self._context, self, lists)

    def find_named(self, target_key: str) -> str:
        """An AR customer of this code."""
        customer = self._context.spectrum.find_customer(target_key)
        return f"AR customer {target_key} {customer.get('Name', '')}".strip() if customer else ""

    def link(self, key: str, target_key: str) -> None:
        """The external id."""
        link_record(self._context, "company", key, target_key)

    def unlink(self, entry: Entry) -> Unlinked:
        """The external id goes; what crossed under it meanwhile stays there."""
        unlinked = unlink_record(self._context, "company", entry)
        stays = stays_under(self._context.ledger, entry.target_key)
        return replace(unlinked, note=" ".join(filter(None, (unlinked.note, stays))))

    def steps_left(self, entry: Entry) -> tuple[str, ...]:
        """The external id stays."""
        return steps_at_the_source(entry, self.find_named(entry.target_key))

    def codes_in_use(self) -> CodesInUse:
        """All customer codes."""
        return self._context.spectrum.customer_codes()

    def rebuild(self) -> Rebuilt:
        """Companies that carry their code, and those that stand in Spectrum without it."""
        companies = list(self._context.servicetrade.companies())
        self._sources.keep("company", companies)
        spectrum, codes = self._context.spectrum, self._account.customers.codes.as_range(self.name)
        coded = CodedFlow(self, codes, "customer", spectrum.find_customer, KIND.same)
        return rebuild_coded(self._context, coded, companies)


def build(context: Context) -> Flow:
    """The flow of an account; its commands are carried out by the account's targets."""
    others = OtherKeys(context.servicetrade, context.ledger, context.targets.newest)
    handle(context.targets.handlers, context.spectrum, others)
    return CustomersFlow(context)
