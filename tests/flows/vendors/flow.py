"""Vendors as the engine sees them."""

from st_spectrum.domain.digests import digest
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Evaluation
from st_spectrum.engine.flow_defaults import FlowDefaults
from st_spectrum.engine.looks.changes import UNBOUNDED, Bounds, Changes
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.flows.changes import list_all
from st_spectrum.flows.comparing import FullList, compare_listed
from st_spectrum.flows.context import Context
from st_spectrum.flows.unlisted import ListRead, lacking_masters
from st_spectrum.ledger.documents.records import Cursor
from tests.flows.vendors.description import VENDORS
from tests.flows.vendors.notice import notice
from tests.flows.vendors.rules import NumberVendor, decide_vendor


class VendorsFlow(FlowDefaults):
    """Company -> number; the key is the company's id."""

    name = VENDORS.name
    description = VENDORS

    def __init__(self, context: Context) -> None:
        self._context = context

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:  # noqa: ARG002 - the shape of `Flow`
        """One company, and whether it gets a number."""
        company = self._context.sources.company(int(key))
        version = digest(company and company.model_dump())
        return Evaluation(
            company.name if company else key, version, decide_vendor(company, progress)
        )

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> Changes:
        """Companies by their time of change."""
        return notice(self._context, cursor, bounds)

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:
        """All companies beside the ledger."""
        companies = list_all(self._context.servicetrade.companies)
        full = FullList(self.name, VENDORS.entity_type, companies)
        return compare_listed(self._context, full, carrier, settled_before)

    def vanished_now(self) -> Vanished:
        """Companies that crossed and are not listed."""
        ledger, records = self._context.ledger, list_all(self._context.servicetrade.companies)
        return lacking_masters(ledger, self.name, ListRead.of(ledger, self.name, records))


def build(context: Context) -> Flow:
    """The flow of an account; its commands are carried out by the account's targets."""
    servicetrade, system = context.servicetrade, context.account.servicetrade.external_system

    def send(command: NumberVendor) -> None:
        servicetrade.set_external_id(VENDORS.entity_type, command.company, command.key)

    def find(command: NumberVendor) -> bool | None:
        company = servicetrade.company(command.company)
        return True if company and company.external_ids.get(system) == command.key else None

    context.targets.handlers.add(NumberVendor, send, find)
    return VendorsFlow(context)
