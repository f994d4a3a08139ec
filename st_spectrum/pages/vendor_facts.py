"""The pages of `docs/vendor/`, which hold the facts about both systems: what a tag such as
`[SP 12.2]` means in them.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "docs" / "vendor"

PAGES: Mapping[str, str] = {"ST": "servicetrade.md", "SP": "spectrum.md"}
"""File of each system's facts, by the letters in its tags."""

_TAG = re.compile(r"\[(ST|SP)\s+(\d[^\]]*)\]")
_HEADING = re.compile(r"^#{2,4} ((\d+(?:\.\d+)*)\.? .*)$", re.MULTILINE)
_PART = re.compile(r"(?P<first>\d+(?:\.\d+)*)(?: to (?P<last>\d+(?:\.\d+)*))?")
_INSIDE = re.compile(r"(?:fields?|no\.) \d+")


def tags(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, system and section of all that the tags of a text name, such as (7, "SP", "12.2").

    `[SP 4.2 to 4.4, 18]` names four sections; `field 21` or `no. 11` after a section is a place in
    it. What else stands in a tag is given back as it is, so that it is found in no page.
    """
    for tag in _TAG.finditer(text):
        line = text.count("\n", 0, tag.start()) + 1
        for part in " ".join(tag[2].split()).split(", "):
            if not _INSIDE.match(part):
                yield from ((line, tag[1], section) for section in _sections(part))


def _sections(part: str) -> list[str]:
    named = _PART.fullmatch(part)
    if named is None:
        return [part]
    first, last = named["first"], named["last"]
    if last is None:
        return [first]
    chapter, _, start = first.rpartition(".")
    end = last.removeprefix(f"{chapter}.") if chapter else last
    if "." in end:
        return [part]
    return [
        f"{chapter}.{number}" if chapter else str(number)
        for number in range(int(start), int(end) + 1)
    ]


def sections(page: str) -> dict[str, str]:
    """The numbered headings of a page: what each is called in links, by its number. Raises
    `ValueError` for a number twice.
    """
    found: dict[str, str] = {}
    for title, number in _HEADING.findall(page):
        if number in found:
            raise ValueError(f"two headings bear the number {number}")
        found[number] = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    return found


def linked(tag: str) -> str:
    """`[SP 12.2]` for the tag `SP 12.2`, for a page in `docs/`: a link where it has a heading."""
    system, _, section = tag.partition(" ")
    anchor = _of_system(system).get(section)
    return f"[{tag}](vendor/{PAGES[system]}#{anchor})" if anchor else f"[{tag}]"


@cache
def _of_system(system: str) -> Mapping[str, str]:
    page = VENDOR / PAGES[system]
    return sections(page.read_text(encoding="utf-8")) if page.exists() else {}
