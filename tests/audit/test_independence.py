"""The auditor has nothing in common with what it judges but the account file."""

import ast
from pathlib import Path

KNOWN = ("st_spectrum.account", "st_spectrum.sandbox.control_client", "tests.audit")


def test_the_auditor_knows_nothing_of_engine_flows_and_clients() -> None:
    files = [file for file in Path(__file__).parent.glob("*.py") if file != Path(__file__)]
    imported = {
        node.module or ""
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    ours = {name for name in imported if name.startswith(("st_spectrum", "tests"))}
    assert [name for name in sorted(ours) if not name.startswith(KNOWN)] == []
