"""Info-Link: what SQL Server would be asked, and what comes of padded, blank and missing data."""

import sqlite3
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.dialects import mssql
from sqlalchemy.exc import OperationalError, ProgrammingError

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    SettingsInvalid,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum.infolink import database as infolink_database
from st_spectrum.spectrum.infolink import tables as infolink_tables
from st_spectrum.spectrum.infolink.reader import GlAccount, InfoLinkReader
from st_spectrum.spectrum.infolink.tables import codes_of, rows_of, tables_known
from st_spectrum.spectrum.pace import Pace

ALL_TABLES = (
    infolink_tables.CUSTOMERS, infolink_tables.SITES, infolink_tables.JOBS, infolink_tables.PHASES,
    infolink_tables.TERMS, infolink_tables.EMPLOYEES, infolink_tables.GL_ACCOUNTS,
)  # fmt: skip


def for_sql_server(statement) -> str:  # type: ignore[no-untyped-def]
    compiled = statement.compile(dialect=mssql.dialect(), compile_kwargs={"literal_binds": True})
    return " ".join(str(compiled).split())


def test_sql_server_is_asked_for_one_trimmed_site_of_one_company() -> None:
    text = for_sql_server(rows_of(infolink_tables.SITES, "001", {"Ship_To_ID": "S00001"}))
    assert text.startswith(
        "SELECT ltrim(rtrim([WO_ADDRESS_MC].[Company_Code])) AS [Company_Code], ltrim(rtrim("
    )
    assert text.endswith(
        "FROM [WO_ADDRESS_MC] WHERE [WO_ADDRESS_MC].[Company_Code] IN ('001')"
        " AND ltrim(rtrim([WO_ADDRESS_MC].[Ship_To_ID])) = 'S00001'"
    )


def test_sql_server_is_asked_for_all_codes_once_and_trimmed() -> None:
    assert (
        for_sql_server(codes_of(infolink_tables.CUSTOMERS.c.Customer_Code, "001"))
        == "SELECT DISTINCT ltrim(rtrim([CR_CUSTOMER_MASTER_MC].[Customer_Code])) AS code FROM"
        " [CR_CUSTOMER_MASTER_MC] WHERE [CR_CUSTOMER_MASTER_MC].[Company_Code] IN ('001')"
    )


def test_the_data_dictionary_is_asked_without_a_company() -> None:
    assert (
        for_sql_server(tables_known())
        == "SELECT DISTINCT ltrim(rtrim([PA_COLUMN_NAMES].[TABLE_NAME])) AS code FROM"
        " [PA_COLUMN_NAMES]"
    )


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)
def test_every_statement_names_the_company_and_trims_every_column(table) -> None:  # type: ignore[no-untyped-def]
    text = for_sql_server(rows_of(table, "01"))
    assert f"[{table.name}].[Company_Code] IN (' 01', '01', '01 ')" in text
    assert text.count("ltrim(rtrim(") == len(table.columns)


def reader(path: Path, company: str = "001") -> InfoLinkReader:
    settings = InfoLink(url=SecretStr(f"sqlite:///{path}"), timeout_seconds=1)
    return InfoLinkReader(settings, company, Pace(read_attempts=2, first_wait=0.001))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "infolink.sqlite"
    with sqlite3.connect(path) as connection:
        for table in ALL_TABLES:
            columns = ", ".join(
                f'"{column.name}" TEXT NOT NULL DEFAULT " "' for column in table.columns
            )
            connection.execute(f"CREATE TABLE {table.name} ({columns})")
        connection.execute("CREATE TABLE PA_COLUMN_NAMES (TABLE_NAME TEXT, COLUMN_NAME TEXT)")
        connection.executescript("""
            INSERT INTO WO_ADDRESS_MC (Company_Code, Ship_To_ID, Ship_To_Name, Ship_To_Customer_Code)
                VALUES ('001', '    S00001', 'Pier 4 ', 'C00001    '), ('002', 'S00002', 'Elsewhere', 'C9');
            INSERT INTO JC_JOB_MASTER_MC (Company_Code, Job_Number, Job_Oh_Batch_Code) VALUES ('001', '     10482', 'OH1  ');
            INSERT INTO CR_CUSTOMER_MASTER_MC (Company_Code, Customer_Code) VALUES ('001', 'C00001    '), ('001', ' ');
            INSERT INTO CR_TERMS_MASTER_MC VALUES ('001', 'A'), ('001', 'B'), ('002', 'Z');
            INSERT INTO PR_EMPLOYEE_MASTER_1_MC VALUES ('001', '      E1', 'Ada L ');
            INSERT INTO GL_MASTER_MC VALUES ('001', '400000 ', 'N', 'A'), ('001', '510000', 'Y', 'I'), ('002', '9', 'N', 'A');
            INSERT INTO PA_COLUMN_NAMES VALUES ('GL_MASTER_MC', 'GL_Account'), ('GL_MASTER_MC', 'Status');
            """)
    return path


def test_padded_codes_are_found_and_come_back_trimmed_under_the_names_of_the_add_service(
    database: Path,
) -> None:
    site = reader(database).site("S00001")
    assert site is not None
    assert (site["Site_ID"], site["Site_Name"], site["Site_Customer_Code"]) == (
        "S00001",
        "Pier 4",
        "C00001",
    )
    assert site["Site_City"] == ""
    assert not [name for name in site if name.startswith("Ship_To")]
    job = reader(database).job(" 10482 ")
    assert job is not None
    assert (job["Job_Number"], job["Job_Oh_Batch_Code"]) == ("10482", "OH1")


def test_another_companys_records_are_not_there(database: Path) -> None:
    assert reader(database).site("S00002") is None
    assert reader(database).site_ids() == {"S00001"}
    assert reader(database).terms_codes() == {"A", "B"}


def test_code_lists_leave_blanks_out(database: Path) -> None:
    here = reader(database)
    assert here.customer_codes() == {"C00001"}
    assert here.employees() == {"E1": "Ada L"}
    assert here.gl_accounts() == {
        "400000": GlAccount("400000", is_direct_cost=False, status="A"),
        "510000": GlAccount("510000", is_direct_cost=True, status="I"),
    }
    assert here.tables() == {"GL_MASTER_MC"}
    assert here.phases("10482") == ()


def test_a_quote_in_a_code_is_data(database: Path) -> None:
    assert reader(database).customer("x' OR '1'='1") is None


def test_the_reader_cannot_write(database: Path) -> None:
    from sqlalchemy import text

    with reader(database)._engine.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("DELETE FROM WO_ADDRESS_MC"))


def test_a_table_that_is_missing_is_named(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE GL_MASTER_MC")
    with pytest.raises(ContractBroken, match=r"infolink\.gl_accounts: GL_MASTER_MC is missing"):
        reader(database).gl_accounts()


def test_a_database_that_is_not_there_is_unavailable_and_its_address_stays_secret(
    tmp_path: Path,
) -> None:
    pace = Pace(read_attempts=3, first_wait=0.001)
    url = f"sqlite:///{tmp_path}/HIDDEN-PLACE/none.sqlite"
    here = InfoLinkReader(InfoLink(url=SecretStr(url)), "001", pace)
    with pytest.raises(Unavailable) as raised:
        here.customer_codes()
    assert "HIDDEN-PLACE" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert pace.calls == {"infolink.customer_codes": 3}


@pytest.mark.parametrize("url", ["nosuchdb://HIDDEN@h/x", "mssql+nosuchdriver://u:HIDDEN@h/x"])
def test_an_address_that_cannot_be_used_is_a_setting_to_correct(url: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"spectrum\.infolink\.url") as raised:
        InfoLinkReader(InfoLink(url=SecretStr(url)), "001")
    assert "HIDDEN" not in str(raised.value)


def test_sql_server_that_does_not_listen_is_unavailable() -> None:
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"mssql+pymssql://reader:HIDDEN@127.0.0.1:{held.getsockname()[1]}/Spectrum"
        here = InfoLinkReader(
            InfoLink(url=SecretStr(url), timeout_seconds=1), "001", Pace(read_attempts=1)
        )
        with pytest.raises(Unavailable) as raised:
            here.terms_codes()
    assert "HIDDEN" not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)


@pytest.mark.parametrize(
    ("error", "family"),
    [
        (OperationalError("", {}, Exception(18456, b"Login failed for user HIDDEN")), AccessDenied),
        (
            OperationalError("", {}, Exception((18456, b"Login failed for user HIDDEN"))),
            AccessDenied,
        ),
        (
            OperationalError("", {}, Exception(229, b"The SELECT permission was denied")),
            AccessDenied,
        ),
        (ProgrammingError("", {}, Exception(208, b"Invalid object name")), ContractBroken),
        (ProgrammingError("", {}, Exception(207, b"Invalid column name")), ContractBroken),
        (OperationalError("", {}, Exception(1205, b"deadlock victim")), Unavailable),
        (OperationalError("", {}, Exception(20009, b"Unable to connect to HIDDEN")), Unavailable),
    ],
)
def test_error_numbers_of_sql_server_have_their_family(
    error: OperationalError, family: type[SyncFault]
) -> None:
    fault = infolink_database.fault_of(error, "WO_ADDRESS_MC", "infolink.sites")
    assert type(fault) is family
    assert "HIDDEN" not in str(fault)
