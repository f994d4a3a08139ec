"""AddJob: a new job, with its AR contract, its user-defined fields and the phases of its category
[SP 10].
"""

from st_spectrum.sandbox.spectrum.call import Call, Checks, Write
from st_spectrum.sandbox.spectrum.rows import Row
from st_spectrum.sandbox.spectrum.services.job_rules import check_codes, check_dates, store_contract
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOB_UDFS, JOBS, PHASE_CATEGORIES, PHASES


def _check(call: Call) -> list[Row]:
    checks = Checks(call)
    checks.is_new("Job_Number", JOBS)
    check_codes(checks)
    check_dates(checks, {})
    return checks.rows


def _store(call: Call) -> list[Row]:
    defaults = {
        "Status_Code": call["Status_Code"] or "A",
        "Create_Date": call["Create_Date"] or call.today,
        **_taxes(call),
    }
    call.book.insert(JOBS, {**call.values, **defaults})
    call.book.insert(JOB_UDFS, {"Job_Number": call["Job_Number"], **call.udfs})
    if call["Customer_Code"]:
        store_contract(call, call["Price_Method_Code"])
    if call["Standard_Phase_Category"]:
        _copy_phases(call)
    return []


def _taxes(call: Call) -> dict[str, str]:
    """The tax may come from the customer [SP 10, field 21]; into which column is assumed."""
    given = call["Tax_Class_Code"]
    if given and not call.switches.job_tax_is_class:
        return {"Tax_Class_Code": given, "Sales_Tax_Code": given}
    customer = (
        call.book.find(CUSTOMERS, Customer_Code=call["Customer_Code"])
        if call["Customer_Code"]
        else None
    )
    return {
        "Tax_Class_Code": given,
        "Sales_Tax_Code": customer["Sales_Tax_Code"] if customer else "",
    }


def _copy_phases(call: Call) -> None:
    for phase in call.book.all(PHASE_CATEGORIES, Category_Code=call["Standard_Phase_Category"]):
        copied = {name: phase[name] for name in ("Phase_Code", "Cost_Type", "Description")}
        made = {"Price_Method_Code": call["Price_Method_Code"], "Status_Code": "A"}
        call.book.insert(PHASES, {"Job_Number": call["Job_Number"], **copied, **made})


HANDLER = Write(_check, _store)
