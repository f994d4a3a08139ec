"""The set-up of an empty sandbox company: codes that a person keeps in Spectrum and no service
creates.
"""

from collections.abc import Iterable

from st_spectrum.sandbox.credentials import (
    AUTHORIZATION_ID,
    COMPANY_CODE,
    SPECTRUM_CLIENT_ID,
    SPECTRUM_CLIENT_SECRET,
)
from st_spectrum.sandbox.spectrum import order_tables, own_tables, payroll_tables, tables
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.layouts import LAYOUTS
from st_spectrum.sandbox.spectrum.table import Table

LIMITED_ID = "SANDBOX-LIMITED"
"""An Authorization ID that may do nothing but the connection test and AddCustomer, and has no UDF
mapped.
"""

INACTIVE_ID = "SANDBOX-INACTIVE"
"""An Authorization ID that somebody switched off."""

STATES = {
    "VA": ("Virginia", "6.0000"),
    "NC": ("North Carolina", "7.2500"),
    "MD": ("Maryland", "6.0000"),
    "DC": ("District of Columbia", "6.0000"),
    "WV": ("West Virginia", "6.0000"),
    "PA": ("Pennsylvania", "6.0000"),
    "SC": ("South Carolina", "6.0000"),
    "TN": ("Tennessee", "7.0000"),
    "GA": ("Georgia", "4.0000"),
}

TERMS = {
    "1": "Net 10",
    "2": "Net 15",
    "3": "Net 30",
    "4": "Net 45",
    "5": "Net 60",
    "6": "Due on receipt",
}

COST_CENTERS = {"100": "Norfolk", "200": "Raleigh", "300": "Baltimore"}

COST_TYPES = {"L": "Labor", "M": "Material", "E": "Equipment", "S": "Subcontract", "O": "Other"}

OH_BATCHES = {
    "OHSVC": "Service overhead",
    "OHCON": "Construction overhead",
    "OHSHOP": "Shop overhead",
}

GL_ACCOUNTS = (
    ("1200", "Accounts receivable", "A", "N", ""),
    ("2200", "Sales tax payable", "L", "N", ""),
    ("4000", "Contract income", "I", "N", ""),
    ("4010", "Service income Norfolk", "I", "N", ""),
    ("4020", "Service income Raleigh", "I", "N", ""),
    ("4030", "Service income Baltimore", "I", "N", ""),
    ("4100", "Service income", "I", "N", ""),
    ("4200", "Inspection income", "I", "N", ""),
    ("4300", "Parts income", "I", "N", ""),
    ("5100", "Direct labor", "E", "Y", "L"),
    ("5200", "Direct material", "E", "Y", "M"),
    ("5300", "Direct equipment", "E", "Y", "E"),
    ("5400", "Direct subcontract", "E", "Y", "S"),
    ("5500", "Other direct cost", "E", "Y", "O"),
    ("6100", "Office expense", "E", "N", ""),
    ("6900", "Rounding differences", "E", "N", ""),
)

INACTIVE_GL_ACCOUNT = "4900"
"""The income account of a branch that was closed; it takes no new lines."""

TAX_DISTRICTS = {"VANORF": ("City of Norfolk", "6.0000"), "NCWAKE": ("Wake County", "7.2500")}
"""AR sales tax codes of places with a percentage of their own, besides those of the states."""

TAXED_SINCE, RAISED_ON, BEFORE_RAISE = "01/01/2000", "10/01/2025", {"VANORF": "5.3000"}
"""Percentages go by the invoice date [SP 12.1]: all hold since the first day, but VANORF was raised
on the second.
"""

SALESPEOPLE = {"LGA": "Lucia Garcia", "DKI": "Daniel Kim", "JSM": "Jane Smith"}
"""Codes of three characters at most [SP 12.2]."""

AR_FIRST_DAY, AR_LAST_DAY = "01/01/2025", "12/31/2039"
"""The AR processing range [SP 12.1]; wide, so that a sandbox does not close its books by getting
old.
"""

PHASE_CATEGORY = "SERVICE"
PHASES_OF_CATEGORY = (
    ("001", "L", "Field labor"),
    ("001", "M", "Field labor"),
    ("002", "M", "Material"),
    ("003", "S", "Subcontractors"),
)

EMPLOYEES = (
    ("JSMITH", "Jane", "Smith", "Project Manager", "ADMIN", "100"),
    ("MJONES", "Marcus", "Jones", "Project Manager", "ADMIN", "200"),
    ("RPATEL", "Rina", "Patel", "Project Manager", "ADMIN", "300"),
    ("DKIM", "Daniel", "Kim", "Superintendent", "FIELD", "100"),
    ("LGARCIA", "Lucia", "Garcia", "Estimator", "ADMIN", "200"),
    ("1001", "Tom", "Baker", "Sprinkler Fitter", "FIELD", "100"),
    ("1002", "Aisha", "Coleman", "Sprinkler Fitter", "FIELD", "100"),
    ("1003", "Victor", "Nguyen", "Alarm Technician", "FIELD", "200"),
    ("1004", "Erin", "Walsh", "Inspector", "FIELD", "200"),
    ("1005", "Carlos", "Diaz", "Inspector", "FIELD", "300"),
    ("1006", "Nora", "Olsen", "Alarm Technician", "FIELD", "300"),
)

EMPLOYEE_STATUSES = {
    "A": ("Active", "A"),
    "L": ("Light duty", "A"),
    "S": ("Seasonal", "A"),
    "I": ("Inactive", "I"),
    "R": ("In review", "I"),
    "T": ("Terminated", "T"),
}
"""Status codes with their types: each company makes its own, and several may be of people who work
[SP 14].
"""

EMPLOYEES_GONE = {"1007": ("Paul", "Reed", "I"), "1008": ("Grace", "Lind", "T")}
"""Field people who are not active any more, with their status; the letter T is assumed."""

DEPARTMENTS = {
    "FIELD": ("Field", "", "Y"),
    "SVC100": ("Service Norfolk", "100", "Y"),
    "SVC200": ("Service Raleigh", "200", "Y"),
    "SVC300": ("Service Baltimore", "300", "Y"),
    "ADMIN": ("Office", "", "N"),
    "SHOP": ("Shop and yard", "", "N"),
}
"""Payroll departments: text, cost center, and whether work is charged to jobs; only those may carry
one [SP 13.1].
"""

PAY_TYPES = {
    "R": "Regular",
    "O": "Overtime",
    "D": "Double time",
    "V": "Vacation",
    "H": "Holiday",
    "S": "Sick",
    "C": "Commissions",
    "M": "Miscellaneous",
    "U": "Unpaid",
    "1": "Training",
    "2": "Travel",
    "3": "Standby",
    "ER": "Equipment regular",
    "EO": "Equipment overtime",
    "ED": "Equipment double time",
    "EU": "Equipment usage",
    "SA": "Special amount",
    "SR": "Special rate",
    "RP": "Retro pay",
    "JX": "Job-only adjustment",
    "Q": "Quantity",
    "IR": "Incentive regular",
    "IO": "Incentive overtime",
    "ID": "Incentive double time",
}
"""The letters are the vendor's [SP 13.2]; what 1 to 3 stand for is named by the company."""

PAYROLL_FIRST_DAY, PAYROLL_LAST_DAY = "01/01/2025", "12/31/2039"
"""The payroll processing range [SP 13.1]; wide, so that a sandbox does not close its books by
getting old.
"""

VENDORS = {
    "V0001": "Chesapeake Pipe Supply",
    "V0002": "Tidewater Alarm Parts",
    "V0003": "Piedmont Tool Rental",
}

VENDOR_NOT_USED = "V0009"
"""A vendor that may not be bought from any more [SP 15.2]."""

WAREHOUSES = {"MAIN": "Main warehouse", "TRUCK7": "Truck 7"}

REST_SERVICES = ("ARMultiLineInvoice", "POBatch", "PreTimeCardBatch")
"""Under which name a REST service is built for an Authorization ID [SP 6.2]."""

UDFS_OF_JOBS = "UDF1:T UDF2:N UDF3:D"
"""The mapping of user-defined fields that the full Authorization ID has: text, number, date
[SP 1.3].
"""


def seed(book: Book) -> None:
    """Fill empty tables with the fixed set-up. The codes are made up; what kinds there are is
    [SP 8 to 11, 16].
    """
    _authorizations(book)
    _company(book.of(COMPANY_CODE), "Sandbox Fire Protection")
    _columns(book)


def add_company(book: Book, code: str, name: str) -> None:
    """A further company of the installation with the same set-up, which the full Authorization ID
    may write to as well.
    """
    _company(book.of(code), name)
    known = book.find(own_tables.AUTHORIZATIONS, Authorization_ID=AUTHORIZATION_ID)
    companies = f"{known['Companies'] if known else COMPANY_CODE} {code}"
    book.update(
        own_tables.AUTHORIZATIONS, {"Companies": companies}, Authorization_ID=AUTHORIZATION_ID
    )


def _company(book: Book, name: str) -> None:
    book.insert(tables.COMPANIES, {"Company_Name": name})
    _codes(book, tables.TERMS, "Terms_Code", TERMS.items())
    _codes(book, tables.COST_CENTERS, "Cost_Center", COST_CENTERS.items())
    _codes(book, tables.COST_TYPES, "Cost_Type", COST_TYPES.items())
    _codes(book, tables.OH_BATCHES, "Oh_Batch_Code", OH_BATCHES.items())
    _codes(book, tables.SALESPEOPLE, "Salesperson_Code", SALESPEOPLE.items())
    _codes(book, order_tables.WAREHOUSES, "Warehouse_Code", WAREHOUSES.items())
    _taxes(book)
    book.insert(
        tables.AR_INSTALLATION,
        {
            "Processing_Start_Date": AR_FIRST_DAY,
            "Processing_End_Date": AR_LAST_DAY,
            "AR_GL_Account": "1200",
        },
    )
    closed = (INACTIVE_GL_ACCOUNT, "Service income Richmond", "I", "N", "")
    for account, text, kind, direct, cost_type in (*GL_ACCOUNTS, closed):
        book.insert(
            tables.GL_ACCOUNTS,
            {
                "GL_Account": account,
                "Description": text,
                "Account_Type_Code": kind,
                "Direct_Cost_Flag": direct,
                "Cost_Type": cost_type,
                "Status": "I" if account == INACTIVE_GL_ACCOUNT else "A",
            },
        )
    for phase, cost_type, text in PHASES_OF_CATEGORY:
        book.insert(
            tables.PHASE_CATEGORIES,
            {
                "Category_Code": PHASE_CATEGORY,
                "Phase_Code": phase,
                "Cost_Type": cost_type,
                "Description": text,
            },
        )
    _people(book)
    _payroll(book)


def _codes(book: Book, table: Table, column: str, codes: Iterable[tuple[str, str]]) -> None:
    for code, text in codes:
        book.insert(table, {column: code, "Description": text})


def _taxes(book: Book) -> None:
    for state, (name, percent) in STATES.items():
        _sales_tax(book, state, name, percent)
        book.insert(
            tables.TAX_CLASSES, {"Tax_Class_Code": state, "Description": f"Taxable in {name}"}
        )
        book.insert(tables.WORK_TAXES, {"Tax_Code": state, "Description": name})
    for code, (name, percent) in TAX_DISTRICTS.items():
        _sales_tax(book, code, name, percent)
    _sales_tax(book, "EXEMPT", "Not taxable", "0.0000")
    book.insert(tables.TAX_CLASSES, {"Tax_Class_Code": "EXEMPT", "Description": "Not taxable"})
    for code, name in {
        "FAIRFAX": "Fairfax County",
        "WAKE": "Wake County",
        "NORFOLK": "City of Norfolk",
    }.items():
        book.insert(tables.WORK_TAXES, {"Tax_Code": code, "Description": name})


def _sales_tax(book: Book, code: str, name: str, percent: str) -> None:
    tax = {
        "Sales_Tax_Code": code,
        "Description": name,
        "GL_Account": "2200",
        "Sales_Tax_Percent": percent,
    }
    book.insert(tables.SALES_TAXES, tax)
    rates = (
        {TAXED_SINCE: BEFORE_RAISE[code], RAISED_ON: percent}
        if code in BEFORE_RAISE
        else {TAXED_SINCE: percent}
    )
    for day, rate in rates.items():
        book.insert(
            tables.SALES_TAX_RATES,
            {"Sales_Tax_Code": code, "Effective_Date": day, "Sales_Tax_Percent": rate},
        )


def _people(book: Book) -> None:
    for code, first, last, title, department, cost_center in EMPLOYEES:
        book.insert(
            payroll_tables.EMPLOYEES,
            {
                "Employee_Code": code,
                "Employee_Name": f"{first} {last}",
                "First_Name": first,
                "Last_Name": last,
                "Title": title,
                "Occupation": title,
                "Employment_Status": "A",
                "Department_Code": department,
                "Cost_Center": cost_center,
            },
        )
    for code, name in VENDORS.items():
        book.insert(order_tables.VENDORS, {"Vendor_Code": code, "Vendor_Name": name, "Status": "A"})
    closed = {
        "Vendor_Code": VENDOR_NOT_USED,
        "Vendor_Name": "Hampton Fittings (closed)",
        "Status": "N",
    }
    book.insert(order_tables.VENDORS, closed)


def _payroll(book: Book) -> None:
    for code, (text, cost_center, is_direct) in DEPARTMENTS.items():
        values = {"Department": code, "Department_Description": text, "Cost_Center": cost_center}
        book.insert(payroll_tables.DEPARTMENTS, {**values, "Direct_Flag": is_direct})
    for code, text in PAY_TYPES.items():
        book.insert(payroll_tables.PAY_TYPES, {"Pay_Type": code, "Pay_Type_Desc": text})
    days = {"Processing_Start_Date": PAYROLL_FIRST_DAY, "Processing_End_Date": PAYROLL_LAST_DAY}
    book.insert(payroll_tables.PAYROLL_INSTALLATION, days)
    for code, (text, kind) in EMPLOYEE_STATUSES.items():
        status_code = {"Employment_Status": code, "Description": text, "Status_Type": kind}
        book.insert(payroll_tables.EMPLOYEE_STATUSES, status_code)
    for code, (first, last, status) in EMPLOYEES_GONE.items():
        person = {
            "Employee_Code": code,
            "Employee_Name": f"{first} {last}",
            "First_Name": first,
            "Last_Name": last,
        }
        book.insert(
            payroll_tables.EMPLOYEES,
            {**person, "Employment_Status": status, "Department_Code": "FIELD"},
        )


def _authorizations(book: Book) -> None:
    """Three Authorization IDs; each lists the services that were built for it [SP 1.3]."""
    limited = ("WSTestConnection", "AddCustomer")
    for code, status, services, udfs in (
        (AUTHORIZATION_ID, "A", (*LAYOUTS, *REST_SERVICES), UDFS_OF_JOBS),
        (LIMITED_ID, "A", limited, ""),
        (INACTIVE_ID, "I", (*LAYOUTS, *REST_SERVICES), ""),
    ):
        is_full = code == AUTHORIZATION_ID
        book.insert(
            own_tables.AUTHORIZATIONS,
            {
                "Authorization_ID": code,
                "Status": status,
                "Companies": COMPANY_CODE,
                "Client_ID": SPECTRUM_CLIENT_ID if is_full else "",
                "Client_Secret": SPECTRUM_CLIENT_SECRET if is_full else "",
                "Self_Rotation": "Y" if is_full else "N",
            },
        )
        for service in services:
            values = {"Authorization_ID": code, "Service": service, "Udfs": udfs}
            book.insert(own_tables.AUTHORIZED_SERVICES, values)


def _columns(book: Book) -> None:
    """The data dictionary that Info-Link carries in itself [SP 16]."""
    for table in tables.INFO_LINK.values():
        for number, column in enumerate(table.columns.values(), start=1):
            book.insert(
                tables.COLUMN_NAMES,
                {
                    "TABLE_NAME": table.name,
                    "COLUMN_NUMBER": str(number),
                    "COLUMN_NAME": column.name,
                    "COLUMN_TYPE": column.type,
                    "COLUMN_DESC": column.note,
                },
            )
