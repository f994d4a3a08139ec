"""What would refuse an invoice is seen before it is sent: it waits with a clear reason, and goes
out once that is gone.
"""

from decimal import Decimal

import pytest

from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS
from tests.world.ar_clerk import ArClerk


def codes(ar_clerk: ArClerk) -> dict[str, str]:
    """Customer code and number of the first job, as ServiceTrade carries them."""
    (job,) = [
        row
        for row in ar_clerk.control.records("servicetrade", "job")
        if row["id"] == ar_clerk.jobs[0]["jobId"]
    ]
    companies = ar_clerk.control.records("servicetrade", "company")
    (company,) = [row for row in companies if row["id"] == job["customerId"]]
    return {
        CUSTOMERS.name: company["externalIds"]["spectrum"],
        JOBS.name: job["externalIds"]["spectrum"],
    }


BARS = {
    "customer not used": (
        CUSTOMERS,
        {"Status": "N"},
        {"Status": "A"},
        "marked as not used in Spectrum",
    ),
    "job complete and locked": (
        JOBS,
        {"Status_Code": "C", "Lock_Revenue_Entry": "Y"},
        {"Status_Code": "C", "Lock_Revenue_Entry": "N"},
        "complete in Spectrum and locked against revenue",
    ),
}


@pytest.mark.parametrize("name", BARS)
def test_what_takes_no_invoices_holds_them_unsent_until_somebody_changes_it(
    ar_clerk: ArClerk, name: str
) -> None:
    table, barred, free, words = BARS[name]
    code = codes(ar_clerk)[table.name]
    ar_clerk.contractor.retry_at_once()
    ar_clerk.contractor.controller.change(table, code, **barred)
    keys = [ar_clerk.invoice({"price": price}) for price in (10, 20)]
    report = ar_clerk.round()
    entry, sent = ar_clerk.entry(keys[0]), ar_clerk.sent()
    ar_clerk.contractor.controller.change(table, code, **free)

    ar_clerk.rounds_until_quiet()

    assert (report.counts()["held"], sent) == (2, 0)
    assert words in entry.reason
    assert code in entry.reason
    assert entry.advice.startswith("The controller: ")
    assert [ar_clerk.net(key) for key in keys] == [Decimal(10), Decimal(20)]
    assert ar_clerk.comments(keys[0]) == []


@pytest.mark.parametrize("name", BARS)
def test_where_the_table_cannot_be_read_the_refusal_holds_the_invoice_all_the_same(
    ar_clerk: ArClerk, name: str
) -> None:
    table, barred, free, _ = BARS[name]
    code = codes(ar_clerk)[table.name]
    ar_clerk.contractor.retry_at_once()
    ar_clerk.contractor.controller.change(table, code, **barred)
    ar_clerk.contractor.overrides["spectrum"] = {"infolink": None}
    key = ar_clerk.invoice({"price": 10})
    report = ar_clerk.round()
    ar_clerk.contractor.controller.change(table, code, **free)

    ar_clerk.rounds_until_quiet()

    assert report.counts()["held"] == 1
    assert ar_clerk.net(key) == 10


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_job_without_customer_and_contract_holds_its_invoice_until_it_has_one(
    ar_clerk: ArClerk, has_infolink: bool
) -> None:
    number = "HAND1" if has_infolink else "HAND2"
    code, controller = codes(ar_clerk)[CUSTOMERS.name], ar_clerk.contractor.controller
    fields = {"Job_Description": "By hand", "Taxable_Flag": "N", "Price_Method_Code": "F"}
    controller.spectrum.write("AddJob", Job_Number=number, **fields)
    job = ar_clerk.jobs[1]["jobId"]
    ar_clerk.control.edit("job", job, externalIds={"spectrum": number})
    ar_clerk.contractor.retry_at_once()
    if not has_infolink:
        ar_clerk.contractor.overrides["spectrum"] = {"infolink": None}
    ar_clerk.control.clear_calls()
    key = ar_clerk.invoice({"price": 10}, job=1)
    ar_clerk.round()
    entry, sent = ar_clerk.entry(key), ar_clerk.sent()

    controller.spectrum.write("UpdateJob", Job_Number=number, Customer_Code=code)
    ar_clerk.rounds_until_quiet()

    assert (entry.state, sent) == ("held", 0 if has_infolink else 1)
    assert ("neither a customer nor an AR contract" in entry.reason) == has_infolink
    assert ar_clerk.net(key) == 10


def test_a_customer_that_is_merely_inactive_takes_invoices(ar_clerk: ArClerk) -> None:
    ar_clerk.contractor.controller.change(CUSTOMERS, codes(ar_clerk)[CUSTOMERS.name], Status="I")
    key = ar_clerk.invoice({"price": 10})

    ar_clerk.round()
    ar_clerk.contractor.controller.change(CUSTOMERS, codes(ar_clerk)[CUSTOMERS.name], Status="A")

    assert ar_clerk.net(key) == 10


def test_one_question_about_each_table_is_put_for_a_whole_batch(ar_clerk: ArClerk) -> None:
    keys = [ar_clerk.invoice({"price": price}, job=price) for price in range(1, 6)]

    with ar_clerk.contractor.session() as session:
        session.engine.run("invoices", keys, run_id="test")
        calls = session.spectrum.calls

    assert calls["infolink.ar_customers"] == calls["infolink.ar_jobs"] == 1


def test_an_invoice_of_a_month_that_is_not_among_the_open_ones_waits_unsent(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    ar_clerk.contractor.overrides["invoices"] = {"open_periods": ("2001-02",)}
    key = ar_clerk.invoice({"price": 10})
    report = ar_clerk.round()
    entry, sent = ar_clerk.entry(key), ar_clerk.sent()
    del ar_clerk.contractor.overrides["invoices"]

    ar_clerk.rounds_until_quiet()

    assert (report.counts()["held"], sent) == (1, 0)
    assert "lies in no open period; open are 2001-02" in entry.reason
    assert entry.needs == ("account: invoices.open_periods",)
    assert ar_clerk.net(key) == 10


def test_the_first_refusal_for_a_closed_period_stops_its_month_and_nothing_else(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.overrides["pace"] = {"retry_held_after_seconds": 0.001, "workers": 1}
    ar_clerk.contractor.controller.close_period()
    keys = [ar_clerk.invoice({"price": price}) for price in (1, 2, 3, 4)]
    ar_clerk.round()
    ar_clerk.round()
    sent, reasons = ar_clerk.sent(), [ar_clerk.entry(key).reason for key in keys]
    ar_clerk.contractor.controller.open_period()

    ar_clerk.rounds_until_quiet()

    assert sent == 1
    assert sum("would meet the same and is not sent" in reason for reason in reasons) >= 3
    assert [ar_clerk.net(key) for key in keys] == [Decimal(price) for price in (1, 2, 3, 4)]
    assert ar_clerk.contractor.posted_twice() == []
