"""Checks of set-up codes that sites, jobs and phases share."""

from st_spectrum.sandbox.spectrum.call import Checks
from st_spectrum.sandbox.spectrum.tables import COST_CENTERS, WORK_TAXES

WORK_TAX_FIELDS = ("Work_State_Tax_Code", "Work_County_Tax_Code", "Work_Local_Tax_Code")


def check_work_taxes(checks: Checks) -> None:
    """State, county and local code must be on file (assumed) and differ [SP 9, 10]."""
    for field in WORK_TAX_FIELDS:
        checks.exists(field, WORK_TAXES, "Tax_Code")
    checks.differ(*WORK_TAX_FIELDS)


def check_cost_center(checks: Checks, field: str) -> None:
    """Only a company that uses cost centers takes one [SP 9]; every customer made here shares all
    of them [SP 8].
    """
    value = checks.call[field]
    if value and not checks.call.switches.uses_cost_centers:
        checks.refuse(field, f"{field} must be blank, the company does not use cost centers")
    else:
        checks.exists(field, COST_CENTERS, "Cost_Center")
