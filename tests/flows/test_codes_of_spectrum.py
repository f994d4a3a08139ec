"""`from: spectrum`: codes are those that customer, job and template job have in Spectrum at the
moment, and a record waits where they have none.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from st_spectrum.flows.invoices.kept import kept_documents
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS
from tests.world.ar_clerk import HEADERS, LINES, ArClerk
from tests.world.contractor import Contractor
from tests.world.ledger_file import lose_ledger

TEMPLATE = "TEMPLATE"
BLANK = " "
"""What the screen leaves behind in a field that was emptied."""


@pytest.fixture
def clerk(ar_clerk: ArClerk) -> Iterator[ArClerk]:
    """Customer and job as they were once the test is over."""
    codes = customer_and_job(ar_clerk)
    before = {
        table.name: next(
            row for row in ar_clerk.control.records("spectrum", table.name)
            if row[table.key[1]].strip() == codes[table.name]
        )
        for table in (CUSTOMERS, JOBS)
    }  # fmt: skip
    ar_clerk.contractor.retry_at_once()
    yield ar_clerk
    for table, names in ((CUSTOMERS, ("Sales_Tax_Code", "Taxable_Flag")), (JOBS, ("Cost_Center",))):
        values = {name: before[table.name][name] for name in names}
        ar_clerk.contractor.controller.change(table, codes[table.name], **values)
    job = before[JOBS.name]
    taxes = {name: job[name] for name in ("Sales_Tax_Code", "Tax_Class_Code")}
    ar_clerk.contractor.controller.change(JOBS, codes[JOBS.name], **taxes)


def customer_and_job(clerk: ArClerk) -> dict[str, str]:
    jobs = {row["id"]: row for row in clerk.control.records("servicetrade", "job")}
    companies = {row["id"]: row for row in clerk.control.records("servicetrade", "company")}
    job = jobs[clerk.jobs[0]["jobId"]]
    return {
        CUSTOMERS.name: companies[job["customerId"]]["externalIds"]["spectrum"],
        JOBS.name: job["externalIds"]["spectrum"],
    }


def set_there(clerk: ArClerk, table: Any, **values: str) -> None:
    clerk.contractor.controller.change(table, customer_and_job(clerk)[table.name], **values)


def rows_of(clerk: ArClerk, key: str, table: str) -> list[dict[str, Any]]:
    number = clerk.number(key).upper()
    return [
        row
        for row in clerk.control.records("spectrum", table)
        if row["Invoice_Or_Transaction"].strip() == number
    ]


def from_spectrum(clerk: ArClerk, *keys: str, **more: Any) -> None:
    clerk.contractor.overrides["invoices"] = dict.fromkeys(keys, "spectrum") | more


def test_lines_bear_the_cost_center_that_the_job_has_and_the_account_that_belongs_to_it(
    clerk: ArClerk,
) -> None:
    from_spectrum(clerk, "cost_center_from")
    set_there(clerk, JOBS, Cost_Center="200")
    first = clerk.invoice({"price": 10})
    clerk.round()
    set_there(clerk, JOBS, Cost_Center="300")
    second = clerk.invoice({"price": 10})
    clerk.round()

    found = [
        {(row["Cost_Center"].strip(), row["GL_Account"].strip()) for row in rows_of(clerk, key, LINES)}
        for key in (first, second)
    ]  # fmt: skip
    by_center = clerk.contractor.account.invoices.gl.by_cost_center
    assert found == [{("200", by_center["200"])}, {("300", by_center["300"])}]


def test_an_invoice_waits_until_its_job_has_a_cost_center_there(clerk: ArClerk) -> None:
    from_spectrum(clerk, "cost_center_from")
    set_there(clerk, JOBS, Cost_Center=BLANK)
    key = clerk.invoice({"price": 10})
    clerk.round()
    entry, sent = clerk.entry(key), clerk.sent()
    set_there(clerk, JOBS, Cost_Center="200")
    clerk.rounds_until_quiet()

    assert (entry.state, sent) == ("held", 0)
    assert "has no cost center in Spectrum" in entry.reason
    assert clerk.net(key) == 10


def test_a_refused_cost_center_of_the_job_is_told_with_the_job_and_not_with_the_account_file(
    clerk: ArClerk,
) -> None:
    accounts = clerk.contractor.account.invoices.gl
    gl = accounts.model_copy(update={"by_cost_center": {}, "default": "4010"})
    from_spectrum(clerk, "cost_center_from", gl=gl)
    set_there(clerk, JOBS, Cost_Center="999")
    key = clerk.invoice({"price": 10})
    clerk.round()
    entry = clerk.entry(key)
    set_there(clerk, JOBS, Cost_Center="200")
    clerk.rounds_until_quiet()

    job = customer_and_job(clerk)[JOBS.name]
    assert entry.cause.startswith("cost center not set up in Spectrum")
    assert f"The controller: correct the cost center of its job {job} in Spectrum" in entry.advice
    assert "maps." not in entry.advice
    assert clerk.net(key) == 10


def test_an_invoice_without_a_job_goes_by_the_maps(clerk: ArClerk) -> None:
    from_spectrum(clerk, "cost_center_from", is_job_required=False)
    jobs = {row["id"]: row for row in clerk.control.records("servicetrade", "job")}
    job = jobs[clerk.jobs[0]["jobId"]]
    key = clerk.draft(
        {"price": 10},
        customerId=job["customerId"],
        locationId=job["locationId"],
        status="pending_accounting",
    )

    clerk.round()

    assert clerk.net(key) == 10


def test_the_tax_code_is_that_of_the_job_or_the_customer(clerk: ArClerk) -> None:
    from_spectrum(clerk, "tax_from")
    set_there(clerk, JOBS, Sales_Tax_Code="NC", Tax_Class_Code="NC")
    of_job = clerk.invoice({"price": 10})
    clerk.round()
    set_there(clerk, JOBS, Sales_Tax_Code=BLANK, Tax_Class_Code=BLANK)
    set_there(clerk, CUSTOMERS, Sales_Tax_Code="MD")
    of_customer = clerk.invoice({"price": 10})
    clerk.round()

    found = [
        rows_of(clerk, key, HEADERS)[0]["Sales_Tax_Code"].strip() for key in (of_job, of_customer)
    ]
    assert found == ["NC", "MD"]
    assert clerk.complaints(of_job, of_customer) == []


def test_a_void_takes_the_tax_back_under_the_code_that_it_was_booked_under(
    clerk: ArClerk,
) -> None:
    from_spectrum(clerk, "tax_from")
    set_there(clerk, JOBS, Sales_Tax_Code="NC", Tax_Class_Code="NC")
    key = clerk.invoice({"price": 100, "taxGroupId": clerk.tax_groups[0]})
    clerk.round()
    with clerk.contractor.session() as session:
        (posted,) = kept_documents(session.ledger, key)
    assert posted.tax_codes == {"job": "NC", "tax class": "NC"}
    set_there(clerk, JOBS, Sales_Tax_Code="MD", Tax_Class_Code="MD")
    clerk.ask_after(key, status="void")
    clerk.rounds_until_quiet()

    number = clerk.number(key).upper()
    found = {
        row["Invoice_Or_Transaction"].strip(): row["Sales_Tax_Code"].strip()
        for row in clerk.control.records("spectrum", HEADERS)
        if row["Invoice_Or_Transaction"].strip().startswith(number)
    }
    assert found == {number: "NC", f"{number}V": "NC"}


def test_lines_of_two_tax_groups_wait_as_by_the_maps(clerk: ArClerk) -> None:
    from_spectrum(clerk, "tax_from")
    first, second = clerk.tax_groups[:2]
    lines = ({"price": 100, "taxGroupId": first}, {"price": 50, "taxGroupId": second})
    key = clerk.invoice(*lines)
    clerk.round()

    assert clerk.entry(key).state == "held"
    assert "its lines bear the tax groups " in clerk.entry(key).reason
    assert clerk.sent() == 0


def test_an_invoice_waits_where_neither_job_nor_customer_has_a_tax_code(clerk: ArClerk) -> None:
    from_spectrum(clerk, "tax_from")
    set_there(clerk, JOBS, Sales_Tax_Code=BLANK, Tax_Class_Code=BLANK)
    set_there(clerk, CUSTOMERS, Sales_Tax_Code=BLANK)
    key = clerk.invoice({"price": 10})
    clerk.round()
    entry, sent = clerk.entry(key), clerk.sent()
    set_there(clerk, CUSTOMERS, Sales_Tax_Code="VA")
    clerk.rounds_until_quiet()

    assert (entry.state, sent) == ("held", 0)
    assert "has no sales tax code in Spectrum" in entry.reason
    assert clerk.net(key) == 10


def test_tax_to_a_customer_who_is_not_taxable_there_waits_for_a_person(clerk: ArClerk) -> None:
    from_spectrum(clerk, "tax_from")
    set_there(clerk, CUSTOMERS, Taxable_Flag="N")
    taxed = clerk.invoice({"price": 100, "taxGroupId": clerk.tax_groups[0]})
    untaxed = clerk.invoice({"price": 100})
    clerk.round()

    assert clerk.entry(taxed).state == "held"
    assert "not taxable in Spectrum" in clerk.entry(taxed).reason
    assert clerk.net(untaxed) == 100
    set_there(clerk, CUSTOMERS, Taxable_Flag="Y")
    clerk.rounds_until_quiet()
    assert clerk.entry(taxed).state == "confirmed"


def test_one_question_for_each_table_serves_a_whole_batch(clerk: ArClerk) -> None:
    from_spectrum(clerk, "tax_from", "cost_center_from")
    keys = [clerk.invoice({"price": price}, job=price) for price in range(1, 6)]

    with clerk.contractor.session() as session:
        session.engine.run("invoices", keys, run_id="test")
        calls = session.spectrum.calls

    assert calls["infolink.customer_codes_now"] == calls["infolink.job_codes_now"] == 1


def test_while_spectrum_cannot_be_read_invoices_wait_and_nothing_is_guessed(
    clerk: ArClerk,
) -> None:
    from_spectrum(clerk, "cost_center_from")
    clerk.contractor.overrides["spectrum"] = {"infolink": None}
    key = clerk.invoice({"price": 10})
    clerk.round()
    entry, sent = clerk.entry(key), clerk.sent()
    del clerk.contractor.overrides["spectrum"]
    clerk.rounds_until_quiet()

    assert (entry.state, sent) == ("held", 0)
    assert "cannot be read" in entry.reason
    assert clerk.net(key) == 10


def test_a_lost_ledger_is_made_anew_with_the_codes_that_spectrum_has(clerk: ArClerk) -> None:
    from_spectrum(clerk, "tax_from", "cost_center_from", "terms_from")
    set_there(clerk, JOBS, Cost_Center="200", Sales_Tax_Code="NC", Tax_Class_Code="NC")
    posted, voided = clerk.invoice({"price": 10}), clerk.invoice({"price": 20})
    clerk.round()
    clerk.change(voided, status="void")
    lose_ledger(clerk.contractor)

    clerk.rounds_until_quiet()

    assert clerk.entry(posted).state == "confirmed"
    assert (clerk.net(posted), clerk.net(voided)) == (10, 0)


def job_row(contractor: Contractor, job: int) -> dict[str, Any]:
    (record,) = [
        row for row in contractor.control.records("servicetrade", "job") if row["id"] == job
    ]
    number = record["externalIds"]["spectrum"]
    (row,) = [
        row
        for row in contractor.control.records("spectrum", JOBS.name)
        if row["Job_Number"].strip() == number
    ]
    return row


def of_jobs(contractor: Contractor, **values: Any) -> None:
    contractor.retry_at_once()
    contractor.overrides["jobs"] = {"template_job": TEMPLATE} | values


def test_a_new_job_takes_cost_center_and_price_method_of_the_template_job(
    contractor: Contractor,
) -> None:
    of_jobs(contractor, cost_center_from="spectrum", price_method_from="spectrum")
    contractor.controller.change(JOBS, TEMPLATE, Cost_Center="300", Price_Method_Code="C")
    _, _, job = contractor.dispatcher.chain()

    contractor.rounds_until_quiet()

    row = job_row(contractor, job)
    assert (row["Cost_Center"].strip(), row["Price_Method_Code"]) == ("300", "C")


def test_new_jobs_wait_until_the_template_job_has_a_cost_center(contractor: Contractor) -> None:
    of_jobs(contractor, cost_center_from="spectrum")
    contractor.controller.change(JOBS, TEMPLATE, Cost_Center=BLANK)
    _, _, job = contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    with contractor.session() as session:
        held = session.ledger.get("jobs", str(job))
    contractor.controller.change(JOBS, TEMPLATE, Cost_Center="200")
    contractor.rounds_until_quiet()

    assert held is not None
    assert f"template job {TEMPLATE} has no cost center in Spectrum" in held.entry.reason
    assert job_row(contractor, job)["Cost_Center"].strip() == "200"


def test_a_refused_code_of_the_template_job_is_told_with_that_job(contractor: Contractor) -> None:
    of_jobs(contractor, cost_center_from="spectrum")
    contractor.controller.change(JOBS, TEMPLATE, Cost_Center="999")
    _, _, job = contractor.dispatcher.chain()
    contractor.round()
    with contractor.session() as session:
        refused = session.ledger.get("jobs", str(job))

    assert refused is not None
    assert refused.entry.needs == ("spectrum: AddJob Cost_Center",)
    assert refused.entry.advice.startswith(
        f"The controller: correct the cost center '999' of template job {TEMPLATE} in Spectrum, from"
        " where jobs.cost_center_from takes it, or set that code up there."
    )


@pytest.mark.parametrize(("flag", "taxable"), [("N", "N"), ("Y", "Y"), (BLANK, "Y")])
def test_a_new_job_is_as_taxable_as_its_customer_is_there(
    contractor: Contractor, flag: str, taxable: str
) -> None:
    company = contractor.dispatcher.company()
    location = contractor.dispatcher.location(company)
    contractor.rounds_until_quiet()
    (record,) = [
        row for row in contractor.control.records("servicetrade", "company") if row["id"] == company
    ]
    code = record["externalIds"]["spectrum"]
    contractor.controller.change(CUSTOMERS, code, Taxable_Flag=flag, Sales_Tax_Code="NC")
    of_jobs(contractor, tax_from="spectrum")
    job = contractor.dispatcher.job(location)

    contractor.rounds_until_quiet()

    row = job_row(contractor, job)
    assert (row["Taxable_Flag"], row["Sales_Tax_Code"].strip()) == (taxable, "NC")
    assert row["Tax_Class_Code"].strip() == ""
