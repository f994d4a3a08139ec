"""GetJob: jobs with their addresses and people [SP 14]."""

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.services.get_job_main import jobs


def _rows(call: Call) -> list[dict[str, str]]:
    return [
        {name: job[name] for name in call.service.returns} for job in jobs(call, call["pSort_By"])
    ]


HANDLER = Read(_rows)
