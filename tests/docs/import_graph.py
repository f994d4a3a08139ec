"""Which modules and folders of a package import which, wherever in a file the import stands."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Graph = Mapping[str, set[str]]


def imports(package: Path) -> Graph:
    """By module of a package, those of the same package that it imports."""
    modules = {name_of(file, package): file for file in package.rglob("*.py")}
    return {
        module: {name for name in imported(file.read_text(encoding="utf-8")) if name in modules}
        - {module}
        for module, file in modules.items()
    }


def name_of(file: Path, package: Path) -> str:
    name = ".".join(file.relative_to(package.parent).with_suffix("").parts)
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
