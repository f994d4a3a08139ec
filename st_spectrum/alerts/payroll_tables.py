"""The tables of a payroll week in a clerk's words: both sides' totals, what needs somebody, and
every piece of time. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from st_spectrum.alerts.payroll_page import Row, Table, one_line, sentence
from st_spectrum.alerts.payroll_view import DAY, Line, Piece, WeekView, hours_in, hours_of

if TYPE_CHECKING:
    from st_spectrum.flows.timecards.payroll_rows import Row as TimeRow

LINES_SHOWN = 40
"""Lines of one table of totals; those that differ come first, and the rest is summed."""

PIECES_SHOWN = 25
"""Pieces of time named for one cause; the others are counted."""

TITLES = {"employee": "Employee", "pay_type": "Pay type", "job": "Job", "department": "Department"}

STATES = {
    "confirmed": "in payroll",
    "held": "waits",
    "rejected": "refused",
    "unknown": "in doubt",
    "claimed": "on its way",
    "skipped": "waits",
}
"""What the ledger's words mean to a clerk."""


def totals_table(view: WeekView, by: str, shown: int = LINES_SHOWN) -> Table:
    """Both sides by employee, pay type, job or department, with the week's total below."""
    lines = view.lines(by)
    is_people = by == "employee"
    head = (TITLES[by], *(("Name",) if is_people else ()), "ServiceTrade", "Payroll", "Difference")
    chosen, rest = _chosen(lines, shown)
    rows = [_totals_row(line, is_people=is_people) for line in chosen]
    if rest:
        summed = Line(
            f"{len(rest):,} others", "", _sum(line.servicetrade for line in rest), _sum(line.payroll for line in rest),
            _sum(line.differs for line in rest),
        )  # fmt: skip
        rows.append(_totals_row(summed, is_people=is_people))
    total = view.total
    names = ("",) if is_people else ()
    rows.append(
        Row(
            ("Total", *names, *_hours(total.servicetrade, total.payroll, total.difference)),
            is_total=True,
        )
    )
    return Table(head, tuple(rows), _last_three(head))


def waiting_table(pieces: Sequence[Piece], shown: int = PIECES_SHOWN) -> Table:
    """Pieces that are not in payroll."""
    rows = (
        Row(
            (piece.row.technician, f"{piece.row.work_date:{DAY}}", f"{piece.row.hours:.2f}"),
            piece.job_link,
        )
        for piece in pieces[:shown]
    )
    head = ("Technician", "Day", "Hours")
    return Table(head, tuple(rows), frozenset({2}), _more(pieces, shown), "job")


def sent_table(pieces: Sequence[Piece], shown: int = PIECES_SHOWN) -> Table:
    """Pieces that are in payroll, and stand otherwise in ServiceTrade or there."""
    rows = (
        Row(
            (
                piece.row.technician,
                piece.row.employee,
                f"{piece.row.work_date:{DAY}}",
                *_hours(piece.row.hours_sent, piece.row.hours, in_payroll(piece.row)),
                piece.row.target_key,
            ),
            piece.job_link,
        )
        for piece in pieces[:shown]
    )
    head = ("Technician", "Employee", "Day", "Sent", "ServiceTrade now", "In payroll", "Card")
    return Table(head, tuple(rows), frozenset({3, 4, 5}), _more(pieces, shown), "job")


def needs_table(view: WeekView, shown: int) -> Table:
    """What needs somebody, a line for each person and cause, in the few columns of Dagster."""
    grouped: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in view.pieces:
        grouped[piece.row.technician, f"{sentence(piece.why)}. {piece.advice}".strip()].append(
            piece
        )
    rows = tuple(
        Row(
            (
                (
                    f"{who}, {_days([piece.row.work_date for piece in pieces])},"
                    f" {pieces_of_time(len(pieces))}"
                ),
                (
                    f"{_sum(piece.row.hours for piece in pieces):,.2f} /"
                    f" {_sum(in_payroll(piece.row) for piece in pieces):,.2f}"
                ),
                one_line(advice),
            )
        )
        for (who, advice), pieces in grouped.items()
    )
    head = ("Who and when", "Hours approved / in payroll", "Why, and what to do")
    more = f"... and {len(rows) - shown:,} more lines; see rows." if len(rows) > shown else ""
    return Table(head, rows[:shown], more=more)


def week_table(view: WeekView, shown: int) -> Table:
    """Every piece of time, up to a limit: what needs somebody first, then by technician and day."""
    pieces = {piece.row.entry: piece for piece in view.pieces}
    rest = sorted(
        (row for row in view.rows if row.entry not in pieces),
        key=lambda row: (row.technician.casefold(), row.work_date, row.entry),
    )
    chosen = [*(piece.row for piece in pieces.values()), *rest][:shown]
    more = len(view.rows) - shown
    left_out = (
        f"... and {more:,} more pieces; the file named under *table* holds them all."
        if more > 0
        else ""
    )
    head = (
        "Technician", "Employee", "Day", "Pay type", "Job", "Department", "ServiceTrade", "In payroll",
        "Difference", "State", "Remark",
    )  # fmt: skip
    return Table(
        head,
        tuple(_week_row(row, pieces.get(row.entry)) for row in chosen),
        frozenset({6, 7, 8}),
        left_out,
    )


def in_payroll(row: "TimeRow") -> Decimal:
    """What payroll holds of a piece of time, as far as is known."""
    return row.hours - row.difference


def pieces_of_time(count: int) -> str:
    """`1 piece of time`, `14 pieces of time`."""
    return f"{count:,} piece{'' if count == 1 else 's'} of time"


def state_of(row: "TimeRow", *, needs_somebody: bool) -> str:
    """Where a piece of time stands, in one or two words."""
    if row.sent_at is not None and needs_somebody:
        return "in payroll, differs" if row.difference else "in payroll, changed"
    return STATES.get(row.state, row.state)


def _week_row(row: "TimeRow", piece: Piece | None = None) -> Row:
    is_sent = row.sent_at is not None
    cells = (
        row.technician,
        row.employee if is_sent else "",
        f"{row.work_date:{DAY}}",
        row.pay_type,
        row.job,
        row.department,
        f"{row.hours:.2f}",
        f"{in_payroll(row):.2f}",
        f"{row.difference:.2f}" if row.difference else "",
        state_of(row, needs_somebody=piece is not None),
        piece.why if piece else row.remark,
    )
    return Row(cells, piece.job_link if piece else "", is_marked=piece is not None)


def _days(days: Sequence[date]) -> str:
    first, last = min(days), max(days)
    return f"{first:{DAY}}" if first == last else f"{first:%m/%d} to {last:{DAY}}"


def _chosen(lines: Sequence[Line], shown: int) -> tuple[list[Line], list[Line]]:
    """The lines that are shown, in their order, and the others; those that differ are the last to
    be left out.
    """
    if len(lines) <= shown:
        return list(lines), []
    kept = {id(line) for line in sorted(lines, key=lambda line: -line.differs)[:shown]}
    return [line for line in lines if id(line) in kept], [
        line for line in lines if id(line) not in kept
    ]


def _totals_row(line: Line, *, is_people: bool) -> Row:
    names = (line.name,) if is_people else ()
    hours = _hours(line.servicetrade, line.payroll, line.difference)
    return Row((line.code, *names, *hours), is_marked=bool(line.differs))


def _more(pieces: Sequence[Piece], shown: int) -> str:
    rest = pieces[shown:]
    return (
        f"... and {len(rest):,} more ({hours_of(hours_in(rest))}); the week's table names them all."
        if rest
        else ""
    )


def _hours(*hours: Decimal) -> tuple[str, ...]:
    return tuple(f"{value:,.2f}" for value in hours)


def _last_three(head: Sequence[str]) -> frozenset[int]:
    return frozenset(range(len(head) - 3, len(head)))


def _sum(parts: Iterable[Decimal]) -> Decimal:
    return sum(parts, Decimal("0.00"))
