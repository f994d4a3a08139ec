"""What is compared of the phases of a job."""

import pytest

from st_spectrum.flows.jobs.rules import TemplatePhase
from st_spectrum.flows.jobs.sides import ALL_THERE, PHASES, phases_by_job, values_of_phase

LABOR = TemplatePhase("01-00", "L", "Mobilization", "HR", "F")
MATERIAL = TemplatePhase("01-00", "M", "Mobilization", "EA", "F")


def row(phase: TemplatePhase, **changes: str) -> dict[str, str]:
    return {
        "Job_Number": "J1", "Phase_Code": phase.phase_code.replace("-", ""),
        "Cost_Type": phase.cost_type, "Description": phase.description, "Status_Code": "A",
        "Unit_of_Measure": phase.unit_of_measure, "Price_Method_Code": phase.price_method, **changes,
    }  # fmt: skip


def compared(
    *rows: dict[str, str], template: tuple[TemplatePhase, ...] = (LABOR,)
) -> dict[str, str]:
    return phases_by_job(rows, ["J1"], template)["J1"]


def test_a_phase_as_it_was_written_says_what_the_template_says() -> None:
    assert compared(row(LABOR)) == {PHASES: ALL_THERE, "phase 01-00 L": values_of_phase(LABOR)}


@pytest.mark.parametrize(
    "change", [{"Description": "Other"}, {"Unit_of_Measure": "EA"}, {"Price_Method_Code": "U"}]
)
def test_whatever_somebody_edits_in_a_phase_is_another_text(change: dict[str, str]) -> None:
    assert compared(row(LABOR, **change))["phase 01-00 L"] != values_of_phase(LABOR)


def test_a_cost_type_that_was_deleted_is_named_and_says_nothing_more() -> None:
    found = compared(row(LABOR), template=(LABOR, MATERIAL))
    assert found[PHASES] == "without 01-00 M"
    assert "phase 01-00 M" not in found


@pytest.mark.parametrize("column", ["Unit_of_Measure", "Price_Method_Code"])
def test_a_column_that_the_table_does_not_show_is_no_difference(column: str) -> None:
    shown = {name: value for name, value in row(LABOR).items() if name != column}
    assert compared(shown)["phase 01-00 L"] == values_of_phase(LABOR)


def test_what_spectrum_fills_by_itself_is_no_difference() -> None:
    plain = TemplatePhase("01-00", "L", "Mobilization")
    filled = row(plain, Unit_of_Measure="HR", Price_Method_Code="T")
    assert compared(filled, template=(plain,))["phase 01-00 L"] == "Mobilization"
