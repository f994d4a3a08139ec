"""Decisions about time in the form in which a payroll clerk reads them."""

from st_spectrum.domain.decisions import Create, Decision, Hold, LeaveUnchanged, Skip
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.spectrum.timecards import REST_NAMES

LINES = (
    ("Employee_Code", "employee"),
    ("Work_Date", "date"),
    ("Pay_Type", "pay type"),
    ("Hours_Employee", "hours"),
    ("Department_Code", "department"),
    ("Job_Number", "job"),
    ("Phase_Code", "cost code"),
    ("Cost_Type", "cost type"),
    ("State", "work state"),
    ("Pay_Rate_Code", "rate code"),
    ("Pay_Rate", "rate"),
    ("Cost_Center", "cost center"),
    ("Batch_Code", "batch"),
    ("Message", "message"),
)
SOAP_NAMES = {rest: soap for soap, rest in REST_NAMES.items()}


def rendered(
    title: str, times: list[tuple[TimeEntry | None, Decision]], notes: tuple[str, ...]
) -> str:
    """Markdown: what ServiceTrade says of each piece of time, and what happens with it."""
    lines = [f"# {title}", ""]
    for entry, decision in times:
        lines += [f"## {_title(entry)}", "", *_decision(decision), ""]
    lines += [f"- {note}" for note in notes]
    return "\n".join(lines).rstrip() + "\n"


def _title(entry: TimeEntry | None) -> str:
    if entry is None:
        return "Nothing any more"
    subject = entry.lib_item_code or entry.activity or entry.generic_name or "time"
    job = f", job {entry.job_number or entry.job_id}" if entry.job_id else ""
    who = entry.user_name or f"user {entry.user_id}"
    return f"{who}, {entry.work_date:%a %m/%d/%Y}: {entry.hours:.2f} h {subject}{job}"


def _decision(decision: Decision) -> list[str]:
    if isinstance(decision, Hold):
        cause = f"Cause: {decision.cause or decision.reason}"
        return [f"**Held:** {decision.reason}.", "", decision.advice, "", cause]
    if isinstance(decision, Skip):
        return [
            f"**Nothing to do:** {decision.reason}.",
            *("\n- " + note for note in decision.notes),
        ]
    if isinstance(decision, LeaveUnchanged):
        return [f"**Left as it is:** {decision.reason}."]
    assert isinstance(decision, Create)
    lines = []
    for step in decision.steps:
        for call in step.calls:
            fields = {SOAP_NAMES.get(name, name): value for name, value in call.fields.items()}
            lines += [f"Pre-time card by {call.operation}:", ""]
            lines += [f"    {label:<12} {fields[name]}" for name, label in LINES if fields[name]]
    return [
        *(lines or ["No card is sent; the ledger is closed."]),
        *("\n- " + note for note in decision.notes),
    ]
