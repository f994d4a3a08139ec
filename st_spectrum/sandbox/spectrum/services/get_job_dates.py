"""GetJobDates: when jobs begin and end [SP 14]."""

from datetime import date

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.database import Record
from st_spectrum.sandbox.spectrum.services.get_job_main import jobs


def _rows(call: Call) -> list[dict[str, str]]:
    return [_row(call, job) for job in jobs(call, call["pSort_By"])]


def _row(call: Call, job: Record) -> dict[str, str]:
    # A projected end is reckoned from costs, which the stand-in does not keep.
    row = {name: job.get(name) or "" for name in call.service.returns}
    return {name: _shown(value) if name.endswith("_Date") else value for name, value in row.items()}


def _shown(stored: str) -> str:
    """Such as 03/31/2026, as captured answers have it [SP 4.5]."""
    return date.fromisoformat(stored[:10]).strftime("%m/%d/%Y") if stored else ""


HANDLER = Read(_rows)
