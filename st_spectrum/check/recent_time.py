"""The time of the last weeks, as the checks of payroll look at it."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property

from st_spectrum.account import Account
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.notice import local_day
from st_spectrum.flows.timecards.paid_hours import is_unpaid
from st_spectrum.flows.timecards.payroll_week import week_end
from st_spectrum.flows.timecards.sources import TimeSources
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Job

MOST_JOBS = 50
"""Jobs that are read with their service lines, two calls each."""

WEEKS = 2


class Recent:
    """Paid time of the last weeks, read once, and its jobs' service lines and offices."""

    def __init__(self, account: Account, servicetrade: ServiceTrade) -> None:
        self._account, self._servicetrade = account, servicetrade

    @cached_property
    def paid(self) -> list[TimeEntry]:
        """Without what waits for other reasons. Raises the error families."""
        newest = week_end(local_day(self._account), self._account.timecards.week_starts_on)
        times = TimeSources(self._account, self._servicetrade)
        entries = [
            entry for back in range(WEEKS) for entry in times.week(newest - timedelta(weeks=back))
        ]
        return [
            entry for entry in entries if not is_unpaid(entry, self._account) and not entry.waits
        ]

    @cached_property
    def jobs(self) -> dict[int, tuple[Job | None, tuple[str, ...]]]:
        """The jobs with the most time and their service lines, two calls each."""
        often = Counter(entry.job_id for entry in self.paid if entry.job_id is not None)
        found = {}
        for job_id, _ in often.most_common(MOST_JOBS):
            lines = (
                request.service_line for request in self._servicetrade.service_requests(job_id)
            )
            names = tuple(dict.fromkeys(line.name for line in lines if line and line.name))
            found[job_id] = (self._servicetrade.job(job_id), names)
        return found

    def bundle(self, entry: TimeEntry) -> TimecardBundle | None:
        """What a decision about codes reads; None for a job that was not read."""
        if entry.job_id is None:
            return TimecardBundle(entry, entry.work_date)
        if entry.job_id not in self.jobs:
            return None
        job, lines = self.jobs[entry.job_id]
        return TimecardBundle(entry, entry.work_date, job=job, service_lines=lines)

    def used(self, code_of: Callable[[TimecardBundle, TimeEntry], str]) -> Counter[str]:
        """How many pieces of time would be sent with each code."""
        counts: Counter[str] = Counter()
        for entry in self.paid:
            if (bundle := self.bundle(entry)) is not None:
                try:
                    counts[code_of(bundle, entry)] += 1
                except Missing:
                    continue
        return counts
