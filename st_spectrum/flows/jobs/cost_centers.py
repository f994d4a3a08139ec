"""Which cost center(s) a job belongs to: one, or several with a Spectrum job each."""

from st_spectrum.account import Account
from st_spectrum.domain.fitting import Fitting, known
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.cost_centers import cost_centers_of, hold_for_cost_center
from st_spectrum.servicetrade.models import Job


def cost_centers_of_job(
    job: Job, service_lines: tuple[str, ...], account: Account, fit: Fitting
) -> tuple[str, ...]:
    """One code, or several where the account makes a Spectrum job per cost center; `("",)` where it
    uses none at all.

    Raises `Missing` when the account maps cost centers but none of its maps knows this job.
    """
    centers = account.maps.cost_centers
    office = job.assigned_office.name if job.assigned_office else None
    if account.jobs.is_multi_cost_center and centers.by_service_line:
        unknown = [line for line in service_lines if not known(centers.by_service_line, line)]
        if unknown:
            raise Missing(hold_for_cost_center(f"service line {unknown[0]!r}"))
    found = cost_centers_of(service_lines, office, account)
    if not found and (centers.by_office or centers.by_service_line):
        lines = (
            f"service line {service_lines[0]!r}" if service_lines else "a job without service lines"
        )
        raise Missing(hold_for_cost_center(f"{lines} in office {office!r}"))
    if account.jobs.is_multi_cost_center:
        return tuple(sorted(found)) or ("",)
    if len(found) > 1:
        fit.add_note(
            f"Cost_Center: the service lines point to {', '.join(found)}; {found[0]} was taken"
        )
    return found[:1] or ("",)
