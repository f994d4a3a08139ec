"""What is not the same on both sides, as causes of a mail. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from st_spectrum.alerts.causes import RECORDS_NAMED, Affected, Cause
from st_spectrum.alerts.links import record_link
from st_spectrum.ledger.documents.closing import FoundDifferences

NOT_EQUAL = "not the same in ServiceTrade and Spectrum"
OPEN_SUMS = "does not add up, and no record is named"
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

FIND_OUT = (
    "Find out which side is right: `st-spectrum reconcile --both-sides --out FOLDER` writes the"
    " records behind each sum. Then put right the side that is wrong. The next comparison, at four"
    " in the morning or by the job compare_both_sides, sees it."
)
LISTED_BY = "st-spectrum reconcile --both-sides"


def causes_of_differences(
    flow: str, found: FoundDifferences | None, api_url: str
) -> Iterator[Cause]:
    """One for what is to be put right, one for sums that are open with no record named, one for
    what was signed and has changed. `api_url` is ServiceTrade's.
    """
    if found is None:
        return
    if found.count:
        yield _not_equal(flow, found, api_url)
    if found.open_sum_count:
        sums = Cause(flow, OPEN_SUMS, WHO_SIGNS, FIND_OUT, found.open_sum_count, found.at)
        yield _of_sentences(sums, found.open_sums, "sums")
    if found.changes:
        signed = Cause(flow, CHANGED, WHO_SIGNS, SIGN_AGAIN, len(found.changes), found.at)
        yield _of_sentences(signed, found.changes, "periods")


def _not_equal(flow: str, found: FoundDifferences, api_url: str) -> Cause:
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
    return Cause(
        flow,
        NOT_EQUAL,
        WHO_CORRECTS,
        ADVICE,
        found.count,
        found.at,
        affected=affected,
        noun="differences",
        listed_by=LISTED_BY,
    )


def _of_sentences(cause: Cause, said: Sequence[str], noun: str) -> Cause:
    return replace(cause, affected=_sentences(said, cause.since), noun=noun, listed_by=LISTED_BY)


def _sentences(said: Sequence[str], at: datetime) -> tuple[Affected, ...]:
    return tuple(
        Affected(str(place), one.removesuffix("."), at)
        for place, one in enumerate(said[:RECORDS_NAMED], start=1)
    )
