"""The Info-Link tables that the sandbox keeps, with the vendor's table and column names where they are known [SP 16].

A table marked `is_name_assumed` exists in Spectrum under a name that nobody documents; on a real system `PA_COLUMN_NAMES`
tells it. Columns that nothing public lists are assumed to be called as the field of the service that fills them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from st_spectrum.spectrum.services import INVOICE_DETAIL, INVOICE_HEADER, SERVICES, UDF_NAMES, Field, Kind

LEFT = "left"
RIGHT = "right"

PADDED = {
    "Job_Number": RIGHT,
    "Master_Job": RIGHT,
    "Customer_Code": LEFT,
    "Ship_To_Customer_Code": LEFT,
    "Ship_To_ID": LEFT,
    "WO_Site": LEFT,
    "Phase_Code": LEFT,
    "Cost_Type": LEFT,
    "Employee_Code": LEFT,
    "Invoice_Or_Transaction": LEFT,
    "PO_Number": LEFT,
    "Vendor_Code": LEFT,
}
"""How code columns are filled up with blanks. Job numbers are right-justified [SP 4.5], customers, vendors, orders and AR documents
have trailing blanks; that the rest is padded like these is assumed."""

BLANK = " "
"""What a text column holds when it holds nothing [SP 16]."""


@dataclass(frozen=True)
class Column:
    """One column. Text is never NULL; a number defaults to 0, a date is stored as ISO text or NULL (assumed)."""

    name: str
    kind: Kind = Kind.TEXT
    length: int = 30
    note: str = ""

    @property
    def type(self) -> str:
        match self.kind:
            case Kind.NUMBER:
                return "DECIMAL(14,4)"
            case Kind.DATE:
                return "DATETIME"
            case _:
                return f"CHAR({self.length})" if self.name in PADDED else f"VARCHAR({self.length})"

    @property
    def definition(self) -> str:
        default = {Kind.NUMBER: "NOT NULL DEFAULT 0", Kind.DATE: ""}.get(self.kind, "NOT NULL DEFAULT ' '")
        return f'"{self.name}" {self.type} {default}'.strip()

    def stored(self, value: str) -> str | None:
        """The value of a service's element as the column holds it."""
        value = value.strip()
        if self.kind is Kind.NUMBER:
            return value or "0"
        if self.kind is Kind.DATE:
            return f"{value[6:]}-{value[:2]}-{value[3:5]} 00:00:00" if value else None
        if not value:
            return BLANK
        justify = PADDED.get(self.name)
        if justify is None:
            return value
        return value.rjust(self.length) if justify == RIGHT else value.ljust(self.length)


@dataclass(frozen=True)
class Table:
    """One table; `key` holds the columns that are unique together."""

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    is_name_assumed: bool = False
    indexes: tuple[str, ...] = ()
    """Columns that have an index after the company; which ones Spectrum has is not known."""


def _table(
    name: str, columns: Iterable[Column], key: str, *, is_name_assumed: bool = False, indexes: str = ""
) -> Table:
    listed = {column.name: column for column in columns}
    return Table(name, listed, tuple(key.split()), is_name_assumed, tuple(indexes.split()))


def _text(name: str, length: int, note: str = "") -> Column:
    return Column(name, Kind.TEXT, length, note)


COMPANY = _text("Company_Code", 3)

# Kept as text, although the layouts call them numeric, because they are codes, counters or positions rather than amounts.
_WHOLE = frozenset({"Division", "Latitude", "Longitude"})

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


def _of_field(field: Field, name: str = "") -> Column:
    is_amount = field.kind is Kind.NUMBER and not field.values and field.length > 2 and field.name not in _WHOLE
    kind = field.kind if field.kind is Kind.DATE else Kind.NUMBER if is_amount else Kind.TEXT
    return Column(name or field.name, kind, field.length, field.note)


def _of_service(name: str, without: Iterable[str] = ()) -> list[Column]:
    left_out = {*UDF_NAMES, *without}
    return [_of_field(field) for field in SERVICES[name].fields if field.name not in left_out]


_UDF_COLUMNS = tuple(_text(name, 20) for name in UDF_NAMES)

CUSTOMERS = _table(
    "CR_CUSTOMER_MASTER_MC",
    [
        *_of_service("AddCustomer", without=CONTACT_FIELDS),
        _text("Status", 1, "A active, I inactive, N not used"),
        _text("Primary_Contact", 20),
        _text("Cost_Center_Flag", 1, "S shared"),
    ],
    "Company_Code Customer_Code",
)
CONTACTS = _table(
    "CR_CUSTOMER_CONTACTS_MC",
    [
        COMPANY,
        _text("Customer_Code", 10),
        _text("Contact_ID", 10),
        _text("First_Name", 20),
        _text("Last_Name", 30),
        _text("Phone_Number", 14),
        _text("Email1", 80),
    ],
    "Company_Code Customer_Code Contact_ID",
)
CUSTOMER_UDFS = _table(
    "CR_CUSTOMER_USER_FIELDS_DET_MC",
    [COMPANY, _text("Customer_Code", 10), *_UDF_COLUMNS],
    "Company_Code Customer_Code",
    is_name_assumed=True,
)
BILL_TOS = _table(
    "CR_CUSTOMER_BILLTO_MC",
    [COMPANY, _text("Customer_Code", 10), _text("Billto_Code", 4), _text("AltName", 30)],
    "Company_Code Customer_Code Billto_Code",
    is_name_assumed=True,
)
CONTRACTS = _table(
    "CR_CONTRACT_MASTER_MC",
    [COMPANY, _text("Job_Number", 10), _text("Customer_Code", 10), _text("TM_Billing_Flag", 1)],
    "Company_Code Job_Number",
    is_name_assumed=True,
)
TERMS = _table(
    "CR_TERMS_MASTER_MC", [COMPANY, _text("Terms_Code", 1), _text("Description", 30)], "Company_Code Terms_Code"
)
SALES_TAXES = _table(
    "CR_SALES_TAX_MASTER_MC",
    [
        COMPANY,
        _text("Sales_Tax_Code", 15),
        _text("Description", 20),
        _text("GL_Account", 12),
        Column("Sales_Tax_Percent", Kind.NUMBER, 7),
    ],
    "Company_Code Sales_Tax_Code",
    is_name_assumed=True,
)
SALES_TAX_RATES = _table(
    "CR_SALES_TAX_RATE_MC",
    [
        COMPANY,
        _text("Sales_Tax_Code", 15),
        Column("Effective_Date", Kind.DATE, 10, "first day of the percentage"),
        _text("Sales_Tax_Percent", 8),
    ],
    "Company_Code Sales_Tax_Code Effective_Date",
    is_name_assumed=True,
)
SALESPEOPLE = _table(
    "CR_SALESPERSON_MASTER_MC",
    [COMPANY, _text("Salesperson_Code", 3), _text("Description", 30)],
    "Company_Code Salesperson_Code",
    is_name_assumed=True,
)
AR_INSTALLATION = _table(
    "CR_INSTALLATION_MC",
    [
        COMPANY,
        Column("Processing_Start_Date", Kind.DATE, 10),
        Column("Processing_End_Date", Kind.DATE, 10),
        _text("AR_GL_Account", 12),
        _text("GL_Account", 12, "income account of lines that name none; blank: no default"),
    ],
    "Company_Code",
    is_name_assumed=True,
)

AMOUNT_LENGTH = 15


def _exact(field: Field) -> Column:
    """A column of an invoice. Amounts are text, so that no cent is lost in a binary number; in Spectrum they are decimals."""
    if field.kind is Kind.DATE:
        return Column(field.name, Kind.DATE, 10, field.note)
    return _text(field.name, AMOUNT_LENGTH if field.kind is Kind.NUMBER else field.length, field.note)


INVOICE_HEADER_COLUMNS = {"Asset_Cost_Center": "Cost_Center"}
INVOICE_DETAIL_COLUMNS = {"Quantity": "Item_Quantity", "Income_Cost_Center": "Cost_Center"}
"""Elements of an AR document whose column is called otherwise. That the two cost centers are these columns is assumed."""


def _of_invoice(fields: Iterable[Field], names: Mapping[str, str], without: Iterable[str] = ()) -> list[Column]:
    return [
        replace(_exact(field), name=names.get(field.name, field.name)) for field in fields if field.name not in without
    ]


DOCUMENT_KEY = "Company_Code Customer_Code Invoice_Or_Transaction Transaction_Type"

INVOICE_HEADERS = _table(
    "CR_INVOICE_HEADER_MC",
    [
        *_of_invoice(INVOICE_HEADER, INVOICE_HEADER_COLUMNS),
        _text("Non_Taxable_Amount", AMOUNT_LENGTH, "sum of the lines without sales tax"),
        _text("Taxable_Amount", AMOUNT_LENGTH, "sum of the lines with sales tax, before it"),
        _text("Sales_Tax_Percent", 8, "of the tax code on the invoice date"),
        _text("Invoice_Extension", AMOUNT_LENGTH, "sum of the lines with sales tax; assumed"),
        _text("Post_Flag", 1, "Y once it is posted; the letters are assumed"),
        _text("Print_Flag", 1, "Y once it counts as printed; the letters are assumed"),
        _text("Reversed", 1, "Y once it was reversed at the screen; the letter is assumed"),
        _text("Source_Flag", 1),
    ],
    DOCUMENT_KEY,
    indexes="Invoice_Or_Transaction",
)
"""Invoices and credit memos, posted or not: a posted one stays [SP 16.3]."""
INVOICE_DETAILS = _table(
    "CR_INVOICE_DETAIL_MC",
    [
        COMPANY,
        _text("Customer_Code", 10),
        _text("Invoice_Or_Transaction", 10),
        _text("Transaction_Type", 1),
        _text("Sequence", 3, "from 001 on"),
        *(
            replace(column, length=40) if column.name == "Detail_Description" else column
            for column in _of_invoice(INVOICE_DETAIL, INVOICE_DETAIL_COLUMNS, without=("Taxable_Flag",))
        ),
    ],
    f"{DOCUMENT_KEY} Sequence",
)
OPEN_ITEMS = _table(
    "CR_OPEN_ITEM_MC",
    [
        COMPANY,
        _text("Customer_Code", 10),
        _text("Invoice_Or_Transaction", 10),
        _text("Transaction_Type", 1, "I, C, and P or A for payments and adjustments"),
        _text("Job_Number", 10),
        _text("Invoice_Description", 65),
        _text("Invoice_Balance", AMOUNT_LENGTH, "with sales tax, negative for a credit memo"),
    ],
    DOCUMENT_KEY,
)
"""What is open of posted documents. Only these columns have been seen; it has no amounts before tax and no account [SP 16.3]."""
SITES = _table(
    "WO_ADDRESS_MC",
    [
        *(_of_field(field, SITE_COLUMNS.get(field.name, "")) for field in SERVICES["AddWOSiteAddress"].fields),
        _text("Status", 1),
    ],
    "Company_Code Ship_To_ID",
)
JOBS = _table(
    "JC_JOB_MASTER_MC",
    [*_of_service("UpdateJob"), _text("Sales_Tax_Code", 15)],
    "Company_Code Job_Number",
)
JOB_UDFS = _table(
    "JC_JOB_USER_FIELDS_DET_MC",
    [COMPANY, _text("Job_Number", 10), *_UDF_COLUMNS],
    "Company_Code Job_Number",
    is_name_assumed=True,
)
PHASES = _table("JC_PHASE_MASTER_MC", _of_service("AddPhase"), "Company_Code Job_Number Phase_Code Cost_Type")
COST_TYPES = _table(
    "JC_COST_TYPE_MASTER_MC", [COMPANY, _text("Cost_Type", 3), _text("Description", 30)], "Company_Code Cost_Type"
)
PHASE_CATEGORIES = _table(
    "JC_STD_PHASE_CATEGORY_MC",
    [
        COMPANY,
        _text("Category_Code", 10),
        _text("Phase_Code", 20),
        _text("Cost_Type", 3),
        _text("Description", 25),
    ],
    "Company_Code Category_Code Phase_Code Cost_Type",
    is_name_assumed=True,
)
TAX_CLASSES = _table(
    "JC_TAX_CLASS_MASTER_MC",
    [COMPANY, _text("Tax_Class_Code", 15), _text("Description", 30)],
    "Company_Code Tax_Class_Code",
    is_name_assumed=True,
)
OH_BATCHES = _table(
    "JC_OH_ALLOCATION_MASTER_MC",
    [COMPANY, _text("Oh_Batch_Code", 10), _text("Description", 30)],
    "Company_Code Oh_Batch_Code",
    is_name_assumed=True,
)
COST_CENTERS = _table(
    "GL_COST_CENTER_MASTER_MC",
    [COMPANY, _text("Cost_Center", 10), _text("Description", 30)],
    "Company_Code Cost_Center",
    is_name_assumed=True,
)
GL_ACCOUNTS = _table(
    "GL_MASTER_MC",
    [
        COMPANY,
        _text("GL_Account", 12),
        _text("Description", 30),
        _text("Account_Type_Code", 1),
        _text("Direct_Cost_Flag", 1),
        _text("Cost_Type", 3),
        _text("Status", 1),
    ],
    "Company_Code GL_Account",
)
WORK_TAXES = _table(
    "PR_TAX_CODE_MASTER_MC",
    [COMPANY, _text("Tax_Code", 10), _text("Description", 30)],
    "Company_Code Tax_Code",
    is_name_assumed=True,
)
EMPLOYEES = _table(
    "PR_EMPLOYEE_MASTER_1_MC",
    [
        COMPANY,
        _text("Employee_Code", 11),
        _text("Employee_Name", 30),
        _text("Supervisor_Code", 2),
        _text("Employment_Status", 1, "one of PR_EMPLOYEE_STATUS_MC"),
        _text("Department_Code", 6),
        _text("Union_Code", 10),
        _text("Wage_Class", 10),
        _text("Worker_Comp_Code", 6),
        _text("First_Name", 20),
        _text("Middle_Name", 20),
        _text("Last_Name", 20),
        _text("Occupation", 50),
        _text("Trade", 50),
        _text("Title", 50),
        _text("Employee_Mobile_Phone", 14),
        _text("Employee_Extension", 15),
        _text("Cost_Center", 10),
    ],
    "Company_Code Employee_Code",
)
EMPLOYEE_STATUSES = _table(
    "PR_EMPLOYEE_STATUS_MC",
    [
        COMPANY,
        _text("Employment_Status", 1),
        _text("Description", 30),
        _text("Status_Type", 1, "A active, I inactive, T terminated"),
    ],
    "Company_Code Employment_Status",
)
"""The codes that a company has for the status of its employees, each of a type. The columns are assumed [SP 16.4]."""
DEPARTMENTS = _table(
    "PR_DEPARTMENT_MASTER_MC",
    [
        COMPANY,
        _text("Department", 6),
        _text("Department_Description", 30),
        _text("Cost_Center", 10),
        _text("Direct_Flag", 1, "Y: work is charged to jobs; assumed"),
    ],
    "Company_Code Department",
    is_name_assumed=True,
)
PAY_TYPES = _table(
    "PR_PAY_TYPE_MC",
    [COMPANY, _text("Pay_Type", 10), _text("Pay_Type_Desc", 30)],
    "Company_Code Pay_Type",
    is_name_assumed=True,
)
PAYROLL_INSTALLATION = _table(
    "PR_INSTALLATION_MC",
    [
        COMPANY,
        Column("Processing_Start_Date", Kind.DATE, 10),
        Column("Processing_End_Date", Kind.DATE, 10),
    ],
    "Company_Code",
    is_name_assumed=True,
)

# Of these tables only the history's columns are known [SP 16.4]. Those of the tables before it are assumed to be called as the
# fields of the service; so is what tells two equal cards apart.
_TIME_COLUMNS = (
    Column("Record_Number", Kind.NUMBER, 12, "assumed"),
    *(_exact(field) for field in SERVICES["PreTimeCard"].fields if field.name != "Hours_Employee"),
    _text("Hours", AMOUNT_LENGTH),
)


def _time_table(name: str, *more: Column) -> Table:
    return _table(name, [*_TIME_COLUMNS, *more], "Company_Code Record_Number", indexes="Batch_Code Message")


PRE_TIME_IMPORTS = _time_table(
    "PR_PRE_TC_IMPORT_ERR_MC", _text("Review_Text", 250, "what review complains of; assumed")
)
PRE_TIME_CARDS = _time_table("PR_PRE_TIME_CARD_MC")
TIME_CARD_DETAILS = _time_table("PR_TIME_CARD_DETAIL_MC")
HISTORY_NAMES = {
    "State": "Work_State",
    "Inter_Company_Code": "Company_Code_2",
    "Cost_Category_Code": "Cost_Category",
    "PM_Work_Order": "PM_WO_Number",
}
"""Fields of a card whose column in the history is called otherwise [SP 16.4]."""
TIME_CARD_HISTORY = _table(
    "PR_TIME_CARD_HISTORY_MC",
    [
        replace(column, name=HISTORY_NAMES.get(column.name, column.name))
        for column in _TIME_COLUMNS
        if column.name != "Batch_Code"
    ],
    "Company_Code Record_Number",
    indexes="Message",
)
"""It keeps no batch [SP 16.4]."""
TIME_TABLES = (PRE_TIME_IMPORTS, PRE_TIME_CARDS, TIME_CARD_DETAILS, TIME_CARD_HISTORY)
"""Where a card stands, in the order in which it gets there [SP 13.4]."""

VENDORS = _table(
    "VN_VENDOR_MASTER_MC",
    [COMPANY, _text("Vendor_Code", 10), _text("Vendor_Name", 30), _text("Status", 1)],
    "Company_Code Vendor_Code",
)
WAREHOUSES = _table(
    "IC_WAREHOUSE_MASTER_MC",
    [COMPANY, _text("Warehouse_Code", 10), _text("Description", 30)],
    "Company_Code Warehouse_Code",
    is_name_assumed=True,
)


def _listed(names: str) -> list[Column]:
    """Text columns written `name:length`."""
    return [_text(name, int(length)) for name, length in (pair.split(":") for pair in names.split())]


def _of_kind(kind: Kind, names: str) -> list[Column]:
    return [Column(name, kind, 14) for name in names.split()]


PO_HEADERS = _table(
    "PO_PURCHASE_ORDER_HEADER_MC",
    [
        COMPANY,
        *_listed(
            "PO_Number:10 Vendor_Code:10 Ship_To_Code:1 Job_Number:10 Ship_Name:30 Ship_Address_1:30 Ship_Address_2:30"
            " Ship_City:25 Ship_State:2 Ship_Zip_Code:10 Terms_Code:1 Terms_Description:20 Discount_From_Code:1"
            " Ordered_By:20 Confirmed_By:20 Resale_Flag:1 PO_Print_Flag:1"
        ),
        _text("Status_Flag", 6, "OPEN; PROP and CLOSED are assumed"),
        *_listed(
            "Ship_Via:15 Ship_Terms:25 FOB:15 Special_Instructions:29 Remarks:29 Warehouse_Code:10 Reference_Flag:1"
            " PO_Type:1 Received_Flag:1 Last_Receipt_Number:10 Proposed_PO_Number:10 Batch_Code:10 Use_Tax_Code:15"
            " Current_Revision:4 Blanket_PO:10 Blanket_Vendor_Num:10 Current_Blanket_Release:4 Routing_Code:10"
            " Cost_Center:10 Bank_Account_Code:15 Card_Number:10 Currency_Code:3 PO_Method:1 Comment:250 VAT_Code:10"
            " Purch_Loc_Code:4 Pay_Loc_Code:4 Accrue_PO_Costs:1"
        ),
        *_of_kind(
            Kind.NUMBER,
            "Payment_Days Discount_Days Terms_Percent Tax_Percent Taxable_Amount Non_Taxable_Amount Tax_Total"
            " PO_Total_Amount Total_Freight Blanket_Total_Amt Total_VAT_Amt",
        ),
        Column("PO_Date_List1", Kind.DATE, 10, "order date"),
        Column("PO_Date_List2", Kind.DATE, 10, "delivery date (assumed)"),
        Column("PO_Date_List3", Kind.DATE, 10, "last received (assumed)"),
        *_of_kind(Kind.DATE, "Due_Date_List1 Due_Date_List2 Received_Date Blanket_Exp_Date"),
    ],
    "Company_Code PO_Number",
    indexes="Status_Flag PO_Date_List1 PO_Date_List3",
)
"""[SP 15.1]; the lengths of flags and counters are assumed."""
PO_DETAILS = _table(
    "PO_PURCHASE_ORDER_DETAIL_MC",
    [
        COMPANY,
        *_listed(
            "PO_Number:10 Line_Number:3 Item_Code:15 Item_Description:35 Unit_Of_Measure:3 GL_Account:12 Job_Number:10"
            " Phase_Code:20 Cost_Type:3 Message:250 Warehouse_Code:10 WO_Number:10 WO_Flag:1 Component_Number:15"
            " System_ID:8 Sequence:14 Equipment_Code:10 Equipment_Category:10 PM_Work_Order:10 SC_Contract:10"
            " Use_Tax_Code:15 Tax_Code:15 Taxable_Flag:1 Blanket_Release_Number:4 Cost_Center:10 Control_Code:36"
            " Billing_Flag:1"
        ),
        _text("Line_Type", 1, "D stock, N non-stock, M message: the letters of REST, assumed here"),
        Column("PO_Quantity_List1", Kind.NUMBER, 12, "ordered"),
        Column("PO_Quantity_List2", Kind.NUMBER, 12, "received"),
        *_of_kind(
            Kind.NUMBER,
            "PO_Quantity_List3 PO_Quantity_List4 PO_Quantity_List5 Item_Price Item_Discount_Percent Tax_Percent"
            " Tax_Amount_List1 Tax_Amount_List2 Line_Extension_List1 Line_Extension_List2 Received_Extension"
            " Open_Receipt_Quantity WO_Item_Price Price_Per_Factor Use_Tax_Extension Terms_Discount_Percent",
        ),
        Column("Delivery_Date", Kind.DATE, 10),
    ],
    "Company_Code PO_Number Line_Number",
)
"""[SP 15.1]; the lengths of flags and links are assumed."""
PACKING_LISTS = _table(
    "PO_PACK_LIST_DETAIL_MC",
    [
        COMPANY,
        _text("Packing_List", 10),
        _text("PO_Number", 10),
        _text("Line_Number", 3),
        Column("Quantity", Kind.NUMBER, 12, "what came"),
    ],
    "Company_Code Packing_List PO_Number Line_Number",
)
"""Goods received before the vendor's invoice; all columns are assumed [SP 15.3]."""
COMPANIES = _table("PA_COMPANY_MASTER", [COMPANY, _text("Company_Name", 30)], "Company_Code", is_name_assumed=True)
COLUMN_NAMES = _table(
    "PA_COLUMN_NAMES",
    [_text("TABLE_NAME", 50), _text("COLUMN_NAME", 50), _text("COLUMN_TYPE", 30), _text("COLUMN_DESC", 100)],
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

AUTHORIZATIONS = _table(
    "SANDBOX_AUTHORIZATIONS",
    [
        _text("Authorization_ID", 20),
        _text("Status", 1, "A active, I inactive"),
        _text("Companies", 100, "allowed companies, separated by blanks; the first is the default"),
        _text("Client_ID", 50),
        _text("Client_Secret", 100),
        _text("Self_Rotation", 1),
    ],
    "Authorization_ID",
)
AUTHORIZED_SERVICES = _table(
    "SANDBOX_AUTHORIZED_SERVICES",
    [_text("Authorization_ID", 20), _text("Service", 40), _text("Udfs", 200, "such as UDF1:T UDF2:N")],
    "Authorization_ID Service",
)
GROUPS = _table(
    "SANDBOX_GROUPS",
    [
        _text("Service", 40),
        _text("Authorization_ID", 20),
        _text("Guid", 36),
        Column("Last_Used", Kind.NUMBER, 20, "seconds since 1970"),
    ],
    "Service Authorization_ID Guid",
)
TOKENS = _table(
    "SANDBOX_TOKENS",
    [
        _text("Token", 100),
        _text("Client_ID", 50),
        Column("Expires", Kind.NUMBER, 20, "seconds since 1970"),
    ],
    "Token",
)

OWN = (AUTHORIZATIONS, AUTHORIZED_SERVICES, GROUPS, TOKENS)
"""What the sandbox has to remember and Info-Link does not show."""


def schema() -> str:
    """The statements that create every table and its indexes.

    Key columns that are padded get a second index on `LTRIM(RTRIM(x))`, because that is how they have to be compared.
    """
    statements = []
    for table in (*INFO_LINK.values(), *OWN):
        columns = ", ".join(column.definition for column in table.columns.values())
        key = ", ".join(f'"{name}"' for name in table.key)
        statements.append(f'CREATE TABLE IF NOT EXISTS "{table.name}" ({columns}, PRIMARY KEY ({key}))')
        if any(name in PADDED for name in table.key):
            trimmed = ", ".join(f'LTRIM(RTRIM("{name}"))' if name in PADDED else f'"{name}"' for name in table.key)
            statements.append(f'CREATE INDEX IF NOT EXISTS "{table.name}_TRIMMED" ON "{table.name}" ({trimmed})')
        statements += [
            f'CREATE INDEX IF NOT EXISTS "{table.name}_{name}" ON "{table.name}" ("Company_Code", "{name}")'
            for name in table.indexes
        ]
    return ";\n".join(statements)
