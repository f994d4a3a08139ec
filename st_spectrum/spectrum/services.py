"""Field tables of the Spectrum services, in wire order, transcribed from the vendor's layout pages.

Only data: the client builds requests from these tables, the sandbox serves WSDLs and validates from
them, the field map in the docs is generated from them. `[SP 8]` is the section of
`docs/vendor/spectrum.md` that a table belongs to.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """How a value is written on the wire: text, plain decimal, `MM/DD/CCYY` date, or one of Y and
    N.
    """

    TEXT = "T"
    NUMBER = "N"
    DATE = "D"
    FLAG = "F"


class Mask(StrEnum):
    """A rule on the characters of a value, beyond its kind and length [SP 1.8]; each service adds
    its own.
    """

    CODE = "upper-case letters and digits only"
    UPPER = "no lower-case letters, no commas"
    UNDASHED = "upper-case letters, digits and dots, no dashes"
    NO_COMMAS = "no commas"
    DIGITS = "digits only"
    STATE = "two-letter postal abbreviation"
    ZIP = "ZIP or ZIP+4"
    EMAIL = "e-mail address"
    POSITION = "-XXX.XXXXXX"
    VERSION = "major.minor"


@dataclass(frozen=True)
class Field:
    """One element of a layout: exact spelling, kind, maximum length, whether it must be filled, and
    closed value list.

    `values` separates the permitted values by single spaces; empty means that any value goes. A
    blank value is always permitted unless `is_required`. `is_positive` refuses a minus sign.
    """

    name: str
    kind: Kind
    length: int
    is_required: bool = False
    values: str = ""
    note: str = ""
    mask: Mask | None = None
    is_positive: bool = False


@dataclass(frozen=True)
class Service:
    """One SOAP service. `source` is its section of the vendor's facts. `key` lists the fields of
    the natural key, empty where none is.

    The company is part of every natural key and not listed in it. `fields` starts after
    Authorization_ID and GUID, which open every layout; `has_guid` is False for the one layout
    without a GUID. `refuses_duplicates` says that a second insert of the same key is an error;
    `is_idempotent` that repeating it does no harm.
    """

    name: str
    source: str
    fields: tuple[Field, ...]
    returns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    refuses_duplicates: bool = False
    is_idempotent: bool = False
    has_guid: bool = True

    @property
    def is_read(self) -> bool:
        """Get services answer rows of data and may be repeated freely."""
        return bool(self.returns)

    @property
    def is_write(self) -> bool:
        """Add and Update services store a record; the connection test, known by its missing GUID,
        stores nothing.
        """
        return not self.returns and self.has_guid


def _text(
    name: str, length: int, note: str = "", *, values: str = "", mask: Mask | None = None
) -> Field:
    return Field(name, Kind.TEXT, length, values=values, note=note, mask=mask)


def _number(
    name: str,
    length: int,
    note: str = "",
    *,
    values: str = "",
    mask: Mask | None = None,
    is_positive: bool = False,
) -> Field:
    return Field(
        name, Kind.NUMBER, length, values=values, note=note, mask=mask, is_positive=is_positive
    )


def _date(name: str, note: str = "") -> Field:
    return Field(name, Kind.DATE, 10, note=note)


def _flag(name: str, note: str = "") -> Field:
    return Field(name, Kind.FLAG, 1, note=note)


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _required(field: Field) -> Field:
    return replace(field, is_required=True)


def _optional(field: Field) -> Field:
    return replace(field, is_required=False)


_DEFAULT_COMPANY = "default: company of the Authorization ID"
_ONE_TO_FIVE = "1 2 3 4 5"
_ONE_TO_NINE = "1 2 3 4 5 6 7 8 9"
_WORK_TAX = "the three work tax codes must differ"

COMPANY = _required(_text("Company_Code", 3, "valid company"))
COMPANY_OR_DEFAULT = _text("Company_Code", 3, _DEFAULT_COMPANY)

UDFS = tuple(_text(f"UDF{n}", 20, "must be mapped on the Authorization ID") for n in range(1, 21))
"""User-defined fields: text, number or date as the company defined them [SP 8, 10, 10.2]."""

UDF_NAMES = tuple(field.name for field in UDFS)

# [SP 7]
_TEST_CONNECTION = (
    _required(_text("Version", 36, "caller's version, format 3.3", mask=Mask.VERSION)),
)

# [SP 8]
_CUSTOMER = (
    COMPANY,
    _required(_text("Customer_Code", 10, "unique", mask=Mask.CODE)),
    _required(_text("Name", 30, mask=Mask.NO_COMMAS)),
    _text("Alpha_Sort", 8, "generated when blank", mask=Mask.NO_COMMAS),
    _text("Type", 10, "customer type"),
    _text("Address_1", 30),
    _text("Address_2", 30),
    _text("City", 25),
    _text("State", 2, mask=Mask.STATE),
    _text("Zip_Code", 10),
    _text("Phone", 14, mask=Mask.DIGITS),
    _text("Fax_Phone", 14, mask=Mask.DIGITS),
    _text("Contact_1", 20, "becomes the primary contact", mask=Mask.NO_COMMAS),
    _text("Contact_2", 20, mask=Mask.NO_COMMAS),
    _text("Contact_3", 20, mask=Mask.NO_COMMAS),
    _text("Salesperson", 3, "salesperson code"),
    _required(_text("Terms_Code", 1, "AR terms code")),
    _number("Standard_Retention_Percent", 7, "default: AR installation", is_positive=True),
    _flag("Taxable_Flag"),
    _required(_text("Sales_Tax_Code", 15, "AR sales tax code")),
    _text("Resale_Number", 15),
    _date("Resale_Exp_Date"),
    _flag("Statement_Flag", "default: Y, or AR installation"),
    _text("Finance_Charge_Tran_Code", 10, "default: AR installation"),
    _number("Finance_Charge", 6, "default: AR installation", is_positive=True),
    _number("Price_Level_Material", 1, values=_ONE_TO_FIVE),
    _number("Price_Level_Labor", 1, values=_ONE_TO_FIVE),
    _number("Credit_Limit", 14),
    _date("Date_Created", "default: today"),
    _text("Customer_Email", 70, mask=Mask.EMAIL),
    _text("Markup_Code", 10, "non-stock markup code"),
    *UDFS,
)

# [SP 9]
_SITE = (
    COMPANY,
    _required(_text("Site_ID", 10, "unique", mask=Mask.UPPER)),
    _required(_text("Site_Name", 30)),
    _text("Site_Address1", 30),
    _text("Site_Address2", 30),
    _text("Site_City", 25),
    _text("Site_State", 2),
    _text("Site_Zip_Code", 10),
    _text("Site_Phone1", 14, mask=Mask.DIGITS),
    _text("Telephone_Ext_1", 4),
    _text("Site_Phone2", 14, mask=Mask.DIGITS),
    _text("Telephone_Ext_2", 4),
    _text("Site_Contact_Person", 20, "becomes the primary contact", mask=Mask.NO_COMMAS),
    _text("Site_Customer_Code", 10, "existing customer"),
    _text("Lead_Source", 15),
    _text("Requested_Tech", 11, "technician"),
    _text("WO_Type", 5, "work order type"),
    _text("Zone", 3),
    _text("Special_Instructions", 70, "alert note"),
    _flag("Show_Notes", "blank = N"),
    _text("Sales_Tax_Code", 15, "default: from the customer"),
    _flag("Taxable_Flag", "blank = N"),
    _flag("Labor_Taxable", "blank = N"),
    _flag("Material_Taxable", "blank = N"),
    _text("Work_Comp_Code", 6),
    _number("Wage_Rate_Level", 1, values=_ONE_TO_NINE),
    _text("Work_State_Tax_Code", 10, _WORK_TAX),
    _text("Work_County_Tax_Code", 10, _WORK_TAX),
    _text("Work_Local_Tax_Code", 10, _WORK_TAX),
    _text("Work_Site_Email", 80),
    _text("Site_Case_Type", 10),
    _text("Customer_Job", 10, "free text"),
    _number("Latitude", 11, mask=Mask.POSITION),
    _number("Longitude", 11, mask=Mask.POSITION),
    _text("Markup_Code", 10),
    _flag("Alternate_Address", "blank = N"),
    _text("Billto_Code", 4, "required when Alternate_Address is Y; belongs to the customer"),
    _text("Cost_Center", 10, "only when the company uses cost centers"),
)

# [SP 10], fields 3 to 42: what AddJob and UpdateJob share [SP 10.1]. Work_Local_Tax_Code is spelled
# out in full: the page of AddJob prints it without the last letter, the one of UpdateJob in full.
# Assumed to be the same on the wire.
_JOB_MAIN = (
    COMPANY,
    _required(_text("Job_Number", 10, "unique", mask=Mask.UPPER)),
    _text("Job_Description", 25, "job name"),
    _number("Division", 5, "per Job Cost installation"),
    _text("Address_1", 30),
    _text("Address_2", 30),
    _text("City", 25),
    _text("State", 2),
    _text("Zip_Code", 10, mask=Mask.ZIP),
    _text("Phone", 14, mask=Mask.DIGITS),
    _text("Fax_Phone", 14, mask=Mask.DIGITS),
    _text("Job_Site_Phone", 14, mask=Mask.DIGITS),
    _text("Superintendent", 15, "employee code when the installation validates it"),
    _text("Estimator", 15, "employee code when the installation validates it"),
    _text("Project_Manager", 15, "employee code when the installation validates it"),
    _text("Customer_Code", 10, "existing customer"),
    _text("Contract_Number", 30),
    _text("Job_Type", 10, "contract type"),
    _text(
        "Tax_Class_Code",
        15,
        "tax class or AR sales tax code, per installation; may default from the customer",
    ),
    _required(_flag("Taxable_Flag")),
    _number("Total_Units", 9, is_positive=True),
    _text("Unit_of_Measure", 5),
    _flag("Certified_Flag"),
    _text("Work_Comp_Code", 6),
    _number("Wage_Rate_Level", 1, values=_ONE_TO_NINE),
    _required(
        _text(
            "Price_Method_Code",
            1,
            "fixed, time and material, cost plus, unit price",
            values="F T C U",
        )
    ),
    _date("Est_Start_Date"),
    _date("Est_Complete_Date", "not before Est_Start_Date"),
    _date("Start_Date"),
    _date("Complete_Date", "not before Start_Date"),
    _text("Work_State_Tax_Code", 10, _WORK_TAX),
    _text("Work_County_Tax_Code", 10, _WORK_TAX),
    _text("Work_Local_Tax_Code", 10, _WORK_TAX),
    _number("Original_Contract", 14, "not validated"),
    _text("WO_Site", 10, "existing work order site"),
    _number("Latitude", 11, mask=Mask.POSITION),
    _number("Longitude", 11, mask=Mask.POSITION),
    _flag("Track_Davis_Bacon", "not together with prevailing wage"),
    _text(
        "Track_Prevailing_Wage", 1, "F: regular wage includes non-stated fringes", values="Y F N"
    ),
    _date("Create_Date", "default: date of import"),
)

# [SP 10], fields 63 to 72
_JOB_SETUP = (
    _text("Cost_Center", 10, "checked with the customer's cost center"),
    _text("Master_Job", 10, "not complete, same phase length"),
    _flag("Bill_From_Master"),
    _text("Standard_Phase_Category", 10, "phase category, whose phases are copied"),
    _text("Phase_Display_Code", 20, "phase mask; default: installation or master job"),
    _number("Major_Group_Start", 2, "default: installation"),
    _number("Major_Group_End", 2),
    _number("Minor_Group_Start", 2),
    _number("Minor_Group_End", 2),
    _text("Status_Code", 1, "default: A", values="A I C"),
)

_PHONES_OF_JOB = ("Phone", "Fax_Phone", "Job_Site_Phone")


def _for_update(field: Field) -> Field:
    """Blank leaves a value as it is, so only the key stays required; dashed phones are accepted
    [SP 10.1].
    """
    if field.name == "Company_Code":
        return COMPANY_OR_DEFAULT
    if field.name == "Job_Number":
        return replace(field, note="existing job")
    if field.name in _PHONES_OF_JOB:
        return replace(field, mask=None)
    return _optional(field)


# [SP 10.1], after the fields of AddJob
_JOB_MORE = (
    _text("Owner_Name", 50),
    _text("Comment", 125),
    _flag("Reports_Calc_Override", "Y needs one of the next two"),
    _number("Entered_Percent_Complete", 5),
    _number("Entered_Projected_Cost", 14),
    _text("Legal_Desc", 350),
    _text("Job_Oh_Batch_Code", 10, "batch of Overhead Allocation Maintenance"),
    _text("Routing_Code1", 10),
    _number("Routing_Limit", 13),
    _text("Routing_Code2", 10),
    _text("PO_Ship_Name", 30),
    _text("PO_Ship_Address1", 30),
    _text("PO_Ship_Address2", 30),
    _text("PO_Ship_City", 25),
    _text("PO_Ship_State", 2),
    _text("PO_Ship_Zip_Code", 10),
    _text("PO_Ship_Country", 25),
    _text("PO_Ship_Comment", 250),
    _text("Earned_Calc_Type", 1, values="P B C M"),
    _number("Under_Billed", 12, "with Earned_Calc_Type B"),
    _number("Cost_Markup_Percent", 5, "with Earned_Calc_Type C"),
    _text("Job_Pay_When_Paid", 1),
    _number("Job_Auto_Release_Percent", 5),
    _number("Job_Review_Percent", 5),
    _text("Auto_Ot_Flag", 1),
    _text("Certified_Project_ID", 50),
    _text("Burden_Flag", 1),
    _number("Pre_TC_Burden_Percent", 5),
    _text("Burden_Phase", 20),
    _text("Burden_Cost_Type", 3),
    _text("PR_OH_Type_Code", 1, "payroll overhead", values="N P A"),
    _number("Payroll_OH_Percent", 5),
    _number("PR_OH_Amount", 5),
    _text("OH_Phase", 20),
    _text("OH_Cost_Type", 3),
    _text("Lock_Revenue_Entry", 1),
    _text("Certified_Week_Type", 1, values="F W C"),
    _text("Override_By_Job", 1),
    _number("Daily_OT_Start", 5),
    _number("Weekly_OT_Start", 6),
    _text("Saturday_OT", 1, values="S O D"),
    _text("Sunday_OT", 1, values="S O D"),
)

_UPDATE_JOB = (*(_for_update(field) for field in (*_JOB_MAIN, *_JOB_SETUP)), *_JOB_MORE)

# [SP 10.2]
_UPDATE_JOB_UDF = (
    COMPANY_OR_DEFAULT,
    _required(_text("Job_Number", 10, "existing job", mask=Mask.UPPER)),
    *UDFS,
)

# [SP 11]
_PHASE = (
    COMPANY_OR_DEFAULT,
    _required(_text("Job_Number", 10, "active or inactive job", mask=Mask.UPPER)),
    _required(_text("Phase_Code", 20, "must fit the job's phase mask", mask=Mask.UNDASHED)),
    _text("Description", 25, "required for a new phase; shared by all cost types of the phase"),
    _required(_text("Cost_Type", 3, "code of Cost Type Maintenance")),
    _number("Original_Est_Quantity", 11),
    _text("Unit_of_Measure", 3),
    _number("Original_Est_Cost", 12),
    _number("Original_Est_Hours", 10),
    _text(
        "Bid_Item_Number", 10, "billing item; first 2 characters are the group on unit price jobs"
    ),
    _text("Alt_Phase_Code", 20, mask=Mask.UNDASHED),
    _text("Work_Comp_Code", 6),
    _required(_text("Price_Method_Code", 1, "J: as the job", values="F T C U J")),
    _text("Phase_Cost_Center", 10),
    _number("Current_Est_Hours", 10),
    _number("Current_Est_Quantity", 11),
    _number("Current_Est_Cost", 12),
    _text("Status_Code", 1, "default: A", values="A I C"),
)

# [SP 12.2], header without Authorization_ID and GUID, which the login carries
INVOICE_HEADER = (
    COMPANY,
    _required(_date("GL_Date", "within the AR processing range")),
    _required(_text("Batch_Code", 10)),
    _required(_text("Customer_Code", 10, "existing customer")),
    _text("Job_Number", 10, "existing job, which is an AR contract too"),
    _required(_text("Invoice_Or_Transaction", 10, "unique", mask=Mask.UPPER)),
    _required(_text("Transaction_Type", 1, "I invoice, C credit memo", values="I C")),
    _required(_date("Invoice_Date", "within the AR processing range; picks the tax percentage")),
    _text("Terms_Code", 1, "default: customer"),
    _text("Salesperson_Code", 3, "default: contract, then customer"),
    _text("Sales_Tax_Code", 15, "default: contract, tax class of the job, customer"),
    _number("Sales_Tax_Amount", 13, is_positive=True),
    _number("Retention_Percent", 6, "default: contract", is_positive=True),
    _flag("Print_Job_Address_Flag", "default: Y"),
    _text("Remarks", 65),
    _text("Customer_PO", 25),
    _text("AR_GL_Account", 12, "default: AR installation", mask=Mask.UNDASHED),
    _number("Retention_Amount", 13, is_positive=True),
    _text("VAT_Code", 10),
    _number("Total_VAT_Amount", 12, is_positive=True),
    _text("Asset_Cost_Center", 10, "default: contract"),
)
"""Header of one document of `POST /customer/invoice`. A credit memo is type C with positive amounts
[SP 12.1].
"""

# [SP 12.2] prints no length for Quantity and Unit_Of_Measure. The unit's is that of its column
# [SP 16.3]; that the service takes as much, and the other one, are assumed.
INVOICE_DETAIL = (
    _number("Quantity", 13),
    _text("Detail_Description", 30),
    _text("Unit_Of_Measure", 3),
    _required(
        _number("Line_Extension", 13, "extended amount including retention", is_positive=True)
    ),
    _text(
        "GL_Account",
        12,
        "not a direct cost account; default: AR installation, contract",
        mask=Mask.UNDASHED,
    ),
    _flag("Taxable_Flag", "default: contract, customer"),
    _text("Income_Cost_Center", 10, "goes with GL_Account"),
    _text("Message", 250, "becomes a text line of its own"),
)
"""One line of `invoiceDetails` of `POST /customer/invoice`."""


def _picked(names: str, *tables: tuple[Field, ...]) -> tuple[Field, ...]:
    """Fields of other tables in another order."""
    by_name = {field.name: field for table in tables for field in table}
    return tuple(by_name[name] for name in names.split())


# [SP 12.3]: header and one detail line in one layout
_AR_INVOICE = _picked(
    "Company_Code GL_Date Batch_Code Customer_Code Job_Number Invoice_Or_Transaction"
    " Transaction_Type Invoice_Date Terms_Code Salesperson_Code Sales_Tax_Code Taxable_Flag"
    " Retention_Percent Print_Job_Address_Flag Remarks Customer_PO AR_GL_Account Detail_Description"
    " Line_Extension GL_Account Sales_Tax_Amount Retention_Amount VAT_Code Total_VAT_Amount"
    " Asset_Cost_Center Income_Cost_Center",
    INVOICE_HEADER,
    INVOICE_DETAIL,
)

# [SP 13.1]. One record per call. The page prints 8 for the length of Work_Date and asks for the 10
# of MM/DD/CCYY.
_PRE_TIME_CARD = (
    COMPANY_OR_DEFAULT,
    _required(_text("Batch_Code", 8, "new or existing")),
    _text("Employee_Code", 11, "required but for quantity records"),
    _text("Department_Code", 6, "decides which of job, equipment and work order is kept"),
    _required(_text("Pay_Type", 10, "pay type of Payroll, or an add-on code")),
    _number("Hours_Employee", 8, "may be negative"),
    _text("Job_Number", 10, "none in a non-direct department"),
    _text("Phase_Code", 20, "without dashes", mask=Mask.UNDASHED),
    _text("Cost_Type", 3),
    _required(_date("Work_Date", "within the payroll processing range")),
    _text("Message", 30),
    _text("Pay_Rate_Code", 1, values=_ONE_TO_NINE),
    _text("Wage_Code", 10),
    _text("Union_Code", 10, "or pay group"),
    _text("Worker_Comp_Code", 6),
    _text("State", 10, "work state"),
    _text("Work_County", 10),
    _text("Work_Locality", 10),
    _text("Equipment_Code", 10),
    _number("Equipment_Hours", 8),
    _number("Additional_JTD_Quantity", 14),
    _text("Inter_Company_Code", 3, "company of the job when it is another"),
    _number("Pay_Rate", 12),
    _text("Cost_Category_Code", 4, "equipment cost category"),
    _text("Crew_Number", 10),
    _text("WO_Number", 10, "work order"),
    _text("WO_Equipment", 8),
    _text("WO_Component", 2),
    _text("SC_Contract", 10),
    _text("PM_Work_Order", 10),
    _text("Cost_Center", 10, "only when the company uses cost centers"),
)

# [SP 14]: parameters
_P_COMPANY = _text("pCompany_Code", 3, _DEFAULT_COMPANY)
_P_STATUS = _text("pStatus_Code", 1, "blank: active and inactive", values="A I C")

_P_CUSTOMERS = (
    _P_COMPANY,
    _text("pStatus", 3, "blank: active; I: active and inactive; ALL", values="I ALL"),
)
_P_JOB_UDF = (
    _P_COMPANY,
    _text("pDivision", 5),
    _P_STATUS,
    _text("pProject_Manager", 15),
    _text("pSuperintendent", 15),
    _text("pEstimator", 15),
    _text("pCustomer_Code", 10),
    _text("pCost_Center", 10),
)
_P_JOB = (*_P_JOB_UDF, _text("pSort_By", 1, "blank: job", values="D P S E C"))
_P_PHASE = (
    _P_COMPANY,
    _text("pCost_Type", 3),
    _text("pJob_Number", 10),
    _P_STATUS,
    _text("pCost_Center", 10),
    _text("pSort_By", 1, "blank: job, phase, cost type", values="C"),
)
_P_EMPLOYEE = (
    _P_COMPANY,
    _text("pWage_Class", 10),
    _text("pUnion_Code", 10),
    _text("pOccupation", 50),
    _text("pTrade", 50),
    _text("pStatus_Type", 1, "blank: active and inactive"),
    _text("pCost_Center", 10),
    _text("pSort_By", 1, "blank: code", values="A F L D"),
)
_P_PAY_TYPE = (_P_COMPANY, _text("pPay_Type", 2), _text("pSort_By", 1, "blank: code", values="T"))

# [SP 14]: columns
_CUSTOMER_COLUMNS = _columns(
    "Company_Code Customer_Code Name Address_1 Address_2 City State Zip_Code First_Name Last_Name"
    " Phone_Number Email1 Price_Level_Material Taxable_Flag Status"
)
_JOB_MAIN_COLUMNS = _columns(
    "Company_Code Job_Number Job_Description Division Address_1 Address_2 City State Zip_Code Phone"
    " Fax_Phone Job_Site_Phone Customer_Code Customer_Name Original_Contract Contract_Number"
    " Owner_Name WO_Site Comment Price_Method_Code Total_Units Unit_of_Measure Status_Code Latitude"
    " Longitude Legal_Desc Cost_Center Field_1 Field_2 Field_3 Field_4 Field_5"
)
# The page says Current_Estimated_Dollars, captured replies say Current_Estimate_Dollars
# [SP 4.5, 14].
_PHASE_COLUMNS = _columns(
    "Company_Code Job_Number Phase_Code Cost_Type Description Status_Code Unit_of_Measure"
    " JTD_Quantity JTD_Hours JTD_Actual_Dollars Projected_Quantity Projected_Hours"
    " Projected_Dollars Estimated_Quantity Estimated_Hours Current_Estimate_Dollars Cost_Center"
)
_PHASE_ENHANCED_COLUMNS = (
    *_PHASE_COLUMNS,
    *_columns("Price_Method_Code Complete_Date Start_Date End_Date Comment"),
)
_EMPLOYEE_COLUMNS = _columns(
    "Company_Code Employee_Code Employee_Name Supervisor_Code Employment_Status Department_Code"
    " Union_Code Wage_Class Worker_Comp_Code First_Name Middle_Name Last_Name Occupation Trade"
    " Title Employee_Mobile_Phone Employee_Extension Cost_Center"
)
_PAY_TYPE_COLUMNS = _columns("Company_Code Pay_Type Pay_Type_Desc")

_ALL = (
    Service("WSTestConnection", "SP 7", _TEST_CONNECTION, is_idempotent=True, has_guid=False),
    Service("AddCustomer", "SP 8", _CUSTOMER, key=("Customer_Code",), refuses_duplicates=True),
    Service("AddWOSiteAddress", "SP 9", _SITE, key=("Site_ID",), refuses_duplicates=True),
    Service(
        "AddJob",
        "SP 10",
        (*_JOB_MAIN, *UDFS, *_JOB_SETUP),
        key=("Job_Number",),
        refuses_duplicates=True,
    ),
    Service("UpdateJob", "SP 10.1", _UPDATE_JOB, key=("Job_Number",), is_idempotent=True),
    Service("UpdateJob_UDF", "SP 10.2", _UPDATE_JOB_UDF, key=("Job_Number",), is_idempotent=True),
    Service(
        "AddPhase",
        "SP 11",
        _PHASE,
        key=("Job_Number", "Phase_Code", "Cost_Type"),
        is_idempotent=True,
    ),
    Service(
        "AddARInvoice",
        "SP 12.3",
        _AR_INVOICE,
        key=("Invoice_Or_Transaction",),
        refuses_duplicates=True,
    ),
    Service("PreTimeCard", "SP 13.1", _PRE_TIME_CARD),
    Service("GetCustomers", "SP 14", _P_CUSTOMERS, _CUSTOMER_COLUMNS, is_idempotent=True),
    Service("GetJobMain", "SP 14", _P_JOB, _JOB_MAIN_COLUMNS, is_idempotent=True),
    Service(
        "GetJobUDF",
        "SP 14",
        _P_JOB_UDF,
        ("Company_Code", "Job_Number", *UDF_NAMES),
        is_idempotent=True,
    ),
    Service("GetPhase", "SP 14", _P_PHASE, _PHASE_COLUMNS, is_idempotent=True),
    Service("GetPhaseEnhanced", "SP 14", _P_PHASE, _PHASE_ENHANCED_COLUMNS, is_idempotent=True),
    Service("GetEmployee", "SP 14", _P_EMPLOYEE, _EMPLOYEE_COLUMNS, is_idempotent=True),
    Service("GetPayType", "SP 14", _P_PAY_TYPE, _PAY_TYPE_COLUMNS, is_idempotent=True),
)

SERVICES: dict[str, Service] = {service.name: service for service in _ALL}
"""Every SOAP service that the integration calls, by its name on the wire."""
