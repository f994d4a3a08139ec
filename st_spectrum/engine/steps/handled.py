"""What is decided about a record that a person has handled by hand: it stays with that, until what
it is about changes.
"""

from decimal import Decimal

from st_spectrum.domain.decisions import Decision, Hold, LeaveUnchanged, Skip
from st_spectrum.engine.steps.ledger_writer import RecordContext
from st_spectrum.ledger.documents.interventions import HandledRecord
from st_spectrum.ledger.ledger import Ledger

CHANGED = "changed after it was handled by hand"


def record_name(flow: str, key: str) -> str:
    """Under which name documents about a record of any flow are kept."""
    return f"{flow}/{key}"


def decided_by_hand(ledger: Ledger, context: RecordContext) -> Decision | None:
    """In place of the flow's own decision; None where nobody handled the record.

    Raises `DamagedDocument` when the person's word cannot be read: then nothing is sent.
    """
    if context.entry is None or not context.entry.is_handled:
        return None
    handled = ledger.document(HandledRecord, record_name(context.flow.name, context.key))
    return None if handled is None else _decision(handled, context)


def _decision(handled: HandledRecord, context: RecordContext) -> Decision:
    evaluation = context.evaluation
    if isinstance(evaluation.decision, Hold) and not evaluation.version:
        return LeaveUnchanged(handled.sentence)  # it could not be read just now
    now = _text(evaluation.amount), _text(evaluation.hours)
    if now == (handled.amount, handled.hours) or (now == ("", "") and not handled.target_key):
        return Skip(handled.sentence, handled.target_key)
    return _changed(handled, context, *now)


def _text(worth: Decimal | None) -> str:
    return "" if worth is None else str(worth)


def _changed(handled: HandledRecord, context: RecordContext, amount: str, hours: str) -> Hold:
    before = handled.amount or (f"{handled.hours} h" if handled.hours else "nothing")
    after = amount or (f"{hours} h" if hours else "nothing")
    command = f"st-spectrum handled {context.flow.name} {context.key}"
    again = f"--as {handled.target_key}" if handled.target_key else "--nothing"
    return Hold(
        f"it was {handled.sentence}; it was about {before} then and is about {after} now",
        f"Correct {handled.target_key or 'it'} by hand too, then say `{command} {again} --note"
        f" ...` once more; or take the word back with `{command} --undo --note ...`.",
        ("a person",),
        CHANGED,
    )
