"""Whose hours they are in payroll: the employee code of a technician. Pure.

A code that cannot be found raises `Missing` with the hold: nothing is guessed about wages.
"""

from st_spectrum.account import Account
from st_spectrum.flows.account_maps import missing
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.spectrum.timecards import PayrollEmployee

EMPLOYEE_LENGTH = 11
"""Employee_Code [SP 13.1]."""

SHARED_CODE = "two technicians carry one employee code"


def employee_code(bundle: TimecardBundle, account: Account) -> str:
    """The external id of the technician, once Spectrum knows an active employee under it."""
    entry, user = bundle.entry, bundle.user
    name = user.name if user and user.name else entry.user_name if entry else ""
    number = user.id if user else entry.user_id if entry else 0
    who = name or f"user {number}"
    code = _code_in_servicetrade(bundle, account.servicetrade.external_system, who, number)
    _require_employee(bundle.employee, account.timecards.active_statuses, who, code)
    return code


def _code_in_servicetrade(bundle: TimecardBundle, system: str, who: str, number: int) -> str:
    """The code that people typed on this user alone."""
    user = bundle.user
    if user is None:
        raise missing(
            f"{who} was not found among the users of ServiceTrade",
            "Nothing to do if it was shown again meanwhile: it is asked for again by itself. Else"
            " see who worked these hours.",
            f"servicetrade: user {number}",
            "technician not found in ServiceTrade",
        )
    code = user.external_ids.get(system, "")
    if not code:
        raise missing(
            f"{who} has no Spectrum employee code",
            "Enter the employee code as external id of the user in ServiceTrade.",
            f"servicetrade: user {number} external id",
            "technician without employee code",
        )
    if bundle.sharing_code:
        others = " and ".join(
            f"{other.name or 'user'} (user {other.id})" for other in bundle.sharing_code
        )
        raise missing(
            f"employee code {code} of {who} is also that of {others}, so whose hours they are"
            " cannot be told in payroll",
            "Enter the employee code of each technician as external id of the user in ServiceTrade;"
            " deactivate a login that nobody uses any more.",
            f"servicetrade: user {number} external id",
            SHARED_CODE,
        )
    return code


def _require_employee(
    employee: PayrollEmployee | None, statuses: tuple[str, ...], who: str, code: str
) -> None:
    """Payroll pays nobody whom it does not know, or who has left."""
    if employee is None or len(code) > EMPLOYEE_LENGTH:
        raise missing(
            f"employee {code} of {who} is not in Spectrum",
            "Set the employee up in Spectrum, or correct the external id of the user in"
            " ServiceTrade.",
            f"spectrum: employee {code}",
            "employee not in Spectrum",
        )
    if not _is_active(employee, statuses):
        raise missing(
            f"employee {code} of {who} is not active in Spectrum (status"
            f" {employee.status or 'blank'})",
            "Make the employee active in Spectrum, or enter this time there by hand.",
            f"spectrum: employee {code}",
            "employee not active in Spectrum",
        )


def _is_active(employee: PayrollEmployee, statuses: tuple[str, ...]) -> bool:
    return employee.status in statuses if statuses else employee.is_active
