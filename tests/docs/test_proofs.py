"""Every proof of the first version stands today where docs/proofs.md says."""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "proofs.md").read_text(encoding="utf-8")
LIST = TESTS / "upgrade" / "proofs_of_the_first_version.txt"
PROOF = re.compile(r"`([\w/]+\.py): (test_\w+)`")
MOVED = re.compile(r"^\| `([\w/]+\.py)` \| `([\w/]+\.py)` \| \d+ \|$", re.MULTILINE)

Proof = tuple[str, str]
"""The file below `tests/`, and the name of the test in it."""


def first_proofs() -> set[Proof]:
    """All tests of commit b031e31."""
    found, file = set(), ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            found.add((file, line.strip()))
        else:
            file = line
    return found


@cache
def proofs_in(file: str) -> frozenset[str]:
    """The tests of a file of today."""
    if not (TESTS / file).is_file():
        return frozenset()
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def renamed(page: str) -> Mapping[Proof, list[Proof]]:
    """What the page says of proofs that have another name: where they stand."""
    rows = [PROOF.findall(line) for line in page.splitlines()]
    return {proofs[0]: proofs[1:] for proofs in rows if proofs}


def lost(page: str) -> list[Proof]:
    """Proofs that stand neither where they stood nor where the page says."""
    others = renamed(page)
    files = defaultdict(set)
    for then, now in MOVED.findall(page):
        files[then].add(now)
    return [
        (file, name)
        for file, name in sorted(first_proofs())
        if not any(name in proofs_in(at) for at in (file, *files[file]))
        and not (
            (new := others.get((file, name))) and all(proof in proofs_in(at) for at, proof in new)
        )
    ]


def test_every_proof_of_the_first_version_stands_where_the_page_says() -> None:
    assert lost(PAGE) == []


def test_no_row_is_about_what_was_never_proved() -> None:
    assert renamed(PAGE).keys() - first_proofs() == set()


def test_a_proof_that_was_dropped_would_be_seen() -> None:
    row = next(line for line in PAGE.splitlines() if PROOF.search(line))
    assert lost(PAGE.replace(row, "")) == [PROOF.findall(row)[0]]
