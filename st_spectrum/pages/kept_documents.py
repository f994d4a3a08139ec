"""The table of what the ledger keeps beside its entries. Print it with `python -m
st_spectrum.pages.kept_documents`.

Who writes and who reads a kind is read from the source, so it is as true as the code.
"""

import ast
import inspect
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from st_spectrum.domain.markdown import Markdown, table
from st_spectrum.ledger.documents.form import Document
from st_spectrum.ledger.documents.table import MODELS

PACKAGE = Path(__file__).parents[1]
NOT_OURS = ("sandbox/", "ledger/documents/", "pages/")
HEAD = ("Key", "Content", "Written by", "Read by", "Since")
READS = frozenset({"document", "document_or_none", "has", "names", "revise", "read", "decode"})

Use = tuple[str, bool]
"""A model's name, and whether it is written."""


def kinds_table() -> str:
    """As Markdown, one row for each kind."""
    writers, readers = users()
    rows = (_row(model, writers[model.__name__], readers[model.__name__]) for model in MODELS)
    return table(HEAD, rows) + "\n"


def users() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By a model's name, the files that make one for the ledger, and those that read one."""
    found: tuple[defaultdict[str, list[str]], defaultdict[str, list[str]]]
    found = (defaultdict(list), defaultdict(list))
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE).as_posix()
        if not path.startswith(NOT_OURS):
            for name, is_written in sorted(set(_uses(ast.parse(file.read_text(encoding="utf-8"))))):
                found[0 if is_written else 1][name].append(path)
    return found


def _uses(tree: ast.Module) -> Iterator[Use]:
    """A model that is called makes a document; one handed to a function is kept or read by it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")
        if isinstance(node.func, ast.Name):
            yield called[2], True
        elif called[2] in READS:
            yield called[0], False
        for argument in node.args:
            if isinstance(argument, ast.Name):
                yield argument.id, not (called[2] in READS or called[2].startswith("kept"))


def _row(model: type[Document], writers: list[str], readers: list[str]) -> tuple[Markdown, ...]:
    place = _escaped(model.place.replace("{", "<").replace("}", ">"))
    content = _escaped(" ".join((inspect.getdoc(model) or "").split()))
    cells = (f"`{place}`", content, _named(writers), _named(readers), model.since)
    return tuple(map(Markdown, cells))


def _named(files: list[str]) -> str:
    return ", ".join(f"`{file}`" for file in files)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(kinds_table(), end="")
