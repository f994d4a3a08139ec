"""What the product needs of any installation: the sandbox, a recording, or a tenant with `--live`.

`pytest tests/recorded --live accounts/yours.yaml` reads that tenant, and writes nothing.
"""

import time
from collections.abc import Callable, Iterable
from itertools import islice

import pytest

from st_spectrum.check.columns import check_columns
from st_spectrum.check.finding import Severity
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Record
from st_spectrum.spectrum.services import SERVICES
from tests.recorded.conftest import Asked

MOST = 200
WEEKS = 13 * 7 * 86_400
UPDATE = "python -m tests.recorded.make_example, if it is the example that is old"

LISTS: dict[str, Callable[[ServiceTrade, int], Iterable[Record]]] = {
    "companies": lambda source, _now: source.companies(),
    "locations": lambda source, _now: source.locations(),
    "jobs": lambda source, _now: source.jobs(),
    "users": lambda source, _now: source.users(),
    "service lines": lambda source, _now: source.service_lines(),
    "payment terms": lambda source, _now: source.payment_terms(),
    "library items": lambda source, _now: source.lib_items(),
    "invoices": lambda source, _now: source.invoices("processed"),
    "void invoices": lambda source, _now: source.invoices("void"),
    "job items": lambda source, _now: source.job_items(),
    "time cards": lambda source, now: source.time_cards(now - WEEKS, now),
    "clock events": lambda source, now: source.clock_events(now - WEEKS, now),
    "absences": lambda source, now: source.absences(now - WEEKS, now),
}


@pytest.mark.parametrize("kind", LISTS)
def test_every_list_of_servicetrade_reads_as_records(asked: Asked, kind: str) -> None:
    records = list(islice(LISTS[kind](asked.servicetrade, int(time.time())), MOST))

    assert len({record.id for record in records}) == len(records)


def test_servicetrade_says_whose_account_it_is_and_which_offices_it_has(asked: Asked) -> None:
    found = asked.servicetrade.account()

    assert found.name and found.timezone
    assert all(office.name for office in asked.servicetrade.offices())


def test_an_invoice_has_lines_and_a_job_its_services(asked: Asked) -> None:
    invoices = list(islice(asked.servicetrade.invoices("processed"), 3))
    jobs = list(islice(asked.servicetrade.jobs(), 3))
    assert invoices and jobs, "nothing there to be read"
    for invoice in invoices:
        assert invoice.customer.id and invoice.items and all(line.id for line in invoice.items)
    for job in jobs:
        assert job.number and job.customer.id and job.location.id


def test_a_record_that_does_not_exist_is_none(asked: Asked) -> None:
    assert asked.servicetrade.company(1) is None


def test_spectrum_takes_the_login_and_describes_every_service(asked: Asked) -> None:
    asked.spectrum.test_connection()

    for service in SERVICES:
        asked.spectrum.prepare(service)


def test_spectrum_lists_customers_jobs_people_and_pay_types(asked: Asked) -> None:
    assert asked.spectrum.get("GetCustomers", {"pStatus": "ALL"}).rows
    assert asked.spectrum.get("GetJobMain", {"pStatus_Code": ""}).rows
    assert asked.spectrum.pay_types()
    assert any(person.is_active for person in asked.spectrum.employees().by_code.values())


def test_info_link_has_every_column_without_which_something_stops(asked: Asked) -> None:
    found = list(check_columns(asked.account, asked.spectrum))

    assert [one.problem for one in found if one.severity is Severity.ERROR] == [], UPDATE


def test_info_link_shows_what_the_flows_look_up(asked: Asked) -> None:
    if asked.spectrum.infolink is None:
        pytest.skip("without Info-Link")
    reader = asked.spectrum.infolink

    assert reader.customer_codes() and reader.terms_codes() and reader.gl_accounts()
    for number in sorted(reader.job_numbers())[:3]:
        job = asked.spectrum.find_job(number)
        assert job is not None and job["Job_Number"] == number
    assert asked.spectrum.find_ar_documents(["NO-SUCH"]) == ()
    assert asked.spectrum.find_pre_time_cards(["STNOSUCH"]) == {}


def test_a_record_is_found_again_by_its_code(asked: Asked) -> None:
    rows = asked.spectrum.get("GetCustomers", {"pStatus": "ALL"}).rows[:3]
    assert rows
    for row in rows:
        found = asked.spectrum.find_customer(row["Customer_Code"])
        assert found is not None and found["Customer_Code"] == row["Customer_Code"]
