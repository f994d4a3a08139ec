"""What would refuse an invoice is seen before it is sent: it waits with a clear reason, and goes
out once that is gone.
"""

from decimal import Decimal

import pytest

from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS
from tests.flows.desk import Desk


def codes(desk: Desk) -> dict[str, str]:
    """Customer code and number of the first job, as ServiceTrade carries them."""
    (job,) = [
        row
        for row in desk.control.records("servicetrade", "job")
        if row["id"] == desk.jobs[0]["jobId"]
    ]
    companies = desk.control.records("servicetrade", "company")
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
    desk: Desk, name: str
) -> None:
    table, barred, free, words = BARS[name]
    code = codes(desk)[table.name]
    desk.is_impatient()
    desk.in_spectrum(table, code, **barred)
    keys = [desk.invoice({"price": price}) for price in (10, 20)]
    report = desk.round()
    entry, sent = desk.entry(keys[0]), desk.sent()
    desk.in_spectrum(table, code, **free)

    desk.quiet()

    assert (report.counts()["held"], sent) == (2, 0)
    assert words in entry.reason
    assert code in entry.reason
    assert entry.advice.startswith("The controller: ")
    assert [desk.net(key) for key in keys] == [Decimal(10), Decimal(20)]
    assert desk.comments(keys[0]) == []


@pytest.mark.parametrize("name", BARS)
def test_where_the_table_cannot_be_read_the_refusal_holds_the_invoice_all_the_same(
    desk: Desk, name: str
) -> None:
    table, barred, free, _ = BARS[name]
    code = codes(desk)[table.name]
    desk.is_impatient()
    desk.in_spectrum(table, code, **barred)
    desk.contractor.overrides["spectrum"] = {"infolink": None}
    key = desk.invoice({"price": 10})
    report = desk.round()
    desk.in_spectrum(table, code, **free)

    desk.quiet()

    assert report.counts()["held"] == 1
    assert desk.net(key) == 10


def test_a_customer_that_is_merely_inactive_takes_invoices(desk: Desk) -> None:
    desk.in_spectrum(CUSTOMERS, codes(desk)[CUSTOMERS.name], Status="I")
    key = desk.invoice({"price": 10})

    desk.round()
    desk.in_spectrum(CUSTOMERS, codes(desk)[CUSTOMERS.name], Status="A")

    assert desk.net(key) == 10


def test_one_question_about_each_table_is_put_for_a_whole_batch(desk: Desk) -> None:
    keys = [desk.invoice({"price": price}, job=price) for price in range(1, 6)]

    with desk.contractor.session() as session:
        session.engine.run("invoices", keys, run_id="test")
        calls = session.spectrum.calls

    assert calls["infolink.ar_customers"] == calls["infolink.ar_jobs"] == 1


def test_an_invoice_of_a_month_that_is_not_among_the_open_ones_waits_unsent(desk: Desk) -> None:
    desk.is_impatient()
    desk.contractor.overrides["invoices"] = {"open_periods": ("2001-02",)}
    key = desk.invoice({"price": 10})
    report = desk.round()
    entry, sent = desk.entry(key), desk.sent()
    del desk.contractor.overrides["invoices"]

    desk.quiet()

    assert (report.counts()["held"], sent) == (1, 0)
    assert "lies in no open period; open are 2001-02" in entry.reason
    assert entry.needs == ("account: invoices.open_periods",)
    assert desk.net(key) == 10


def test_the_first_refusal_for_a_closed_period_stops_its_month_and_nothing_else(desk: Desk) -> None:
    desk.contractor.overrides["pace"] = {"retry_held_after_seconds": 0.001, "workers": 1}
    desk.close_period()
    keys = [desk.invoice({"price": price}) for price in (1, 2, 3, 4)]
    desk.round()
    desk.round()
    sent, reasons = desk.sent(), [desk.entry(key).reason for key in keys]
    desk.open_period()

    desk.quiet()

    assert sent == 1
    assert sum("would meet the same and is not sent" in reason for reason in reasons) >= 3
    assert [desk.net(key) for key in keys] == [Decimal(price) for price in (1, 2, 3, 4)]
    assert desk.contractor.posted_twice() == []
