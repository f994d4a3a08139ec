"""Sends pre-time cards, one by SOAP or many together by REST, and looks them up by the token in
their message.

Spectrum stores a repeated card twice [SP 5], so nothing is sent again before a look-up has said
that it is not there.
"""

from collections.abc import Mapping
from datetime import datetime

from st_spectrum.domain.errors import OutcomeUnknown
from st_spectrum.engine.handlers import Handlers
from st_spectrum.engine.steps.newest_writes import NewestWrites
from st_spectrum.flows.timecards.commands import TABLES, AddPreTimeCard, PostPreTimeCard
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.rest.group import Group
from st_spectrum.spectrum.wire import Receipt

MOST_IN_ONE_POST = 50
WAIT_SECONDS = 0.05
"""So long the first of several cards waits for the others to join its request."""


class TimecardTargets:
    """The writes of the timecards flow, and how each is found again."""

    def __init__(self, spectrum: Spectrum, newest: NewestWrites) -> None:
        self._spectrum = spectrum
        self._newest = newest
        self._posts: Group[Mapping[str, str], Receipt] = Group(
            spectrum.post_timecards, MOST_IN_ONE_POST, WAIT_SECONDS
        )

    def handle(self, handlers: Handlers) -> None:
        """Take the commands of the flow."""
        for kind in (AddPreTimeCard, PostPreTimeCard):
            handlers.add(kind, self._send, self._is_there, self._is_absence_proven)

    def post(self, command: AddPreTimeCard) -> None:
        """One card, by REST together with those of other threads, or by SOAP alone."""
        if isinstance(command, PostPreTimeCard):
            self._posts.call(command.card)
        else:
            self._spectrum.write(command.operation, command.card)

    def _send(self, command: AddPreTimeCard) -> None:
        try:
            self.post(command)
        except OutcomeUnknown:
            self._newest.doubted(TABLES)
            raise
        self._newest.confirmed(TABLES, command.token)

    def _is_there(self, command: AddPreTimeCard) -> bool | None:
        return True if self._holds(command.token) else None

    def _is_absence_proven(self, command: AddPreTimeCard, since: datetime) -> bool:
        """Nobody knows how old Info-Link is until it shows what is younger than the doubt."""
        newest = self._newest.newest(TABLES)
        if newest is None or newest.at <= since:
            return False
        # In this order: a copy that is renewed in between shows the first and then the second.
        return self._holds(newest.key) and not self._holds(command.token)

    def _holds(self, token: str) -> bool:
        """Whether Payroll shows a card with the token, anywhere. Raises `LookupImpossible`."""
        return token in self._spectrum.find_pre_time_cards([token])
