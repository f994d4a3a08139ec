"""Spectrum's master tables as Info-Link shows them, and the statements that ask for their rows [SP
16].

The tables hold codes padded or right-justified, so every code is compared and returned trimmed, and
every statement names the company. Statements are built by functions on their own, so that what SQL
Server would be asked can be read in a test.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    FromClause,
    MetaData,
    Numeric,
    Select,
    String,
    Table,
    func,
    select,
)

_METADATA = MetaData()

COMPANY_WIDTH = 3
"""Characters of a company code [SP 8]."""


def _table(name: str, *columns: str) -> Table:
    return Table(
        name, _METADATA, *(Column(column, String) for column in ("Company_Code", *columns))
    )


def described(name: str, texts: str, amounts: str = "", dates: str = "") -> Table:
    """A table by the names of the columns that are read of it, apart by blanks."""
    kinds = ((texts, String), (amounts, Numeric), (dates, Date))
    return Table(
        name,
        MetaData(),
        *(Column(column, kind) for names, kind in kinds for column in names.split()),
    )


CUSTOMERS = _table(
    "CR_CUSTOMER_MASTER_MC",
    *(
        "Customer_Code",
        "Name",
        "Alpha_Sort",
        "Type",
        "Address_1",
        "Address_2",
        "City",
        "State",
        "Zip_Code",
        "Phone",
    ),
    *("Terms_Code", "Sales_Tax_Code", "Taxable_Flag", "Status", "Customer_Email", "Salesperson"),
)

SITES = _table(
    "WO_ADDRESS_MC",
    *(
        "Ship_To_ID",
        "Ship_To_Name",
        "Ship_To_Customer_Code",
        "Ship_To_Address1",
        "Ship_To_Address2",
        "Ship_To_City",
    ),
    *(
        "Ship_To_State",
        "Ship_To_Zip_Code",
        "Ship_To_Phone1",
        "Ship_To_Phone2",
        "Site_Contact_Person",
        "Zone",
    ),
    *("Special_Instructions", "Work_Site_Email", "Latitude", "Longitude", "Status"),
)

JOBS = _table(
    "JC_JOB_MASTER_MC",
    *(
        "Job_Number",
        "Job_Description",
        "Customer_Code",
        "Status_Code",
        "Cost_Center",
        "Contract_Number",
    ),
    *("Tax_Class_Code", "Sales_Tax_Code", "Price_Method_Code", "WO_Site", "Job_Oh_Batch_Code"),
)

PHASES = _table(
    "JC_PHASE_MASTER_MC", "Job_Number", "Phase_Code", "Cost_Type", "Description", "Status_Code"
)

TEMPLATE_PHASES = Table(
    "JC_PHASE_MASTER_MC",
    MetaData(),
    *(
        Column(name, String)
        for name in (*PHASES.columns.keys(), "Price_Method_Code", "Unit_of_Measure")
    ),
)
TEMPLATE_PHASES_OPTIONAL = {
    "Unit_of_Measure": "phases are copied without their unit where no service tells it"
}
"""The price method was seen there; that the unit stands there too is assumed [SP 16.2]."""

NEEDED: Mapping[str, frozenset[str]] = {
    CUSTOMERS.name: frozenset({"Customer_Code", "Name"}),
    SITES.name: frozenset({"Ship_To_ID", "Ship_To_Name", "Ship_To_Customer_Code"}),
    JOBS.name: frozenset({"Job_Number", "Job_Description", "Customer_Code", "Status_Code"}),
    PHASES.name: frozenset({"Job_Number", "Phase_Code", "Cost_Type"}),
}
"""Columns without which a master record cannot be told from another one, beside its company."""


def optional_of(table: Table) -> frozenset[str]:
    """The other columns of a table of masters: without one, records are compared by the rest."""
    needed = NEEDED.get(table.name, frozenset(table.columns.keys())) | {"Company_Code"}
    return frozenset(table.columns.keys()) - needed


TERMS = _table("CR_TERMS_MASTER_MC", "Terms_Code")

EMPLOYEES = _table("PR_EMPLOYEE_MASTER_1_MC", "Employee_Code", "Employee_Name")

GL_ACCOUNTS = _table("GL_MASTER_MC", "GL_Account", "Direct_Cost_Flag", "Status")
"""All of the columns are assumed, the account's as in the layouts: nothing public names more than
the table [SP 16.5].
"""

DICTIONARY = Table(
    "PA_COLUMN_NAMES", _METADATA, Column("TABLE_NAME", String), Column("COLUMN_NAME", String)
)

SITE_NAMES: Mapping[str, str] = {
    "Ship_To_ID": "Site_ID",
    "Ship_To_Name": "Site_Name",
    "Ship_To_Customer_Code": "Site_Customer_Code",
    "Ship_To_Address1": "Site_Address1",
    "Ship_To_Address2": "Site_Address2",
    "Ship_To_City": "Site_City",
    "Ship_To_State": "Site_State",
    "Ship_To_Zip_Code": "Site_Zip_Code",
    "Ship_To_Phone1": "Site_Phone1",
    "Ship_To_Phone2": "Site_Phone2",
}
"""Columns of WO_ADDRESS_MC that AddWOSiteAddress calls something else; rows are given back under
its names.
"""


def trimmed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """`LTRIM(RTRIM(column))`: works on every SQL Server release."""
    return func.ltrim(func.rtrim(column))


def rows_of(
    table: Table,
    company_code: str,
    where: Mapping[str, str] | None = None,
    without: Collection[str] = (),
) -> Select[Any]:
    """All named columns of one company's rows whose trimmed columns equal `where`, but for those
    left out.
    """
    columns = [
        trimmed(column).label(column.name) for column in table.columns if column.name not in without
    ]
    statement = select(*columns).where(of_company(table, company_code))
    for name, value in (where or {}).items():
        statement = statement.where(trimmed(table.c[name]) == value)
    return statement


def codes_of(column: Column[Any], company_code: str) -> Select[Any]:
    """Every value of one code column in one company, trimmed, each once."""
    return (
        select(trimmed(column).label("code"))
        .where(of_company(column.table, company_code))
        .distinct()
    )


def of_company(table: FromClause, company_code: str) -> ColumnElement[bool]:
    """Left bare, so that the database can use its keys, which begin with the company; padded
    spellings are listed instead.
    """
    code = company_code.strip()
    company: ColumnElement[str] = table.c.Company_Code
    return company.in_(sorted({code, code.ljust(COMPANY_WIDTH), code.rjust(COMPANY_WIDTH)}))


def tables_known() -> Select[Any]:
    """The tables of the data dictionary inside the database [SP 16]; it spans all companies."""
    return select(trimmed(DICTIONARY.c.TABLE_NAME).label("code")).distinct()
