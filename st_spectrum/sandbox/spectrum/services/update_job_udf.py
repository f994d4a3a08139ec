"""UpdateJob_UDF: user-defined fields of a job; a blank leaves its value [SP 10.2]."""

from st_spectrum.sandbox.spectrum.call import Call, Checks, Write
from st_spectrum.sandbox.spectrum.rows import Row
from st_spectrum.sandbox.spectrum.tables import JOB_UDFS, JOBS


def _check(call: Call) -> list[Row]:
    checks = Checks(call)
    checks.exists("Job_Number", JOBS)
    return checks.rows


def _store(call: Call) -> list[Row]:
    call.book.update(JOB_UDFS, call.udfs, Job_Number=call["Job_Number"])
    return []


HANDLER = Write(_check, _store)
