"""AddWOSiteAddress: a new work-order site, active, tied to an AR customer [SP 9]."""

from st_spectrum.sandbox.spectrum.call import Call, Checks, Write
from st_spectrum.sandbox.spectrum.rows import Row, missing
from st_spectrum.sandbox.spectrum.services.codes import check_cost_center, check_work_taxes
from st_spectrum.sandbox.spectrum.tables import (
    BILL_TOS,
    CUSTOMERS,
    SALES_TAXES,
    SITE_COLUMNS,
    SITES,
)

FLAGS = ("Show_Notes", "Taxable_Flag", "Labor_Taxable", "Material_Taxable", "Alternate_Address")


def _check(call: Call) -> list[Row]:
    checks = Checks(call)
    checks.is_new("Site_ID", SITES, "Ship_To_ID")
    checks.exists("Site_Customer_Code", CUSTOMERS, "Customer_Code")
    checks.exists("Sales_Tax_Code", SALES_TAXES)
    check_work_taxes(checks)
    check_cost_center(checks, "Cost_Center")
    _check_bill_to(checks)
    return checks.rows


def _check_bill_to(checks: Checks) -> None:
    call = checks.call
    code, customer = call["Billto_Code"], call["Site_Customer_Code"]
    if call["Alternate_Address"] == "Y" and not code:
        checks.rows.append(missing("Billto_Code"))
    elif code and not call.book.has(BILL_TOS, Customer_Code=customer, Billto_Code=code):
        checks.refuse("Billto_Code", f"Billto_Code {code} does not belong to customer {customer}")


def _store(call: Call) -> list[Row]:
    values = {SITE_COLUMNS.get(name, name): value for name, value in call.values.items()}
    values |= {flag: call[flag] or "N" for flag in FLAGS}
    if not values["Sales_Tax_Code"]:
        customer = call.book.find(CUSTOMERS, Customer_Code=call["Site_Customer_Code"])
        values["Sales_Tax_Code"] = customer["Sales_Tax_Code"] if customer else ""
    call.book.insert(SITES, {**values, "Status": "A"})
    return []


HANDLER = Write(_check, _store)
