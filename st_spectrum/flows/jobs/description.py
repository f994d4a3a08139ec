"""Jobs, as all who deal with every flow know them."""

from st_spectrum.domain.commands import System
from st_spectrum.domain.flow_description import FlowDescription, SharedKeys

JOBS = FlowDescription(
    name="jobs",
    text=(
        "ServiceTrade jobs become jobs in Spectrum, with their phases, cost types and "
        "overhead batch code. A job waits until its location has crossed, and then goes by "
        "itself. Ignored job types stay in ServiceTrade."
    ),
    source=System.SERVICETRADE,
    target=System.SPECTRUM,
    after=("customers", "sites"),
    servicetrade_records="jobs",
    spectrum_records="jobs, phases, office, overhead batch",
    written_by="AddJob, AddPhase, UpdateJob_UDF, UpdateJob",
    entity_type="job",
    may_vanish=True,
    is_of_companies=True,
    plural="jobs",
    waiting_noun="open job",
    title_word="Job",
    noticed="New or changed in ServiceTrade.",
    rung_by=frozenset({"job"}),
    has_reserved_numbers=True,
    shared_keys=SharedKeys(),
    code_places={
        "Tax_Class_Code": "maps.tax_class",
        "Work_State_Tax_Code": "maps.work_state",
        "Cost_Center": "maps.cost_centers",
        "Price_Method_Code": "maps.cost_centers.price_method",
        "Job_Type": "jobs.contract_type",
        "Job_Oh_Batch_Code": "jobs.oh_batch_code",
        "UDF1": "maps.offices",
        "Project_Manager": "jobs.project_manager",
        "Phase_Code": "jobs.template_job",
        "Cost_Type": "jobs.template_job",
        # A phase has it from the template job, whatever the account file says of jobs.
        "AddPhase.Price_Method_Code": "jobs.template_job",
    },
)
