"""In a terminal of 80 columns lines end between words: a key, a command or a number stays whole."""

import io

import pytest
from rich.console import Console

from st_spectrum.check.finding import Finding, Severity
from st_spectrum.commands.check import print_findings
from st_spectrum.commands.demo_sides import Held, Side, print_sides
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference, Verdict

KEY = "timecards.departments.by_service_line"
LONG_KEY = "maps.cost_centers.by_office_and_service_line.Sprinkler_and_Standpipe_Inspection"
SENTENCE = "service line 12 Sprinkler has no department; 14 open jobs of the last weeks use it"
ADVICE = "Add it under `timecards.departments` or say `st-spectrum codes --write` for a proposal."


def printed(width: int, *findings: Finding) -> str:
    file = io.StringIO()
    print_findings(Console(file=file, width=width, force_terminal=False), "one.yaml", findings)
    return file.getvalue()


def finding(where: str) -> Finding:
    return Finding(Severity.ERROR, where, SENTENCE, "", ADVICE)


def words(text: str) -> set[str]:
    return set(text.translate(str.maketrans("│┃┏┓━┳┡╇┩└┴┘─┼├┤", " " * 16)).split())


@pytest.mark.parametrize("where", [KEY, LONG_KEY])
@pytest.mark.parametrize("width", [80, 200])
def test_a_check_breaks_no_word_in_two(where: str, width: int) -> None:
    text = printed(width, finding("invoices"), finding(where))

    assert {where, *SENTENCE.split(), *ADVICE.split()} <= words(text)
    assert max(map(len, text.splitlines())) <= width or where == LONG_KEY


def test_a_wide_terminal_shows_a_table() -> None:
    assert "where" in printed(200, finding(KEY))
    assert "What to do:" not in printed(200, finding(KEY))


def test_what_the_demo_says_at_its_end_is_wrapped_between_words() -> None:
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=False)
    missing = Difference("jobs", "1", f"Job {SENTENCE}", "0010", Verdict.MISSING)
    side = Side(
        1, (Held("jobs", f"Job of {LONG_KEY}", f"{SENTENCE}. {ADVICE}"),),
        FlowCompared("jobs", 1, (missing,)),
    )  # fmt: skip

    print_sides(console, {"jobs": side})

    held = file.getvalue().partition("  held: ")[2]
    assert LONG_KEY in held
    assert [line for line in held.splitlines() if len(line) > 80 and LONG_KEY not in line] == []
    assert {*SENTENCE.split(), *ADVICE.split()} <= set(held.split())


def test_no_column_of_the_demos_table_is_cut_off() -> None:
    held = tuple(Held("purchase_orders", f"PO {number}", SENTENCE) for number in range(1234))
    file = io.StringIO()
    side = Side(56789, held, FlowCompared("purchase_orders", 56789))

    print_sides(Console(file=file, width=80, force_terminal=False), {"purchase_orders": side})

    assert {"held", "1234", "56789"} <= words(file.getvalue().partition("  held: ")[0])
