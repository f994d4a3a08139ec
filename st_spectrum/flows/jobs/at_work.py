"""Which jobs the account file leaves out: of other offices, and those that were done before go-live
and that nobody has touched since. Pure.

`updated` says nothing here: our own external ids may move it.
"""

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold, Skip
from st_spectrum.flows.go_live import GO_LIVE, is_before, outside_scope
from st_spectrum.servicetrade.models import Job

DONE = frozenset({
    "completed", "pending_invoice", "sending_invoice", "invoiced", "closed", "canceled",
})  # fmt: skip
"""Statuses of jobs on which no work is to come [ST 5.1]."""

OFFICES = "jobs"


def left_out(job: Job, account: Account, *, is_needed: bool) -> Skip | Hold | None:
    """Why the job does not cross; None when it does. A job of another office crosses for nobody."""
    office = job.assigned_office.name if job.assigned_office else ""
    if other := outside_scope(office, OFFICES, account):
        return other
    if is_needed or job.status not in DONE or not is_before(job.newest_work_at, account):
        return None
    return Skip(
        f"done before go-live on {account.go_live}, and nothing that crosses needs it yet",
        by_setting=GO_LIVE,
        unless_needed=True,
    )


def is_at_work_again(job: Job, account: Account) -> bool:
    """Whether a job that is done was worked on since go-live although it was made before."""
    return (
        job.status in DONE
        and job.status != "canceled"
        and is_before(job.created, account)
        and not is_before(job.newest_work_at, account)
    )
