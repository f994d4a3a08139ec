"""GetJobUDF: the user-defined fields of jobs, as far as they are mapped on the Authorization ID
[SP 14].
"""

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.services.get_job_main import jobs
from st_spectrum.sandbox.spectrum.tables import JOB_UDFS
from st_spectrum.spectrum.services import UDF_NAMES


def _rows(call: Call) -> list[dict[str, str]]:
    return [_row(call, job["Company_Code"], job["Job_Number"]) for job in jobs(call)]


def _row(call: Call, company: str, number: str) -> dict[str, str]:
    udfs = call.book.find(JOB_UDFS, Job_Number=number) or {}
    shown = {name: udfs.get(name, "") if name in call.udf_kinds else "" for name in UDF_NAMES}
    return {"Company_Code": company, "Job_Number": number, **shown}


HANDLER = Read(_rows)
