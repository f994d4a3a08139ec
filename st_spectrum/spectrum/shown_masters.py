"""Customers, jobs and phases as the Get services list them, for a comparison of both sides without
Info-Link [SP 14].

A list is cut at 500 rows [SP 4.5]. Jobs of more are asked for by customer, phases always by job,
and the number of questions is bounded.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from st_spectrum.domain.errors import AccessDenied
from st_spectrum.spectrum.soap.get_services import JOB_STATUSES, as_customer
from st_spectrum.spectrum.wire import Rows

if TYPE_CHECKING:
    from st_spectrum.spectrum.lookups import SpectrumLookups

MOST_QUESTIONS_OF_JOBS = 1_000
"""So many questions by customer: two for each of 500 customers."""
MOST_JOBS_OF_PHASES = 500
"""So many jobs are asked for their phases in one comparison, by one question each, and by another
one where a phase is not among the active and inactive ones.
"""

Row = Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """Rows under the names of the Add services. `is_whole` says that no answer was cut, and that
    every question was asked.
    """

    rows: tuple[Row, ...]
    is_whole: bool


def shown_customers(spectrum: "SpectrumLookups") -> Shown | None:
    """The AR customers of every status, by one question; None if it may not be asked."""
    answer = _ask(spectrum, "GetCustomers", {"pStatus": "ALL"})
    if answer is None:
        return None
    return Shown(tuple(as_customer(row) for row in answer.rows), answer.is_complete)


def shown_jobs(spectrum: "SpectrumLookups", customers: Iterable[str]) -> Shown | None:
    """The jobs of every status, by two questions where neither answer is cut; else by customer,
    those of `customers` first and then those of all others. None where the service may not be
    asked.

    Only of all customers together it is known that a job is not there: it may have been moved to
    another one.
    """
    rows: dict[str, list[Row]] = {}
    cut = []
    for status in JOB_STATUSES:
        answer = _ask(spectrum, "GetJobMain", {"pStatus_Code": status})
        if answer is None:
            return None
        _add(rows, answer.rows)
        if not answer.is_complete:
            cut.append(status)
    is_whole = True
    if cut:
        everybody = shown_customers(spectrum)
        others = [row["Customer_Code"] for row in everybody.rows] if everybody else []
        asked = list(filter(None, dict.fromkeys([*customers, *others])))
        is_whole = everybody is not None and everybody.is_whole
        is_whole &= _by_customer(spectrum, asked, cut, rows)
    return Shown(tuple(row for own in rows.values() for row in own), is_whole)


def _by_customer(
    spectrum: "SpectrumLookups",
    customers: Sequence[str],
    statuses: Sequence[str],
    rows: dict[str, list[Row]],
) -> bool:
    """Whether all were asked, and no answer was cut."""
    questions = [(code, status) for code in customers for status in statuses]
    is_whole = len(questions) <= MOST_QUESTIONS_OF_JOBS
    for code, status in questions[:MOST_QUESTIONS_OF_JOBS]:
        params = {"pStatus_Code": status, "pCustomer_Code": code}
        answer = _ask(spectrum, "GetJobMain", params)
        if answer is not None:
            _add(rows, answer.rows)
        is_whole &= answer is not None and answer.is_complete
    return is_whole


def _add(rows: dict[str, list[Row]], more: Iterable[Row]) -> None:
    """A job that two questions show is one; twice in one answer it stands twice."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in more:
        found[row["Job_Number"]].append(row)
    for number, own in found.items():
        rows.setdefault(number, own)


@dataclass
class ShownPhases:
    """The phases of some jobs; `unread` are jobs of which an answer was cut, or that are not
    `wanted` this time.
    """

    spectrum: "SpectrumLookups"
    wanted: frozenset[str]
    unread: set[str] = field(default_factory=set)

    def read(self, numbers: Iterable[str], keys: frozenset[tuple[str, str]]) -> list[Row]:
        """Of these jobs. The second question, for completed phases, is asked only where one of the
        `keys`, bare phase code and cost type, is not among the others.
        """
        found: list[Row] = []
        for number in numbers:
            rows = self._of(number, keys) if number in self.wanted else None
            # None at all may be a right that the operator lacks: nothing is concluded from it.
            if not rows:
                self.unread.add(number)
            else:
                found += rows
        return found

    def _of(self, number: str, keys: frozenset[tuple[str, str]]) -> list[Row] | None:
        rows: list[Row] = []
        for status in JOB_STATUSES:
            params = {"pJob_Number": number, "pStatus_Code": status}
            answer = _ask(self.spectrum, "GetPhase", params)
            if answer is None or not answer.is_complete:
                return None
            # pJob_Number also takes wildcards and lists [SP 1.8], so what came is compared.
            rows += [row for row in answer.rows if row["Job_Number"].upper() == number.upper()]
            if keys <= {bare(row["Phase_Code"], row["Cost_Type"]) for row in rows}:
                break
        return rows


def bare(phase_code: str, cost_type: str) -> tuple[str, str]:
    """Answers may show a phase code without its dashes."""
    return phase_code.replace("-", "").upper(), cost_type.upper()


def turn_of(numbers: Iterable[str], day: int) -> frozenset[str]:
    """The jobs whose phases are asked for on a day, so that all have their turn one after the
    other; `day` is its number since any other one.
    """
    known = sorted(set(numbers))
    parts = -(-len(known) // MOST_JOBS_OF_PHASES)
    if parts < 2:
        return frozenset(known)
    start = day % parts * MOST_JOBS_OF_PHASES
    return frozenset(known[start : start + MOST_JOBS_OF_PHASES])


def _ask(spectrum: "SpectrumLookups", service: str, params: Mapping[str, str]) -> Rows | None:
    try:
        return spectrum.get(service, params)
    except AccessDenied:
        return None  # an older release, or a right that the login lacks
