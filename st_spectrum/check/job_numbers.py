"""The numbers that new jobs would get, beside those that stand in Spectrum: a number is the job's
for good, so a slip of the format shows before the first of them.
"""

import re
from collections.abc import Collection, Iterator

from st_spectrum.check.finding import Finding, Severity, counted
from st_spectrum.check.preview import Preview
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.spectrum.client import Spectrum

WHERE = "jobs.number_format"
ENOUGH = 10
"""So many jobs must stand in Spectrum before anything is concluded from their form."""
SHOWN = 5


def check_job_numbers(spectrum: Spectrum, preview: Preview) -> Iterator[Finding]:
    """Needs Info-Link; without it Spectrum's refusal of a number in use tells."""
    if spectrum.infolink is not None and preview.job_numbers:
        yield from beside(preview.job_numbers, spectrum.infolink.job_numbers())


def beside(new: Collection[str], existing: Collection[str]) -> Iterator[Finding]:
    """What the numbers to come have against those that are there."""
    there = {number.strip().upper() for number in existing}
    if taken := sorted(number for number in new if number.upper() in there):
        noun = "stands" if len(taken) == 1 else "stand"
        yield Finding(
            Severity.WARNING,
            WHERE,
            f"{_some(taken)} {noun} in Spectrum already, and no job in ServiceTrade carries it",
            f"{counted(len(taken), JOBS.waiting_noun)} would wait",
            "Enter the number as external id of the job in ServiceTrade where it is the same job;"
            " else have the format make numbers of its own.",
        )
    if len(there) >= ENOUGH and not ({form(number) for number in new} & {*map(form, there)}):
        yield Finding(
            Severity.NOTE,
            WHERE,
            f"it makes numbers such as {min(new)}, and no job in Spectrum has one of this form:"
            f" there are {_some(sorted(there))}",
            counted(len(new), JOBS.waiting_noun),
            "Compare the format with the company's own numbering: the number of a job stays.",
        )


def form(number: str) -> str:
    """Letters and digits told apart, but not which they are nor how many: `A9-9` of `S4-1001`."""
    return re.sub("[0-9]+", "9", re.sub("[A-Za-z]+", "A", number))


def _some(numbers: list[str]) -> str:
    more = ", ..." if len(numbers) > SHOWN else ""
    return ", ".join(numbers[:SHOWN]) + more
