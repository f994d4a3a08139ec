"""Texts of people and vendors inside Dagster's Markdown: shown as they are, never as headings,
links, pictures or HTML. Pure.
"""

import re
from collections.abc import Collection, Iterable, Sequence

_MARKS = re.compile(r"([\\`*\[\]|~])")


def in_a_line(text: str) -> str:
    """The text on one line, every character that Markdown would act on made harmless."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A bare address would become a link to wherever a record says.
    return _MARKS.sub(r"\\\1", plain).replace("://", ":&#47;&#47;").replace("www.", "www&#46;")


class Markdown(str):
    """A text that is Markdown already, and stands in a table as it is."""

    __slots__ = ()


def linked(text: str, address: str) -> Markdown:
    """A text, made harmless, that links an address of ours; the bare text where there is none."""
    plain = in_a_line(text)
    return Markdown(f"[{plain}]({address})" if address else plain)


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Collection[int] = (),
    most: int | None = None,
    more: str = "... and {left} more.",
) -> str:
    """A table whose cells are made harmless, but for those that are `Markdown`.

    `numbers` are the columns that stand on the right. Of more than `most` rows the rest is counted
    by the sentence `more` below it.
    """
    drawn = [_row(row) for row in rows]
    left = 0 if most is None else len(drawn) - most
    rule = "".join("---:|" if place in numbers else "---|" for place in range(len(head)))
    below = ["", more.format(left=left)] if left > 0 else []
    return "\n".join([_row(head), f"|{rule}", *drawn[:most], *below])


def _row(cells: Sequence[str]) -> str:
    texts = (cell if isinstance(cell, Markdown) else in_a_line(cell) for cell in cells)
    return f"| {' | '.join(texts)} |"
