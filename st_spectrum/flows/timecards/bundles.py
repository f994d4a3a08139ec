"""All that one piece of time is decided on, read as far as its decision needs it."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from st_spectrum.domain.errors import OutcomeUnknown, Rejected
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.domain.time_entries import TimeEntry, origin_of_key
from st_spectrum.flows.jobs.shared_numbers import SharedNumbers
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.done_cards import FLOW
from st_spectrum.flows.timecards.employees import Employees
from st_spectrum.flows.timecards.kept import accepted_version, kept_card, kept_with_difference
from st_spectrum.flows.timecards.paid_from import PaidFrom
from st_spectrum.flows.timecards.pieces import with_job
from st_spectrum.flows.timecards.rules import booking_or_none, change_since
from st_spectrum.flows.timecards.same_day import SameDayTime
from st_spectrum.flows.timecards.standing import differs
from st_spectrum.flows.timecards.time_context import TimeContext
from st_spectrum.ledger.documents.timecards import ReleasedTime, TakenOutTime, TimeOrigin
from st_spectrum.ledger.entry import State
from st_spectrum.servicetrade.models import User
from st_spectrum.servicetrade.wire import RecordBroken
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.timecards import StoredTimeCard


class TimeBundles:
    """Reads the bundles of an account. Safe for several threads."""

    def __init__(self, context: TimeContext) -> None:
        account, ledger = context.account, context.ledger
        self._account = account
        self._system = account.servicetrade.external_system
        self._sources = context.sources
        self._ledger = ledger
        self._clock = context.clock
        self._employees = Employees(context.spectrum)
        self._bases = PaidFrom(ledger, account.timecards)
        self._same_day = SameDayTime(account, context.times, ledger)
        self._shared_numbers = SharedNumbers(ledger, account)

    def begun(
        self, key: str, entry: TimeEntry | None, progress: Progress, standing: Standing
    ) -> TimecardBundle:
        """The time as it is listed, and what of it has gone out or stands in payroll already."""
        sent, differs = self._sent(key, progress)
        accepted = accepted_version(self._ledger, key) if progress.is_confirmed else None
        return TimecardBundle(
            entry, self._today(), sent=sent, accepted=accepted or "", progress=progress, key=key, differs=differs,
            standing=standing.of(key, StoredTimeCard),
        )  # fmt: skip

    def completed(self, bundle: TimecardBundle) -> TimecardBundle:
        """With all that tells whether and how it goes out; what payroll has already costs no
        further read.

        Raises `LookupImpossible` where employees cannot be looked up.
        """
        entry, progress = bundle.entry, bundle.progress
        if entry is None or progress.is_confirmed or progress.done_steps:
            return bundle
        if bundle.standing or (entry.is_approved and not entry.waits):
            bundle = self._with_records(bundle, entry)
        if bundle.crossed_as:
            return replace(bundle, accepted=accepted_version(self._ledger, bundle.key) or "")
        return bundle

    def other_values(self, key: str, entry: TimeEntry, card: StoredTimeCard) -> str:
        """What else than hours and day a card in payroll has not as this time would be booked now;
        "" where nobody can say.

        For a ledger that is rebuilt. Raises a `SyncFault` when a system cannot be read.
        """
        bundle = TimecardBundle(entry, self._today(), key=key, standing=(card,))
        try:
            bundle = self._with_codes(bundle, entry)
        except (LookupImpossible, Rejected, OutcomeUnknown, RecordBroken):
            return differs(bundle.standing, None)
        return differs(bundle.standing, booking_or_none(bundle, self._account))

    def crossed_as(self, key: str) -> str:
        """The other key under which this piece of time went out, or may have gone out; else ""."""
        origin = self._ledger.document(TimeOrigin, origin_of_key(key))
        if origin is None or origin.key == key:
            return ""
        other = origin.key
        held = self._ledger.get(FLOW, other)
        is_out = held is not None and (
            held.entry.is_in_doubt or held.entry.state in (State.CONFIRMED, State.CLAIMED)
        )
        return other if is_out or (held is not None and held.entry.done_steps) else ""

    def _sent(self, key: str, progress: Progress) -> tuple[TimeEntry | None, str]:
        """What went out, and what of the card's codes was not as expected when taken over."""
        if not (progress.is_confirmed or progress.is_half_done):
            return None, ""
        sent, _, differs = kept_with_difference(self._ledger, key)
        return sent, differs

    def _with_codes(self, bundle: TimecardBundle, entry: TimeEntry) -> TimecardBundle:
        """With all that tells how the time is booked."""
        user = self._sources.user(entry.user_id)
        code = user.external_ids.get(self._account.servicetrade.external_system, "") if user else ""
        employee = self._employees.find(code) if code else None
        job = self._sources.job(entry.job_id) if entry.job_id is not None else None
        lines = self._sources.recent_service_lines(job) if job and not entry.service_line else ()
        location = self._sources.location(job.location.id) if job else None
        return replace(
            bundle,
            entry=with_job(entry, job, lines) if job else entry,
            user=user,
            employee=employee,
            job=job,
            location=location,
            service_lines=lines,
        )

    def _with_records(self, bundle: TimecardBundle, entry: TimeEntry) -> TimecardBundle:
        """With its codes, and with all that may keep it back."""
        bundle = self._with_codes(bundle, entry)
        user = bundle.user
        code = user.external_ids.get(self._system, "") if user else ""
        crossed_as = self.crossed_as(entry.key) or self._still_there(bundle)
        released = self._ledger.document(ReleasedTime, entry.key)
        is_begun = bool(bundle.standing or bundle.progress.is_half_done)
        return replace(
            bundle,
            crossed_as=crossed_as,
            is_as_crossed=crossed_as not in ("", entry.key) and self._is_as_sent(entry, crossed_as),
            paid_from="" if bundle.progress.is_half_done else self._bases.other(entry),
            same_day=self._same_day.of(entry),
            released=released.version if released else "",
            sharing_code=() if bundle.progress.is_half_done else self._sharing_code(entry, code),
            job_waits=None if is_begun else self._shared_numbers.hold_for(bundle.job),
        )

    def _sharing_code(self, entry: TimeEntry, code: str) -> tuple[User, ...]:
        """Other technicians with the same employee code; those who are none, or were deactivated,
        only if they have time.
        """
        others = (
            [
                user
                for user in self._sources.users_with(self._system, code)
                if user.id != entry.user_id
            ]
            if code
            else []
        )
        with_time = self._same_day.people(entry.week) if others else frozenset()
        return tuple(user for user in others if user.id in with_time or user.is_working)

    def _is_as_sent(self, entry: TimeEntry, key: str) -> bool:
        sent, _ = kept_card(self._ledger, key)
        is_kept = sent is not None and not self._ledger.has(TakenOutTime, key)
        return is_kept and not change_since(sent, entry)

    def _still_there(self, bundle: TimecardBundle) -> str:
        """The key of a card that was to be taken out and still stands in payroll, its own or that
        of the week in which it stood before; else "". Where nobody can look there, the person's
        word counts, as it does after a lost answer.
        """
        if not bundle.standing:
            return ""
        if self._ledger.has(TakenOutTime, bundle.key):
            return bundle.key
        origin = self._ledger.document(TimeOrigin, origin_of_key(bundle.key))
        is_out = origin is not None and self._ledger.has(TakenOutTime, origin.key)
        return origin.key if origin is not None and is_out else ""

    def _today(self) -> date:
        return self._clock().astimezone(ZoneInfo(self._account.timezone)).date()
