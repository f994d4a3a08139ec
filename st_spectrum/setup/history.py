"""What both systems have written down for years, brought together by the numbers of their jobs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from st_spectrum.servicetrade.models import Job, Location
from st_spectrum.setup.both_systems import BothSystems
from st_spectrum.setup.evidence import Evidence
from st_spectrum.spectrum.infolink import history_tables
from st_spectrum.spectrum.infolink.compared_tables import all_customers

YEARS = 3
"""So far back the records are counted: what was usual before may not be any more."""
Row = Mapping[str, str]


@dataclass
class History:
    """Everything that `init` concludes from, read once. Needs Info-Link."""

    systems: BothSystems
    today: date
    since: date = field(init=False)

    def __post_init__(self) -> None:
        self.since = date(self.today.year - YEARS, 1, 1)

    def evidence(self, noun: str) -> Evidence:
        """Nothing yet."""
        return Evidence(noun, self.since.year)

    @cached_property
    def spectrum_jobs(self) -> Mapping[str, Row]:
        """Every job of Spectrum, by number."""
        return {row["Job_Number"]: row for row in history_tables.jobs(self.systems.infolink)}

    @cached_property
    def customers(self) -> Mapping[str, Row]:
        """Every AR customer, by code."""
        return {row["Customer_Code"]: row for row in all_customers(self.systems.infolink)}

    @cached_property
    def income(self) -> tuple[tuple[Row, int], ...]:
        """Job, cost center and GL account of AR lines, with how many."""
        return history_tables.income_lines(self.systems.infolink, self.since)

    @cached_property
    def taxes(self) -> tuple[history_tables.TaxUse, ...]:
        """Sales tax codes of AR documents, with what they came to."""
        return history_tables.taxes(self.systems.infolink, self.since)

    @cached_property
    def tax_codes(self) -> tuple[tuple[Row, int], ...]:
        """Sales tax codes of the documents of each job, with how many."""
        return history_tables.tax_codes_of_jobs(self.systems.infolink, self.since)

    @cached_property
    def paid_time(self) -> tuple[tuple[Row, int], ...]:
        """Job, department and cost code of paid time, with how many cards."""
        return history_tables.paid_time(self.systems.infolink, self.since)

    @cached_property
    def recent_jobs(self) -> tuple[Job, ...]:
        """ServiceTrade's jobs since that day."""
        begin = datetime(self.since.year, 1, 1, tzinfo=UTC).timestamp()
        return tuple(job for job in self.systems.jobs if job.created >= begin)

    @cached_property
    def form_of_numbers(self) -> "NumberForm":
        """How a Spectrum job is numbered after one of ServiceTrade."""
        return number_form({job.number for job in self.systems.jobs}, self.spectrum_jobs)

    @cached_property
    def pairs(self) -> tuple[tuple[Job, Row], ...]:
        """Recent jobs that stand on both sides under one number."""
        by_number: dict[int, Row] = {}
        for number, row in self.spectrum_jobs.items():
            if (found := self.form_of_numbers.number_in(number, row)) is not None:
                by_number[found] = row
        return tuple(
            (job, by_number[job.number]) for job in self.recent_jobs if job.number in by_number
        )

    @cached_property
    def job_of(self) -> Mapping[str, Job]:
        """ServiceTrade's job by the number of Spectrum's."""
        return {row["Job_Number"]: job for job, row in self.pairs}

    def place_of(self, job: Job) -> Location | None:
        """Where a job is."""
        return self.systems.locations.get(job.location.id)

    def only_line_of(self, job: Job) -> str:
        """The service line of a job that has no more than one; such a job tells something."""
        lines = self.systems.lines_of_jobs.get(job.id, ())
        return lines[0] if len(lines) == 1 else ""

    def with_jobs(self, rows: tuple[tuple[Row, int], ...]) -> Iterator[tuple[Job, Row, int]]:
        """Rows of AR or payroll with the job that they were for."""
        for row, number in rows:
            if job := self.job_of.get(row["Job_Number"]):
                yield job, row, number


@dataclass(frozen=True)
class NumberForm:
    """What stands before and behind ServiceTrade's number in Spectrum's; `{cost_center}` for the
    job's own.
    """

    before: str = ""
    behind: str = ""
    uses: int = 0

    @property
    def as_format(self) -> str:
        """As the account file writes it."""
        return f"{self.before}{{number}}{self.behind}"

    def number_in(self, spectrum_number: str, row: Row) -> int | None:
        """ServiceTrade's number inside of this one, if it has this form."""
        before, behind = (
            text.replace("{cost_center}", row.get("Cost_Center", ""))
            for text in (self.before, self.behind)
        )
        inner = spectrum_number.removeprefix(before)
        if not spectrum_number.startswith(before) or not inner.endswith(behind):
            return None
        digits = inner[: len(inner) - len(behind)] if behind else inner
        return int(digits) if digits.isascii() and digits.isdigit() and digits[0] != "0" else None


def number_form(numbers: set[int], jobs: Mapping[str, Row]) -> NumberForm:
    """The form under which most of ServiceTrade's numbers are found in Spectrum's."""
    wanted = set(map(str, numbers))
    forms: Counter[tuple[str, str]] = Counter()
    for text, row in jobs.items():
        center = row.get("Cost_Center", "")
        for start, end in _runs(text):
            if text[start:end] in wanted:
                before, behind = text[:start], text[end:]
                forms[before, behind] += 1
                if center and center in before + behind:
                    forms[_named(before, center), _named(behind, center)] += 1
    if not forms:
        return NumberForm()
    (before, behind), uses = max(forms.items(), key=lambda item: (item[1], item[0]))
    return NumberForm(before, behind, uses)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where the runs of digits in a number begin and end."""
    start = None
    for place, sign in enumerate(f"{text} "):
        if sign.isdigit():
            start = place if start is None else start
        elif start is not None:
            yield start, place
            start = None


def _named(text: str, center: str) -> str:
    return text.replace(center, "{cost_center}", 1)
