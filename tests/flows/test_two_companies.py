"""One ServiceTrade account feeds two Spectrum companies side by side: what is of an office arrives
in the company of that office, and nowhere else.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from st_spectrum.account.overlap import overlaps
from st_spectrum.flows import FLOWS
from st_spectrum.reconcile.both_sides import compare_both_sides
from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.early_spectrum import TEMPLATE_JOB, add_template
from st_spectrum.sandbox.server import Sandbox
from tests.flows.before_go_live import invoice
from tests.world.contractor import Contractor, empty_contractor

SECOND, SECOND_SYSTEM = "002", "spectrum_two"
CUSTOMERS, SITES = "CR_CUSTOMER_MASTER_MC", "WO_ADDRESS_MC"
JOBS, INVOICES = "JC_JOB_MASTER_MC", "CR_INVOICE_HEADER_MC"
CARDS = "PR_PRE_TC_IMPORT_ERR_MC"
MIDNIGHT = datetime.now(ZoneInfo("America/New_York")).replace(hour=0, minute=0, second=0)
SUNDAY = MIDNIGHT.replace(microsecond=0) - timedelta(days=(MIDNIGHT.weekday() + 1) % 7)
WORKED = int(SUNDAY.timestamp())
"""The first day of this week: older time is looked for at night only."""


@dataclass
class Branch:
    """One office: the Spectrum company that its account file feeds, and what it has of its own."""

    contractor: Contractor
    company_code: str
    job: int = 0
    invoice: int = 0
    site: int = 0
    """On the location of the customer that both offices serve."""
    own_customer: int = 0

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What stands in its Spectrum company."""
        return [
            row
            for row in self.contractor.control.records("spectrum", table)
            if str(row["Company_Code"]).strip() == self.company_code
        ]

    def texts(self, table: str, column: str) -> list[str]:
        return sorted(str(row[column]).strip() for row in self.rows(table))

    def ids(self, kind: str, record: int) -> dict[str, str]:
        """All external ids of a record, by system."""
        return dict(self.contractor.office.get(f"/externalid/{kind}/{record}")["values"])


@dataclass
class Pair:
    """The branches of one contractor."""

    norfolk: Branch
    richmond: Branch
    customer: int
    """Served by both offices."""

    @property
    def offices(self) -> tuple[Branch, Branch]:
        return self.norfolk, self.richmond

    def settle(self) -> None:
        """Both integrations take turns until both are quiet."""
        for _ in range(2):
            for office in self.offices:
                office.contractor.rounds_until_quiet()


@pytest.fixture(scope="module")
def world(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two account files over one ServiceTrade account; everything has crossed."""
    with empty_contractor(running_sandbox, tmp_path_factory.mktemp("norfolk")) as first:
        first.system("spectrum").add_company(SECOND, "Richmond Fire Protection")
        with closing(SpectrumCaller(running_sandbox.spectrum_url, company=SECOND)) as spectrum:
            add_template(spectrum, 2)
        dispatcher = first.dispatcher
        norfolk = dispatcher.office.get(f"/location/{dispatcher.assigned_office}")["name"]
        richmond = dispatcher.location(dispatcher.look_up_own_company(), "Richmond Office")
        first.overrides["scope"] = {"offices": (norfolk,)}
        second = Contractor(
            running_sandbox, tmp_path_factory.mktemp("richmond"), first.before, first.built,
            {
                "scope": {"offices": ("Richmond Office",)},
                "servicetrade": {"external_system": SECOND_SYSTEM},
                "spectrum": {"company_code": SECOND},
            },
        )  # fmt: skip
        made = Pair(
            Branch(first, COMPANY_CODE), Branch(second, SECOND), dispatcher.company("Shared Foods")
        )
        assert dispatcher.assigned_office is not None
        offices = (dispatcher.assigned_office, richmond)
        for office, place in zip(made.offices, offices, strict=True):
            _work(made, office, place)
        for office in made.offices:
            office.contractor.begin_time()
        _time(made)
        made.settle()
        yield made
        second.close()


def _work(world: Pair, office: Branch, place: int) -> None:
    dispatcher = world.norfolk.contractor.dispatcher
    line = dispatcher.office.all("/serviceline", "servicelines")[0]["name"]
    office.site = dispatcher.location(world.customer)
    office.job = dispatcher.job(office.site, line, assignedOfficeId=place)
    office.invoice = invoice(world.norfolk.contractor, office.job, transactionDate=WORKED)
    office.own_customer = dispatcher.company(f"Customer of {office.company_code}")
    own = dispatcher.job(dispatcher.location(office.own_customer), assignedOfficeId=place)
    assert own


def _time(world: Pair) -> None:
    """One card of a technician who worked for both offices on one day."""
    dispatcher = world.norfolk.contractor.dispatcher
    technician = dispatcher.technician("Tom", "1001")
    dispatcher.office.put(f"/externalid/user/{technician}/{SECOND_SYSTEM}", value="1001")
    item = dispatcher.office.post("/libitem", name="Labor", type="labor", code="LAB-REG")["id"]
    line = dispatcher.office.all("/serviceline", "servicelines")[0]["id"]
    rows = [
        {
            "date": WORKED,
            "type": "labor",
            "name": "Labor",
            "libItemId": item,
            "jobId": office.job,
            "serviceLineId": line,
            "quantity": hours,
            "duration": hours * 3600,
        }
        for office, hours in zip(world.offices, (3, 4), strict=True)
    ]
    last = int((SUNDAY + timedelta(days=7)).timestamp()) - 1
    dispatcher.office.post(
        "/timecard", userId=technician, periodStart=WORKED, periodEnd=last, status="approved",
        dayLogs=rows,
    )  # fmt: skip


def test_jobs_and_invoices_arrive_in_the_company_of_their_office_only(world: Pair) -> None:
    for office in world.offices:
        number = str(office.contractor.office.get(f"/job/{office.job}")["number"])
        assert number in office.texts(JOBS, "Job_Number")
        assert len(office.rows(JOBS)) == 3, "the template and two jobs"
        assert TEMPLATE_JOB in office.texts(JOBS, "Job_Number")
        seen = office.contractor.office.get(f"/invoice/{office.invoice}")
        assert seen["status"] == "processed"
        assert office.texts(INVOICES, "Invoice_Or_Transaction") == [seen["invoiceNumber"]]
        assert office.texts(INVOICES, "Job_Number") == [number]


def test_a_customer_of_both_offices_stands_in_both_companies_and_any_other_in_one(
    world: Pair,
) -> None:
    for office in world.offices:
        assert office.texts(CUSTOMERS, "Name") == [
            f"Customer of {office.company_code}",
            "Shared Foods",
        ]
        assert len(office.rows(SITES)) == 2
    assert set(world.norfolk.ids("company", world.customer)) == {"spectrum", SECOND_SYSTEM}


def test_each_integration_types_its_keys_into_its_own_external_system(world: Pair) -> None:
    for office, system in zip(world.offices, ("spectrum", SECOND_SYSTEM), strict=True):
        assert set(office.ids("job", office.job)) == {system}
        assert set(office.ids("location", office.site)) == {system}
        assert set(office.ids("company", office.own_customer)) == {system}


def test_the_rows_of_one_card_are_paid_by_the_company_of_their_job(world: Pair) -> None:
    for office, hours in zip(world.offices, (3, 4), strict=True):
        (card,) = office.rows(CARDS)
        assert float(str(card["Hours"])) == hours
        assert str(card["Employee_Code"]).strip() == "1001"


def test_a_void_is_taken_back_in_its_own_company(world: Pair) -> None:
    office = world.richmond
    made = invoice(world.norfolk.contractor, office.job, transactionDate=WORKED)
    world.settle()
    before = world.norfolk.rows(INVOICES)
    office.contractor.a_minute_passes_in_servicetrade()
    world.norfolk.contractor.dispatcher.change("invoice", made, status="void")
    world.settle()
    assert office.texts(INVOICES, "Transaction_Type") == ["C", "I", "I"]
    assert world.norfolk.rows(INVOICES) == before


def test_each_account_finds_its_own_company_equal_and_nothing_of_the_other(
    world: Pair,
) -> None:
    for office in world.offices:
        with office.contractor.session() as session:
            compared = list(compare_both_sides(session, FLOWS))
        assert [one.words for flow in compared for one in flow.differences] == []
        assert all(flow.compared for flow in compared[:4])


def test_an_order_becomes_an_item_of_the_job_by_the_integration_of_its_company(
    world: Pair,
) -> None:
    line = {
        "Item_Description": "Pump seal kit",
        "PO_Quantity": "2",
        "Unit_Of_Measure": "EA",
        "Item_Price": "310.00",
        "Cost_Type": "M",
    }
    contractor = world.norfolk.contractor
    number = str(contractor.office.get(f"/job/{world.richmond.job}")["number"])
    order = {
        "Vendor_Code": "V0001",
        "Job_Number": number,
        "Status_Flag": "O",
        "PO_Order_Date": "11/03/2026",
        "poDetails": [line],
    }
    with closing(SpectrumCaller(contractor.sandbox.spectrum_url, company=SECOND)) as spectrum:
        spectrum.post_orders([order])
    contractor.control.clear_calls()
    world.norfolk.contractor.rounds_until_quiet()
    assert contractor.control.calls(operation="POST /jobitem") == []
    world.richmond.contractor.rounds_until_quiet()
    items = [
        item
        for item in contractor.control.records("servicetrade", "jobitem")
        if item["name"].startswith("Pump seal kit")
    ]
    assert [item["jobId"] for item in items] == [world.richmond.job]


def test_files_whose_offices_overlap_are_refused(world: Pair) -> None:
    first, second = (office.contractor.account for office in world.offices)
    assert list(overlaps({"norfolk": first, "richmond": second})) == []
    scope = second.scope.model_copy(
        update={"offices": (*second.scope.offices, *first.scope.offices)}
    )
    wider = second.model_copy(update={"scope": scope})
    (refused,) = overlaps({"norfolk": first, "richmond": wider})
    assert refused.startswith("norfolk and richmond would both carry what is of ")
