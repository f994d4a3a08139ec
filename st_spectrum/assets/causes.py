"""Root causes as Dagster shows them: what must be done, what it frees, and where to act."""

from collections.abc import Iterable
from decimal import Decimal

import dagster as dg

from st_spectrum.alerts.causes import Cause, cause_of
from st_spectrum.alerts.launchpads import Launchpads
from st_spectrum.assets.names import AccountNames
from st_spectrum.domain.markdown import linked, table
from st_spectrum.engine.people.root_causes import RootCause

SHOWN = 50


def launchpads_of(run: dg.DagsterRun, dagster_url: str, names: AccountNames) -> Launchpads:
    """Those of the code location that a run came from; of one that was started without Dagster's
    services, of a location that is called after the account.
    """
    origin = run.remote_job_origin
    location = origin.location_name if origin else names.account
    return Launchpads(dagster_url, location, names.of(""), names.account)


def causes_table(roots: Iterable[RootCause], api_url: str, launchpads: Launchpads) -> str:
    """One line for each, the oldest first."""
    causes = [cause_of(root, api_url) for root in roots]
    if not causes:
        return "Nothing waits."
    head = ("Cause", "Frees", "Money", "Hours", "What to do", "Who", "Act")
    rows = (
        (
            f"{cause.flow}: {cause.text}",
            str(cause.frees),
            _number(cause.amount),
            _number(cause.hours),
            cause.advice,
            cause.who,
            linked(*_act(cause, launchpads)),
        )
        for cause in causes
    )
    return table(head, rows, numbers=(1, 2, 3), most=SHOWN)


def _act(cause: Cause, launchpads: Launchpads) -> tuple[str, str]:
    oldest = cause.affected[0].key
    if cause.is_in_doubt:
        return "say what you found", launchpads.resolve(cause.flow, oldest)
    if cause.is_left_alone:
        return "made by hand", launchpads.handled(cause.flow, oldest)
    return "try again", launchpads.retry(cause.id)


def _number(number: Decimal | None) -> str:
    return "" if number is None else f"{number:,.2f}"
