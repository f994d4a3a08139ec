"""A month of a contractor in which hands planted sixty differences: all are found and named right,
nothing else is, and what is safe is repaired. `make bench-reconcile` does the same at full size.
"""

from pathlib import Path

import pytest

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.flows import FLOWS
from st_spectrum.reconcile.both_sides import compare_both_sides, repair
from st_spectrum.sandbox.server import Sandbox
from tests.reconcile.contractor_month import Size, build_month
from tests.reconcile.planting import Month
from tests.reconcile.sixty import NamedDifference, Sixty

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
INVOICES = 120

Compared = dict[str, FlowCompared]


def closing(compared: Compared) -> Compared:
    """Month ends close to the cent and payroll weeks to the hundredth."""
    equations = [one for flow in compared.values() for one in flow.equations]
    assert {one.title.partition(" of ")[0] for one in equations} == {
        *("Invoices", "Hours", "Purchase orders, in cost"),
    }
    for equation in equations:
        assert sum(equation.lines.values()) == equation.approved
    return compared


def named(compared: Compared) -> set[NamedDifference]:
    return {
        (one.flow, one.key, one.field, str(one.verdict))
        for flow in compared.values()
        for one in flow.differences
    }


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
    clean = closing(month.compared())
    assert named(clean) == set()
    assert all(one.compared for one in clean.values())
    assert all(equation.closes for one in clean.values() for equation in one.equations)
    hands = Sixty(month)
    hands.plant()
    assert len(hands.planted) == 60
    found = closing(month.compared())
    assert named(found) == hands.planted
    assert hands.unsent == {(name, key) for name, one in found.items() for key in one.repairable}
    assert repaired(month) == hands.unsent
    left = {one for one in hands.planted if (one[0], one[1]) not in hands.unsent}
    assert named(closing(month.compared())) == left
    assert repaired(month) == set()
    month.contractor.close()
