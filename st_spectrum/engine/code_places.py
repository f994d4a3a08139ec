"""Where in the account file the codes come from that a call sends, so that a refusal can name the place. Pure."""

from collections.abc import Mapping

PLACES: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "Terms_Code": "maps.payment_terms",
        "Sales_Tax_Code": "maps.sales_tax",
        "Type": "customers.type",
    },
    "sites": {
        "Site_Sales_Tax_Code": "maps.sales_tax",
        "Sales_Tax_Code": "maps.sales_tax",
        "Work_State_Tax_Code": "maps.work_state",
    },
    "jobs": {
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
    },
    "invoices": {
        "Terms_Code": "maps.payment_terms",
        "Sales_Tax_Code": "maps.sales_tax",
        "GL_Account": "invoices.gl",
        "Income_Cost_Center": "maps.cost_centers",
        "Cost_Center": "maps.cost_centers",
        "Batch_Code": "invoices.batch",
    },
    "timecards": {
        "Pay_Type": "timecards.pay_types",
        "Department_Code": "timecards.departments",
        "Phase_Code": "timecards.cost_codes",
        "Cost_Type": "timecards.cost_codes",
        "State": "maps.work_state",
        "Pay_Rate_Code": "timecards.pay_rates",
        "Cost_Center": "maps.cost_centers",
        "Batch_Code": "timecards.batch_prefix",
    },
}
"""By flow and field, under the names of the SOAP services; the REST names of the same fields are told apart by nothing else
than case and underscores."""

ON_ADD_PHASE_ONLY = frozenset({"Price_Method_Code"})
"""Fields that a phase has from the template job, whatever the account file says of jobs."""


OTHERS = (
    *("Company_Code", "Customer_Code", "Site_Customer_Code", "Job_Number", "WO_Site", "Employee_Code", "AR_GL_Account"),
    *("Salesperson_Code", "Estimator", "Superintendent", "GL_Date", "Invoice_Date", "Work_Date", "dayOfMonth"),
    *("lib_item_id", "service_line_id", "job_id"),
)
"""Fields that many records share although the account file does not say what is in them: other records, and days of a period."""


def is_shared(field: str) -> bool:
    """Whether a field holds what many records have in common. A name, an amount or a ZIP is one record's own, also where two agree."""
    return _folded(field) in SHARED


def place_of(flow: str, operation: str, field: str) -> str:
    """The key of the account file that a field's value comes from; "" where it comes from the record or from elsewhere."""
    if operation == "AddPhase" and field in ON_ADD_PHASE_ONLY:
        return "jobs.template_job"
    known = PLACES.get(flow, {}).items()
    return next((place for name, place in known if _folded(name) == _folded(field)), "")


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()


SHARED = frozenset(_folded(name) for name in (*OTHERS, *(field for fields in PLACES.values() for field in fields)))
