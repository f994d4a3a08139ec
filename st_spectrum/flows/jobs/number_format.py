"""A Spectrum job's number by the account's format, and what another format would do. Pure."""

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import known
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.account_maps import Missing
from st_spectrum.servicetrade.models import Job


def job_number(job: Job, cost_center: str, account: Account) -> str:
    """The Spectrum number by the account's format; raises `Missing` when it is longer than ten
    characters or empty [SP 10].
    """
    office = job.assigned_office.name if job.assigned_office else None
    office_code = known(account.maps.offices, office)
    if "{office" in account.jobs.number_format and not office_code:
        raise Missing(
            Hold(
                f"office {office!r} has no code, which the job number needs",
                "Add the office under maps.offices in the account file, or assign the job to an"
                " office in ServiceTrade.",
                ("account: maps.offices",),
            )
        )
    number = (
        account.jobs.number_format.format(
            number=job.number, cost_center=cost_center, office=office_code
        )
        .strip()
        .upper()
    )
    if len(number) > 10:
        raise Missing(
            Hold(
                f"job number {number!r} has {len(number)} characters, Spectrum takes 10",
                "Shorten jobs.number_format in the account file.",
                ("account: jobs.number_format",),
                "the job number is longer than the 10 characters that Spectrum takes",
            )
        )
    return number


def hold_for_other_format(job: Job, before: list[str], account: Account) -> Hold | None:
    """Under another number format every job that crossed would look as if it lacked all its
    Spectrum jobs.
    """
    centers = account.maps.cost_centers
    possible = {*centers.by_service_line.values(), *centers.by_office.values(), centers.default}
    if set(before) & {job_number(job, center, account) for center in possible}:
        return None
    return Hold(
        f"it crossed as {', '.join(before)}, which the account's number format would not make any"
        " more",
        "Set jobs.number_format back; or enter the further Spectrum jobs by hand.",
        ("a person",),
        "the number format was changed after jobs had crossed",
    )


def refuse_to_change_course(before: list[str], numbers: list[str], progress: Progress) -> None:
    """Raises `Missing` where a job that was half-way created would get another number now."""
    begun = {*progress.done_steps, *progress.started_steps}
    left_out = [number for number in before if number not in numbers and f"job {number}" in begun]
    if left_out:
        raise Missing(
            Hold(
                f"it was half-way created as {', '.join(left_out)} when its cost center or number"
                " format changed",
                "Set the job's service lines or the account's rule back for one round, or finish"
                " that Spectrum job by hand.",
                ("a person",),
                "it was half-way created when its cost center or number format changed",
            )
        )
