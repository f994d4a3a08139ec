"""What a refused pre-time card really waits for, in words for the payroll clerk."""

from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.errors import Rejected
from st_spectrum.spectrum.invoices import LOCKED
from st_spectrum.spectrum.timecards import REST_NAMES

POSTED_OR_DELETED = "no longer among the pre-time cards: posted to payroll, or deleted there"
"""Which of the two, Spectrum does not tell where it shows no card of the week any more."""

NOT_FOUND = "stands nowhere in payroll, where other cards of its week do: most likely deleted there"

SHARED = "hours of several technicians stand in payroll under employee code"
"""What is said of a row whose employee code was sent for more than one technician of the week."""

WHO_CAN_HELP = {
    "Work_Date": (
        "the day: its payroll period is closed",
        "Open the period in Spectrum's payroll processing range, or enter the time there by hand.",
        "closed payroll period",
    ),
    "Pay_Type": (
        "the pay type",
        "Set the pay type up in Spectrum, or correct timecards.pay_types in the account file.",
        "Pay_Type not set up in Spectrum",
    ),
}
"""What PreTimeCard checks on entry besides the company [SP 13.1]: the time is right, and waits."""

_SOAP_NAMES = {rest: soap for soap, rest in REST_NAMES.items()}


def prerequisite_of(refusal: Rejected) -> Hold | None:
    """The hold that a refusal amounts to when only set-up is missing or a record is locked; None
    when the card is wrong.
    """
    problems = refusal.problems
    if problems and all(problem.code == LOCKED for problem in problems):
        return Hold(
            "Spectrum has the record open on somebody's screen",
            "Whoever has pre-time cards open in Spectrum: close them. The time then goes out by"
            " itself.",
            ("spectrum: a lock",),
            "record locked in Spectrum",
        )
    fields = [_SOAP_NAMES.get(problem.field, problem.field) for problem in problems]
    if not fields or not all(field in WHO_CAN_HELP for field in fields):
        return None
    refused, advice, cause = WHO_CAN_HELP[fields[0]]
    return Hold(
        f"Spectrum does not take {refused}: {'; '.join(map(str, problems))}",
        f"{advice} The time then goes out by itself.",
        tuple(f"spectrum: {field}" for field in dict.fromkeys(fields)),
        cause,
    )
