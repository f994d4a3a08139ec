"""Which cost center(s) a job belongs to, by the account's precedence of service line and office."""

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting, known
from st_spectrum.flows.account_maps import Missing
from st_spectrum.servicetrade.models import Job


def cost_centers_of(job: Job, service_lines: tuple[str, ...], account: Account, fit: Fitting) -> tuple[str, ...]:
    """One code, or several where the account makes a Spectrum job per cost center; `("",)` where it uses none at all.

    Raises `Missing` when the account maps cost centers but none of its maps knows this job.
    """
    centers = account.maps.cost_centers
    office = job.assigned_office.name if job.assigned_office else None
    found: tuple[str, ...] = ()
    for source in centers.precedence:
        if source == "service_line":
            found = tuple(dict.fromkeys(filter(None, (known(centers.by_service_line, line) for line in service_lines))))
        else:
            found = tuple(filter(None, (known(centers.by_office, office),)))
        if found:
            break
    if account.jobs.is_multi_cost_center:
        unknown = [
            line for line in service_lines if centers.by_service_line and not known(centers.by_service_line, line)
        ]
        if unknown:
            raise _no_center(f"service line {unknown[0]!r}")
        return tuple(sorted(found)) or _default(office, service_lines, account)
    if len(found) > 1:
        fit.note(f"Cost_Center: the service lines point to {', '.join(found)}; {found[0]} was taken")
    return found[:1] or _default(office, service_lines, account)


def _default(office: str | None, service_lines: tuple[str, ...], account: Account) -> tuple[str, ...]:
    centers = account.maps.cost_centers
    if not centers.default and (centers.by_office or centers.by_service_line):
        lines = f"service line {service_lines[0]!r}" if service_lines else "a job without service lines"
        raise _no_center(f"{lines} in office {office!r}")
    return (centers.default,)


def _no_center(subject: str) -> Missing:
    advice = "Add it under maps.cost_centers in the account file."
    return Missing(Hold(f"no cost center for {subject}", advice, ("account: maps.cost_centers",)))
