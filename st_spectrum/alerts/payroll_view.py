"""A reconciled payroll week as a payroll clerk looks at it: what needs somebody, and hours on both
sides. Pure.

waiting    approved, and not in payroll
changed    changed or taken back in ServiceTrade after it was sent
differing  payroll holds other hours than were sent
shared     payroll holds it under an employee code that several technicians have
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from st_spectrum.alerts.links import record_link
from st_spectrum.engine.report import WAITING, Outcome, Result
from st_spectrum.flows.timecards.refusals import NOT_FOUND, POSTED_OR_DELETED, SHARED

if TYPE_CHECKING:
    from st_spectrum.flows.timecards.payroll_rows import Row
    from st_spectrum.flows.timecards.week_comparison import PayrollWeek

ZERO = Decimal("0.00")
DAY = "%m/%d/%Y"
"""As people write it in payroll."""

NOT_SENT = "(not sent)"
OTHER_HOURS = "payroll holds other hours than ServiceTrade says"
ADVICE_FOR_DIFFERING = (
    "Find the card by its code in Message among Spectrum's pre-time cards, compare it with the time"
    " in ServiceTrade, and correct the one that is wrong."
)
ADVICE_FOR_MISSING = (
    "Look whether it was deleted by mistake. If it was, enter it in Spectrum again with its code in"
    " Message; if not, take the time back in ServiceTrade."
)
ADVICE_FOR_SHARED = (
    "Give each technician a code of their own in ServiceTrade, and in Spectrum correct the cards of"
    " the others."
)
GROUPINGS = ("employee", "pay_type", "job", "department")
SENT_NOW = (Result.CREATED, Result.COMPLETED)


@dataclass(frozen=True)
class Piece:
    """One piece of time that needs somebody. `job_link` leads to its job in ServiceTrade, "" where
    there is none.
    """

    row: "Row"
    why: str
    advice: str
    job_link: str = ""


@dataclass(frozen=True)
class Line:
    """Hours on both sides under one code. `name` is the person's, "" for what is no person."""

    code: str
    name: str
    servicetrade: Decimal
    payroll: Decimal
    differs: Decimal

    @property
    def difference(self) -> Decimal:
        """What ServiceTrade has more than payroll."""
        return self.servicetrade - self.payroll


@dataclass(frozen=True)
class WeekView:
    """The whole week. `differs` counts every difference without its sign, so that two mistakes
    never cancel out.

    `sent_now` went out with this run; of the pieces that nothing had asked for before, `missed` in
    all, `caught` did.
    `off_the_list` have left the pre-time cards, as posted cards do; for them counts what was sent.
    """

    last_day: date
    rows: tuple["Row", ...]
    waiting: tuple[Piece, ...]
    changed: tuple[Piece, ...]
    differing: tuple[Piece, ...]
    shared: tuple[Piece, ...]
    missed: int
    caught: int
    sent_now: int
    hours_sent_now: Decimal
    off_the_list: int

    @property
    def first_day(self) -> date:
        """The day on which the payroll week began."""
        return self.last_day - timedelta(days=6)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All that needs somebody."""
        return (*self.changed, *self.differing, *self.shared, *self.waiting)

    @property
    def total(self) -> Line:
        """All hours of the week."""
        return _line("", "", self.rows)

    @property
    def is_fine(self) -> bool:
        """Whether nobody has to do anything."""
        return not self.pieces

    def verdict(self) -> str:
        """The week in one sentence, and the first one that anybody reads."""
        if self.is_fine:
            hours = f"{self.total.servicetrade:,.2f} hours"
            return (
                f"Agrees to the hundredth: {hours} in both."
                if self.rows
                else "No approved time in this week."
            )
        count = len(self.pieces)
        need = "1 piece of time needs you" if count == 1 else f"{count:,} pieces of time need you"
        differ = hours_differ(self.total.differs)
        return f"{need}: {differ}." if differ else f"{need}; the hours agree."

    def lines(self, by: str) -> tuple[Line, ...]:
        """Sums by one of `GROUPINGS`, in the order of the codes; employees in that of their names,
        unsent time beside sent.
        """
        grouped: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        names = _names(self.rows) if by == "employee" else {}
        for row in self.rows:
            code = _code(row, by)
            name = row.technician if code == NOT_SENT else names.get(code, "")
            grouped[code, name if by == "employee" else ""].append(row)
        ordered = sorted(grouped, key=lambda group: (group[1].casefold(), group[0]))
        return tuple(_line(code, name, grouped[code, name]) for code, name in ordered)


def view_of(week: "PayrollWeek", api_url: str = "") -> WeekView:
    """What the reconciliation found, sorted by who has to do what. `api_url` is ServiceTrade's, for
    links to jobs.
    """
    outcomes = {outcome.key: outcome for outcome in week.report.outcomes}
    waiting, changed, differing, shared = [], [], [], []
    for row in sorted(
        week.rows, key=lambda row: (row.technician.casefold(), row.work_date, row.entry)
    ):
        outcome = outcomes.get(row.entry)
        link = job_link(week, row, api_url)
        if row.sent_at is None:
            waiting.append(
                Piece(row, _reason(row, outcome), outcome.advice if outcome else "", link)
            )
        elif outcome is not None and outcome.result in WAITING:
            changed.append(Piece(row, _reason(row, outcome), outcome.advice, link))
        elif row.difference:
            advice = ADVICE_FOR_MISSING if NOT_FOUND in row.remark else ADVICE_FOR_DIFFERING
            differing.append(Piece(row, row.remark or OTHER_HOURS, advice, link))
        elif SHARED in row.remark:
            shared.append(Piece(row, row.remark, ADVICE_FOR_SHARED, link))
    sent = {key for key, outcome in outcomes.items() if outcome.result in SENT_NOW}
    return WeekView(
        last_day=week.end,
        rows=week.rows,
        waiting=tuple(waiting),
        changed=tuple(changed),
        differing=tuple(differing),
        shared=tuple(shared),
        missed=len(week.missed),
        caught=len(sent & set(week.missed)),
        sent_now=len(sent),
        hours_sent_now=sum((row.hours_sent for row in week.rows if row.entry in sent), ZERO),
        off_the_list=sum(is_off_the_list(row) for row in week.rows),
    )


def job_link(week: "PayrollWeek", row: "Row", api_url: str) -> str:
    """Where ServiceTrade shows the job of a piece of time."""
    job = week.job_ids.get(row.entry)
    return record_link(api_url, "jobs", str(job)) if api_url and job is not None else ""


def is_off_the_list(row: "Row") -> bool:
    """Whether the card was looked for and is no pre-time card any more."""
    return POSTED_OR_DELETED in row.remark


def by_cause(pieces: Iterable[Piece]) -> Iterator[tuple[str, str, tuple[Piece, ...]]]:
    """Reason and advice with the pieces that have both in common, most hours first."""
    grouped: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in pieces:
        grouped[piece.why, piece.advice].append(piece)
    for why, advice in sorted(grouped, key=lambda both: -hours_in(grouped[both])):
        yield why, advice, tuple(grouped[why, advice])


def hours_in(pieces: Iterable[Piece]) -> Decimal:
    """By how many hours pieces differ, each without its sign."""
    return sum((abs(piece.row.difference) for piece in pieces), ZERO)


def hours_of(hours: Decimal) -> str:
    """`8.00 hours`, `1.00 hour`."""
    return f"{hours:,.2f} hour{'' if hours == 1 else 's'}"


def hours_differ(hours: Decimal) -> str:
    """`8.00 hours differ`; "" when none do."""
    return f"{hours_of(hours)} {'differs' if hours == 1 else 'differ'}" if hours else ""


def _reason(row: "Row", outcome: Outcome | None) -> str:
    return (outcome.reason if outcome else "") or row.remark or f"it is {row.state}"


def _code(row: "Row", by: str) -> str:
    if row.sent_at is None:
        return NOT_SENT
    return str(getattr(row, by)) or ("(no job)" if by == "job" else "(none)")


def _names(rows: Iterable["Row"]) -> dict[str, str]:
    """The people behind each employee code; usually one, more when technicians share a code."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.sent_at is not None and row.technician:
            found[row.employee or "(none)"].add(row.technician)
    return {code: ", ".join(sorted(names)) for code, names in found.items()}


def _line(code: str, name: str, rows: Iterable["Row"]) -> Line:
    servicetrade, payroll, differs = ZERO, ZERO, ZERO
    for row in rows:
        servicetrade += row.hours
        payroll += row.hours - row.difference
        differs += abs(row.difference)
    return Line(code, name, servicetrade, payroll, differs)
