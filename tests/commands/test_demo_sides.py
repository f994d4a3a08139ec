"""The table at the end of the demo is what the product's own comparison of both sides says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from st_spectrum.commands.demo_sides import compare_sides, print_sides, progress
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS
from tests.world.contractor import Contractor, empty_contractor


@pytest.fixture
def contractor(running_sandbox: Sandbox, tmp_path: Path) -> Iterator[Contractor]:
    with empty_contractor(running_sandbox, tmp_path) as contractor:
        yield contractor


def test_the_demo_tells_what_crossed_what_waits_and_what_somebody_removed(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.company("Harbor Foods")
    idle = contractor.dispatcher.company("Pier Foods", status="inactive")
    contractor.dispatcher.location(idle, "Pier 4")
    contractor.round()
    with contractor.session() as session:
        assert progress(session.ledger)["sites"] == "    0 across,    1 waiting"
        equal = compare_sides(contractor.account, session.ledger)
        assert [problem for side in equal.values() for problem in side.problems] == []
        assert (equal["customers"].across, len(equal["sites"].held)) == (1, 1)
        assert "inactive" in equal["sites"].held[0].why
        (code,) = contractor.customers()
        company_code = contractor.account.spectrum.company_code
        with contractor.controller._database.writing() as book:
            book.of(company_code).delete(CUSTOMERS, Customer_Code=code)
        sides = compare_sides(contractor.account, session.ledger)
    (problem,) = sides["customers"].problems
    assert "Harbor Foods" in problem and "missing" in problem
    console = Console(record=True, width=100)
    print_sides(console, sides)
    assert problem in console.export_text().replace("\n", " ")


def test_every_heading_of_the_table_is_whole_on_a_narrow_terminal(contractor: Contractor) -> None:
    with contractor.session() as session:
        sides = compare_sides(contractor.account, session.ledger)
    console = Console(record=True, width=80)
    print_sides(console, sides)
    text = console.export_text()
    assert "information" in text
    assert "…" not in text
