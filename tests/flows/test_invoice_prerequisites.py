"""What an invoice may lack: it waits, says in one sentence what is missing, who can help and where,
and goes out by itself.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.alerts.open_causes import open_roots
from st_spectrum.engine.rounds.round import run_round
from tests.world.ar_clerk import POST, ArClerk

Lack = Callable[[ArClerk], AbstractContextManager[None]]
LAST_JOB = 1


def without_external_id(kind: str, name: str) -> Lack:
    """A company or job that has not crossed, as far as one can see."""

    @contextmanager
    def lack(ar_clerk: ArClerk) -> Iterator[None]:
        (job,) = [
            row
            for row in ar_clerk.control.records("servicetrade", "job")
            if row["id"] == ar_clerk.jobs[LAST_JOB]["jobId"]
        ]
        number = job["id"] if kind == "job" else job[name]
        (record,) = [
            row for row in ar_clerk.control.records("servicetrade", kind) if row["id"] == number
        ]
        ar_clerk.control.edit(kind, number, externalIds={})
        yield
        ar_clerk.control.edit(kind, number, externalIds=record["externalIds"])

    return lack


@contextmanager
def salesperson_without_code(ar_clerk: ArClerk) -> Iterator[None]:
    ar_clerk.contractor.overrides["invoices"] = {"salesperson": "required"}
    user, *_ = ar_clerk.control.records("servicetrade", "user")
    ar_clerk.control.edit("job", ar_clerk.jobs[LAST_JOB]["jobId"], salesId=user["id"])
    yield
    ar_clerk.control.edit("user", user["id"], externalIds={"spectrum": "LGA"})


def with_account(section: str, **values: Any) -> Lack:
    """The account file names something that is not there, until somebody corrects it."""

    @contextmanager
    def lack(ar_clerk: ArClerk) -> Iterator[None]:
        rules = getattr(ar_clerk.contractor.account, section)
        changed = {
            name: getattr(rules, name).model_copy(update=changes)
            for name, changes in values.items()
        }
        ar_clerk.contractor.overrides[section] = changed
        yield
        del ar_clerk.contractor.overrides[section]

    return lack


@contextmanager
def closed_period(ar_clerk: ArClerk) -> Iterator[None]:
    ar_clerk.contractor.controller.close_period()
    yield
    ar_clerk.contractor.controller.open_period()


@contextmanager
def open_on_a_screen(ar_clerk: ArClerk) -> Iterator[None]:
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="locked")
    yield


NOWHERE: dict[str, str] = {}
LACKS: dict[str, tuple[Lack, str, str]] = {
    "customer": (
        without_external_id("company", "customerId"),
        "is not an AR customer yet",
        "why the company is held",
    ),
    "job": (without_external_id("job", "id"), "is not a Spectrum job yet", "why the job is held"),
    "salesperson": (
        salesperson_without_code,
        "has no Spectrum code",
        "external id of the user in ServiceTrade",
    ),
    "tax code": (
        with_account("maps", sales_tax={"by_state": NOWHERE, "default": ""}),
        "no sales tax code for",
        "maps.sales_tax in the account file",
    ),
    "tax code in Spectrum": (
        with_account("maps", sales_tax={"fixed": "NOPE"}),
        "sales tax code not set up in Spectrum",
        "The controller: set the code up in Spectrum",
    ),
    "terms in Spectrum": (
        with_account("maps", payment_terms={"by_name": NOWHERE, "default": "9"}),
        "AR terms code not set up in Spectrum",
        "The controller: set the code up in Spectrum",
    ),
    "GL account": (
        with_account("invoices", gl={"by_cost_center": NOWHERE, "default": ""}),
        "no GL account for line 'Labor'",
        "invoices.gl in the account file",
    ),
    "GL account in Spectrum": (
        with_account("invoices", gl={"by_cost_center": NOWHERE, "default": "9999"}),
        "GL account not usable in Spectrum",
        "The controller: set the account up in Spectrum",
    ),
    "GL account of direct cost": (
        with_account("invoices", gl={"by_cost_center": NOWHERE, "default": "5100"}),
        "GL account not usable in Spectrum",
        "correct invoices.gl",
    ),
    "cost center": (
        with_account(
            "maps",
            cost_centers={"by_office": NOWHERE, "by_service_line": NOWHERE, "default": "999"},
        ),
        "cost center not set up in Spectrum",
        "correct maps.cost_centers",
    ),
    "cost center in the account file": (
        with_account(
            "maps", cost_centers={"by_office": NOWHERE, "by_service_line": NOWHERE, "default": ""}
        ),
        "no cost center for ",
        "maps.cost_centers in the account file",
    ),
    "period": (closed_period, "AR period closed in Spectrum", "open the period in Spectrum"),
    "lock": (open_on_a_screen, "open on somebody's screen", "close it"),
}

FREED_BY_THE_OFFICE = "salesperson"
"""What is corrected in ServiceTrade itself: such an invoice bears a comment there."""


@pytest.mark.parametrize("name", LACKS)
def test_what_is_missing_is_told_with_who_can_help_and_the_invoice_goes_out_once_it_is_there(
    ar_clerk: ArClerk, name: str
) -> None:
    lack, missing, help_ = LACKS[name]
    with lack(ar_clerk):
        ar_clerk.contractor.overrides["pace"] = {"retry_held_after_seconds": 0.001}
        key = ar_clerk.invoice({"price": 12}, job=LAST_JOB)
        report = ar_clerk.round()
        entry, seen = ar_clerk.entry(key), ar_clerk.seen(key)
    waited = (report.counts()["held"], report.money()["held"], report.stopped_by)

    ar_clerk.rounds_until_quiet()

    assert waited == (1, Decimal("12.00"), None)
    assert (entry.state, seen["status"]) == ("held", "pending_accounting")
    assert missing in entry.reason
    assert "\n" not in entry.reason
    assert help_ in entry.advice
    assert entry.cause
    assert [missing in comment for comment in ar_clerk.comments(key)] == (
        [True] if name == FREED_BY_THE_OFFICE else []
    )
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.entry(key).state == "confirmed"
    assert ar_clerk.net(key) == Decimal("12.00")
    assert ar_clerk.contractor.posted_twice() == []


def test_an_invoice_written_before_its_customer_and_job_crossed_follows_them_in_the_same_round(
    ar_clerk: ArClerk,
) -> None:
    company = ar_clerk.office.post(
        "/company", name="Late Diner", customer=True, addressStreet="14 Shore Dr", addressCity="Norfolk",
        addressState="VA", addressPostalCode="23502",
    )  # fmt: skip
    site = ar_clerk.office.post(
        "/location", name="Late Diner", companyId=company["id"], addressStreet="14 Shore Dr", addressCity="Norfolk",
        addressState="VA", addressPostalCode="23502",
    )  # fmt: skip
    key = ar_clerk.approved({"price": 7}, customerId=company["id"], locationId=site["id"])
    before = ar_clerk.round()

    with ar_clerk.contractor.session() as session:
        run_round(session, ("customers", "sites", "jobs", "invoices"), "test")

    assert before.counts()["held"] == 1
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.net(key) == Decimal("7.00")


def test_an_invoice_of_a_customer_that_is_left_out_says_so_until_that_crosses(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    office = ar_clerk.office
    address = {
        "addressStreet": "14 Shore Dr", "addressCity": "Norfolk", "addressState": "VA",
        "addressPostalCode": "23502",
    }  # fmt: skip
    company = office.post(
        "/company", name="Bayview Diner", customer=True, status="inactive", **address
    )["id"]
    location = office.post("/location", name="Bayview Diner", companyId=company, **address)["id"]
    ar_clerk.contractor.round_of("customers", "sites")
    key = ar_clerk.approved(customerId=company, locationId=location)
    ar_clerk.round()

    entry = ar_clerk.entry(key)
    assert entry.reason == "its customer Bayview Diner was left out: it is inactive in ServiceTrade"
    assert entry.needs == (f"customers/{company}",)
    office.put(f"/company/{company}", status="active")
    ar_clerk.contractor.round_of("customers", "sites")
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.seen(key)["status"] == "processed"


def test_a_closed_period_is_one_cause_with_what_it_met_first_and_what_was_never_sent(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.controller.close_period()
    first = ar_clerk.invoice({"price": 10})
    ar_clerk.round()
    others = [ar_clerk.invoice({"price": 20}) for _ in range(3)]
    ar_clerk.round()

    with ar_clerk.contractor.session() as session:
        roots = open_roots(session.ledger, ("invoices",))
    ar_clerk.contractor.controller.open_period()

    (root,) = [one for one in roots if "AR period closed" in one.text]
    assert root.text.startswith("AR period closed in Spectrum: '")
    assert {entry.key for entry in root.members} >= {first, *others}
