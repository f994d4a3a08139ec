"""GetJobMain: jobs with their main data [SP 14]."""

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.database import Record
from st_spectrum.sandbox.spectrum.own_tables import JOB_TEXTS
from st_spectrum.sandbox.spectrum.services.listing import amount, search, statuses
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS

SORTS = {
    "D": "Division",
    "P": "Project_Manager",
    "S": "Superintendent",
    "E": "Estimator",
    "C": "Customer_Code",
}
"""The letters are documented; that C sorts by customer is assumed."""

FILTERS = {
    "Division": "pDivision",
    "Project_Manager": "pProject_Manager",
    "Superintendent": "pSuperintendent",
    "Estimator": "pEstimator",
    "Customer_Code": "pCustomer_Code",
    "Cost_Center": "pCost_Center",
}

AMOUNTS = ("Original_Contract", "Total_Units")


def jobs(call: Call, sort: str = "") -> list[Record]:
    """The jobs that the filters of a job service leave."""
    order = (SORTS[sort], "Job_Number") if sort else ("Job_Number",)
    filters = {column: call[parameter] for column, parameter in FILTERS.items()}
    return search(call, JOBS, filters, {"Status_Code": statuses(call["pStatus_Code"])}, order)


def _rows(call: Call) -> list[dict[str, str]]:
    return [_row(call, job, number) for number, job in enumerate(jobs(call, call["pSort_By"]))]


def _row(call: Call, job: Record, number: int) -> dict[str, str]:
    customer = (
        call.book.find(CUSTOMERS, Customer_Code=job["Customer_Code"])
        if job["Customer_Code"].strip()
        else None
    )
    made = {"Customer_Name": customer["Name"] if customer else ""}
    made |= {name: amount(job[name], number) for name in AMOUNTS}
    made |= {f"Field_{place}": "" for place in range(1, 6)}
    texts = call.book.find(JOB_TEXTS, Job_Number=job["Job_Number"]) or {}
    row = {"Owner_Name": "", "Legal_Desc": "", **texts, **job, **made}
    return {name: row[name] for name in call.service.returns}


HANDLER = Read(_rows)
