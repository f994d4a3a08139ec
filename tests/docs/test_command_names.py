"""The engine and the ledger ask a command what it is; they know none by its name, so a new one
changes nothing there."""

import ast
import importlib
from pathlib import Path

import pytest

from st_spectrum.account import Account
from st_spectrum.domain.commands import Command
from st_spectrum.flows.purchase_orders.commands import JobItemInDoubt
from st_spectrum.flows.session import open_session
from st_spectrum.flows.timecards.commands import TakeOverPreTimeCard
from st_spectrum.ledger.memory import MemoryStore
from tests.flows.records import account

PACKAGE = Path(__file__).parents[2] / "st_spectrum"
NEVER_SENT = {TakeOverPreTimeCard, JobItemInDoubt}


def commands() -> list[type[Command]]:
    """The types of which decisions have commands: those with a name."""
    for file in (*PACKAGE.glob("flows/*/commands.py"), PACKAGE / "flows" / "external_ids.py"):
        importlib.import_module(".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts))
    found, left = [], [Command]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        if kind.__module__.startswith("st_spectrum.flows.") and hasattr(kind, "operation"):
            found.append(kind)
    return found


def named_in(file: Path) -> set[str]:
    """Which operations the code of a file names; sentences about them are no code."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return texts & {kind.operation for kind in commands()}


@pytest.mark.parametrize("folder", ["engine", "ledger", "domain"])
def test_no_operation_is_named_below_the_flows(folder: str) -> None:
    assert {
        file.name: names
        for file in sorted((PACKAGE / folder).rglob("*.py"))
        if (names := named_in(file))
    } == {}


def test_every_command_that_a_decision_may_hold_is_carried_out_and_looked_up_by_somebody(
    tmp_path: Path,
) -> None:
    own: Account = account(state_dir=tmp_path)
    with open_session(own, store=MemoryStore()) as session:
        unknown = {kind for kind in commands() if kind not in session.targets.handlers.kinds}

    assert unknown == NEVER_SENT
