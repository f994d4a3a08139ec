"""What is said while a call that is not found is not yet believed never to have arrived. Pure."""

from datetime import datetime, timedelta

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.errors import OutcomeUnknown
from st_spectrum.engine.retries.sends import NeedsAPerson


def on_its_way(call: Command, wait: float) -> OutcomeUnknown:
    """The call may still arrive until `wait` seconds after the first look."""
    return _in_doubt(
        call,
        "is not there, but may still be on its way",
        f"Nothing to do: it is sent again only when it is still not there {wait / 60:.0f} minutes"
        " after the first look.",
    )


def still_on_its_way(since: datetime, wait: float) -> Hold:
    """The ledger does not know what was sent before `since`, and until `wait` seconds later it may
    still arrive.
    """
    end = since + timedelta(seconds=wait)
    return Hold(
        f"the ledger was found at {since:%Y-%m-%d %H:%M} UTC to be older than what was sent, and"
        f" what it does not know of may still be on its way until {end:%H:%M} UTC",
        "Nothing to do: it goes out by itself after that, unless it has arrived by then.",
        ("time for calls that are late",),
        "the ledger was found to be older than what was sent: late calls are waited for",
    )


def unproven(
    call: Command, waited: float, patience: float, resolve: str
) -> OutcomeUnknown | NeedsAPerson:
    """It cannot arrive any more, but the look-up may be an old copy; after `patience` seconds a
    person is asked.
    """
    if waited < patience:
        return _in_doubt(
            call,
            "is not there, but nothing younger than it was seen there either, so the look-up may be"
            " an old copy",
            "Nothing to do: it goes on as soon as a newer record of ours shows there; if none does"
            f" {patience / 3600:.0f} hours after the first look, a person is asked.",
        )
    return NeedsAPerson(
        f"the answer to {call.operation} {call.key} was lost, and no newer record of ours shows"
        " where it was looked up",
        f"Info-Link may be an old copy. Look for {call.key} at Spectrum's own screen. {resolve}"
        " Nothing is sent again before.",
        f"the answer to {call.operation} was lost and the look-up may be an old copy",
    )


def _in_doubt(call: Command, why: str, advice: str) -> OutcomeUnknown:
    words = f"{call.operation} {call.key} {why}"
    return OutcomeUnknown(words, system=call.system, operation=call.operation, advice=advice)
