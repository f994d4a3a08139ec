"""What AddJob and UpdateJob check and do alike [SP 10, 10.1]."""

from st_spectrum.sandbox.spectrum.call import Call, Checks
from st_spectrum.sandbox.spectrum.payroll_tables import EMPLOYEES
from st_spectrum.sandbox.spectrum.services.codes import check_cost_center, check_work_taxes
from st_spectrum.sandbox.spectrum.table import Column
from st_spectrum.sandbox.spectrum.tables import (
    CONTRACTS,
    CUSTOMERS,
    JOBS,
    PHASE_CATEGORIES,
    SALES_TAXES,
    SITES,
    TAX_CLASSES,
)
from st_spectrum.spectrum.services import Kind

DATE_PAIRS = (("Est_Start_Date", "Est_Complete_Date"), ("Start_Date", "Complete_Date"))

_AS_DATE = Column("", Kind.DATE)


def check_codes(checks: Checks) -> None:
    """Every code that is given must be on file."""
    call = checks.call
    checks.exists("Customer_Code", CUSTOMERS)
    if call.switches.job_tax_is_class:
        checks.exists("Tax_Class_Code", TAX_CLASSES)
    else:
        checks.exists("Tax_Class_Code", SALES_TAXES, "Sales_Tax_Code")
    checks.exists("WO_Site", SITES, "Ship_To_ID")
    if call.switches.validates_project_manager:
        for field in ("Superintendent", "Estimator", "Project_Manager"):
            checks.exists(field, EMPLOYEES, "Employee_Code")
    check_work_taxes(checks)
    check_cost_center(checks, "Cost_Center")
    checks.exists("Standard_Phase_Category", PHASE_CATEGORIES, "Category_Code")
    _check_master(checks)
    if call["Track_Davis_Bacon"] == "Y" and call["Track_Prevailing_Wage"] in ("Y", "F"):
        checks.refuse(
            "Track_Davis_Bacon", "Track_Davis_Bacon and Track_Prevailing_Wage exclude each other"
        )


def _check_master(checks: Checks) -> None:
    code = checks.call["Master_Job"]
    if checks.exists("Master_Job", JOBS, "Job_Number") and code:
        master = checks.call.book.find(JOBS, Job_Number=code)
        if master and master["Status_Code"] == "C":
            checks.refuse("Master_Job", f"Master_Job {code} is complete")


def check_dates(checks: Checks, on_file: dict[str, str | None]) -> None:
    """No end before its start, where a blank means the date on file."""
    for start, end in DATE_PAIRS:
        first = _AS_DATE.stored(checks.call[start]) or on_file.get(start)
        last = _AS_DATE.stored(checks.call[end]) or on_file.get(end)
        if first and last and last < first:
            checks.refuse(end, f"{end} is before {start}")


def store_contract(call: Call, price_method: str) -> bool:
    """A customer makes the AR contract, and the T&M billing set-up for methods C and T; False when
    a contract exists.
    """
    if call.book.has(CONTRACTS, Job_Number=call["Job_Number"]):
        return False
    call.book.insert(
        CONTRACTS,
        {
            "Job_Number": call["Job_Number"],
            "Customer_Code": call["Customer_Code"],
            "TM_Billing_Flag": "Y" if price_method in ("C", "T") else "N",
        },
    )
    return True
