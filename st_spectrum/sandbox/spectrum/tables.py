"""The Info-Link tables that the sandbox keeps, with the vendor's table and column names where they
are known [SP 16].

A table marked `is_name_assumed` exists in Spectrum under a name that nobody documents; on a real
system `PA_COLUMN_NAMES` tells it. Columns that nothing public lists are assumed to be called as the
field of the service that fills them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from st_spectrum.sandbox.spectrum.order_tables import (
    PACKING_LISTS,
    PO_DETAILS,
    PO_HEADERS,
    VENDORS,
    WAREHOUSES,
)
from st_spectrum.sandbox.spectrum.own_tables import NOT_IN_JOB_MASTER, OWN
from st_spectrum.sandbox.spectrum.payroll_tables import (
    DEPARTMENTS,
    EMPLOYEE_STATUSES,
    EMPLOYEES,
    PAY_TYPES,
    PAYROLL_INSTALLATION,
    TIME_TABLES,
)
from st_spectrum.sandbox.spectrum.table import (
    AMOUNT_LENGTH,
    COMPANY,
    PADDED,
    Column,
    Table,
    exact,
    of_field,
    of_service,
    table_of,
    text,
)
from st_spectrum.spectrum.services import (
    INVOICE_DETAIL,
    INVOICE_HEADER,
    SERVICES,
    UDF_NAMES,
    Field,
    Kind,
)

SITE_COLUMNS = {
    "Site_ID": "Ship_To_ID",
    "Site_Name": "Ship_To_Name",
    "Site_Address1": "Ship_To_Address1",
    "Site_Address2": "Ship_To_Address2",
    "Site_City": "Ship_To_City",
    "Site_State": "Ship_To_State",
    "Site_Zip_Code": "Ship_To_Zip_Code",
    "Site_Phone1": "Ship_To_Phone1",
    "Site_Phone2": "Ship_To_Phone2",
    "Site_Customer_Code": "Ship_To_Customer_Code",
}
"""Elements of AddWOSiteAddress whose column is called otherwise [SP 16]."""

CONTACT_FIELDS = ("Contact_1", "Contact_2", "Contact_3")


_UDF_COLUMNS = tuple(text(name, 20) for name in UDF_NAMES)

CUSTOMERS = table_of(
    "CR_CUSTOMER_MASTER_MC",
    [
        *of_service("AddCustomer", without=CONTACT_FIELDS),
        text("Status", 1, "A active, I inactive, N not used"),
        text("Primary_Contact", 20),
        text("Cost_Center_Flag", 1, "S shared"),
    ],
    "Company_Code Customer_Code",
)
CONTACTS = table_of(
    "CR_CUSTOMER_CONTACTS_MC",
    [
        COMPANY,
        text("Customer_Code", 10),
        text("Contact_ID", 10),
        text("First_Name", 20),
        text("Last_Name", 30),
        text("Phone_Number", 14),
        text("Email1", 80),
    ],
    "Company_Code Customer_Code Contact_ID",
)
CUSTOMER_UDFS = table_of(
    "CR_CUSTOMER_USER_FIELDS_DET_MC",
    [COMPANY, text("Customer_Code", 10), *_UDF_COLUMNS],
    "Company_Code Customer_Code",
    is_name_assumed=True,
)
BILL_TOS = table_of(
    "CR_CUSTOMER_BILLTO_MC",
    [COMPANY, text("Customer_Code", 10), text("Billto_Code", 4), text("AltName", 30)],
    "Company_Code Customer_Code Billto_Code",
    is_name_assumed=True,
)
CONTRACTS = table_of(
    "CR_CONTRACT_MASTER_MC",
    [COMPANY, text("Job_Number", 10), text("Customer_Code", 10), text("TM_Billing_Flag", 1)],
    "Company_Code Job_Number",
    is_name_assumed=True,
)
TERMS = table_of(
    "CR_TERMS_MASTER_MC",
    [COMPANY, text("Terms_Code", 1), text("Description", 30)],
    "Company_Code Terms_Code",
)
SALES_TAXES = table_of(
    "CR_SALES_TAX_MASTER_MC",
    [
        COMPANY,
        text("Sales_Tax_Code", 15),
        text("Description", 20),
        text("GL_Account", 12),
        Column("Sales_Tax_Percent", Kind.NUMBER, 7),
    ],
    "Company_Code Sales_Tax_Code",
    is_name_assumed=True,
)
SALES_TAX_RATES = table_of(
    "CR_SALES_TAX_RATE_MC",
    [
        COMPANY,
        text("Sales_Tax_Code", 15),
        Column("Effective_Date", Kind.DATE, 10, "first day of the percentage"),
        text("Sales_Tax_Percent", 8),
    ],
    "Company_Code Sales_Tax_Code Effective_Date",
    is_name_assumed=True,
)
SALESPEOPLE = table_of(
    "CR_SALESPERSON_MASTER_MC",
    [COMPANY, text("Salesperson_Code", 3), text("Description", 30)],
    "Company_Code Salesperson_Code",
    is_name_assumed=True,
)
AR_INSTALLATION = table_of(
    "CR_INSTALLATION_MC",
    [
        COMPANY,
        Column("Processing_Start_Date", Kind.DATE, 10),
        Column("Processing_End_Date", Kind.DATE, 10),
        text("AR_GL_Account", 12),
        text("GL_Account", 12, "income account of lines that name none; blank: no default"),
    ],
    "Company_Code",
    is_name_assumed=True,
)

INVOICE_HEADER_COLUMNS = {"Asset_Cost_Center": "Cost_Center"}
INVOICE_DETAIL_COLUMNS = {"Quantity": "Item_Quantity", "Income_Cost_Center": "Cost_Center"}
"""Elements of an AR document whose column is called otherwise. That the two cost centers are these
columns is assumed.
"""


def _of_invoice(
    fields: Iterable[Field], names: Mapping[str, str], without: Iterable[str] = ()
) -> list[Column]:
    return [
        replace(exact(field), name=names.get(field.name, field.name))
        for field in fields
        if field.name not in without
    ]


DOCUMENT_KEY = "Company_Code Customer_Code Invoice_Or_Transaction Transaction_Type"

INVOICE_HEADERS = table_of(
    "CR_INVOICE_HEADER_MC",
    [
        *_of_invoice(INVOICE_HEADER, INVOICE_HEADER_COLUMNS),
        text("Non_Taxable_Amount", AMOUNT_LENGTH, "sum of the lines without sales tax"),
        text("Taxable_Amount", AMOUNT_LENGTH, "sum of the lines with sales tax, before it"),
        text("Sales_Tax_Percent", 8, "of the tax code on the invoice date"),
        text("Invoice_Extension", AMOUNT_LENGTH, "sum of the lines with sales tax; assumed"),
        text("Post_Flag", 1, "Y once it is posted; the letters are assumed"),
        text("Print_Flag", 1, "Y once it counts as printed; the letters are assumed"),
        text("Reversed", 1, "Y once it was reversed at the screen; the letter is assumed"),
        text("Source_Flag", 1),
        text("GL_Year", 4, "of the GL date; assumed"),
        text("GL_Period", 2, "the month of the GL date, for fiscal years that are years; assumed"),
    ],
    DOCUMENT_KEY,
    indexes="Invoice_Or_Transaction",
)
"""Invoices and credit memos, posted or not: a posted one stays [SP 16.3]."""
INVOICE_DETAILS = table_of(
    "CR_INVOICE_DETAIL_MC",
    [
        COMPANY,
        text("Customer_Code", 10),
        text("Invoice_Or_Transaction", 10),
        text("Transaction_Type", 1),
        text("Sequence", 3, "from 001 on"),
        *(
            replace(column, length=40) if column.name == "Detail_Description" else column
            for column in _of_invoice(
                INVOICE_DETAIL, INVOICE_DETAIL_COLUMNS, without=("Taxable_Flag",)
            )
        ),
    ],
    f"{DOCUMENT_KEY} Sequence",
)
OPEN_ITEMS = table_of(
    "CR_OPEN_ITEM_MC",
    [
        COMPANY,
        text("Customer_Code", 10),
        text("Invoice_Or_Transaction", 10),
        text("Transaction_Type", 1, "I, C, and P or A for payments and adjustments"),
        text("Job_Number", 10),
        text("Invoice_Description", 65),
        text("Invoice_Balance", AMOUNT_LENGTH, "with sales tax, negative for a credit memo"),
    ],
    DOCUMENT_KEY,
)
"""What is open of posted documents. Only these columns have been seen; it has no amounts before tax
and no account [SP 16.3].
"""
SITES = table_of(
    "WO_ADDRESS_MC",
    [
        *(
            of_field(field, SITE_COLUMNS.get(field.name, ""))
            for field in SERVICES["AddWOSiteAddress"].fields
        ),
        text("Status", 1),
    ],
    "Company_Code Ship_To_ID",
)
JOBS = table_of(
    "JC_JOB_MASTER_MC",
    [
        *(
            replace(column, length=250) if column.name == "Comment" else column
            for column in of_service("UpdateJob", without=NOT_IN_JOB_MASTER)
        ),
        text("Sales_Tax_Code", 15),
    ],
    "Company_Code Job_Number",
)
JOB_UDFS = table_of(
    "JC_JOB_USER_FIELDS_DET_MC",
    [COMPANY, text("Job_Number", 10), *_UDF_COLUMNS],
    "Company_Code Job_Number",
    is_name_assumed=True,
)
PHASES = table_of(
    "JC_PHASE_MASTER_MC", of_service("AddPhase"), "Company_Code Job_Number Phase_Code Cost_Type"
)
COST_TYPES = table_of(
    "JC_COST_TYPE_MASTER_MC",
    [COMPANY, text("Cost_Type", 3), text("Description", 30)],
    "Company_Code Cost_Type",
)
PHASE_CATEGORIES = table_of(
    "JC_STD_PHASE_CATEGORY_MC",
    [
        COMPANY,
        text("Category_Code", 10),
        text("Phase_Code", 20),
        text("Cost_Type", 3),
        text("Description", 25),
    ],
    "Company_Code Category_Code Phase_Code Cost_Type",
    is_name_assumed=True,
)
TAX_CLASSES = table_of(
    "JC_TAX_CLASS_MASTER_MC",
    [COMPANY, text("Tax_Class_Code", 15), text("Description", 30)],
    "Company_Code Tax_Class_Code",
    is_name_assumed=True,
)
OH_BATCHES = table_of(
    "JC_OH_ALLOCATION_MASTER_MC",
    [COMPANY, text("Oh_Batch_Code", 10), text("Description", 30)],
    "Company_Code Oh_Batch_Code",
    is_name_assumed=True,
)
COST_CENTERS = table_of(
    "GL_COST_CENTER_MASTER_MC",
    [COMPANY, text("Cost_Center", 10), text("Description", 30)],
    "Company_Code Cost_Center",
    is_name_assumed=True,
)
GL_ACCOUNTS = table_of(
    "GL_MASTER_MC",
    [
        COMPANY,
        text("GL_Account", 12),
        text("Description", 30),
        text("Account_Type_Code", 1),
        text("Direct_Cost_Flag", 1),
        text("Cost_Type", 3),
        text("Status", 1),
    ],
    "Company_Code GL_Account",
)
WORK_TAXES = table_of(
    "PR_TAX_CODE_MASTER_MC",
    [COMPANY, text("Tax_Code", 10), text("Description", 30)],
    "Company_Code Tax_Code",
    is_name_assumed=True,
)
COMPANIES = table_of(
    "PA_COMPANY_MASTER", [COMPANY, text("Company_Name", 30)], "Company_Code", is_name_assumed=True
)
COLUMN_NAMES = table_of(
    "PA_COLUMN_NAMES",
    [
        text("TABLE_NAME", 50),
        Column("COLUMN_NUMBER", Kind.NUMBER, 4),
        text("F_NAME", 50, "what it holds is not known"),
        text("COLUMN_NAME", 50),
        text("COLUMN_TYPE", 30),
        text("COLUMN_DESC", 100),
    ],
    "TABLE_NAME COLUMN_NAME",
)

INFO_LINK: dict[str, Table] = {
    table.name: table
    for table in (
        COMPANIES,
        CUSTOMERS,
        CONTACTS,
        CUSTOMER_UDFS,
        BILL_TOS,
        CONTRACTS,
        TERMS,
        SALES_TAXES,
        SALES_TAX_RATES,
        SALESPEOPLE,
        AR_INSTALLATION,
        INVOICE_HEADERS,
        INVOICE_DETAILS,
        OPEN_ITEMS,
        SITES,
        JOBS,
        JOB_UDFS,
        PHASES,
        COST_TYPES,
        PHASE_CATEGORIES,
        TAX_CLASSES,
        OH_BATCHES,
        COST_CENTERS,
        GL_ACCOUNTS,
        WORK_TAXES,
        EMPLOYEES,
        EMPLOYEE_STATUSES,
        DEPARTMENTS,
        PAY_TYPES,
        PAYROLL_INSTALLATION,
        *TIME_TABLES,
        VENDORS,
        WAREHOUSES,
        PO_HEADERS,
        PO_DETAILS,
        PACKING_LISTS,
        COLUMN_NAMES,
    )
}
"""What read-only SQL sees, by table name."""


def schema() -> str:
    """The statements that create every table and its indexes.

    Key columns that are padded get a second index on `LTRIM(RTRIM(x))`, because that is how they
    have to be compared.
    """
    statements = []
    for table in (*INFO_LINK.values(), *OWN):
        columns = ", ".join(column.definition for column in table.columns.values())
        key = ", ".join(f'"{name}"' for name in table.key)
        statements.append(
            f'CREATE TABLE IF NOT EXISTS "{table.name}" ({columns}, PRIMARY KEY ({key}))'
        )
        if any(name in PADDED for name in table.key):
            trimmed = ", ".join(
                f'LTRIM(RTRIM("{name}"))' if name in PADDED else f'"{name}"' for name in table.key
            )
            statements.append(
                f'CREATE INDEX IF NOT EXISTS "{table.name}_TRIMMED" ON "{table.name}" ({trimmed})'
            )
        statements += [
            f'CREATE INDEX IF NOT EXISTS "{table.name}_{name}" ON "{table.name}" ("Company_Code",'
            f' "{name}")'
            for name in table.indexes
        ]
    return ";\n".join(statements)
