"""What may happen in a history of the campaign, as data: the events of `tests/histories`, and what
only the campaign lets happen.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from st_spectrum.sandbox.control_client import ControlRefused
from tests.campaign.account_edits import edit_account, set_right
from tests.campaign.lagging import let_infolink_catch_up, let_infolink_lag
from tests.campaign.people import ByHand, do_by_hand
from tests.histories.chronicle import Chronicler
from tests.histories.events import TIMEOUTS, Event, Fault, PutBack, Twin
from tests.histories.history import History

ASSUMED_SECONDS = 900.0
"""A call arrives within this time of the first look for it: see docs/guarantees.md."""


@dataclass(frozen=True)
class Interleaved:
    """Two or three workers at the same time, in an order that the seed gives."""

    workers: int
    seed: int


@dataclass(frozen=True)
class ClockBack:
    """Somebody puts the clock of the workers' machines back by this, or on where it is less than
    before, until the history ends.
    """

    seconds: float


@dataclass(frozen=True)
class BooksClosed:
    """Spectrum's periods of receivables and payroll end long ago, until the controller opens them
    again.
    """

    is_closed: bool


@dataclass(frozen=True)
class MachineBack:
    """The whole machine is put back from the last copy: the ledger, and the witness beside it."""


@dataclass(frozen=True)
class EarlierCopy:
    """Any copy of the ledger that was made so far is put back; without one it is lost."""

    which: int


@dataclass(frozen=True)
class InfoLinkLags:
    """From now on Info-Link reads a copy that stays as everything is now, until it catches up."""

    is_behind: bool


@dataclass(frozen=True)
class AccountEdited:
    """The controller changes the account file."""

    edit: str


Happening = (
    Event
    | Interleaved
    | ClockBack
    | BooksClosed
    | MachineBack
    | EarlierCopy
    | InfoLinkLags
    | AccountEdited
    | ByHand
)


def let_happen(history: History, happenings: Iterable[Happening]) -> None:
    """One after the other."""
    chronicler = Chronicler(history)
    for happening in happenings:
        match happening:
            case Interleaved(workers, seed):
                history.together(workers, seed)
            case ClockBack(seconds):
                _put_clocks(history, seconds)
            case BooksClosed(is_closed):
                close_books(history, is_closed=is_closed)
            case MachineBack():
                history.has_other_ledger = True
                if chronicler.copy:
                    # As is assumed, no call of the machine that failed is on its way any more.
                    history.clock.move(ASSUMED_SECONDS + 1)
                    history.put_back(chronicler.copy, with_files=True)
            case EarlierCopy(which):
                history.has_other_ledger = True
                copies = chronicler.copies
                history.put_back(copies[which % len(copies)]) if copies else history.lose()
            case InfoLinkLags(is_behind):
                let_infolink_lag(history) if is_behind else let_infolink_catch_up(history)
            case AccountEdited(edit):
                edit_account(history, edit)
            case ByHand():
                do_by_hand(history, happening)
            case _:
                history.has_other_ledger |= touches_the_ledger([happening])
                if isinstance(happening, Fault):
                    _note_lateness(history, happening)
                with suppress(ControlRefused):  # such as goods for an order that was deleted
                    chronicler.execute(happening)


def end_troubles(history: History) -> None:
    """Whatever people can set right is set right: periods, clocks, the account file, Info-Link."""
    close_books(history, is_closed=False)
    history.behind = timedelta()
    set_right(history)
    let_infolink_catch_up(history)


def close_books(history: History, *, is_closed: bool) -> None:
    """Or open them again."""
    last = "2020-12-31" if is_closed else ""
    history.contractor.control.switch("spectrum", ar_last_day=last, payroll_last_day=last)


def touches_the_ledger(happenings: Iterable[Happening]) -> bool:
    """Whether an older, a second or no ledger went to work."""
    kinds = PutBack | Twin | MachineBack | EarlierCopy
    return any(isinstance(happening, kinds) for happening in happenings)


def _put_clocks(history: History, seconds: float) -> None:
    """Clocks that jump on while a call is late make its time seem to be over."""
    behind = timedelta(seconds=seconds)
    jumped = (history.behind - behind).total_seconds()
    if jumped > 0 and history.clock.waiting():
        history.is_later_than_assumed = True
    history.behind = behind


def _note_lateness(history: History, fault: Fault) -> None:
    if fault.kind == "slow" and fault.delay - TIMEOUTS[fault.system] > ASSUMED_SECONDS:
        history.is_later_than_assumed = True
