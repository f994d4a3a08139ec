"""What keeps a piece of time back whatever its codes are: an ordered list, of which the first that
says something counts. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Decision, Hold, LeaveUnchanged, Skip
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.go_live import outside_scope
from st_spectrum.flows.local_days import NO_MIDNIGHT
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.clock import STILL_IN
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.doubles import hold_for_same_day
from st_spectrum.flows.timecards.paid_hours import (
    first_day_setting,
    is_before_the_first_day,
    is_unpaid,
)
from st_spectrum.flows.timecards.pieces import DISAGREE, UNKNOWN_STATUS, UNKNOWN_TYPE

MOVED = "moved to another week after it was sent"
STILL_THERE = "was to be taken out of Spectrum, but still stands there"
CHOOSE = "; or say in timecards.card_hours of the account file which of the two counts in every row"
SAY_WHERE = (
    "; or set the technician's time zone in ServiceTrade; or name the office's in office_timezones"
    " of the account file"
)
SAY_STATUS = "; or say in timecards.card_statuses of the account file which status that is"
SAY_TYPE = "; or say in timecards.row_types of the account file which type that is"
INSTEAD = {
    DISAGREE: CHOOSE,
    NO_MIDNIGHT: SAY_WHERE,
    UNKNOWN_STATUS: SAY_STATUS,
    UNKNOWN_TYPE: SAY_TYPE,
}
"""What helps besides a correction in ServiceTrade, by the cause."""
MOST_HOURS = 24
"""More in one entry cannot be one person's day."""


@dataclass(frozen=True)
class Case:
    """One piece of time with all that is known of it, under one account file."""

    bundle: TimecardBundle
    entry: TimeEntry
    account: Account


def obstacle(bundle: TimecardBundle, entry: TimeEntry, account: Account) -> Decision | None:
    """Why the time does not go out now; None when it may."""
    case = Case(bundle, entry, account)
    return next((found for ask in IN_ORDER if (found := ask(case)) is not None), None)


def _unpaid(case: Case) -> Skip | None:
    if not is_unpaid(case.entry, case.account):
        return None
    return Skip(
        f"{case.entry.activity or case.entry.generic_name} is not paid",
        by_setting="timecards.unpaid_names",
    )


def _before_the_first_day(case: Case) -> Skip | None:
    if not is_before_the_first_day(case.entry, case.account):
        return None
    first_day = case.account.timecards.first_day
    return Skip(
        f"before {first_day}, from which on time is carried",
        by_setting=first_day_setting(case.account),
    )


def _outside_the_scope(case: Case) -> Skip | Hold | None:
    """By the office of its job; time without one by that of the card."""
    job = case.bundle.job
    of_job = job.assigned_office.name if job and job.assigned_office else ""
    return outside_scope(of_job or case.entry.office, "time", case.account)


def _waiting(case: Case) -> Hold | LeaveUnchanged | None:
    entry = case.entry
    if not entry.waits:
        return None
    if entry.waits == STILL_IN and (case.bundle.today - entry.work_date).days <= 1:
        return LeaveUnchanged(STILL_IN)
    who = entry.user_name or f"user {entry.user_id}"
    is_clocked = entry.source == "clock"
    noun = "clock events" if is_clocked else "time"
    cause = entry.waits.partition(": ")[0]
    instead = INSTEAD.get(cause, "")
    return Hold(
        f"{who}, {entry.activity or entry.lib_item_code or entry.source} on"
        f" {entry.work_date:%m/%d/%Y}: {entry.waits}",
        f"Add or correct the {noun} in ServiceTrade; the hours then go out by themselves{instead}.",
        (f"servicetrade: {noun}",),
        (
            "clock events that do not fit together"
            if is_clocked and entry.waits != STILL_IN
            else cause
        ),
    )


def _not_approved(case: Case) -> Skip | None:
    return None if case.entry.is_approved else Skip("not approved yet")


def _no_hours(case: Case) -> Skip | None:
    return None if case.entry.hours else Skip("no time was booked")


def _more_than_a_day(case: Case) -> Hold | None:
    entry = case.entry
    if abs(entry.hours) <= MOST_HOURS:
        return None
    reason = f"{entry.hours:.2f} hours on {entry.work_date:%m/%d/%Y} are more than a day has"
    advice = "Correct the hours in ServiceTrade."
    return Hold(reason, advice, ("servicetrade: hours",), "more hours than a day has")


def _crossed_before(case: Case) -> Hold | Skip | None:
    bundle, entry = case.bundle, case.entry
    if not bundle.crossed_as:
        return None
    token = token_of(bundle.crossed_as)
    command = f"`st-spectrum ledger resolve timecards {entry.key}"
    if bundle.crossed_as == entry.key:
        return Hold(
            f"card {token} was said to be taken out of Spectrum, but it still stands there",
            f"Take it out, and the time goes out again by itself; or say {command} --there` if it"
            " is to stay as it is.",
            ("a person",),
            STILL_THERE,
        )
    if bundle.is_as_crossed:
        return Skip(f"in payroll as card {token}", token)  # only the account's week was moved
    if bundle.accepted == entry.version:
        return Skip(f"paid by card {token}, as a person said", token)
    return Hold(
        f"it was sent as {token} before its day was moved to another week",
        f"Take that card out in Spectrum and say {command} --not-there`, then the time goes out"
        f" again by itself; or correct the card there and say {command} --there`.",
        ("a person",),
        MOVED,
    )


def _paid_from_elsewhere(case: Case) -> Hold | None:
    if not case.bundle.paid_from:
        return None
    return Hold(
        f"time of its week was sent from {case.bundle.paid_from} already, and may be the same"
        " hours",
        "Set timecards.adapter and timecards.card_rows back in the account file; or set"
        f" {first_day_setting(case.account)} to the first day of a payroll week of which nothing"
        " was sent yet.",
        ("account: timecards.adapter",),
        "time of the same week was sent from another resource of ServiceTrade",
    )


def _beside(case: Case) -> Hold | None:
    bundle, entry = case.bundle, case.entry
    is_let_go = bool(bundle.released) and bundle.released == entry.version
    return (
        None
        if is_let_go or bundle.progress.is_half_done
        else hold_for_same_day(entry, bundle.same_day)
    )


def _in_a_closed_period(case: Case) -> Hold | None:
    closed_through = case.account.timecards.closed_through
    if not closed_through or case.entry.work_date.isoformat() > closed_through:
        return None
    return Hold(
        f"{case.entry.work_date:%m/%d/%Y} lies in a closed payroll period",
        "Enter the time in Spectrum by hand, or set timecards.closed_through back if the period is"
        " open again.",
        ("account: timecards.closed_through",),
        "closed payroll period",
    )


IN_ORDER: tuple[Callable[[Case], Decision | None], ...] = (
    _unpaid,
    _before_the_first_day,
    _waiting,
    _not_approved,
    _no_hours,
    _outside_the_scope,
    _more_than_a_day,
    _crossed_before,
    _paid_from_elsewhere,
    _beside,
    _in_a_closed_period,
)
