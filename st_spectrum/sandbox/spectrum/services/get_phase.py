"""GetPhase: cost types of phases with estimates and figures to date [SP 14]."""

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.database import Record
from st_spectrum.sandbox.spectrum.services.listing import amount, search, statuses
from st_spectrum.sandbox.spectrum.tables import PHASES

KEY = ("Job_Number", "Phase_Code", "Cost_Type")

FIGURES = {
    "Projected_Quantity": "Current_Est_Quantity",
    "Projected_Hours": "Current_Est_Hours",
    "Projected_Dollars": "Current_Est_Cost",
    "Estimated_Quantity": "Original_Est_Quantity",
    "Estimated_Hours": "Original_Est_Hours",
    "Current_Estimate_Dollars": "Current_Est_Cost",
}
"""Which estimate a figure shows; assumed. Nothing is ever booked here, so the figures to date are
zero.
"""


def phases(call: Call) -> list[Record]:
    """The phases that the filters leave; sort C is by cost center (assumed)."""
    filters = {
        "Cost_Type": call["pCost_Type"],
        "Job_Number": call["pJob_Number"],
        "Phase_Cost_Center": call["pCost_Center"],
    }
    order = ("Phase_Cost_Center", *KEY) if call["pSort_By"] else KEY
    return search(call, PHASES, filters, {"Status_Code": statuses(call["pStatus_Code"])}, order)


def figures(phase: Record, number: int) -> dict[str, str]:
    """The values of a row that are not columns of the table."""
    to_date = dict.fromkeys(("JTD_Quantity", "JTD_Hours", "JTD_Actual_Dollars"), ".00")
    shown = {name: amount(phase[column], number) for name, column in FIGURES.items()}
    return {**to_date, **shown, "Cost_Center": phase["Phase_Cost_Center"]}


def _rows(call: Call) -> list[dict[str, str]]:
    found = ({**phase, **figures(phase, number)} for number, phase in enumerate(phases(call)))
    return [{name: row[name] for name in call.service.returns} for row in found]


HANDLER = Read(_rows)
