"""Codes that a record takes from others that stand in Spectrum, where the account file says `from:
spectrum`, and what it waits for without them. Pure.
"""

from st_spectrum.domain.decisions import Hold
from st_spectrum.engine.retries.backoff import ANSWERS_AGAIN
from st_spectrum.spectrum.live_codes import CustomerCodes, JobCodes, LiveCodes

Answer = LiveCodes | Hold
"""What they have, or what a record waits for while that cannot be read."""


def customer_of(codes: LiveCodes, code: str) -> CustomerCodes | None:
    """None where no such customer stands there."""
    return codes.customers.get(code.strip().upper())


def job_of(codes: LiveCodes, number: str) -> JobCodes | None:
    """None where no such job stands there."""
    return codes.jobs.get(number.strip().upper())


def hold_without(code: str, of: str, need: str) -> Hold:
    """Nobody in Spectrum has the code that a record should have taken from there."""
    return Hold(
        f"{of} has no {code} in Spectrum, from where the account file takes it",
        f"The controller: enter the {code} in Spectrum. It then goes out by itself.",
        (f"spectrum: {need}",),
        f"no {code} in Spectrum, from where the account file takes it",
    )


def hold_for_unread_codes(why: str) -> Hold:
    """Nobody can tell just now."""
    return Hold(
        f"the codes that it takes from Spectrum cannot be read: {why}",
        "Nothing to do for the record: it goes on by itself as soon as Info-Link can be read"
        " again.",
        (f"spectrum {ANSWERS_AGAIN}",),
        "codes that the account file takes from Spectrum cannot be read",
    )
