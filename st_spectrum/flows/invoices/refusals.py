"""What people are told of an invoice: the comment for AR, and what a refusal waits for."""

from collections.abc import Mapping
from decimal import Decimal

from st_spectrum.domain.ar_documents import NUMBER
from st_spectrum.domain.decisions import Decision, Hold, Void
from st_spectrum.domain.errors import Problem, Rejected
from st_spectrum.engine.retries.code_places import SpectrumPlace
from st_spectrum.flows.invoices.offsets import has_offset_of_same_number
from st_spectrum.spectrum.invoices import LOCKED, is_locked

LOCKED_CODE = LOCKED
"""Code of a record that a user has open, in every REST service; assumed [SP 1.7, 4.7]."""

VOIDED_MEANWHILE = Problem(
    "void", "it was voided in ServiceTrade while it was being posted", "status"
)
"""Why an invoice that Spectrum has just taken cannot be closed any more."""

CHANGED = "changed"
"""Code of an invoice that says something else when it is closed than when it was posted."""

WHO_CAN_HELP = {
    "Customer_Code": (
        "AR customer not usable in Spectrum",
        "The controller: see whether the customer exists and is active in Spectrum.",
    ),
    "Job_Number": (
        "job or AR contract not set up in Spectrum",
        "The controller: see whether job and AR contract are set up in Spectrum.",
    ),
    "Sales_Tax_Code": (
        "sales tax code not set up in Spectrum",
        "The controller: set the code up in Spectrum, or correct maps.sales_tax.",
    ),
    "Terms_Code": (
        "AR terms code not set up in Spectrum",
        "The controller: set the code up in Spectrum, or correct maps.payment_terms.",
    ),
    "Salesperson_Code": (
        "salesperson not set up in Spectrum",
        "The controller: set the salesperson up in Spectrum, or correct the external id.",
    ),
    "GL_Account": (
        "GL account not usable in Spectrum",
        "The controller: set the account up in Spectrum, or correct invoices.gl.",
    ),
    "AR_GL_Account": (
        "AR GL account not usable in Spectrum",
        "The controller: set the account up in Spectrum.",
    ),
    "Income_Cost_Center": (
        "cost center not set up in Spectrum",
        "The controller: set it up in Spectrum, or correct maps.cost_centers.",
    ),
    "GL_Date": (
        "AR period closed in Spectrum",
        "The controller: open the period in Spectrum's AR processing dates.",
    ),
    "Invoice_Date": (
        "AR period closed in Spectrum",
        "The controller: open the period in Spectrum's AR processing dates.",
    ),
}
"""Set-up in Spectrum that a refusal may blame: then the invoice is right and waits; by field of the
document [SP 12.1].
"""

NO_PLACES: Mapping[str, SpectrumPlace] = {}


def prerequisite_of(
    refusal: Rejected, places: Mapping[str, SpectrumPlace] = NO_PLACES
) -> Hold | None:
    """The hold that a refusal amounts to when only set-up is missing or a record is locked; None
    when the invoice is wrong. `places` are those in Spectrum that its codes were left to.
    """
    problems = refusal.problems
    if is_locked(refusal):
        return Hold(
            "Spectrum has the record open on somebody's screen",
            "Whoever has Customer Invoice Entry open in Spectrum: close it. The invoice then goes"
            " out by itself.",
            ("spectrum: a lock",),
            "record locked in Spectrum",
        )
    if not problems or not all(problem.field in WHO_CAN_HELP for problem in problems):
        return None
    first = problems[0]
    cause, who = WHO_CAN_HELP[first.field]
    if place := places.get(first.field):
        who = place.advice()
    return Hold(
        f"{cause}: {'; '.join(map(str, problems))}",
        f"{who} The invoice then goes out by itself.",
        tuple(f"spectrum: {problem.field}" for problem in problems),
        cause,
    )


def number_taken_after_a_loss(refusal: Rejected) -> Hold:
    """A number that Spectrum has already, where nobody can see whose: it may have been posted
    before the ledger was lost.
    """
    return Hold(
        f"{refusal.message}; the ledger was lost once or put back from a copy, so that document may"
        " be this invoice's own",
        "Look at it in Spectrum. If it is this invoice's, set the invoice to processed in"
        " ServiceTrade; if it is another one's, give one of the two another number.",
        ("a person",),
        "its number stands in Spectrum already, and the ledger was lost once",
    )


def changed_meanwhile(
    posted: Decimal, tax: Decimal, total_now: Decimal, tax_now: Decimal
) -> Problem:
    """Why an invoice that Spectrum has just taken is not done with."""
    was, now = (
        (posted, total_now) if posted != total_now else (f"tax of {tax}", f"tax of {tax_now}")
    )
    text = f"it was posted for {was} and changed in ServiceTrade meanwhile; there it says {now} now"
    return Problem(CHANGED, text, "totalPrice")


def closing_refused(refusal: Rejected) -> Hold:
    """ServiceTrade's own refusal to close an invoice that Spectrum has taken; or it closed another
    one than was posted.
    """
    if changed := next((problem for problem in refusal.problems if problem.code == CHANGED), None):
        return half_posted(changed.text, "changed while it was being posted")
    if VOIDED_MEANWHILE in refusal.problems:
        advice = "Nothing to do: what was posted is taken back by itself."
        return Hold(
            VOIDED_MEANWHILE.text, advice, ("the next round",), "voided while it was being posted"
        )
    return Hold(
        f"it is posted in Spectrum, but ServiceTrade does not let it be closed: {refusal.message}",
        "Set the invoice to processed in ServiceTrade by hand, or correct what ServiceTrade names;"
        " do not void it for this.",
        ("servicetrade: status of the invoice",),
        "posted, but ServiceTrade does not let it be closed",
    )


def half_posted(reason: str, cause: str) -> Hold:
    """What stands in Spectrum and what the invoice says have parted before the whole was done."""
    return Hold(
        reason,
        "Void it in ServiceTrade, and what was posted is taken back by itself; then make a new one."
        " Do not offset it by hand besides.",
        ("a person",),
        cause,
    )


def offset_refused(refusal: Rejected, decision: Decision) -> Hold | None:
    """A void that Spectrum does not take: in ServiceTrade nobody can correct and submit it
    again. None where the decision is no void.
    """
    if not isinstance(decision, Void):
        return None
    if refusal.blames_only(NUMBER) and has_offset_of_same_number(decision):
        return _of_same_number_refused(refusal)
    return Hold(
        f"Spectrum does not take what offsets it: {refusal.message}",
        "Correct in Spectrum what is named; the void then goes out by itself. Do not offset the"
        " invoice by hand besides.",
        ("spectrum: the offset of a void",),
        "the offset of a void is refused",
    )


def offset_taken_after_a_loss(refusal: Rejected) -> Hold:
    """The number of an offset that Spectrum has already, where nobody can see whose: a ledger that
    was lost or is a copy may have posted it.
    """
    return Hold(
        f"Spectrum does not take what offsets it: {refusal.message}; the ledger was lost once or"
        " put back from a copy, so that document may be the offset itself",
        "Look at it in Spectrum. If it takes back this invoice, nothing is left to do there, and"
        " nothing may be credited besides; if it is another one's, give that one another number,"
        " and the void goes out by itself.",
        ("a person",),
        "the number of an offset stands in Spectrum already, and the ledger was lost once",
    )


def failure_comment(refusal: Rejected) -> str:
    """What an AR clerk reads on a refused invoice: Spectrum's words, the field, and what to do."""
    lines = "\n".join(f"- {_sentence_of(problem)}" for problem in refusal.problems)
    return (
        f"Spectrum did not take this invoice:\n{lines}\nPlease correct it here and submit it to"
        " accounting again; it then goes to Spectrum by itself."
    )


def waiting_comment(hold: Hold) -> str:
    """What an AR clerk reads on an invoice that waits for a correction in ServiceTrade."""
    return (
        f"This invoice waits and is not in Spectrum yet:\n- {hold.reason}\n{hold.advice}\nOnce that"
        " is corrected, it goes to Spectrum by itself."
    )


def _sentence_of(problem: Problem) -> str:
    field = problem.field.replace("_", " ")
    return f"{field}: {problem.text}" if field else problem.text


def _of_same_number_refused(refusal: Rejected) -> Hold:
    """The number of the invoice, which its offset bears as well: Spectrum has a credit memo under
    it, or takes none there by the web service.
    """
    return Hold(
        f"Spectrum does not take what offsets it under its own number: {refusal.message}",
        "Look at it in Spectrum. If it was reversed there, it is credited already, and"
        " nothing may be credited besides. If it was not, Spectrum takes no credit memo under the"
        " number of an invoice: set invoices.number.is_same_for_offset to false.",
        ("spectrum: the offset of a void",),
        "the offset under the number of the invoice is refused",
    )
