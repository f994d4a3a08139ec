"""What is not the same on both sides, as causes of a mail. Pure."""

from collections.abc import Iterator

from st_spectrum.alerts.causes import RECORDS_NAMED, Affected, Cause
from st_spectrum.alerts.links import record_link
from st_spectrum.ledger.documents.closing import FoundDifferences

NOT_EQUAL = "not the same in ServiceTrade and Spectrum"
CHANGED = "changed after it was signed"
WHO_CORRECTS, WHO_SIGNS = "Accounting", "The controller"
ADVICE = (
    "Put right the side that is wrong, as the runbook says under *Both sides are not equal*. The"
    " next comparison, at four in the morning or by the job compare_both_sides, sees it."
)
SIGN_AGAIN = (
    "Find out who changed it and why. If it is right now, sign the period again with a note; else"
    " have it put back."
)


def causes_of_differences(
    flow: str, found: FoundDifferences | None, api_url: str
) -> Iterator[Cause]:
    """One for what is to be put right, one for what was signed and has changed. `api_url` is
    ServiceTrade's.
    """
    if found is None:
        return
    if found.count:
        affected = tuple(
            Affected(
                one.key,
                one.title,
                found.at,
                one.words,
                link=record_link(api_url, flow, one.key) if one.key else "",
            )
            for one in found.first[:RECORDS_NAMED]
        )
        yield Cause(
            flow,
            NOT_EQUAL,
            WHO_CORRECTS,
            ADVICE,
            found.count,
            found.at,
            affected=affected,
            noun="differences",
        )
    if found.changes:
        affected = tuple(
            Affected(str(place), change.removesuffix("."), found.at)
            for place, change in enumerate(found.changes[:RECORDS_NAMED], start=1)
        )
        yield Cause(
            flow,
            CHANGED,
            WHO_SIGNS,
            SIGN_AGAIN,
            len(found.changes),
            found.at,
            affected=affected,
            noun="periods",
        )
