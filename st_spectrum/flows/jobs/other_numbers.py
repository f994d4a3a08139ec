"""A job that stands in Spectrum under a number of an earlier format, and that nobody knows any
more: the second guard beside the ledger.

A job's number follows from the account file, so Spectrum refuses a second job under it; but not
once the format was changed. A machine that was put back whole, or a ledger that was lost, has no
memory of the first, and ServiceTrade may not have taken its number.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from st_spectrum.domain.decisions import Create, Decision, Hold
from st_spectrum.domain.errors import AccessDenied, ContractBroken, SyncFault
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.flows.context import Context
from st_spectrum.flows.jobs.commands import AddJob
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.jobs.target import SAME_NUMBERED_JOB
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.same_record import is_same
from st_spectrum.ledger.documents.records import DecidedNew
from st_spectrum.servicetrade.models import Job
from st_spectrum.servicetrade.wire import RecordBroken

Row = Mapping[str, str]
FIELDS = ("Job_Number", *SAME_NUMBERED_JOB)


@dataclass(frozen=True)
class StoredJob:
    """One that stands at the job's site."""

    row: Row


@dataclass(frozen=True)
class AskedSite:
    """For which site the question of a batch was put, as far as anybody can answer it."""

    site_id: str


class OtherNumbers:
    """Of one account."""

    def __init__(self, context: Context, others: OtherKeys) -> None:
        self.can_be_asked = context.spectrum.infolink is not None
        self._context = context
        self._others = others

    def standing(self, keys: Sequence[str]) -> Standing:
        """The jobs at the sites of these, in one statement; nothing without Info-Link. Raises a
        `SyncFault`.
        """
        if not self.can_be_asked:
            return NOTHING
        workers = self._context.account.pace.workers
        with ThreadPoolExecutor(workers, thread_name_prefix="standing") as pool:
            read = zip(keys, pool.map(self._site_of, keys), strict=True)
            return self._ask({key: site_id for key, site_id in read if site_id})

    def checked(
        self, key: str, job: Job, decision: Decision, progress: Progress, standing: Standing
    ) -> Decision:
        """The decision about a job without memory, or a hold in its place. Raises a `SyncFault`."""
        is_asked = self.can_be_asked and standing is not NOTHING and key not in standing.unread
        has_memory = progress.is_half_done or bool(progress.target_key)
        if has_memory or not is_asked or not isinstance(decision, Create):
            return decision
        inserts = [
            call for step in decision.steps for call in step.calls if isinstance(call, AddJob)
        ]
        for insert in inserts:
            site_id = insert.record["WO_Site"]
            if AskedSite(site_id) not in standing.of(key, AskedSite):
                standing = self._ask({key: site_id})
            rows = (one.row for one in standing.of(key, StoredJob))
            if number := self._nobodys(key, job, insert, inserts, rows):
                return _hold(number)
        return decision

    def _site_of(self, key: str) -> str:
        """Blank where the job, or its location, waits or says itself why it cannot be read."""
        sources, system = self._context.sources, self._context.account.servicetrade.external_system
        try:
            job = sources.job(int(key))
            if job is None or job.external_ids.get(system):
                return ""
            location = sources.location(job.location.id)
        except (SyncFault, RecordBroken):
            return ""
        return location.external_ids.get(system, "") if location else ""

    def _ask(self, sites: Mapping[str, str]) -> Standing:
        rows: Sequence[Row] = ()
        with suppress(AccessDenied, ContractBroken):
            wanted = {"WO_Site": frozenset(sites.values())}
            rows = self._context.spectrum.find_alike(AddJob.operation, FIELDS, wanted)
        found: dict[str, tuple[object, ...]] = {}
        for key, site_id in sites.items():
            own = (StoredJob(row) for row in rows if row["WO_Site"].upper() == site_id.upper())
            found[key] = (AskedSite(site_id), *own)
        return Standing(found)

    def _nobodys(
        self, key: str, job: Job, insert: AddJob, inserts: Sequence[AddJob], rows: Iterable[Row]
    ) -> str:
        """One of the same customer, site, description and cost center whose number holds that of
        the job, as any format has it, and which no other record has; "" where there is none.
        """
        own = {one.key for one in inserts}
        numbers = [
            row["Job_Number"]
            for row in rows
            if row["Job_Number"] not in own
            and str(job.number) in row["Job_Number"]
            and is_same(row, insert, SAME_NUMBERED_JOB)
        ]
        if not numbers or self._context.ledger.has(DecidedNew, JOBS.name, key):
            return ""
        found = self._others.verdict(JOBS.name, JOBS.entity_type, insert.key, numbers)
        return found.keys[0] if found else ""


def _hold(number: str) -> Hold:
    return Hold(
        f"Spectrum has job {number} of the same customer, site and description, whose number holds"
        " that of this one, and which no job in ServiceTrade carries",
        f"If it is this job, enter {number} as external id of the job in ServiceTrade. If it is"
        " not, change its description in Spectrum.",
        ("a person",),
        "Spectrum has a job like it under another number that no job in ServiceTrade carries",
    )
