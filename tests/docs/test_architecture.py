"""The pages that lead into the code name modules and functions that exist, and the picture of the
folders is what is imported.
"""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "st_spectrum"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(
        ROOT / "docs" / name
        for name in ("architecture.md", "lifecycle.md", "ledger.md", "runbook.md")
    ),
]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PLACE = re.compile(r"`(?:st_spectrum/)?([\w/]+/[\w]+\.py)(?:: ([\w.]+))?`")
"""A module, and perhaps a function, class or method in it."""


@cache
def names_in(file: Path) -> frozenset[str]:
    """Functions, classes and methods of a module."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{part.name}"
                for part in node.body
                if isinstance(part, ast.FunctionDef)
            }
    return frozenset(found)


def lost(text: str) -> list[str]:
    """Places that are not in the code."""
    found = []
    for module, name in PLACE.findall(text):
        file = next((at for at in (PACKAGE / module, ROOT / module) if at.is_file()), None)
        if file is None or (name and name not in names_in(file)):
            found.append(f"{module}: {name}" if name else module)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_and_function_that_a_page_names_exists(page: Path) -> None:
    assert lost(page.read_text(encoding="utf-8")) == []


def test_a_moved_module_would_be_seen() -> None:
    text = (
        "`mapping/invoice.py: decide_invoice`, `flows/changes.py: notify`, `engine/engine.py:"
        " Engine.run`, `rules.py`"
    )
    assert lost(text) == ["mapping/invoice.py: decide_invoice", "flows/changes.py: notify"]


def imports() -> frozenset[tuple[str, str]]:
    """Which folder of the package imports which."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        folder = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("st_spectrum."):
                found.add((folder, str(node.module).split(".")[1]))
    return frozenset(found)


def test_every_arrow_of_the_picture_is_an_import() -> None:
    drawn = set(re.findall(r"^    (\w+) --> (\w+)$", ARCHITECTURE, re.MULTILINE))
    assert drawn
    assert drawn - imports() == set()


def test_the_picture_shows_every_folder() -> None:
    drawn = set(re.findall(r"^ +(\w+)\[", ARCHITECTURE, re.MULTILINE))
    folders = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    assert folders - drawn <= {"pages"}


def test_every_import_contract_is_explained() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]
    assert [name for name in contracts if f"| {name} |" not in ARCHITECTURE] == []
