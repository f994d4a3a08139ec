"""The page about the ledger tells what the code does."""

from pathlib import Path

from st_spectrum.ledger.diagram import mermaid
from st_spectrum.ledger.entry import State

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"


def test_the_diagram_of_the_page_is_the_one_of_the_table_of_moves() -> None:
    drawn = PAGE.read_text(encoding="utf-8").partition("```mermaid\n")[2].partition("\n```")[0]
    assert drawn == mermaid(), (
        "python -m st_spectrum.ledger.diagram prints the diagram as it should be"
    )


def test_every_state_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [state for state in State if f"| {state} |" not in text] == []
