"""Offices and service lines that the account file names, against those that ServiceTrade has."""

from collections.abc import Iterable, Iterator

from st_spectrum.account import Account
from st_spectrum.account.types import nearest
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.domain.fitting import tidy


def check_names(account: Account, offices: set[str], lines: set[str]) -> Iterator[Finding]:
    """A name that ServiceTrade does not show never matches anything: what it was meant for waits or
    gets a default.
    """
    maps, time, orders = account.maps, account.timecards, account.purchase_orders.service_lines
    places: tuple[tuple[str, Iterable[str]], ...] = (
        ("scope.offices", account.scope.offices),
        ("maps.cost_centers.by_office", maps.cost_centers.by_office),
        ("maps.offices", maps.offices),
        ("timecards.departments.by_office", time.departments.by_office),
    )
    for where, names in places:
        yield from _unknown(where, names, offices, "office")
    ordered = [
        *orders.by_item_code.values(),
        *orders.by_cost_type.values(),
        *orders.by_phase.values(),
        orders.default,
    ]
    by_line: dict[str, Iterable[str]] = {
        "maps.cost_centers.by_service_line": maps.cost_centers.by_service_line,
        "timecards.cost_codes.phase_by_service_line": time.cost_codes.phase_by_service_line,
        "timecards.cost_codes.cost_type_by_service_line": time.cost_codes.cost_type_by_service_line,
        "purchase_orders.service_lines": dict.fromkeys(filter(None, ordered)),
    }
    for where, written in by_line.items():
        yield from _unknown(where, written, lines, "service line")
    # A line that stands for time off may come and go with the season.
    yield from _unknown(
        "timecards.time_off.service_lines",
        time.time_off.service_lines,
        lines,
        "service line",
        is_note=True,
    )


def _unknown(
    where: str, names: Iterable[str], existing: set[str], noun: str, *, is_note: bool = False
) -> Iterator[Finding]:
    folded = {name.casefold() for name in existing}
    for name in names:
        if tidy(name).casefold() not in folded:
            text = f"ServiceTrade has no {noun} {name!r}{nearest(name, tuple(sorted(existing)))}"
            advice = "Write the name as ServiceTrade shows it, or remove the line."
            yield Finding(Severity.NOTE if is_note else Severity.WARNING, where, text, "", advice)
