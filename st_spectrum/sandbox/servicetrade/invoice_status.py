"""Which status an invoice may move to, and who may move it there [ST 6.2]."""

from st_spectrum.sandbox.servicetrade.call import Call, Refused
from st_spectrum.sandbox.servicetrade.documents import Document

STATUSES = (
    *(
        "draft",
        "ok",
        "internal_review",
        "pending_accounting",
        "processed",
        "failed",
        "sent",
        "paid",
    ),
    "void",
)
DEFAULT = "ok"
VOID = "void"

_OPEN = frozenset({"draft", "ok", "internal_review"})

MOVES: dict[str, frozenset[str]] = {
    "draft": _OPEN | {"pending_accounting"},
    "ok": _OPEN | {"pending_accounting", "sent"},
    "internal_review": _OPEN | {"pending_accounting"},
    "pending_accounting": frozenset({"processed", "failed"}),
    "processed": frozenset({"sent"}),
    "failed": frozenset({"pending_accounting"}),
    "sent": frozenset({"paid"}),
    "paid": frozenset(),
    "void": frozenset(),
}
"""Where each status leads, besides `void`, to which all lead and from which nothing leads away."""

NOT_OF_PEOPLE = frozenset({"processed", "failed"})
"""What an integration sets; only these two are loose when the matrix is not strict."""


def move(call: Call, invoice: Document, status: str) -> None:
    """Refused 400 when the invoice may not move there; that it is 400 and not 409 is assumed.

    The same status again is no move, except `processed` where a switch refuses even that.
    """
    before = invoice["status"]
    if status == before:
        if status == "processed" and not call.switches.is_processed_twice_allowed:
            raise Refused(400, f"status: invoice {invoice['invoiceNumber']} is processed already")
        return
    if before == VOID:
        raise Refused(400, f"status: invoice {invoice['invoiceNumber']} is void and stays so")
    is_loose = status in NOT_OF_PEOPLE and not call.switches.is_invoice_matrix_strict
    if status != VOID and status not in MOVES[before] and not is_loose:
        allowed = ", ".join(sorted(MOVES[before] | {VOID}))
        raise Refused(
            400, f"status: an invoice that is {before} cannot become {status}, only {allowed}"
        )
