"""No folder imports one that imports it, and no module: neither at its top, nor in a function, nor
for its types alone.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "st_spectrum"

Graph = Mapping[str, set[str]]


@cache
def imports() -> Graph:
    """By module, the modules of ours that it imports."""
    modules = {name_of(file): file for file in PACKAGE.rglob("*.py")}
    return {
        module: {name for name in imported(file.read_text(encoding="utf-8")) if name in modules}
        - {module}
        for module, file in modules.items()
    }


def name_of(file: Path) -> str:
    name = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imported(source: str) -> Iterator[str]:
    """Everything that may be a module; relative imports there are none."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def folders(graph: Graph, within: str) -> Graph:
    """The folders and modules right below `within`, by what they import of one another."""
    found: dict[str, set[str]] = {}
    for module, others in graph.items():
        here = part(module, within)
        found.setdefault(here, set()).update(part(other, within) for other in others)
    return {here: those - {here, ""} for here, those in found.items() if here}


def part(module: str, within: str) -> str:
    """Which of them a module lies in; "" for one that lies elsewhere."""
    start = f"{within}."
    return module.removeprefix(start).partition(".")[0] if module.startswith(start) else ""


def circle(graph: Graph) -> Iterable[str]:
    """One circle, empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_one_another() -> None:
    assert circle(imports()) == []


def test_no_folders_import_one_another() -> None:
    assert circle(folders(imports(), "st_spectrum")) == []


def test_what_all_flows_share_knows_none_of_them_and_no_flow_one_that_comes_after_it() -> None:
    assert circle(folders(imports(), "st_spectrum.flows")) == []


def test_a_circle_would_be_seen_wherever_it_is_closed() -> None:
    late = set(imported("def f():\n    from st_spectrum.match import lists"))
    graph = {"st_spectrum.flows.live": late, "st_spectrum.match.lists": {"st_spectrum.flows.live"}}
    assert "st_spectrum.match.lists" in late
    assert set(circle(folders(graph, "st_spectrum"))) == {"flows", "match"}
