"""Names in the code are nouns that say what a value is."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

SAY_NOTHING = {"each", "told", "what", "odd", "news", "as_sent"}
KEPT = {
    ("ledger/documents/guards.py", "what"),
    ("ledger/documents/mails.py", "told"),
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
        if name in SAY_NOTHING and (file, name) not in KEPT
    }


def test_no_name_of_the_product_leaves_open_what_it_is() -> None:
    package = ROOT / "st_spectrum"
    sources = {
        path.relative_to(package).as_posix(): path.read_text(encoding="utf-8")
        for path in package.rglob("*.py")
    }
    assert {file: names for file, text in sources.items() if (names := unclear(text, file))} == {}


def test_such_names_would_be_seen_wherever_they_are_bound() -> None:
    assert unclear("[each.key for each in rows]") == {"each"}
    assert unclear("def told(what): self.news = what") == {"told", "what", "news"}
    assert unclear("rows = [row.what for row in found]") == set()
