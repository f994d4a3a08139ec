"""What is tracked says nothing of the machine it was written on; the source explains itself and
stays small.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "st_spectrum"
SOURCES = sorted(PACKAGE.rglob("*.py"))

MACHINE_PATH = re.compile(
    r"(?<![\w.{}<>/$-])/(?:work|tmp|root|Users|home/(?!someone\b)\w+)(?:/|\b(?!\w))"
)
"""Folders of one machine. `/home/someone` is everybody's."""
REGISTRY = re.compile(
    r"\b(?:pypi\.\w+|[\w.-]*pythonhosted\.\w+|(?:registry|index)\.(?!example\.)[\w-]+\.\w+)\b",
    re.IGNORECASE,
)
MOST_LINES = 400
TABLES = {"spectrum/services.py"}
"""Field tables grow with the layouts, not with the logic."""


def tracked() -> list[Path]:
    """Text files under version control, and those about to be."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no version control here")
    files = [ROOT / name for name in listed.decode().split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:4096]]


NEEDED = {"tests/ledger/ledger_servers.py": "/tmp"}  # noqa: S108 - where that server puts its sockets on every machine


def test_no_tracked_file_names_a_place_on_one_machine_or_a_package_registry() -> None:
    found = []
    for file in tracked():
        if file == Path(__file__):
            continue
        for number, line in enumerate(
            file.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        ):
            if hit := MACHINE_PATH.search(line) or REGISTRY.search(line):
                name = file.relative_to(ROOT).as_posix()
                if NEEDED.get(name) != hit[0]:
                    found.append(f"{name}:{number}: {hit[0]}")
    assert found == []


def test_such_places_would_be_seen() -> None:
    top = "work"
    here = (f"cd /{top}/project", "'/tmp/x'", "/home/jane/ledger", "in /root")
    elsewhere = (f"src/{top}/project", "/home/someone/x", "/workspace.yaml", "a/tmp/b")
    assert all(MACHINE_PATH.search(text) for text in here)
    assert not any(MACHINE_PATH.search(text) for text in elsewhere)
    assert all(
        REGISTRY.search(text) for text in ("https://pypi.org/simple", "registry.company.net/x")
    )
    assert not REGISTRY.search("registry.example.com/st-spectrum")


@dataclass(frozen=True)
class Words:
    """What one file says of itself, and where it is silent."""

    is_silent: bool
    undocumented: tuple[str, ...]
    """Public functions and classes without a docstring, and methods of such classes."""
    explained: frozenset[str]
    """Methods that its protocols explain wherever they stand."""


@cache
def words_of(file: Path) -> Words:
    """Read once for all that is asked of it."""
    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    return Words(
        is_silent=bool(source.strip()) and not ast.get_docstring(tree),
        undocumented=tuple(undocumented(tree, is_product="sandbox" not in file.parts)),
        explained=frozenset(protocol_methods(tree)) if "Protocol" in source else frozenset(),
    )


def undocumented(tree: ast.Module, is_product: bool) -> Iterator[str]:
    for node in tree.body:
        if not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield node.name
        for part in node.body if isinstance(node, ast.ClassDef) and is_product else ():
            is_public = isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
            if is_public and not ast.get_docstring(part):
                yield f"{node.name}.{part.name}"


def protocol_methods(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(
            ast.unparse(base).startswith("Protocol") for base in node.bases
        ):
            yield from (
                part.name
                for part in node.body
                if isinstance(part, ast.FunctionDef) and ast.get_docstring(part)
            )


def test_every_public_function_and_class_says_what_it_is() -> None:
    explained = frozenset[str]().union(*(words_of(file).explained for file in SOURCES))
    found = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in SOURCES
        for name in words_of(file).undocumented
        if name.rpartition(".")[2] not in explained or "." not in name
    ]
    assert found == []


def test_every_module_says_what_it_is() -> None:
    assert [str(file.relative_to(ROOT)) for file in SOURCES if words_of(file).is_silent] == []


def test_no_file_but_a_table_of_fields_grows_beyond_what_one_can_take_in() -> None:
    long = {
        file.relative_to(PACKAGE).as_posix(): lines
        for file in SOURCES
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert {name: lines for name, lines in long.items() if name not in TABLES} == {}
