"""Parts and tables of a mail, drawn as plain text and as Markdown. Pure; `templates/payroll.html`
draws them as HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from st_spectrum.domain import markdown
from st_spectrum.domain.markdown import Markdown, in_a_line


@dataclass(frozen=True)
class Row:
    """One line of a table. `link` leads to its subject; `is_marked` lines need somebody."""

    cells: tuple[str, ...]
    link: str = ""
    is_marked: bool = False
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """`numbers` are the places of the columns that hold numbers; `more` says what was left out,
    `link_text` what a link opens.
    """

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
    lines += [
        f"  {name:<{width}}  {one_line(part.links.get(name, value))}" for name, value in part.facts
    ]
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


def table_as_markdown(table: Table) -> str:
    """As Dagster shows it; what needs somebody is bold."""
    rows = map(_markdown_cells, table.rows)
    drawn = markdown.table(table.head, rows, numbers=table.numbers)
    return drawn + (f"\n\n{table.more}" if table.more else "")


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


def _markdown_cells(row: Row) -> list[str]:
    is_bold = row.is_marked or row.is_total
    cells = [Markdown(_bold(in_a_line(text)) if is_bold else in_a_line(text)) for text in row.cells]
    return [Markdown(f"[{cells[0]}]({row.link})"), *cells[1:]] if row.link else list(cells)


def _bold(text: str) -> str:
    return f"**{text}**" if text else ""
