"""What may happen in a history of the campaign, as data: the events of `tests/histories`, and what
only the campaign lets happen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from tests.campaign.scheduler import interleave
from tests.histories.cases import Case
from tests.histories.chronicle import Chronicler
from tests.histories.events import Backup, Event, Fault, Make, Pass, PutBack, Twin, faults, works
from tests.histories.events import Change as Changed
from tests.histories.history import History

LISTS = {
    "customers": "GET /company",
    "sites": "GET /location",
    "jobs": "GET /job",
    "invoices": "GET /invoice",
    "timecards": "GET /timecard",
}
"""By which a flow of ServiceTrade's sees what is new."""


@dataclass(frozen=True)
class Interleaved:
    """Two or three workers at the same time, in an order that the seed gives."""

    workers: int
    seed: int


@dataclass(frozen=True)
class ClockBack:
    """Somebody puts the clock of the workers' machines back, until the history ends."""

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


Happening = Event | Interleaved | ClockBack | BooksClosed | MachineBack


def carry_out(history: History, happenings: Iterable[Happening]) -> None:
    """One after the other."""
    chronicler = Chronicler(history)
    for happening in happenings:
        match happening:
            case Interleaved(workers, seed):
                interleave(history.round, workers, seed)
            case ClockBack(seconds):
                history.behind = timedelta(seconds=seconds)
            case BooksClosed(is_closed):
                close_books(history, is_closed=is_closed)
            case MachineBack():
                if chronicler.copy:
                    history.put_back(chronicler.copy, with_files=True)
            case _:
                chronicler.execute(happening)


def close_books(history: History, *, is_closed: bool) -> None:
    """Or open them again."""
    last = "2020-12-31" if is_closed else ""
    history.place.door.control.switch("spectrum", ar_last_day=last, payroll_last_day=last)


@st.composite
def histories(draw: st.DrawFn, case: Case) -> list[Happening]:
    """Any history of a case; in every third one, something happens to the ledger too."""
    has_old_ledgers = draw(st.integers(0, 2)) == 0
    common: list[st.SearchStrategy[Happening]] = [
        st.builds(Make),
        faults(case),
        faults(case),
        works(),
        works(),
        st.sampled_from((1.0, 31.0, 61.0, 301.0, 4000.0, 90_000.0)).map(Pass),
        st.integers(0, 5).map(Changed),
        st.builds(Interleaved, st.integers(2, 3), st.integers(0, 9999)),
        st.one_of(
            st.sampled_from((90.0, 7200.0)).map(ClockBack),
            st.booleans().map(BooksClosed),
            empty_lists(case),
        ),
    ]
    if not has_old_ledgers:
        return [Make(), *draw(st.lists(st.one_of(common), min_size=2, max_size=10))]
    common += [st.builds(Backup), st.builds(Backup), st.builds(PutBack), st.builds(Twin)]
    if case.has_infolink:  # where nobody can look, time that was sent since then goes out again
        common.append(st.builds(MachineBack))
    found = draw(st.lists(st.one_of(common), min_size=2, max_size=9))
    ending = [PutBack()] if draw(st.booleans()) else []
    return [Make(), *found, *ending, *([draw(works())] if ending else [])]


def empty_lists(case: Case) -> st.SearchStrategy[Happening]:
    """A list of what is new is answered as if there were nothing."""
    names = [LISTS[flow] for flow in case.flows if flow in LISTS]
    if not names:
        return st.builds(Make)
    return st.builds(
        Fault,
        st.just("servicetrade"),
        st.sampled_from(names),
        st.just("empty_list"),
        count=st.integers(1, 3),
        skip=st.integers(0, 1),
    )


def touches_the_ledger(happenings: Iterable[Happening]) -> bool:
    """Whether an older, a second or no ledger went to work."""
    return any(isinstance(happening, PutBack | Twin | MachineBack) for happening in happenings)
