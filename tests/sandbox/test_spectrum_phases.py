"""Phases on the Spectrum stand-in: one row per cost type, one description for all."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.spectrum_caller import CUSTOMER, JOB, PHASE, Caller


def test_a_phase_is_added_once_per_cost_type_and_shares_one_description(spectrum: Caller) -> None:
    spectrum.with_job()
    assert spectrum.call("AddPhase", **{**PHASE, "Description": ""}).codes == [("M", "Description")]
    assert spectrum.call("AddPhase", **PHASE, Original_Est_Cost="1200.50").rows == []
    assert spectrum.call("AddPhase", **{**PHASE, "Cost_Type": "M", "Description": ""}).rows == []
    descriptions = [row["Description"] for row in spectrum.system.records("JC_PHASE_MASTER_MC")]
    assert descriptions == ["Field labor", "Field labor"]
    assert (
        spectrum.call(
            "AddPhase", **{**PHASE, "Cost_Type": "M", "Description": "Labor on site"}
        ).rows
        == []
    )
    labor, material = spectrum.system.records("JC_PHASE_MASTER_MC")
    assert labor["Description"] == material["Description"] == "Labor on site"
    assert (labor["Phase_Code"], labor["Cost_Type"], labor["Price_Method_Code"]) == (
        "001".ljust(20),
        "L  ",
        "T",
    )
    assert (
        labor["Original_Est_Cost"],
        labor["Current_Est_Cost"],
        material["Current_Est_Cost"],
    ) == (1200.5, 1200.5, 0)


def test_a_phase_is_changed_by_a_repeat_and_keeps_what_the_repeat_leaves_blank(
    spectrum: Caller,
) -> None:
    spectrum.with_job()
    spectrum.call("AddPhase", **PHASE, Unit_of_Measure="HR", Original_Est_Hours="8")
    assert spectrum.call("AddPhase", **PHASE, Original_Est_Hours="10").rows == []
    phase = spectrum.record("JC_PHASE_MASTER_MC")
    assert (phase["Unit_of_Measure"], phase["Original_Est_Hours"], phase["Current_Est_Hours"]) == (
        "HR",
        10,
        8,
    )


PHASE_CALLS = st.lists(
    st.tuples(
        st.sampled_from(["001", "002"]),
        st.sampled_from("LM"),
        st.sampled_from(["", "Rough in", "Trim"]),
    ),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=PHASE_CALLS)
def test_whatever_the_order_of_phase_calls_one_row_per_cost_type_and_the_last_text_on_all(
    spectrum: Caller, calls: list[tuple[str, str, str]]
) -> None:
    spectrum.system.reset()
    spectrum.with_job()
    texts: dict[str, str] = {}
    expected: set[tuple[str, str]] = set()
    for phase, cost_type, text in calls:
        values = {**PHASE, "Phase_Code": phase, "Cost_Type": cost_type, "Description": text}
        reply = spectrum.call("AddPhase", **values)
        if not text and phase not in texts:
            assert reply.codes == [("M", "Description")]
            continue
        assert reply.rows == []
        texts[phase] = text or texts[phase]
        expected.add((phase, cost_type))
    stored = spectrum.system.records("JC_PHASE_MASTER_MC")
    assert sorted(
        (row["Phase_Code"].strip(), row["Cost_Type"].strip()) for row in stored
    ) == sorted(expected)
    assert all(row["Description"] == texts[row["Phase_Code"].strip()] for row in stored)


def test_a_phase_needs_an_open_job_a_cost_type_and_a_code_without_dashes(spectrum: Caller) -> None:
    spectrum.with_job()
    assert spectrum.call("AddPhase", **{**PHASE, "Phase_Code": "00-1"}).codes == [
        ("I", "Phase_Code")
    ]
    unknown = {**PHASE, "Job_Number": "7", "Cost_Type": "Z", "Phase_Cost_Center": "999"}
    assert spectrum.call("AddPhase", **unknown).codes == [
        ("I", "Job_Number"),
        ("I", "Cost_Type"),
        ("I", "Phase_Cost_Center"),
    ]
    spectrum.call("UpdateJob", Job_Number="10482", Status_Code="C")
    assert spectrum.call("AddPhase", **PHASE).codes == [("I", "Job_Number")]


def test_a_phase_category_brings_its_phases(spectrum: Caller) -> None:
    spectrum.call("AddCustomer", **CUSTOMER)
    assert spectrum.call("AddJob", **JOB, Standard_Phase_Category="SERVICE").rows == []
    phases = {
        (row["Phase_Code"].strip(), row["Cost_Type"].strip())
        for row in spectrum.system.records("JC_PHASE_MASTER_MC")
    }
    assert phases == {("001", "L"), ("001", "M"), ("002", "M"), ("003", "S")}
