"""Tables in Dagster's Markdown show what people wrote as it is, however odd."""

import pytest

from st_spectrum.domain.markdown import Markdown, in_a_line, linked, table


def test_a_table_has_a_head_a_rule_and_a_row_for_each_record() -> None:
    rows = [("Pump", "1,200.00"), ("Valve", "3.00")]
    assert table(("Item", "Cost"), rows, numbers=(1,)).splitlines() == [
        "| Item | Cost |",
        "|---|---:|",
        "| Pump | 1,200.00 |",
        "| Valve | 3.00 |",
    ]


@pytest.mark.parametrize(
    "text", ["a | b", "[a](http://x)", "<b>", "**a**", "a\n\nb", "~~a~~", "`a`", "www.x.com"]
)
def test_no_text_of_a_record_breaks_its_row_or_becomes_markup(text: str) -> None:
    (*_, row) = table(("Title",), [(text,)]).splitlines()
    assert row == f"| {in_a_line(text)} |"
    assert "<" not in row
    assert "://" not in row


def test_what_is_markdown_already_stands_as_it_is() -> None:
    (*_, row) = table(
        ("Key",), [(linked("7|8", "https://st/7"),), (Markdown("`kept`"),)]
    ).splitlines()[1:]
    assert row == "| `kept` |"
    assert linked("7|8", "https://st/7") == "[7\\|8](https://st/7)"
    assert linked("7|8", "") == "7\\|8"


def test_what_is_left_out_is_counted_below() -> None:
    rows = [(str(number),) for number in range(5)]
    assert table(("N",), rows, most=3).splitlines()[-3:] == ["| 2 |", "", "... and 2 more."]
    assert table(("N",), rows, most=3, more="… and {left} more.").endswith("| 2 |\n\n… and 2 more.")
    assert table(("N",), rows, most=5).splitlines()[-1] == "| 4 |"
