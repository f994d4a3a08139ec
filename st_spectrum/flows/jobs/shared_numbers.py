"""Two ServiceTrade jobs that carry one Spectrum job number: both wait until people say whose."""

import time

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.models import Job

FRESH_SECONDS = 60.0

SHARED_NUMBER = "two ServiceTrade jobs carry one Spectrum job number"


def hold_for_shared_number(number: str, key: str, other: str, title: str) -> Hold:
    """What a job waits for whose number is another's too. `key` and `other` are their ids."""
    name = f"{other} ({title})" if title else other
    return Hold(
        f"Spectrum job {number} is that of two ServiceTrade jobs: of record {key}, which this is,"
        f" and of record {name}",
        "Give each of the two a number of its own as external id in ServiceTrade; or, where both"
        " really are one Spectrum job, set jobs.may_share_numbers to true in the account file.",
        (f"servicetrade: external id of jobs {key} and {other}", "account: jobs.may_share_numbers"),
        SHARED_NUMBER,
    )


class SharedNumbers:
    """Whether a job waits because of its number, as the ledger knows. Safe for several threads."""

    def __init__(self, ledger: Ledger, account: Account) -> None:
        self._ledger = ledger
        self._account = account
        self._free: dict[int, float] = {}

    def hold_for(self, job: Job | None) -> Hold | None:
        """What time or invoices of it wait for. One read for each job, again after a minute."""
        if job is None or self._account.jobs.may_share_numbers:
            return None
        if not job.external_ids.get(self._account.servicetrade.external_system):
            return None
        if time.monotonic() - self._free.get(job.id, -FRESH_SECONDS) < FRESH_SECONDS:
            return None
        held = self._ledger.get("jobs", str(job.id))
        if held is None or not _waits_with_typed_number(held.entry):
            self._free[job.id] = time.monotonic()
            return None
        return Hold(
            f"its job {job.number} waits: {held.entry.reason}",
            held.entry.advice,
            (f"jobs/{job.id}",),
            "its job carries the Spectrum job number of another one",
        )


def _waits_with_typed_number(entry: Entry) -> bool:
    """Only a job that was held because of its number has one in the ledger without having crossed
    or begun. The reason may be another one by now, such as a read that failed.
    """
    is_ours = entry.confirmed_at is not None or entry.done_steps or entry.started_steps
    return entry.state is State.HELD and bool(entry.target_key) and not is_ours
