"""Approved time -> pre-time card, once: never sent again, and what changed is told to a person."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip, Step
from st_spectrum.domain.fitting import CENT, Fitting
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.local_days import NO_MIDNIGHT
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.codes import Booking, booking_of, token_of
from st_spectrum.flows.timecards.commands import (
    AddPreTimeCard,
    PostPreTimeCard,
    TakeOverPreTimeCard,
)
from st_spectrum.flows.timecards.obstacles import obstacle
from st_spectrum.flows.timecards.payroll_week import batch_code, week_end
from st_spectrum.flows.timecards.pieces import UNKNOWN_STATUS, UNKNOWN_TYPE
from st_spectrum.flows.timecards.standing import TAKEN_OVER, as_it_stands, differs
from st_spectrum.spectrum.request_fields import spectrum_date
from st_spectrum.spectrum.timecards import REST_NAMES

GONE = "gone"
STEP = "pre-time card"
"""The one step of the flow."""

TAKEN_BACK = "time that was taken back after it was sent"
CHANGED_IN_DOUBT = "changed while a card of it was in doubt"
OF_ITS_TYPE = frozenset({"the activity", "the row"})
"""What a row says only where its type is known."""


def decide_timecard(bundle: TimecardBundle, account: Account) -> Decision:
    """Whether and how this piece of time becomes a pre-time card. Spectrum stores a card that is
    sent twice twice [SP 5].
    """
    entry, progress = bundle.entry, bundle.progress
    if progress.is_confirmed:
        return _changed_since(bundle, entry) or Skip("already in payroll", progress.target_key)
    if progress.done_steps:
        return Create(
            progress.target_key, ()
        )  # its card is there; only the ledger has not been told
    if progress.started_steps and (change := change_since(bundle.sent, entry)):
        return _changed_in_doubt(change, progress.target_key, bundle)
    if bundle.standing and not bundle.crossed_as and not progress.started_steps:
        return _taken_over(bundle, account)
    if entry is None:
        return Skip("no longer in ServiceTrade", progress.target_key)
    if decision := obstacle(bundle, entry, account):
        return decision
    fit = Fitting()
    try:
        booking = booking_of(bundle, entry, account, fit)
    except Missing as missing:
        return missing.hold
    token = token_of(entry.key)
    card = to_pre_time_card(entry, booking, token, account)
    command = AddPreTimeCard(token, card)
    if account.timecards.target == "rest":
        command = PostPreTimeCard(token, to_rest_timecard(card))
    return Create(token, (Step(STEP, (command,)),), notes=tuple(dict.fromkeys(fit.notes)))


def _taken_over(bundle: TimecardBundle, account: Account) -> Create:
    """Closed as if it had been sent: what payroll has of it counts as what went out, and whatever
    differs is told as a change.
    """
    card, entry = bundle.standing[0], bundle.entry
    key = bundle.key or (entry.key if entry else "")
    others = differs(bundle.standing, booking_or_none(bundle, account))
    sent = as_it_stands(key, entry, card)
    changes = _changed_since(
        replace(bundle, sent=sent, differs=others, progress=Progress(target_key=card.token)), entry
    )
    step = Step(STEP, (TakeOverPreTimeCard.of(card, others),))
    return Create(card.token, (step,), notes=(TAKEN_OVER,), standing=(STEP,), differs=changes)


def booking_or_none(bundle: TimecardBundle, account: Account) -> Booking | None:
    """How the time would be booked now; None where a code is missing, so that nobody can say how it
    would be booked.
    """
    try:
        return (
            booking_of(bundle, bundle.entry, account, Fitting())
            if bundle.entry and bundle.user
            else None
        )
    except Missing:
        return None


def to_pre_time_card(
    entry: TimeEntry, booking: Booking, token: str, account: Account
) -> dict[str, str]:
    """PreTimeCard's fields [SP 13.1] for one piece of time [ST 8.3]."""
    end = week_end(entry.work_date, account.timecards.week_starts_on)
    return {
        "Batch_Code": batch_code(end, account.timecards.batch_prefix),
        "Employee_Code": booking.employee,
        "Department_Code": booking.department,
        "Pay_Type": booking.pay_type,
        "Hours_Employee": f"{entry.hours:.2f}",
        "Job_Number": booking.job,
        "Phase_Code": booking.phase,
        "Cost_Type": booking.cost_type,
        "Work_Date": spectrum_date(entry.work_date),
        "Message": token,
        "Pay_Rate_Code": booking.rate_code,
        "State": booking.work_state,
        "Pay_Rate": "" if booking.rate is None else f"{booking.rate:.2f}",
        "Cost_Center": booking.cost_center,
    }


def to_rest_timecard(fields: Mapping[str, str]) -> dict[str, str]:
    """The same card under the names of the REST batch [SP 13.3]."""
    return {REST_NAMES[name]: value for name, value in fields.items()}


def version_of(entry: TimeEntry | None) -> str:
    """What a person settles who dealt with a change: the time's version now, or that it is gone."""
    return GONE if entry is None else entry.version


def change_since(sent: TimeEntry | None, now: TimeEntry | None) -> str:
    """How the time differs from what was sent, as far as wages and job cost go; "" when it does
    not, or nobody knows.
    """
    if sent is None or (now is not None and now.version == sent.version):
        return ""
    if now is None:
        return "it was deleted in ServiceTrade"
    if sent.is_approved and not now.is_approved:
        return "its approval was taken back in ServiceTrade"
    is_known_day = now.waits.startswith(NO_MIDNIGHT) and now.work_date == sent.work_date
    # A word that nobody knows says neither that an approval was taken back nor that hours changed.
    is_known_otherwise = now.waits.startswith((UNKNOWN_STATUS, UNKNOWN_TYPE))
    if now.waits and not is_known_day and not is_known_otherwise:
        return f"it does not stand as it was: {now.waits}"
    return "; ".join(
        f"{name} was {before}, is {after}"
        for name, before, after in _compared_facts(sent, now)
        if before != after and not (name in OF_ITS_TYPE and now.waits.startswith(UNKNOWN_TYPE))
    )


def _compared_facts(sent: TimeEntry, now: TimeEntry) -> tuple[tuple[str, str, str], ...]:
    after = _facts(now)
    facts = tuple((name, before, after[name]) for name, before in _facts(sent).items())
    if (
        sent.job_number and sent.job_number == now.job_number
    ):  # two jobs may bear one number, and a clerk knows jobs by their numbers
        facts += (
            ("the job's id in ServiceTrade", str(sent.job_id or "none"), str(now.job_id or "none")),
        )
    return facts


def _facts(entry: TimeEntry) -> dict[str, str]:
    """What decides about wages and job cost, in a clerk's words."""
    return {
        "the date": f"{entry.work_date:%m/%d/%Y}",
        "the time": f"{entry.hours:.2f} h",
        "the technician": f"{entry.user_name} (user {entry.user_id})".strip(),
        "the job": str(entry.job_number or entry.job_id or "none"),
        "the item": entry.lib_item_code or "none",
        "the activity": entry.activity or "none",
        "the row": entry.generic_name or "none",
        "the service line": entry.service_line or "none",
        "the office": entry.office or "none",
        "the rate": "none" if entry.pay_rate is None else _rate(entry.pay_rate),
    }


def _rate(rate: Decimal) -> str:
    """To the cent where that is exact."""
    return f"{rate:.2f}" if rate == rate.quantize(CENT) else f"{rate.normalize():f}"


def _changed_since(bundle: TimecardBundle, now: TimeEntry | None) -> Hold | None:
    """What a clerk must correct in Spectrum because the time changed after it was sent; None when
    there is nothing.
    """
    sent = bundle.sent
    if sent is None or bundle.accepted == version_of(now):
        return None
    changes = (change_since(sent, now), bundle.differs)
    if not (change := "; ".join(filter(None, changes))):
        return None
    is_taken_back = now is None or not now.is_approved
    advice, word = (
        ("Take the card out", "--not-there") if is_taken_back else ("Correct the card", "--there")
    )
    token = bundle.progress.target_key or token_of(sent.key)
    card = f"card {token} of {sent.hours:.2f} h on {sent.work_date:%m/%d/%Y}"
    return Hold(
        f"{card} was sent, and since then {change}",
        f"{advice} in Spectrum, then say `st-spectrum ledger resolve timecards {sent.key} {word}`;"
        " or set the time right in ServiceTrade, if that is what is wrong.",
        ("a person",),
        TAKEN_BACK if is_taken_back else "time that changed after it was sent",
    )


def _changed_in_doubt(change: str, token: str, bundle: TimecardBundle) -> Hold:
    known = bundle.entry or bundle.sent
    command = f"st-spectrum ledger resolve timecards {known.key if known else bundle.key}"
    return Hold(
        f"nobody knows whether its card arrived, and meanwhile {change}",
        f"Look for {token} in Spectrum's pre-time cards. It is there: say `{command} --there`. It"
        f" is not: say `{command} --not-there`.",
        ("a person",),
        CHANGED_IN_DOUBT,
    )
