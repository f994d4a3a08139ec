"""Only a flow's folder and its section of the account file know it by name; all else asks it.

Elsewhere no code compares a flow's name, keeps a table of flows, or has a constant that is one: a
flow that is added then needs no change outside of its folder, and what is said of a flow stands in
one place. What must name one all the same is listed here with its reason, and the list may only
become shorter.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from st_spectrum.flows import FLOWS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "st_spectrum"

PLANNED = (
    "checks an account file by deciding on the records of these flows, and counts who would send a"
    " code"
)

EXCEPTIONS: dict[str, tuple[int, str]] = {
    "assets/sums.py": (1, "a name that Dagster keeps, beside the totals of invoices"),
    "check/in_use.py": (5, PLANNED),
    "check/payroll.py": (2, "the section of the account file, which is called as its flow"),
    "check/servicetrade.py": (2, PLANNED),
    "check/spectrum.py": (2, PLANNED),
    "reconcile/invoice_sums.py": (1, "the totals of AR are about invoices"),
    "flows/__init__.py": (6, "the list of all flows"),
    "spectrum/timecards.py": (1, "the word in the answer of Spectrum [SP 13.3]"),
}
"""By file: how many places, and why they name a flow."""


def may_name_flows(file: Path) -> bool:
    """Whether it lies in a flow's folder, or where the account file and the two systems are known
    section by section."""
    return file.parts[0] in ("account", "sandbox") or (
        file.parts[0] == "flows" and len(file.parts) > 2
    )


Names = dict[str, str]
"""By name, the flow that it stands for."""

NAMES: dict[Path, Names] = {}
"""By file, what is known of its names: a file that leads back to itself finds those above the
import, as Python does."""


def names_in(module: str, root: Path = ROOT) -> Names:
    """What the names at the top of a module of ours stand for, as far as they stand for a flow:
    constants and descriptions."""
    place = root / module.replace(".", "/")
    file = next(
        (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None
    )
    if file is None:
        return {}
    if file not in NAMES:
        known = NAMES[file] = {}
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            known |= imported([node], root)
            for name, value in assigned(node):
                if (flow := flow_of(value, known)) is not None:
                    known[name] = flow
    return NAMES[file]


def imported(nodes: Iterable[ast.AST], root: Path = ROOT) -> Names:
    """The same for what some imports bring."""
    return {
        alias.asname or alias.name: names[alias.name]
        for node in nodes
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("st_spectrum.")
        for names in [names_in(str(node.module), root)]
        for alias in node.names
        if alias.name in names
    }


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )
    for target in targets:
        if (
            isinstance(target, ast.Name)
            and isinstance(node, ast.Assign | ast.AnnAssign)
            and node.value is not None
        ):
            yield target.id, node.value


def flow_of(node: ast.AST | None, known: dict[str, str]) -> str | None:
    """The flow that an expression names: by its name, a constant or its description; else None."""
    match node:
        case ast.Constant(value=str() as text) if text in FLOWS:
            return text
        case ast.Name(id=name):
            return known.get(name)
        case ast.Attribute(value=ast.Name(id=name), attr="name"):
            return known.get(name)
        case ast.Call(func=ast.Name(id="FlowDescription"), keywords=keywords):
            return next(
                (flow_of(keyword.value, known) for keyword in keywords if keyword.arg == "name"),
                None,
            )
    return None


def places(source: str) -> list[str]:
    """Where a file compares a flow, lists flows, or names one at its top."""
    tree = ast.parse(source)
    known = imported(ast.walk(tree))
    constants = [(node.lineno, name, value) for node in tree.body for name, value in assigned(node)]
    known |= {
        name: flow for _, name, value in constants if (flow := flow_of(value, known)) is not None
    }
    found = {(line, name) for line, name, value in constants if flow_of(value, known) is not None}
    keys = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(tree):
        parts: list[ast.expr | None] = []
        match node:
            case ast.Compare(left=left, comparators=others):
                parts = [left, *others]
            case ast.MatchValue(value=value):
                parts = [value]
            case ast.Dict(keys=named):
                parts = [*named]
            case ast.Set(elts=elements) | ast.Tuple(elts=elements) | ast.List(elts=elements):
                parts = [] if id(node) in keys else [*elements]
            case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
                parts = [ast.Constant(keyword.arg) for keyword in keywords]
        found |= {
            (node.lineno, flow) for part in parts if (flow := flow_of(part, known)) is not None
        }
    return [f"{line}: {name}" for line, name in sorted(found)]


def test_no_code_outside_of_the_flows_compares_or_lists_them_by_name() -> None:
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE)
        if not may_name_flows(name) and (there := places(file.read_text(encoding="utf-8"))):
            found[name.as_posix()] = there
    allowed = {file: count for file, (count, _) in EXCEPTIONS.items()}
    wrong = {file: there for file, there in found.items() if len(there) != allowed.get(file, 0)}
    assert wrong == {}, (
        "ask the flow's description, or a method of the flow; a shorter list of exceptions is"
        " welcome"
    )
    assert allowed.keys() - found.keys() == set(), "these exceptions are needed no more"


@pytest.mark.parametrize(
    "source",
    [
        'if flow == "jobs": pass',
        'if flow in ("jobs", "x"): pass',
        'WORDS = {"jobs": "job"}',
        'MONEY = frozenset({"invoices"})',
        'FLOW = "jobs"',
        'match flow:\n    case "jobs": pass',
        "words = dict(jobs=1)",
        "from st_spectrum.flows.jobs.description import JOBS\nif flow == JOBS.name: pass",
        "from st_spectrum.flows.jobs.description import JOBS\nif description is JOBS: pass",
        (
            "def late():\n    from st_spectrum.flows.timecards.done_cards import FLOW as TIME\n   "
            " return flow != TIME"
        ),
    ],
)
def test_a_place_that_names_a_flow_would_be_seen(source: str) -> None:
    assert places(source) != []


@pytest.mark.parametrize(
    "source",
    ['read("jobs")', 'counts["jobs", "Cost_Center"]', '"""jobs"""', 'if word == "job": pass'],
)
def test_a_word_that_is_no_choice_between_flows_may_stand(source: str) -> None:
    assert places(source) == []


def test_a_package_that_imports_itself_is_read_to_its_end(tmp_path: Path) -> None:
    package = tmp_path / "st_spectrum" / "late"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        'ABOVE = "jobs"\nfrom st_spectrum.late import ABOVE as AGAIN, below\nBELOW = "sites"\n'
    )
    assert names_in("st_spectrum.late", tmp_path) == {
        "ABOVE": "jobs",
        "AGAIN": "jobs",
        "BELOW": "sites",
    }
