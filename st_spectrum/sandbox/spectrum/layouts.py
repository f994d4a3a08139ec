"""The SOAP layouts that are served: those that the integration calls, and two lists that clients of
others live on [SP 14].
"""

from collections.abc import Mapping

from st_spectrum.spectrum.services import SERVICES, Service

_FILTERS = SERVICES["GetJobMain"].fields
"""All three lists of jobs ask for the same."""

GET_JOB = Service(
    "GetJob",
    "SP 14",
    _FILTERS,
    (
        "Company_Code", "Job_Number", "Job_Description", "Division", "Address_1", "Address_2",
        "City", "State", "Zip_Code", "Project_Manager", "Superintendent", "Estimator",
        "Certified_Flag", "Customer_Code", "Status_Code", "Work_State_Tax_Code", "Contract_Number",
        "Cost_Center",
    ),
    is_idempotent=True,
)  # fmt: skip
GET_JOB_DATES = Service(
    "GetJobDates",
    "SP 14",
    _FILTERS,
    (
        "Company_Code", "Job_Number", "Job_Description", "Est_Start_Date", "Est_Complete_Date",
        "Projected_Complete_Date", "Create_Date", "Start_Date", "Complete_Date", "Field_1",
        "Field_2", "Field_3", "Field_4", "Field_5",
    ),
    is_idempotent=True,
)  # fmt: skip

LAYOUTS: Mapping[str, Service] = {
    **SERVICES,
    **{service.name: service for service in (GET_JOB, GET_JOB_DATES)},
}
"""By name on the wire."""
