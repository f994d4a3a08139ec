"""The day of going live, judged by what has crossed so far and by what it leaves out."""

from collections.abc import Iterator
from datetime import date, timedelta

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity, counted
from st_spectrum.check.preview import Preview
from st_spectrum.flows import FLOWS
from st_spectrum.flows.timecards.payroll_week import week_end

WHERE = "go_live"
LONG_AGO = timedelta(days=62)
"""A day that lies further back than two months, and nothing has crossed: most likely a slip."""


def check_go_live(account: Account, preview: Preview, today: date) -> Iterator[Finding]:
    """Read after the records of ServiceTrade: once one carries our key, the day is history."""
    if not account.go_live:
        text = "go_live is not set, so a new ledger carries nothing"
        advice = (
            "Name the day from which on nobody types into Spectrum by hand. A ledger that has"
            " records goes on without it."
        )
        yield Finding(Severity.WARNING, WHERE, text, "", advice)
        return
    day = date.fromisoformat(account.go_live)
    if account.servicetrade.external_system not in preview.external_systems:
        yield from _before_the_first_load(account, day, today)
    yield from _left_out(preview)


def _before_the_first_load(account: Account, day: date, today: date) -> Iterator[Finding]:
    if day > today:
        text = f"{day} lies ahead: until then a new ledger carries nothing"
        yield Finding(Severity.NOTE, WHERE, text, "", "Nothing to do if that is the day meant.")
    elif today - day > LONG_AGO:
        text = (
            f"{day} is {(today - day).days} days ago, and no record carries a Spectrum key yet:"
            " whatever was typed by hand since then would be made a second time"
        )
        advice = "Name the day from which on nobody has typed into Spectrum by hand."
        yield Finding(Severity.WARNING, WHERE, text, "", advice)
    if (periods := account.invoices.open_periods) and f"{day:%Y-%m}" < min(periods):
        text = (
            f"{day} is before {min(periods)}, the oldest open period of AR: invoices in between"
            " would wait"
        )
        advice = "Name a day in an open period, or add its month to invoices.open_periods."
        yield Finding(Severity.WARNING, WHERE, text, "", advice)
    closed, is_carried = account.timecards.closed_through, account.timecards.is_carried
    if is_carried and closed and account.go_live <= closed:
        text = f"payroll is closed through {closed}: time from {day} to then would wait"
        advice = "Name a day after timecards.closed_through."
        yield Finding(Severity.WARNING, WHERE, text, "", advice)
    first = week_end(day, account.timecards.week_starts_on) - timedelta(days=6)
    if is_carried and day != first:
        text = (
            f"{day} is no first day of a payroll week: of the week from {first} on, a part is"
            " typed by hand and a part crosses"
        )
        advice = f"Choose {first} or {first + timedelta(days=7)}, if payroll does not mind."
        yield Finding(Severity.NOTE, WHERE, text, "", advice)


def _left_out(preview: Preview) -> Iterator[Finding]:
    """How many records stay where they are, by the setting that leaves them out."""
    for (flow, setting), number in preview.left_out.items():
        noun = FLOWS[flow].waiting_noun
        reason = (
            "would stay out until something that crosses needs it"
            if setting == WHERE
            else "would stay out, for they are of other offices or nothing needs them yet"
        )
        text = f"{counted(number, noun)} {reason}"
        yield Finding(Severity.NOTE, setting, text, "", "Nothing to do.")
