"""Tables of a mail, drawn as plain text, as HTML and as Markdown. Pure; every text from outside is escaped where it must be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from st_spectrum.domain.markdown import in_a_line

CELL = "padding:3px 14px 3px 0;vertical-align:top;text-align:"
HEAD = ";color:#777;font-weight:normal;border-bottom:1px solid #ccc"
RED = "#b71c1c"


@dataclass(frozen=True)
class Row:
    """One line of a table. `link` leads to what the line is about; `is_marked` lines need somebody."""

    cells: tuple[str, ...]
    link: str = ""
    is_marked: bool = False
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """`numbers` are the places of the columns that hold numbers; `more` says what was left out, `link_text` what a link opens."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: frozenset[int] = frozenset()
    more: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class Part:
    """A piece of a mail under its own heading; `facts` are names with what stands behind them."""

    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    is_alarming: bool = False
    is_smaller: bool = False
    links: dict[str, str] = field(default_factory=dict)
    """Addresses behind facts, by the facts' names."""


def part_as_text(part: Part) -> str:
    """For whoever reads plain text."""
    lines = [part.heading if part.is_smaller else part.heading.upper()] if part.heading else []
    width = max((len(name) for name, _ in part.facts), default=0)
    lines += [f"  {name:<{width}}  {one_line(part.links.get(name, value))}" for name, value in part.facts]
    if part.table is not None:
        lines += [f"  {line}" for line in table_as_text(part.table)]
    return "\n".join(lines)


def table_as_text(table: Table) -> list[str]:
    """Columns side by side; a link stands below its line."""
    cells = [tuple(map(one_line, row)) for row in (table.head, *(row.cells for row in table.rows))]
    widths = [max(len(row[place]) for row in cells) for place in range(len(table.head))]
    drawn = [_side_by_side(row, widths, table.numbers) for row in cells]
    lines = [drawn[0], "-" * len(drawn[0])]
    for row, line in zip(table.rows, drawn[1:], strict=True):
        lines.append(line)
        if row.link:
            lines.append(f"  {row.link}")
    return [*lines, *([table.more] if table.more else [])]


def part_as_html(part: Part) -> str:
    """For whoever reads HTML."""
    size = 14 if part.is_smaller else 16
    color = RED if part.is_alarming else "#222"
    heading = f'<h3 style="color:{color};font-size:{size}px;margin:18px 0 4px">{escape(part.heading)}</h3>'
    facts = "".join(
        f'<tr><td style="{CELL}left;color:#777;white-space:nowrap">{escape(name)}</td>'
        f'<td style="{CELL}left">{_linked(value, part.links.get(name, ""))}</td></tr>'
        for name, value in part.facts
    )
    body = f'<table style="border-collapse:collapse">{facts}</table>' if facts else ""
    return (heading if part.heading else "") + body + (table_as_html(part.table) if part.table else "")


def table_as_html(table: Table) -> str:
    """Numbers stand right, what needs somebody is red, a total is bold."""
    has_links = any(row.link for row in table.rows)
    head = "".join(
        f'<th style="{_cell(table, place)}{HEAD}">{escape(text)}</th>' for place, text in enumerate(table.head)
    )
    body = "".join(_row(table, row, has_links=has_links) for row in table.rows)
    more = f'<p style="margin:4px 0">{escape(table.more)}</p>' if table.more else ""
    extra = f'<th style="{CELL}left{HEAD}"></th>' if has_links else ""
    return f'<table style="border-collapse:collapse"><tr>{head}{extra}</tr>{body}</table>{more}'


def table_as_markdown(table: Table) -> str:
    """As Dagster shows it; what needs somebody is bold."""
    rules = ("---:" if place in table.numbers else "---" for place in range(len(table.head)))
    lines = [_markdown(table.head), f"| {' | '.join(rules)} |"]
    for row in table.rows:
        cells = [_bold(in_a_line(text)) if row.is_marked or row.is_total else in_a_line(text) for text in row.cells]
        if row.link:
            cells[0] = f"[{cells[0]}]({row.link})"
        lines.append(_markdown(cells))
    return "\n".join(lines) + (f"\n\n{table.more}" if table.more else "")


def one_line(text: str) -> str:
    """Without line breaks, which would look like a new record."""
    return " ".join(text.split())


def sentence(text: str) -> str:
    """With a capital letter at its beginning, and none at its end."""
    line = one_line(text).rstrip(".")
    return line[:1].upper() + line[1:]


def _side_by_side(cells: Sequence[str], widths: Sequence[int], numbers: frozenset[int]) -> str:
    padded = (
        text.rjust(width) if place in numbers else text.ljust(width)
        for place, (text, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def _row(table: Table, row: Row, *, has_links: bool) -> str:
    style = (f";color:{RED}" if row.is_marked else "") + (";font-weight:bold" if row.is_total else "")
    cells = [
        f'<td style="{_cell(table, place)}{style}">{escape(one_line(text))}</td>'
        for place, text in enumerate(row.cells)
    ]
    if has_links:
        cells.append(f'<td style="{CELL}left">{_linked(table.link_text, row.link) if row.link else ""}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _cell(table: Table, place: int) -> str:
    return CELL + ("right" if place in table.numbers else "left")


def _linked(text: str, link: str) -> str:
    shown = escape(one_line(text))
    return f'<a href="{escape(link)}">{shown}</a>' if link else shown


def _markdown(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _bold(text: str) -> str:
    return f"**{text}**" if text else ""
