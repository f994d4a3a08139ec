"""The shape of the code in figures, of the files as they are or as of any commit:

    python -m tests.docs.shape                  # also: make shape AT=b031e31
    python -m tests.docs.shape --at b031e31

All but the sandbox is counted. A line of code is one that holds more than blanks, a comment or a
docstring. A room is a folder or module right below `st_spectrum`, an arrow is one that imports
another.
"""

import argparse
import ast
import io
import subprocess
import tarfile
import tempfile
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.import_graph import circle, folders, imports
from tests.docs.test_flow_names import may_name_flows, places

ROOT = Path(__file__).parents[2]
SCREEN = 50
"""Lines of a function that fit on a screen."""
WIDTH = 100

Function = ast.FunctionDef | ast.AsyncFunctionDef
IGNORED = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
)


@dataclass(frozen=True)
class File:
    """One file of the product; `place` is its path below the package."""

    place: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


def lines_of_code(file: File) -> int:
    """Without blank lines, comments and docstrings."""
    docs = {
        line
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    held = {
        line
        for token in tokenize.generate_tokens(io.StringIO(file.text).readline)
        if token.type not in IGNORED and token.string
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(held - docs)


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters(function: Function) -> int:
    """As many as a caller has to know; without `self`."""
    asked = function.args
    names = [one.arg for one in (*asked.posonlyargs, *asked.args, *asked.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def figures(package: Path) -> dict[str, object]:
    """What is measured, by its name."""
    files = [
        File(path.relative_to(package), path.read_text(encoding="utf-8"))
        for path in sorted(package.rglob("*.py"))
        if "sandbox" not in path.relative_to(package).parts
    ]
    lines = [line for file in files for line in file.text.splitlines()]
    functions = [(file, function) for file in files for function in file.functions()]
    graph = folders(imports(package), package.name)
    return {
        "files": len(files),
        "lines": len(lines),
        "lines of code": sum(map(lines_of_code, files)),
        "share of lines over 100 characters": _share(lines, lambda line: len(line) > WIDTH),
        "functions over a screen of 50 lines": _over(functions, length, SCREEN),
        "functions of more than seven parameters": _over(functions, parameters, 7),
        "places that name a flow outside of flows/ and account/": sum(
            len(places(file.text)) for file in files if not may_name_flows(file.place)
        ),
        "rooms": len(graph),
        "arrows between them": sum(map(len, graph.values())),
        "circle of rooms": " -> ".join(circle(graph)) or "none",
    }


def _share(lines: list[str], is_meant: Callable[[str], bool]) -> str:
    return f"{100 * sum(map(is_meant, lines)) / len(lines):.2f} %"


def _over(
    functions: list[tuple[File, Function]], size: Callable[[Function], int], most: int
) -> str:
    large = sorted(
        ((size(one), f"{file.place}:{one.name}") for file, one in functions if size(one) > most),
        reverse=True,
    )
    named = ", ".join(f"{name} {number}" for number, name in large[:5])
    return f"{len(large)}: {named}" if large else "0"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--at", help="a commit; without it the files as they are")
    commit = asked.parse_args().at
    with tempfile.TemporaryDirectory() as folder:
        package = _as_of(commit, Path(folder)) if commit else ROOT / "st_spectrum"
        for name, figure in figures(package).items():
            print(f"{name:56} {figure}")


def _as_of(commit: str, folder: Path) -> Path:
    """The package of a commit, laid out in a folder."""
    command = ["git", "archive", commit, "st_spectrum"]
    packed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "st_spectrum"


if __name__ == "__main__":
    main()
