"""A month of a contractor in which hands planted sixty differences: all are found and named right,
nothing else is, and what is safe is repaired. `make bench-reconcile` does the same at full size.
"""

from pathlib import Path

import pytest

from st_spectrum.flows import FLOWS
from st_spectrum.reconcile.both_sides import compare_both_sides, repair
from st_spectrum.sandbox.server import Sandbox
from tests.reconcile.contractor_month import Size, build_month
from tests.reconcile.planting import Month
from tests.reconcile.sixty import Sixty

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
INVOICES = 240


def closes(month: Month) -> None:
    """Month ends to the cent and payroll weeks to the hundredth."""
    equations = [one for compared in month.compared().values() for one in compared.equations]
    assert {one.title.partition(" of ")[0] for one in equations} == {"Invoices", "Hours"}
    for equation in equations:
        assert sum(equation.lines.values()) == equation.approved


def repaired(month: Month) -> set[tuple[str, str]]:
    """What `--repair` sends."""
    sent = set()
    with month.contractor.session() as session:
        for compared in compare_both_sides(session, FLOWS):
            if (report := repair(session, compared, "repair")) is not None:
                sent |= {(compared.flow, one.key) for one in report.outcomes if one.writes}
    return sent


def test_sixty_differences_are_found_named_right_and_repaired_where_that_is_safe(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    month = build_month(sandbox, tmp_path, Size(INVOICES))
    assert month.named() == set()
    closes(month)
    hands = Sixty(month)
    hands.plant()
    assert len(hands.planted) == 60
    assert month.named() == hands.planted
    closes(month)
    repairable = {(one.flow, one.key) for one in month.differences() if one.is_repairable}
    assert repairable == hands.unsent
    assert repaired(month) == hands.unsent
    assert month.named() == {one for one in hands.planted if (one[0], one[1]) not in hands.unsent}
    assert repaired(month) == set()
    closes(month)
    month.contractor.close()
