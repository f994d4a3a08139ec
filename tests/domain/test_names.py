"""Names in the code are nouns that say what a value is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SAY_NOTHING = {"each", "told", "what", "odd", "news", "as_sent"}
OURS_ALONE = {
    *("Sight", "Crossing", "Noting", "One", "Stand", "Turn", "Found", "Sent", "Coming"),
    *("Aim", "Wanted", "Gone", "Leave", "weigh", "carry_out"),
}
"""Words of the first version for things that have a name in the field: `Evaluation`,
`StepExecutor`, `LedgerWriter`, `RecordContext`, `LeaveUnchanged`, `Lease`, `LookupResult` ..."""
KEPT = {
    ("st_spectrum/ledger/documents/guards.py", "what"),
    ("st_spectrum/ledger/documents/mails.py", "told"),
}
"""Fields of documents: the ledger keeps them under these names."""


def names_in(tree: ast.AST) -> Iterator[str]:
    """What is bound: variables, parameters, attributes, functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def unclear(source: str, file: str = "") -> set[str]:
    """Names that say nothing of what they hold."""
    return {
        name
        for name in names_in(ast.parse(source))
        if name.lstrip("_") in SAY_NOTHING | OURS_ALONE and (file, name) not in KEPT
    }


@pytest.mark.parametrize("folder", ["st_spectrum", "tests", "benchmarks", "docs"])
def test_no_name_leaves_open_what_it_is(folder: str) -> None:
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / folder).rglob("*.py")
        if "first_version" not in path.parts  # calls the code of its own commit
    }
    assert sources
    assert {file: names for file, text in sources.items() if (names := unclear(text, file))} == {}


def test_such_names_would_be_seen_wherever_they_are_bound() -> None:
    assert unclear("[each.key for each in rows]") == {"each"}
    assert unclear("def told(what): self.news = what") == {"told", "what", "news"}
    assert unclear("class Sight:\n    def _told(self): pass") == {"Sight", "_told"}
    assert unclear("rows = [row.what for row in found]") == set()
