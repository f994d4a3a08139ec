"""Sends pre-time cards, one by SOAP or many together by REST, and looks them up by the token in their message.

Spectrum stores a repeated card twice [SP 5], so nothing is sent again before a look-up has said that it is not there.
"""

from collections.abc import Mapping

from st_spectrum.domain.commands import Command
from st_spectrum.flows.timecards.rules import PRE_TIME_CARD
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.group import Group
from st_spectrum.spectrum.timecards import OPERATION as POST_TIMECARDS
from st_spectrum.spectrum.wire import Receipt

MOST_IN_ONE_POST = 50
WAIT_SECONDS = 0.05
"""So long the first of several cards waits for the others to join its request."""

OPERATIONS = frozenset({PRE_TIME_CARD, POST_TIMECARDS})


class TimecardTargets:
    """The writes of the timecards flow, and how each is found again."""

    def __init__(self, spectrum: Spectrum) -> None:
        self._spectrum = spectrum
        self._posts: Group[Mapping[str, str], Receipt] = Group(spectrum.post_timecards, MOST_IN_ONE_POST, WAIT_SECONDS)

    def post(self, call: Command) -> None:
        """One card, by REST together with those of other threads, or by SOAP alone."""
        if call.operation == POST_TIMECARDS:
            self._posts.call(call.fields)
        else:
            self._spectrum.write(call.operation, call.fields)

    def is_there(self, call: Command) -> bool | None:
        """True when Payroll holds a card with the token, wherever it stands; else None. Raises `LookupImpossible`."""
        return True if self.holds(call.key) else None

    def holds(self, token: str) -> bool:
        """Whether Payroll shows a card with the token, wherever it stands. Raises `LookupImpossible`."""
        return token in self._spectrum.find_pre_time_cards([token])
