"""Decisions about purchase order lines in the form in which a controller reads them."""

from st_spectrum.domain.decisions import Call, Create, Decision, Hold, Skip, Update
from st_spectrum.flows.purchase_orders.job_item_memory import FIELDS, ItemValues
from st_spectrum.flows.purchase_orders.job_item_steps import ADD, ADOPT, CHANGE, LINK, REMOVE

WORDS = {ADD: "Made on job", CHANGE: "Changed", REMOVE: "Taken off its job", LINK: "Marked as", ADOPT: "Taken over"}


def rendered(title: str, decision: Decision) -> str:
    """Markdown: what happens to the item, with its values."""
    lines = [f"# {title}", ""]
    if isinstance(decision, Hold):
        needs = f"Waits for: {', '.join(decision.needs)}"
        lines += [f"**Held:** {decision.reason}.", "", decision.advice, "", needs]
        lines += ["", f"Cause: {decision.cause or decision.reason}"]
    elif isinstance(decision, Skip):
        lines += [f"**Nothing to do:** {decision.reason}."]
    elif isinstance(decision, Create | Update):
        for step in decision.steps:
            lines += [line for call in step.calls for line in _call(call)]
        lines += [f"- {note}" for note in decision.notes]
        lines += [] if decision.steps else ["Nothing is written; the line is done."]
    return "\n".join(lines).rstrip() + "\n"


def _call(call: Call) -> list[str]:
    told = WORDS[call.operation]
    if call.operation == LINK:
        return [f"**{told}** `{call.fields['value']}`", ""]
    job = f" {call.fields['job_id']}" if call.operation == ADD else ""
    lines = [f"**{told}{job}**", ""]
    if "values" in call.fields:
        values = ItemValues.decode(call.fields["values"])
        lines += [f"    {name.replace('_', ' '):<16} {values.told(name)}" for name in FIELDS]
        lines += [""]
    return lines
