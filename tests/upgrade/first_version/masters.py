"""Customers, sites and jobs in every state."""

from datetime import timedelta
from typing import Any

from office import EXTERNAL, SUNDAY, Office

LATER = {"kind": "fail_before", "system": "spectrum", "count": 2}
"""Twice a web server's error in place of the answer: the first is looked up, after the second nobody knows."""


def write_customers(office: Office) -> None:
    for arrives in (True, False):
        for operation in ("AddCustomer", EXTERNAL):
            company = office.company(f"Customer {operation} {'there' if arrives else 'not there'}")
            office.kill("customers", company, operation, arrives=arrives)
    company = office.company("Customer nobody knows of")
    entry = office.fail(
        "customers", company, "AddCustomer unknown", {"operation": "AddCustomer", **LATER}
    )
    assert entry.state == "unknown", entry
    company = office.company("Customer refused")
    entry = office.fail(
        "customers",
        company,
        "AddCustomer refused",
        {"system": "spectrum", "operation": "AddCustomer", "kind": "locked"},
    )
    assert entry.state == "rejected", entry
    company = office.company("Customer in Texas", addressState="TX")
    assert office.run("customers", company, "held for a setting").state == "held"
    company = office.company("Vendor", customer=False, vendor=True)
    assert office.run("customers", company, "skipped as a vendor").state == "skipped"
    company = office.company("Linked by hand")
    office.give("company", company, "OLD001")
    assert office.run("customers", company, "skipped as linked").state == "skipped"
    company = office.company("Customer with another spelling")
    office.kill("customers", company, "AddCustomer", arrives=True)
    code = office.entry("customers", company).target_key
    _respell(office, "CR_CUSTOMER_MASTER_MC", "Customer_Code", code, {"Zip_Code": "23511"})
    entry = office.run("customers", company, "AddCustomer in doubt, another spelling there")
    assert entry.state == "held" and entry.started_steps, entry
    company = office.company("Company without sites")
    assert office.run("customers", company, "crossed, without sites").state == "confirmed"
    with office.session() as session:
        session.ledger.mark_taken("customers", "C00050")


def _respell(office: Office, table: str, column: str, key: str, values: dict[str, str]) -> None:
    """A person changes a row at the Spectrum screen."""
    system = office.sandbox._rig.systems["spectrum"].app.state.sandbox
    changes = ", ".join(f"{name} = ?" for name in values)
    with system.database.writing() as book:
        rows = book.connection.execute(
            f"UPDATE {table} SET {changes} WHERE trim({column}) = ?", (*values.values(), key)
        )
        assert rows.rowcount == 1


def write_sites(office: Office, company: int) -> None:
    for arrives in (True, False):
        for operation in ("AddWOSiteAddress", EXTERNAL):
            location = office.location(
                company, f"Site {operation} {'there' if arrives else 'not there'}"[:30]
            )
            office.kill("sites", location, operation, arrives=arrives)
    location = office.location(company, "Site nobody knows of")
    entry = office.fail(
        "sites", location, "AddWOSiteAddress unknown", {"operation": "AddWOSiteAddress", **LATER}
    )
    assert entry.state == "unknown", entry
    location = office.location(company, "Site refused")
    fault = {"system": "spectrum", "operation": "AddWOSiteAddress", "kind": "locked"}
    assert office.fail("sites", location, "AddWOSiteAddress refused", fault).state == "rejected"
    coming = office.company("Customer not yet there")
    location = office.location(coming, "Site of a coming customer")
    assert office.run("sites", location, "held for its customer").state == "held"
    office.names[f"customers/{coming}"] = "held because a site waits for it"
    location = office.location(company, "Closed site", status="inactive")
    assert office.run("sites", location, "skipped as inactive").state == "skipped"


JOB_STEPS = ("AddJob", "AddPhase", "UpdateJob_UDF", "UpdateJob", EXTERNAL)


def write_jobs(office: Office, location: int) -> dict[str, Any]:
    for arrives in (True, False):
        for operation in JOB_STEPS:
            office.kill("jobs", office.job(location), operation, arrives=arrives)
    entry = office.fail("jobs", office.job(location), "", {"operation": "AddJob", **LATER})
    assert entry.state == "unknown", entry
    office.names[f"jobs/{entry.key}"] = "AddJob unknown"
    fault = {"system": "spectrum", "operation": "AddJob", "kind": "locked"}
    job = office.job(location)
    assert office.fail("jobs", job, "AddJob refused", fault).state == "rejected"
    far = office.location(office.company("Customer of a far site"), "Far site")
    waiting = office.job(far)
    assert office.run("jobs", waiting, "held for its site").state == "held"
    job = office.job(location, type="training")
    assert office.run("jobs", job, "skipped by its type").state == "skipped"
    job = office.job(location)
    office.hand.put(f"/job/{job}", status="canceled")
    assert office.run("jobs", job, "skipped as canceled").state == "skipped"
    job = office.job(location)
    office.give("job", job, "OLDJOB")
    assert office.run("jobs", job, "skipped as linked").state == "skipped"
    crossed = office.job(location)
    assert office.run("jobs", crossed, "crossed, then renamed").state == "confirmed"
    office.hand.put(f"/job/{crossed}", customName="Another name")
    return {"waiting": waiting}


def change_since(office: Office, company: int, location: int, job: int) -> None:
    """What people did after the last look: all of this, and nothing else, is news for a round."""
    number = office.carried("job", job)
    names = {
        f"customers/{office.company('New company')}": "new company",
        f"sites/{office.location(company, 'New site')}": "new location",
        f"jobs/{office.job(location)}": "new job",
        f"invoices/{office.invoice(job, 120)}": "new invoice",
        f"purchase_orders/{office.order(number)}|1": "new order",
    }
    card = office.card(0, job, SUNDAY, 4.5)
    row = office.hand.get(f"/timecard/{card}")["dayLogs"][0]
    names[f"timecards/{SUNDAY + timedelta(days=6):%Y%m%d}.timecard.{row['id']}"] = "new time"
    office.names.update(names)
    key = next(key for key, name in office.names.items() if name == "crossed, without sites")
    # A name stands on everything of its company: this one has nothing else, or all of that would be news too.
    office.hand.put(f"/company/{key.partition('/')[2]}", name="Renamed Company")
    office.names[key] = "crossed, renamed since the last look"
    key = next(
        key
        for key, name in office.names.items()
        if name == "made, changed in Spectrum since the last poll"
    )
    office.control.order(
        key.partition("/")[2].partition("|")[0], "change_line", line=1, quantity="7"
    )
    key = next(key for key, name in office.names.items() if name == "crossed by SOAP")
    office.hand.put(f"/invoice/{key.partition('/')[2]}", status="void")
    office.names[key] = "crossed by SOAP, voided since the last look"
