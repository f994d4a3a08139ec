"""GetEmployee: employees of the payroll master, asked for by the type of their status [SP 14]."""

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.payroll_tables import EMPLOYEE_STATUSES, EMPLOYEES
from st_spectrum.sandbox.spectrum.services.listing import search, statuses

SORTS = {"A": "Employee_Name", "F": "First_Name", "L": "Last_Name", "D": "Department_Code"}
"""The letters are documented; that A sorts by full name is assumed."""


def _rows(call: Call) -> list[dict[str, str]]:
    filters = {
        "Wage_Class": call["pWage_Class"],
        "Union_Code": call["pUnion_Code"],
        "Occupation": call["pOccupation"],
        "Trade": call["pTrade"],
        "Cost_Center": call["pCost_Center"],
    }
    sort = call["pSort_By"]
    order = (SORTS[sort], "Employee_Code") if sort else ("Employee_Code",)
    wanted = statuses(call["pStatus_Type"])
    codes = [
        row["Employment_Status"]
        for row in call.book.all(EMPLOYEE_STATUSES)
        if row["Status_Type"] in wanted
    ]
    found = search(call, EMPLOYEES, filters, {"Employment_Status": codes}, order)
    return [{name: employee[name] for name in call.service.returns} for employee in found]


HANDLER = Read(_rows)
