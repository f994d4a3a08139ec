"""Under which codes a card that was sent would be booked by ServiceTrade now, for a comparison.

Where the time is the one that was sent, rules of the account file that changed since are no edit of
it: only its technician's and its job's external ids are looked at.
"""

from dataclasses import dataclass
from functools import cached_property

from st_spectrum.domain.fitting import Fitting
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.context import Context
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.cards_compared import CardCodes, codes_of
from st_spectrum.flows.timecards.codes import booking_of
from st_spectrum.flows.timecards.done_cards import DoneCard
from st_spectrum.flows.timecards.pieces import with_job
from st_spectrum.servicetrade.models import User
from st_spectrum.spectrum.timecards import ACTIVE, PayrollEmployee


@dataclass
class CodesNow:
    """The codes of an account's time, by lists that are read once."""

    context: Context
    lists: SourceLists

    def of(self, entry: TimeEntry, card: DoneCard) -> CardCodes:
        """Those of a card. What cannot be told now stays as it was sent."""
        if entry.version != card.version:
            return self._booked(entry, card)
        sent = codes_of(card)
        return CardCodes(
            self._carried(self._user(entry)) or sent.employee,
            sent.pay_type,
            self._job_of(entry, sent.job),
            sent.department,
        )

    def _booked(self, entry: TimeEntry, card: DoneCard) -> CardCodes:
        account, job = self.context.account, self.lists.jobs.get(entry.job_id or 0)
        user = self._user(entry)
        lines: tuple[str, ...] = ()
        if job is not None and not entry.service_line:
            lines = self.context.sources.recent_service_lines(job)
        bundle = TimecardBundle(
            with_job(entry, job, lines) if job else entry,
            self.context.clock().date(),
            user,
            self._employee(user),
            job,
            self.lists.locations.get(job.location.id) if job else None,
            lines,
        )
        try:
            booking = booking_of(bundle, bundle.entry or entry, account, Fitting())
        except Missing:
            return codes_of(card)
        return CardCodes(booking.employee, booking.pay_type, booking.job, booking.department)

    def _employee(self, user: User | None) -> PayrollEmployee:
        """Whether somebody is at work still does not matter to a card that was sent."""
        statuses = self.context.account.timecards.active_statuses
        status = statuses[0] if statuses else ACTIVE
        return PayrollEmployee(self._carried(user), "", status, "", ACTIVE)

    def _user(self, entry: TimeEntry) -> User | None:
        return self._users.get(entry.user_id)

    def _carried(self, user: User | None) -> str:
        system = self.context.account.servicetrade.external_system
        return user.external_ids.get(system, "") if user else ""

    def _job_of(self, entry: TimeEntry, sent: str) -> str:
        """Of the Spectrum jobs that the job carries now the one that was sent, else the first."""
        job = self.lists.jobs.get(entry.job_id or 0)
        if job is None or not sent:
            return sent
        carried = job.external_ids.get(self.context.account.servicetrade.external_system, "")
        numbers = [number for number in carried.split(SEPARATOR) if number]
        return sent if not numbers or sent in numbers else numbers[0]

    @cached_property
    def _users(self) -> dict[int, User]:
        return {user.id: user for user in self.context.servicetrade.users()}
