"""Before anything is carried, `check` names what it reached and what of the tables is missing, and
what would stop for it.
"""

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.check.columns import check_columns
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.check.reached import check_servicetrade_account, check_spectrum_company
from st_spectrum.commands.sandbox import environment
from st_spectrum.domain.errors import ContractBroken, SettingsInvalid
from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import JOBS
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum

EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"


@pytest.fixture
def world(sandbox: Sandbox) -> Iterator[Sandbox]:
    """An empty sandbox whose tables a test may spoil; they are whole again afterwards."""
    sandbox.control.reset()
    system = sandbox.rig.inside("spectrum")
    kept = system.database.kept()
    yield sandbox
    system.database.put_back(kept)


@pytest.fixture
def account(world: Sandbox, tmp_path: Path) -> Account:
    return load_account(EXAMPLE, environment(world) | {"ST_SPECTRUM_STATE_DIR": str(tmp_path)})


def spoil(world: Sandbox, *statements: str) -> None:
    """What another release, or a set-up without grants, would show."""
    path = world.infolink_url.removeprefix("sqlite:///")
    connection = sqlite3.connect(path, timeout=30)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def without_column(table: str, column: str) -> tuple[str, str]:
    drop = f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "{column}_2"'
    return (
        drop,
        f"DELETE FROM PA_COLUMN_NAMES WHERE TABLE_NAME = '{table}' AND COLUMN_NAME = '{column}'",
    )


def columns(account: Account, folder: Path) -> list[Finding]:
    with Spectrum(account.spectrum, folder / "wsdl") as spectrum:
        return list(check_columns(account, spectrum))


def test_nothing_is_missing_in_the_sandbox(account: Account, tmp_path: Path) -> None:
    assert columns(account, tmp_path) == []


def test_a_column_that_this_release_lacks_is_told_with_what_stops(
    world: Sandbox, account: Account, tmp_path: Path
) -> None:
    spoil(world, *without_column("CR_INVOICE_HEADER_MC", "Taxable_Amount"))

    (found,) = columns(account, tmp_path)

    assert (found.severity, found.where) == (Severity.ERROR, "spectrum.infolink")
    assert found.problem == "Spectrum has no column Taxable_Amount of CR_INVOICE_HEADER_MC"
    assert "all invoices wait" in found.used_by


def test_a_column_that_is_there_and_not_granted_is_told_apart(
    world: Sandbox, account: Account, tmp_path: Path
) -> None:
    renamed, _ = without_column("PO_PURCHASE_ORDER_DETAIL_MC", "Item_Price")
    spoil(world, renamed)

    (found,) = columns(account, tmp_path)

    assert (
        found.problem == "Info-Link does not grant column Item_Price of PO_PURCHASE_ORDER_DETAIL_MC"
    )
    assert "Update Database" in found.advice


def test_a_table_that_is_missing_is_one_finding(
    world: Sandbox, account: Account, tmp_path: Path
) -> None:
    spoil(world, "DROP TABLE PR_TIME_CARD_HISTORY_MC")

    (found,) = columns(account, tmp_path)

    assert found.problem == "Info-Link does not grant table PR_TIME_CARD_HISTORY_MC"
    assert found.used_by == "whether time stands in payroll already cannot be seen: new time waits"


def test_without_the_dictionary_nobody_can_tell_which_of_the_two_it_is(
    world: Sandbox, account: Account, tmp_path: Path
) -> None:
    renamed, _ = without_column("JC_JOB_MASTER_MC", "WO_Site")
    spoil(world, renamed, "DROP TABLE PA_COLUMN_NAMES")

    (found,) = columns(account, tmp_path)

    assert (
        "does not show column WO_Site of JC_JOB_MASTER_MC, and its dictionary cannot be read"
        in found.problem
    )


def test_an_optional_column_that_is_missing_is_a_warning_and_says_what_is_lost(
    world: Sandbox, account: Account, tmp_path: Path
) -> None:
    spoil(world, *without_column("PO_PURCHASE_ORDER_HEADER_MC", "Currency_Code"))

    (found,) = columns(account, tmp_path)

    assert found.severity is Severity.WARNING
    assert found.used_by == "prices in another currency are taken for those of the job"


def test_a_code_of_another_length_is_told(world: Sandbox, account: Account, tmp_path: Path) -> None:
    spoil(
        world,
        "PRAGMA writable_schema = ON",
        'UPDATE sqlite_master SET sql = replace(sql, \'"PO_Number" CHAR(10)\', \'"PO_Number"'
        " CHAR(12)')",
    )

    found = columns(account, tmp_path)

    assert {finding.problem.partition(" of ")[0] for finding in found} == {"PO_Number"}
    assert "has 12 characters, and codes are looked for as padded to 10" in found[0].problem


def test_the_account_behind_the_login_is_named_and_another_one_refused(account: Account) -> None:
    named = account.servicetrade.model_copy(update={"account": "Somebody Else"})
    other = account.model_copy(update={"servicetrade": named})
    with ServiceTrade(account.servicetrade) as servicetrade:
        (right,) = check_servicetrade_account(account, servicetrade)
        (wrong,) = check_servicetrade_account(other, servicetrade)

    assert right.severity is Severity.NOTE
    assert "'Example Fire & Mechanical'" in right.problem
    assert (wrong.severity, wrong.where) == (Severity.ERROR, "servicetrade.account")


def test_nothing_is_written_into_another_account_than_the_file_names(
    world: Sandbox, account: Account
) -> None:
    world.control.clear_calls()
    by_name = account.servicetrade.model_copy(update={"account": "example fire & mechanical"})
    with ServiceTrade(by_name) as right:
        company = right.account().prime_company
        assert company is not None
        right.comment(5, company.id, "Hello")
    before = len(world.control.calls(operation="POST /comment"))
    with (
        ServiceTrade(account.servicetrade.model_copy(update={"account": "Demo"})) as wrong,
        pytest.raises(SettingsInvalid, match="not to 'Demo'"),
    ):
        wrong.comment(5, 1, "Hello")

    assert before == len(world.control.calls(operation="POST /comment")) == 1


def test_another_time_zone_than_the_accounts_is_told(account: Account) -> None:
    elsewhere = account.model_copy(update={"timezone": "America/Chicago"})
    with ServiceTrade(account.servicetrade) as servicetrade:
        _, found = check_servicetrade_account(elsewhere, servicetrade)

    assert (found.severity, found.where) == (Severity.WARNING, "timezone")


def test_jobs_that_services_hide_from_the_operator_are_counted(
    world: Sandbox, account: Account, tmp_path: Path
) -> None:
    system = world.rig.inside("spectrum")
    with system.database.writing() as book:
        for number, status in (("10001", "A"), ("10002", "C"), ("10003", "X"), ("TEMPLATE", "A")):
            book.of("001").insert(
                JOBS, {"Job_Number": number, "Status_Code": status, "Customer_Code": "OLD"}
            )

    with Spectrum(account.spectrum, tmp_path / "wsdl") as spectrum:
        reached, hidden = check_spectrum_company(account, spectrum)

    assert "company 001 at 127.0.0.1" in reached.problem
    assert "4 jobs, the highest number 10003" in reached.problem
    assert hidden.problem == "GetJobMain shows 3 jobs, and the tables hold 4: 1 are hidden"


def test_what_reads_orders_and_invoices_goes_on_without_its_optional_columns(
    world: Sandbox, account: Account, tmp_path: Path
) -> None:
    caller = SpectrumCaller(world.spectrum_url)
    caller.write(
        "AddCustomer", Customer_Code="HARBOR", Name="Harbor", Terms_Code="3", Sales_Tax_Code="VA"
    )
    fields = {
        "GL_Date": "11/03/2026",
        "Invoice_Date": "11/03/2026",
        "Batch_Code": "20261107",
        "Customer_Code": "HARBOR",
    }
    amounts = {"Transaction_Type": "I", "Line_Extension": "100.00", "GL_Account": "4010"}
    caller.write("AddARInvoice", **fields, **amounts, Invoice_Or_Transaction="A1")
    caller.close()
    line = {"PO_Quantity": "2", "Item_Description": "Pipe", "Item_Price": "5"}
    number = world.control.make_order(line, Vendor_Code="V0001", Warehouse_Code="MAIN")
    spoil(
        world,
        *without_column("CR_INVOICE_HEADER_MC", "Reversed"),
        *without_column("CR_INVOICE_HEADER_MC", "Print_Flag"),
        *without_column("PO_PURCHASE_ORDER_HEADER_MC", "Currency_Code"),
        *without_column("PO_PURCHASE_ORDER_DETAIL_MC", "Received_Extension"),
        *without_column("JC_JOB_MASTER_MC", "Lock_Revenue_Entry"),
    )

    with Spectrum(account.spectrum, tmp_path / "wsdl") as spectrum:
        (invoice,) = spectrum.find_ar_documents(["A1"])
        (order,) = spectrum.purchase_orders([number])
        spectrum.find_ar_masters(["HARBOR"], ["10001"])
        again = spectrum.find_ar_documents(["A1"])
        calls = spectrum.calls

    assert (invoice.before_tax, invoice.is_reversed) == (Decimal("100.00"), False)
    assert again == (invoice,)
    assert [(line.ordered, line.received_extension) for line in order.lines] == [(2, 0)]
    assert calls["infolink.invoices"] == 3, (
        "the one that failed, the same without the columns, and the next"
    )


def test_a_column_without_which_nothing_can_be_told_is_never_left_out(
    world: Sandbox, account: Account, tmp_path: Path
) -> None:
    spoil(world, *without_column("CR_INVOICE_HEADER_MC", "Taxable_Amount"))

    with (
        Spectrum(account.spectrum, tmp_path / "wsdl") as spectrum,
        pytest.raises(ContractBroken, match="lacks a column"),
    ):
        spectrum.find_ar_documents(["A1"])
