"""Every tag such as `[SP 12.2]` leads to a heading of the vendor's facts, and those pages can be
found one's way in.
"""

import re
from pathlib import Path

import pytest

from st_spectrum.pages.topics import TOPICS
from st_spectrum.pages.vendor_facts import PAGES, VENDOR, linked, sections, tags
from tests.docs.test_source_files import ROOT, tracked

FOUND = {system: VENDOR / name for system, name in PAGES.items() if (VENDOR / name).exists()}
HEADINGS = {system: sections(page.read_text(encoding="utf-8")) for system, page in FOUND.items()}
IN_QUOTES = re.compile(r'"((?:ST|SP) \d+(?:\.\d+)*)"')
"""How a table of the code names a section, without brackets."""
LONGEST_LINE = 130


def dead(text: str) -> list[str]:
    """What the tags of a text name although no heading bears it; systems without a page are left
    out.
    """
    return [
        f"{line}: {system} {section}"
        for line, system, section in tags(text)
        if system in HEADINGS and section not in HEADINGS[system]
    ]


def test_every_tag_leads_to_a_heading() -> None:
    found = []
    for file in tracked():
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".py" and ROOT / "st_spectrum" in file.parents:
            text = IN_QUOTES.sub(r"[\1]", text)
        found += [f"{file.relative_to(ROOT).as_posix()}:{link}" for link in dead(text)]
    assert found == []


def test_every_tag_of_a_topic_leads_to_a_heading() -> None:
    assert [chapter for chapter in TOPICS if dead(f"[{chapter}]")] == []


# Put together here, so that the test above does not stumble over its own examples.
@pytest.mark.parametrize(
    "inside", ["99", "12.99", "12.2, 99", "12.2 to 12.99", "8 to 99", "10, box 3", "12.2.1", "1 .8"]
)
def test_a_wrong_tag_would_be_seen(inside: str) -> None:
    assert dead("\n[SP" + f" {inside}]")[0].startswith("2: SP ")


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("12.2", ["12.2"]),
        ("8, 10,\n10.2", ["8", "10", "10.2"]),
        ("4.2 to 4.4, 18", ["4.2", "4.3", "4.4", "18"]),
        ("8 to 10, 12", ["8", "9", "10", "12"]),
        ("10, fields 15 to 17", ["10"]),
        ("16, no. 11", ["16"]),
    ],
)
def test_a_tag_names_sections_and_places_in_them(inside: str, named: list[str]) -> None:
    assert [section for _, _, section in tags("[SP" + f" {inside}]")] == named


def test_a_section_becomes_a_link_where_it_has_a_heading() -> None:
    assert linked("SP 12.2").startswith("[SP 12.2](vendor/spectrum.md#122-")
    assert linked("SP" + " 99") == "[SP" + " 99]"


def test_a_number_that_two_headings_bear_is_refused() -> None:
    with pytest.raises(ValueError, match=r"12\.2"):
        sections("## 12. Invoices\n\n### 12.2 Header\n\n### 12.2 Lines\n")


@pytest.mark.parametrize("system", sorted(FOUND))
def test_numbers_go_up_and_every_section_is_in_the_contents(system: str) -> None:
    found = HEADINGS[system]
    numbers = [[int(part) for part in number.split(".")] for number in found]
    assert numbers == sorted(numbers)
    page = FOUND[system].read_text(encoding="utf-8")
    assert [number for number, anchor in found.items() if f"(#{anchor})" not in page] == []


@pytest.mark.parametrize("system", sorted(FOUND))
def test_every_place_in_the_code_that_the_facts_name_exists(system: str) -> None:
    page = FOUND[system].read_text(encoding="utf-8")
    named = set(re.findall(r"`(st_spectrum/[\w./]+)`", page))
    assert [place for place in sorted(named) if not (ROOT / place).exists()] == []


def page_lines(page: Path) -> list[str]:
    return page.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("system", sorted(FOUND))
def test_lines_of_the_facts_can_be_read_as_they_are(system: str) -> None:
    assert [
        number
        for number, line in enumerate(page_lines(FOUND[system]), 1)
        if len(line) > LONGEST_LINE
    ] == []
