"""A reconciled payroll week as a mail to the payroll clerk: subject, plain text and HTML. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from st_spectrum.alerts.digest import Letter
from st_spectrum.alerts.links import week_link
from st_spectrum.alerts.payroll_page import Part, one_line, part_as_text, sentence
from st_spectrum.alerts.payroll_tables import (
    pieces_of_time,
    sent_table,
    totals_table,
    waiting_table,
)
from st_spectrum.alerts.payroll_view import (
    DAY,
    GROUPINGS,
    Piece,
    WeekView,
    by_cause,
    hours_differ,
    hours_in,
    hours_of,
)
from st_spectrum.domain.errors import SyncFault
from st_spectrum.templates import template

CAUSES_SHOWN = 30
"""Causes told in one mail; beyond that the week's table is the better reading."""

HEADINGS = {
    "changed": "Changed after it was sent",
    "differing": "Payroll holds other hours than were sent",
    "shared": "One employee code, several technicians",
    "waiting": "Approved, but not in payroll",
}
TOTALS = {
    "employee": "Hours by employee",
    "pay_type": "Hours by pay type",
    "job": "Hours by job",
    "department": "Hours by department",
}
WEEKS = "payroll_week"
"""The last word of the asset's key in Dagster."""

AGAIN = (
    "After corrections, open the week in Dagster and press Materialize there. It sends what is"
    " missing and nothing twice."
)


def write_payroll_letter(
    view: WeekView,
    account: str,
    timezone: str,
    now: datetime,
    *,
    place: str = "",
    dagster_url: str = "",
    asset: str = WEEKS,
) -> Letter:
    """The mail about one week. `place` says where its table lies, "" when none was written; `asset`
    is its path in Dagster.
    """
    subject = (
        f"[{account}] {_week_in_short(view.first_day, view.last_day)}: {_result_in_short(view)}"
    )
    parts = [_summary(view, place, week_link(dagster_url, view.first_day, asset))]
    for kind in HEADINGS:
        parts += _trouble(kind, getattr(view, kind))
    if view.rows:
        parts += [Part(TOTALS[by], table=totals_table(view, by)) for by in GROUPINGS]
    as_of = f"As of {now.astimezone(ZoneInfo(timezone)):{DAY} %H:%M %Z}, account {account}."
    return _letter(subject, view.verdict(), parts, f"{as_of} {AGAIN}", is_fine=view.is_fine)


def write_letter_of_a_stop(end: date, fault: SyncFault, account: str) -> Letter:
    """The mail about a week that could not be gone through to its end."""
    first = end - timedelta(days=6)
    verdict = "This week could not be reconciled to its end; nobody knows yet whether it agrees."
    facts = (
        ("Payroll week", _week_in_full(first, end)),
        ("Why", one_line(str(fault))),
        ("What to do", fault.advice),
    )
    closing = f"Account {account}. Nothing is lost or sent twice. {AGAIN}"
    subject = f"[{account}] {_week_in_short(first, end)}: not finished"
    return _letter(subject, verdict, [Part("", facts)], closing, is_fine=False)


def _letter(
    subject: str, verdict: str, parts: Sequence[Part], closing: str, *, is_fine: bool
) -> Letter:
    text = "\n\n".join([verdict, *map(part_as_text, parts), closing]) + "\n"
    html = template("st_spectrum.alerts", "payroll.html").render(
        verdict=verdict, parts=parts, closing=closing, is_fine=is_fine
    )
    return Letter(one_line(subject), text, html)


def _result_in_short(view: WeekView) -> str:
    if not view.rows:
        return "no approved time"
    if view.is_fine:
        return f"agrees, {hours_of(view.total.servicetrade)}"
    count, differs = len(view.pieces), view.total.differs
    need = f"{count:,} {'piece needs' if count == 1 else 'pieces need'} you"
    return f"{need}, {hours_differ(differs) or 'hours agree'}"


def _summary(view: WeekView, place: str, link: str) -> Part:
    total = view.total
    facts = [
        ("Payroll week", _week_in_full(view.first_day, view.last_day)),
        (
            "Approved in ServiceTrade",
            f"{hours_of(total.servicetrade)}, {pieces_of_time(len(view.rows))}",
        ),
        ("In payroll (Spectrum)", hours_of(total.payroll)),
        ("Difference", _difference(view)),
        ("Missed during the week", _missed(view)),
        (
            "Sent just now",
            (
                f"{pieces_of_time(view.sent_now)}, {hours_of(view.hours_sent_now)}"
                if view.sent_now
                else "nothing"
            ),
        ),
    ]
    if view.off_the_list:
        gone = (
            f"{pieces_of_time(view.off_the_list)}: posted to payroll, or deleted there. For them"
            " what was sent counts as paid."
        )
        facts.append(("No longer a pre-time card", gone))
    if place:
        facts.append(("The week's table", place))
    if link:
        facts.append(("In Dagster", "the week with all its tables"))
    return Part("", tuple(facts), links={"In Dagster": link} if link else {})


def _difference(view: WeekView) -> str:
    total = view.total
    if abs(total.difference) == total.differs:
        return hours_of(total.difference)
    return (
        f"{hours_of(total.difference)} in the sum; {hours_of(total.differs)} when no difference"
        " makes up for another"
    )


def _missed(view: WeekView) -> str:
    if not view.missed:
        return "nothing"
    left = view.missed - view.caught
    parts = [
        f"{view.caught:,} sent now" if view.caught else "",
        f"{left:,} told of below" if left else "",
    ]
    return f"{pieces_of_time(view.missed)} ({', '.join(filter(None, parts))})"


def _trouble(kind: str, pieces: Sequence[Piece]) -> Iterator[Part]:
    """One heading for the kind, then each cause with what to do and its pieces."""
    if not pieces:
        return
    hours = hours_differ(hours_in(pieces)) or "hours agree"
    yield Part(f"{HEADINGS[kind]}: {pieces_of_time(len(pieces))}, {hours}", is_alarming=True)
    causes = list(by_cause(pieces))
    draw = waiting_table if kind == "waiting" else sent_table
    for why, advice, affected in causes[:CAUSES_SHOWN]:
        facts = (("What to do", advice),) if advice else ()
        yield Part(sentence(why), facts, draw(affected), is_smaller=True)
    if rest := causes[CAUSES_SHOWN:]:
        count = sum(len(affected) for _, _, affected in rest)
        yield Part(
            f"... and {pieces_of_time(count)} for {len(rest):,} further reasons; see the week's"
            " table.",
            is_smaller=True,
        )


def _week_in_full(first: date, last: date) -> str:
    return f"{first:%A} {first:{DAY}} to {last:%A} {last:{DAY}}"


def _week_in_short(first: date, last: date) -> str:
    return f"Payroll week {first:%m/%d} to {last:{DAY}}"
