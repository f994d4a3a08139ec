"""Approved invoices are judged before they cross: what they would send, and which of them would
wait for what.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.check.preview import Preview
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Job, Location

SANDBOX = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
ENVIRONMENT = {
    "SERVICETRADE_URL": "http://127.0.0.1:8101/api",
    "SERVICETRADE_CLIENT_ID": "a-client",
    "SERVICETRADE_CLIENT_SECRET": "a-secret",
    "SPECTRUM_URL": "http://127.0.0.1:8102",
    "SPECTRUM_AUTHORIZATION_ID": "AUTH-1",
}
NORFOLK = {"street": "1 Dock Rd", "city": "Norfolk", "state": "VA", "postalCode": "23510"}
CUSTOMER: dict[str, Any] = {"id": 1, "name": "Harbor Foods", "status": "active"}
SITE: dict[str, Any] = {
    "id": 2,
    "name": "Harbor Foods #3",
    "status": "active",
    "address": NORFOLK,
    "taxable": True,
}
JOB: dict[str, Any] = {"id": 3, "number": 10482, "name": "Repair", "type": "repair"}
OFFICE = {"id": 9, "name": "Norfolk Office"}
JULY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def account() -> Account:
    return load_account(SANDBOX, ENVIRONMENT)


def coming_with(
    account: Account, *invoices: Invoice, company: Any = None, job: Any = None
) -> Preview:
    """One customer, one site and one job, none of which has crossed, with some invoices."""
    preview = Preview(account)
    known = CUSTOMER | {"customer": True, "address": NORFOLK}
    preview.read_companies([Company.model_validate(known | (company or {}))])
    preview.read_locations([Location.model_validate(SITE | {"company": CUSTOMER})])
    known = JOB | {
        "status": "scheduled",
        "customer": CUSTOMER,
        "location": SITE,
        "assignedOffice": OFFICE,
    }
    preview.read_jobs([Job.model_validate(known | (job or {}))], lambda _: ("Sprinkler",))
    preview.read_invoices(invoices, JULY)
    return preview


def invoice(number: str = "10482-1", **changes: Any) -> Invoice:
    """Labor for 100.00 on that job, submitted to accounting."""
    line = {
        "id": 5,
        "description": "Labor",
        "quantity": 1,
        "price": 100,
        "subtotal": 100,
        "taxAmount": 0,
    }
    known = {
        "id": 4, "type": "invoice", "status": "pending_accounting", "invoiceNumber": number, "transactionDate": 1782900000,
        "subtotal": 100, "taxAmount": 0, "totalPrice": 100, "customer": CUSTOMER, "location": SITE, "job": JOB,
        "assignedOffice": OFFICE, "items": [line | {"totalPrice": 100}],
    }  # fmt: skip
    return Invoice.model_validate(known | changes)


def test_what_crosses_by_itself_holds_no_invoice_up(account: Account) -> None:
    preview = coming_with(account, invoice())
    assert not preview.holds["invoices"]
    assert preview.codes["invoices", "GL_Account"] == {"4010": 1}
    assert preview.codes["invoices", "Terms_Code"] == {"3": 1}
    assert preview.codes["invoices", "Sales_Tax_Code"] == {"VA": 1}


def test_an_account_counts_once_for_an_invoice_however_many_lines_go_there(
    account: Account,
) -> None:
    line = {
        "id": 5,
        "description": "Part",
        "quantity": 1,
        "price": 50,
        "subtotal": 50,
        "taxAmount": 0,
        "totalPrice": 50,
    }
    preview = coming_with(account, invoice(items=[line, line | {"id": 6}]))
    assert preview.codes["invoices", "GL_Account"] == {"4010": 1}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"company": {"status": "inactive"}}, "customer"),
        ({"company": {"address": NORFOLK | {"state": "ZZ"}}}, "customer"),
        ({"job": {"type": "training"}}, "job"),
        ({"job": {"status": "canceled"}}, "job"),
    ],
)
def test_an_invoice_whose_customer_or_job_does_not_cross_would_wait(
    account: Account, changes: dict[str, Any], reason: str
) -> None:
    preview = coming_with(account, invoice(), invoice("10482-2"), **changes)
    [((why, _, place), number)] = preview.holds["invoices"].items()
    assert reason in why
    assert (place, number) == ("servicetrade", 2)


def test_invoices_with_the_same_flaw_are_one_cause(account: Account) -> None:
    preview = coming_with(account, invoice("A-NUMBER-1"), invoice("A-NUMBER-2"))
    assert list(preview.holds["invoices"].values()) == [2]


def test_invoices_that_are_not_for_accounting_are_not_counted(account: Account) -> None:
    preview = coming_with(account, invoice(type="vendorbill"), invoice(status="ok"))
    assert preview.records["invoices"] == 0


def test_payment_terms_of_invoices_are_counted_beside_those_of_companies(account: Account) -> None:
    preview = coming_with(account, invoice(paymentTerms={"id": 8, "name": "Net 90"}))
    assert preview.terms == {"invoices": {"Net 90": 1}}


def test_an_old_customer_that_would_wait_for_a_code_is_told_by_that_code(account: Account) -> None:
    """And not as one that was left out, which nobody could do anything about."""
    texas = {"state": "TX", "city": "Austin", "street": "1 Dock Rd", "postalCode": "78701"}
    company = {"created": 1_400_000_000, "address": texas}

    preview = coming_with(account, invoice(), company=company)

    (cause,) = preview.holds["customers"]
    assert cause[0] == "no sales tax code for state 'TX'"
    assert preview.holds["customers"][cause] == 1
    assert not any("left out" in reason for reason, *_ in preview.holds["invoices"])
