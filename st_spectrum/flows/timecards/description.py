"""Time, as all who deal with every flow know it."""

from st_spectrum.domain.commands import System
from st_spectrum.domain.flow_description import FlowDescription

TIMECARDS = FlowDescription(
    name="timecards",
    text=(
        "Approved ServiceTrade time becomes pre-time cards in Spectrum, a card for each piece"
        " of time, with employee, department, pay type, job and cost code. What changes after"
        " it was sent is put before a person and never sent again."
    ),
    source=System.SERVICETRADE,
    target=System.SPECTRUM,
    after=("jobs",),
    servicetrade_records="approved time: rows of time cards, or labor items, or clock events",
    spectrum_records="pre-time cards",
    written_by="PreTimeCard, or POST /timecard/timecards",
    plural="pieces of time",
    singular="piece of time",
    noticed="Approved or changed in ServiceTrade.",
    rung_by=frozenset({"clockevent", "jobitem"}),
    may_vanish=True,
    closed_by="week",
    doubles_corrected_by="The payroll clerk, in Spectrum",
    code_places={
        "Pay_Type": "timecards.pay_types",
        "Department_Code": "timecards.departments",
        "Phase_Code": "timecards.cost_codes",
        "Cost_Type": "timecards.cost_codes",
        "State": "maps.work_state",
        "Pay_Rate_Code": "timecards.pay_rates",
        "Cost_Center": "maps.cost_centers",
        "Batch_Code": "timecards.batch_prefix",
    },
)
