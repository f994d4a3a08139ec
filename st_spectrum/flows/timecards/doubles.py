"""Time that stands beside other time of the same person and day, and would be paid a second time or
for more than a day. Pure.

What was sent stays; what was not sent yet waits for a person, of two unsent pieces both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.time_entries import TimeEntry

OVER_A_DAY = "more than 24 hours of one person on one day"
TWICE = "the same hours stand on two time cards"
LABOR_AND_CLOCK = "the same hours stand as labor and by the clock"
RELEASABLE = frozenset({OVER_A_DAY, TWICE, LABOR_AND_CLOCK})
"""Causes that a person's word ends."""

HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class SameDayPiece:
    """Another piece of time of the same person and day: as ServiceTrade has it, or as sent."""

    entry: TimeEntry
    is_sent: bool = False


def hold_for_same_day(entry: TimeEntry, others: Iterable[SameDayPiece]) -> Hold | None:
    """Why a piece does not go out because of the others of its day; None when it may."""
    same_day = tuple(others)
    twin = next((piece for piece in same_day if _is_twin(entry, piece.entry)), None)
    if twin is not None:
        return _twice(entry, twin)
    clocked = next((piece for piece in same_day if _is_same_stretch(entry, piece.entry)), None)
    if clocked is not None:
        return _by_the_clock_too(entry, clocked)
    total = sum((piece.entry.hours for piece in same_day), entry.hours)
    return _over_a_day(entry, same_day, total) if total > HOURS_OF_A_DAY else None


def _is_twin(one: TimeEntry, other: TimeEntry) -> bool:
    """Rows of one card may well repeat; on two cards of a person the same hours of a day and job
    most likely are the same work.
    """
    facts = (
        (piece.user_id, piece.work_date, piece.job_id, piece.hours, piece.kind)
        for piece in (one, other)
    )
    on_two_cards = bool(one.card_id and other.card_id and one.card_id != other.card_id)
    return on_two_cards and len(set(facts)) == 1


def _is_same_stretch(one: TimeEntry, other: TimeEntry) -> bool:
    """Rows of cards bear no time of day: labor and clocked time of equal length, on one day and
    job, may be one stretch.
    """
    facts = ((piece.user_id, piece.work_date, piece.job_id, piece.hours) for piece in (one, other))
    are_of_cards = one.source == other.source == "timecard"
    return are_of_cards and {one.kind, other.kind} == {"labor", "clock"} and len(set(facts)) == 1


def _by_the_clock_too(entry: TimeEntry, other: SameDayPiece) -> Hold:
    stands = "which is in payroll" if other.is_sent else "which waits too"
    return Hold(
        f"{_who(entry)}, {entry.hours:.2f} hours on {entry.work_date:%m/%d/%Y} on {_where(entry)}"
        f" stand as {_paid_as(entry)} and as {_paid_as(other.entry)}, {stands}",
        "Take one of the two out in ServiceTrade. If both were worked, say"
        f" {_command(entry)}, and it goes out.",
        ("servicetrade: hours",),
        LABOR_AND_CLOCK,
    )


def _paid_as(entry: TimeEntry) -> str:
    return f"clocked {entry.activity}" if entry.kind == "clock" else f"labor {entry.lib_item_code}"


def _where(entry: TimeEntry) -> str:
    if not entry.job_id:
        return entry.generic_name or "no job"
    return f"job {entry.job_number or entry.job_id}"


def _twice(entry: TimeEntry, twin: SameDayPiece) -> Hold:
    stands = "which is in payroll" if twin.is_sent else "which waits too"
    return Hold(
        f"{_who(entry)}, {entry.hours:.2f} hours on {entry.work_date:%m/%d/%Y} on {_where(entry)}"
        f" stand on time card {entry.card_id} and on time card {twin.entry.card_id}, {stands}",
        "Take one of the two rows out in ServiceTrade. If the hours were worked twice, say"
        f" {_command(entry)}, and it goes out.",
        ("servicetrade: hours",),
        TWICE,
    )


def _over_a_day(entry: TimeEntry, same_day: tuple[SameDayPiece, ...], total: Decimal) -> Hold:
    sent = sum((piece.entry.hours for piece in same_day if piece.is_sent), Decimal("0.00"))
    in_payroll = f", {sent:.2f} of them in payroll" if sent else ""
    return Hold(
        f"{_who(entry)} has {total:.2f} hours in {len(same_day) + 1} pieces on"
        f" {entry.work_date:%m/%d/%Y}{in_payroll}: more than a day has",
        f"Correct the hours in ServiceTrade. If they are right, say {_command(entry)}, and this"
        " piece goes out.",
        ("servicetrade: hours",),
        OVER_A_DAY,
    )


def _who(entry: TimeEntry) -> str:
    return entry.user_name or f"user {entry.user_id}"


def _command(entry: TimeEntry) -> str:
    return f"`st-spectrum ledger resolve timecards {entry.key} --not-there`"
