"""Of customers and jobs only those columns are asked for that the account file takes codes from, so
that no other one has to be granted.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from st_spectrum.account import Account
from st_spectrum.account.connections import InfoLink
from st_spectrum.account.file import load_account
from st_spectrum.account.infolink_columns import COLUMNS_READ
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum.infolink.live_code_tables import CUSTOMERS, JOBS, read
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.live_codes import (
    CENTER,
    PRICE_METHOD,
    SALES_TAX,
    TAX_CLASS,
    TAXABLE,
    CustomerCodes,
    JobCodes,
    columns_of_invoices,
    columns_of_jobs,
)
from st_spectrum.spectrum.pace import Pace
from st_spectrum.spectrum.tables_read import live_tables
from tests.account.test_requirements import EXAMPLE, SECRETS

KEYS = {
    "invoices": ("tax_from", "cost_center_from"),
    "jobs": ("tax_from", "cost_center_from", "price_method_from"),
}


def account_with(section: str, *keys: str) -> Account:
    """The example, in which these keys say `spectrum`."""
    account = load_account(EXAMPLE, SECRETS)
    changed: dict[str, Any] = dict.fromkeys(keys, "spectrum")
    part = getattr(account, section).model_copy(update=changed)
    return account.model_copy(update={section: part})


def database(path: Path, of_customers: str, of_jobs: str) -> InfoLinkReader:
    """One customer and one job, whose columns have a letter or two of their name as code."""
    with closing(sqlite3.connect(path)) as connection:
        for name, key, columns in (
            (CUSTOMERS, "Customer_Code", of_customers.split()),
            (JOBS, "Job_Number", of_jobs.split()),
        ):
            listed = ", ".join(f"{column} VARCHAR(10)" for column in columns)
            connection.execute(
                f"CREATE TABLE {name} (Company_Code VARCHAR(3), {key} VARCHAR(10), {listed})"
            )
            values = ["001", "X1", *(column[:3] for column in columns)]
            places = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO {name} VALUES ({places})", values)
        connection.commit()
    settings = InfoLink(url=SecretStr(f"sqlite:///{path}"), timeout_seconds=1)
    return InfoLinkReader(settings, "001", Pace(read_attempts=1, first_wait=0.001))


def test_a_cost_center_is_read_where_no_other_column_is_shown(tmp_path: Path) -> None:
    reader = database(tmp_path / "infolink", "Name", CENTER)
    columns = columns_of_invoices(account_with("invoices", "cost_center_from"))

    codes = read(reader, ["X1"], ["X1"], columns)

    assert codes.jobs == {"X1": JobCodes(cost_center="COS")}
    assert codes.customers == {"X1": CustomerCodes()}


def test_tax_codes_of_earlier_invoices_are_read_where_they_are_shown(tmp_path: Path) -> None:
    reader = database(tmp_path / "infolink", SALES_TAX, f"{CENTER} {TAX_CLASS} {SALES_TAX}")
    columns = columns_of_invoices(account_with("invoices", "cost_center_from"))

    codes = read(reader, ["X1"], ["X1"], columns)

    assert codes.jobs == {"X1": JobCodes("COS", "TAX", "SAL")}
    assert codes.customers == {"X1": CustomerCodes("SAL")}


def test_a_template_job_is_read_by_the_code_that_is_taken_of_it(tmp_path: Path) -> None:
    reader = database(tmp_path / "infolink", "Name", PRICE_METHOD)
    columns = columns_of_jobs(account_with("jobs", "price_method_from"))

    assert read(reader, (), ["X1"], columns).jobs == {"X1": JobCodes(price_method="PRI")}


@pytest.mark.parametrize("lacking", [SALES_TAX, TAXABLE, TAX_CLASS])
def test_without_a_column_that_codes_are_taken_from_nothing_is_told(
    tmp_path: Path, lacking: str
) -> None:
    of_customers, of_jobs = f"{SALES_TAX} {TAXABLE}", f"{TAX_CLASS} {SALES_TAX}"
    without = [text.replace(lacking, "Name") for text in (of_customers, of_jobs)]
    reader = database(tmp_path / "infolink", *without)
    columns = columns_of_invoices(account_with("invoices", "tax_from"))

    with pytest.raises(ContractBroken):
        read(reader, ["X1"], ["X1"], columns)


@pytest.mark.parametrize("section", KEYS)
def test_what_is_read_can_be_named_and_is_asked_of_the_administrator(section: str) -> None:
    for key in KEYS[section]:
        reads = list(live_tables(account_with(section, key)))

        for one in reads:
            assert {column.name for column in one.table.columns} <= {*COLUMNS_READ[one.table.name]}
            assert "wait" in one.lost
        assert reads, key
    assert not list(live_tables(account_with(section)))
