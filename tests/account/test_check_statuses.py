"""`check` compares the statuses that both systems use, and what bears tax, with what the
integration knows and the account file names.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.check.preview import Preview
from st_spectrum.check.statuses import check_employee_statuses, check_letters, check_statuses
from st_spectrum.check.taxability import check_customers_tax, check_taxability
from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Job, Location
from st_spectrum.spectrum.client import Spectrum
from tests.account.test_preview_of_invoices import CUSTOMER, JOB, JULY, OFFICE, SITE, coming_with
from tests.world.dispatcher import Dispatcher

NEW = {"created": 1_780_000_000}
EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"


@pytest.fixture
def account(sandbox: Sandbox, tmp_path: Path) -> Account:
    return load_account(EXAMPLE, environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(tmp_path)})


@pytest.fixture
def servicetrade(account: Account) -> Iterator[ServiceTrade]:
    with ServiceTrade(account.servicetrade) as client:
        yield client


@pytest.fixture
def spectrum(account: Account, tmp_path: Path) -> Iterator[Spectrum]:
    with Spectrum(account.spectrum, tmp_path / "wsdl") as client:
        yield client


@pytest.fixture
def spoiled(sandbox: Sandbox) -> Iterator[Any]:
    """Runs statements on Spectrum's tables; they are whole again afterwards."""
    system = sandbox.rig.inside("spectrum")
    kept = system.database.kept()

    def spoil(statement: str) -> None:
        path = sandbox.infolink_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.execute(statement)
            connection.commit()

    yield spoil
    system.database.put_back(kept)


def sentences(found: Iterator[Finding]) -> list[str]:
    return [finding.sentence for finding in found]


def job(**values: Any) -> Job:
    known = {
        "status": "scheduled",
        "customer": CUSTOMER,
        "location": SITE,
        "assignedOffice": OFFICE,
    }
    return Job.model_validate(JOB | known | values)


def with_job(account: Account, **values: Any) -> Preview:
    preview = Preview(account)
    preview.read_companies([Company.model_validate(CUSTOMER | {"customer": True})])
    preview.read_locations([Location.model_validate(SITE | {"company": CUSTOMER})])
    preview.read_jobs([job(**values)], lambda _: ("Sprinkler",))
    return preview


def invoice(**values: Any) -> Invoice:
    lines = [
        {
            "id": 1, "description": "Work", "quantity": 1, "price": 100, "subtotal": 100,
            "taxAmount": 6, "totalPrice": 106, "libItem": {"id": 501, "name": "Labor", "code": "LAB"},
        }
    ]  # fmt: skip
    known = {
        "id": 4, "invoiceNumber": "10482-1", "type": "invoice", "status": "pending_accounting",
        "transactionDate": 1_780_000_000, "subtotal": 100, "taxAmount": 6, "totalPrice": 106,
        "customer": CUSTOMER | {"externalIds": {"spectrum": "HARBOR"}}, "location": SITE,
        "job": JOB, "assignedOffice": OFFICE, "items": lines,
    }  # fmt: skip
    return Invoice.model_validate(known | values)


def test_a_status_that_nobody_knows_is_told_with_how_many_have_it(
    account: Account, servicetrade: ServiceTrade
) -> None:
    found = list(check_statuses(servicetrade, with_job(account, status="on_ice")))

    assert [finding.severity for finding in found] == [Severity.WARNING]
    assert "1 job of status 'on_ice'" in found[0].problem


def test_a_scheduled_job_of_which_all_visits_were_called_off_is_noted(
    account: Account, servicetrade: ServiceTrade
) -> None:
    off, on = ({"id": n, "status": s} for n, s in ((1, "canceled_by_vendor"), (2, "scheduled")))

    (note,) = check_statuses(servicetrade, with_job(account, appointments=[off]))
    others = with_job(account, appointments=[off, on]), with_job(account, appointments=[])

    assert note.severity is Severity.NOTE and "1 open job would cross" in note.sentence
    assert [list(check_statuses(servicetrade, preview)) for preview in others] == [[], []]


def test_a_job_that_an_invoice_names_and_no_list_shows_is_told_with_its_status(
    sandbox: Sandbox, account: Account, servicetrade: ServiceTrade
) -> None:
    with ServiceTradeCaller(sandbox.servicetrade_url) as office:
        dispatcher = Dispatcher(office)
        made = dispatcher.job(dispatcher.location(dispatcher.company()))
    sandbox.rig.inside("servicetrade").edit("job", made, {"status": "on_ice"})
    preview = coming_with(account, invoice(job=JOB | {"id": made}))

    found = sentences(check_statuses(servicetrade, preview))

    assert any("which no list shows, of status 'on_ice'" in sentence for sentence in found)


def test_an_office_that_hands_nothing_over_to_accounting_is_told(
    sandbox: Sandbox, account: Account, servicetrade: ServiceTrade
) -> None:
    preview = Preview(account)
    assert list(check_statuses(servicetrade, preview)) == []  # there is no invoice at all
    with ServiceTradeCaller(sandbox.servicetrade_url) as office:
        dispatcher = Dispatcher(office)
        work = dispatcher.job(dispatcher.location(dispatcher.company()))
        line = {"description": "Work", "quantity": 1, "price": 10}
        made = office.post("/invoice", jobId=work, status="ok", items=[line])

        (the_only,) = check_statuses(servicetrade, preview)
        office.put(f"/invoice/{made['id']}", status="pending_accounting")

    assert the_only.severity is Severity.WARNING and "there are 1 ok" in the_only.problem
    assert list(check_statuses(servicetrade, preview)) == []


def test_letters_of_spectrum_that_nobody_knows_are_told(spectrum: Spectrum, spoiled: Any) -> None:
    assert list(check_letters(spectrum)) == []
    spoiled(
        "INSERT INTO JC_JOB_MASTER_MC (Company_Code, Job_Number, Status_Code)"
        " VALUES ('001', '      1001', 'Z')"
    )

    (the_only,) = check_letters(spectrum)

    assert "of status 'Z'" in the_only.problem and "job" in the_only.problem


@pytest.mark.parametrize("has_infolink", [True, False])
def test_employee_statuses_of_the_file_are_compared_with_those_that_people_have(
    sandbox: Sandbox, account: Account, tmp_path: Path, has_infolink: bool
) -> None:
    sandbox.control.keep_employees(
        {"Employee_Code": "9001", "Employee_Name": "On leave", "Employment_Status": "L"}
    )
    time = account.timecards.model_copy(update={"active_statuses": ("A", "Q")})
    named = account.model_copy(update={"timecards": time})
    link = account.spectrum.infolink if has_infolink else None
    connection = account.spectrum.model_copy(update={"infolink": link})
    with Spectrum(connection, tmp_path / "wsdl") as spectrum:
        found = sentences(check_employee_statuses(named, spectrum))
        assert list(check_employee_statuses(account, spectrum)) == []

    assert "no employee has status 'Q'" in found[0] and "A (" in found[0]
    assert any("1 employee of status 'L'" in one and "would wait" in one for one in found)
    assert not any("status 'A'" in one for one in found[1:])


def test_locations_that_bear_no_tax_need_a_code(
    account: Account, servicetrade: ServiceTrade
) -> None:
    taxes = account.maps.sales_tax.model_copy(update={"not_taxable": ""})
    maps = account.maps.model_copy(update={"sales_tax": taxes})
    for known, expected in ((account, 0), (account.model_copy(update={"maps": maps}), 1)):
        preview = Preview(known)
        preview.read_companies([Company.model_validate(CUSTOMER | NEW | {"customer": True})])
        preview.read_locations(
            [Location.model_validate(SITE | NEW | {"company": CUSTOMER, "taxable": False})]
        )

        found = list(check_taxability(known, servicetrade, preview))

        assert [finding.where for finding in found] == ["maps.sales_tax.not_taxable"] * expected


def test_tax_on_what_bears_none_is_told(
    sandbox: Sandbox, account: Account, servicetrade: ServiceTrade
) -> None:
    with ServiceTradeCaller(sandbox.servicetrade_url) as office:
        item = office.post("/libitem", name="Labor", type="labor", code="LAB", taxable=False)
    line = invoice().items[0].model_dump(by_alias=True) | {"libItem": {"id": item["id"]}}
    untaxed = invoice(location=SITE | {"taxable": False}, items=[line])

    found = sentences(check_taxability(account, servicetrade, coming_with(account, untaxed)))
    plain = coming_with(account, invoice())

    assert any("at a location that ServiceTrade calls not taxable" in one for one in found)
    assert any("calls not taxable: LAB" in one for one in found)
    assert sentences(check_taxability(account, servicetrade, plain)) == []
    assert plain.taxed_customers == {"HARBOR": 1} and JULY.year == 2026


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_customer_who_bears_no_tax_in_spectrum_and_is_billed_with_it_is_told(
    account: Account, tmp_path: Path, spoiled: Any, has_infolink: bool
) -> None:
    spoiled(
        "INSERT INTO CR_CUSTOMER_MASTER_MC (Company_Code, Customer_Code, Name, Taxable_Flag,"
        " Status) VALUES ('001', 'HARBOR    ', 'Harbor Foods', 'Y', 'A')"
    )
    preview = coming_with(account, invoice())
    link = account.spectrum.infolink if has_infolink else None
    connection = account.spectrum.model_copy(update={"infolink": link})
    with Spectrum(connection, tmp_path / "wsdl") as spectrum:
        before = list(check_customers_tax(spectrum, preview))
        spoiled("UPDATE CR_CUSTOMER_MASTER_MC SET Taxable_Flag = 'N'")
        (the_only,) = check_customers_tax(spectrum, preview)

    assert before == []
    assert the_only.severity is Severity.WARNING and "HARBOR" in the_only.problem
