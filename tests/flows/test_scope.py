"""One ServiceTrade account that feeds several Spectrum companies: each account file carries what is
of its offices, and a company that two of them need crosses to both.
"""

from datetime import date
from typing import Any

import pytest

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip
from st_spectrum.engine.report import Result
from st_spectrum.flows.go_live import NO_OFFICE, SCOPE
from st_spectrum.flows.invoices.documents import InvoiceBundle
from st_spectrum.flows.invoices.rules import decide_invoice
from st_spectrum.flows.jobs.at_work import left_out
from st_spectrum.flows.purchase_orders.desired import ItemLeftAlone, JobName, Match
from st_spectrum.flows.purchase_orders.rules import _without_match
from st_spectrum.flows.sites.rules import SiteBundle, decide_site
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.obstacles import obstacle
from st_spectrum.ledger.entry import State
from st_spectrum.servicetrade.models import Job, Reference
from tests.flows.invoices.test_invoice_cost_centers import line
from tests.flows.invoices.test_invoice_money import invoice
from tests.flows.records import account, company, job, location
from tests.flows.timecards.deciding_time import entry as time_entry
from tests.world.contractor import Contractor

NORFOLK, RICHMOND = {"id": 901, "name": "Norfolk Office"}, {"id": 902, "name": "Richmond Office"}


def scoped(*offices: str, **sections: Any) -> Account:
    return account(scope={"offices": offices or ("norfolk office",)}, **sections)


def of(office: dict[str, Any] | None) -> Job:
    return job(assignedOffice=office)


def kind(decision: Decision | None) -> str:
    if isinstance(decision, Skip):
        return decision.by_setting
    return type(decision).__name__


@pytest.mark.parametrize(
    ("office", "expected"),
    [(NORFOLK, "NoneType"), (RICHMOND, SCOPE), (None, "Hold")],
    ids=["its own", "another", "none"],
)
def test_a_job_of_another_office_is_left_out_whoever_needs_it(
    office: dict[str, Any] | None, expected: str
) -> None:
    for is_needed in (False, True):
        decision = left_out(of(office), scoped(), is_needed=is_needed)
        assert kind(decision) == expected
    if isinstance(decision, Hold):
        assert decision.reason == NO_OFFICE


def test_without_a_scope_every_office_crosses() -> None:
    for office in (NORFOLK, RICHMOND, None):
        assert left_out(of(office), account(), is_needed=False) is None


def test_a_site_that_an_office_of_the_account_serves_crosses_at_once() -> None:
    its_company = company(externalIds={"spectrum": "C1"})
    for offices, expected in (((NORFOLK,), Create), ((RICHMOND,), Skip), ((), Skip)):
        site = location(offices=list(offices))
        assert isinstance(decide_site(SiteBundle(site, its_company), scoped()), expected)
        needed = SiteBundle(site, its_company, is_needed=True)
        assert isinstance(decide_site(needed, scoped()), Create)


@pytest.mark.parametrize(
    ("of_job", "of_card", "expected"),
    [
        (NORFOLK, "Richmond Office", "NoneType"),
        (RICHMOND, "Norfolk Office", SCOPE),
        (None, "Norfolk Office", "NoneType"),
        (None, "Richmond Office", SCOPE),
        (None, "", "Hold"),
    ],
)
def test_time_goes_with_its_job_and_else_with_its_card(
    of_job: dict[str, Any] | None, of_card: str, expected: str
) -> None:
    piece = time_entry(office=of_card)
    bundle = TimecardBundle(entry=piece, today=date(2025, 11, 10), job=of(of_job))
    assert kind(obstacle(bundle, piece, scoped())) == expected


def test_an_order_line_for_a_job_of_another_office_makes_no_item() -> None:
    match = Match(JobName("10482"), pending_job=of(RICHMOND))
    desired = _without_match(match, scoped())
    assert isinstance(desired, ItemLeftAlone) and "Richmond Office" in desired.reason


def test_only_what_is_of_its_offices_crosses_and_the_rest_is_counted(
    contractor: Contractor,
) -> None:
    name = contractor.office.get(f"/location/{contractor.dispatcher.assigned_office}")["name"]
    ours, theirs = contractor.dispatcher.chain(), contractor.dispatcher.chain()
    contractor.overrides["scope"] = {"offices": (name,)}
    second = contractor.dispatcher.location(
        contractor.dispatcher.look_up_own_company(), "Richmond Office"
    )
    contractor.dispatcher.change("job", theirs[2], assignedOfficeId=second)
    reports = contractor.round()
    assert reports["jobs"].counts()[Result.OUT_OF_SCOPE] == 1
    assert reports["customers"].counts()[Result.OUT_OF_SCOPE] == 1
    for kind_, record in zip(("company", "location", "job"), ours, strict=True):
        assert contractor.dispatcher.external_id(kind_, record), kind_
    for kind_, record in zip(("company", "location", "job"), theirs, strict=True):
        assert not contractor.dispatcher.external_id(kind_, record), kind_
    held = contractor.entry_of("jobs", theirs[2])
    assert held.state is State.SKIPPED and "Richmond Office" in held.reason


@pytest.mark.parametrize(
    ("of_invoice", "of_job", "expected"),
    [
        (NORFOLK, NORFOLK, "Create"),
        (None, NORFOLK, "Create"),
        (RICHMOND, NORFOLK, SCOPE),
        (None, RICHMOND, SCOPE),
        (NORFOLK, RICHMOND, "Hold"),
        (None, None, "Hold"),
    ],
)
def test_an_invoice_has_its_own_office_or_that_of_its_job(
    of_invoice: dict[str, Any] | None, of_job: dict[str, Any] | None, expected: str
) -> None:
    made = invoice([line(1, "100.00", "Sprinkler")]).model_copy(
        update={"assigned_office": of_invoice and Reference.model_validate(of_invoice)}
    )
    carried = {} if of_job == RICHMOND else {"spectrum": "10482"}
    bundle = InvoiceBundle(made, date(2026, 6, 1), job(assignedOffice=of_job, externalIds=carried))
    decision = decide_invoice(bundle, scoped(invoices={"gl": {"default": "4000"}}))
    assert kind(decision) == expected, decision
    if expected == "Hold" and of_invoice:
        assert "Assign invoice and job to the same office" in decision.advice  # type: ignore[union-attr]
