"""Decisions about purchase order lines in the form in which a controller reads them."""

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip, Update
from st_spectrum.flows.purchase_orders.commands import (
    AddJobItem,
    AdoptJobItem,
    LinkJobItem,
    RemoveJobItem,
    UpdateJobItem,
)
from st_spectrum.flows.purchase_orders.job_item_memory import FIELDS

WORDS: dict[type[Command], str] = {
    AddJobItem: "Made on job",
    UpdateJobItem: "Changed",
    RemoveJobItem: "Taken off its job",
    LinkJobItem: "Marked as",
    AdoptJobItem: "Taken over",
}


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


def _call(command: Command) -> list[str]:
    title = WORDS[type(command)]
    if isinstance(command, LinkJobItem):
        return [f"**{title}** `{command.external_id}`", ""]
    job = f" {command.job_id}" if isinstance(command, AddJobItem) else ""
    lines = [f"**{title}{job}**", ""]
    if isinstance(command, AddJobItem | UpdateJobItem | AdoptJobItem):
        lines += [
            f"    {name.replace('_', ' '):<16} {command.values.text_of(name)}" for name in FIELDS
        ]
        lines += [""]
    return lines
