"""Which histories are drawn, and in which mixture."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.campaign.account_edits import ACCOUNT_EDITS, NOT_WITH_OLD_LEDGERS
from tests.campaign.first_version import FirstVersionCase
from tests.campaign.happenings import (
    AccountEdited,
    BooksClosed,
    ClockBack,
    EarlierCopy,
    Happening,
    InfoLinkLags,
    Interleaved,
    MachineBack,
)
from tests.campaign.people import ACTS, ByHand
from tests.histories.cases import Case
from tests.histories.events import (
    LATE,
    Backup,
    Fault,
    Make,
    Pass,
    PutBack,
    Twin,
    Work,
    faults,
    works,
)
from tests.histories.events import Change as Changed

LISTS = {
    "customers": "GET /company",
    "sites": "GET /location",
    "jobs": "GET /job",
    "invoices": "GET /invoice",
    "timecards": "GET /timecard",
}
"""By which a flow of ServiceTrade's sees what is new."""
LISTS_GO_WRONG = ("empty_list", "shifted_list", "lagging_list")
LATE_BY = (0.0, *LATE, 12.0, 19.0)
"""In time-outs after the first one; the last of Spectrum's are later than is assumed."""
PAGES = st.integers(200, 599)
"""Whatever status a firewall likes."""
CALLS, CALLS_OF_ALL_FLOWS = 25, 70
"""Among so many first calls of a worker's life it may be killed or met."""


@st.composite
def histories(draw: st.DrawFn, case: Case) -> list[Happening]:
    """Any history of a case; in every third one, something happens to the ledger too, and in every
    second one people work on the records by hand or the account file is changed.
    """
    has_old_ledgers = draw(st.integers(0, 2)) == 0
    calls = CALLS if len(case.flows) == 1 else CALLS_OF_ALL_FLOWS
    # Whose account file is of the first version, and names no day of going live, must not lose it.
    begun = [Backup(), Make()] if isinstance(case, FirstVersionCase) else [Make()]
    common: list[st.SearchStrategy[Happening]] = [
        st.builds(Make),
        *twice(faults, case, LATE_BY, PAGES),
        *twice(works, calls),
        st.sampled_from((1.0, 31.0, 61.0, 301.0, 4000.0, 90_000.0)).map(Pass),
        st.integers(0, 5).map(Changed),
        st.builds(Interleaved, st.integers(2, 3), st.integers(0, 9999)),
        st.one_of(
            st.sampled_from((90.0, 7200.0)).map(ClockBack),
            st.booleans().map(BooksClosed),
            lists_that_lie(case),
        ),
    ]
    if not isinstance(case, FirstVersionCase) and draw(st.booleans()):
        common += [*twice(by_hand, case), edits(has_old_ledgers=has_old_ledgers)]
        if draw(st.booleans()):  # most of what people do is done to records that have crossed
            begun += [Make(), Work()]
    if not has_old_ledgers:
        if case.has_infolink:
            common.append(st.booleans().map(InfoLinkLags))
        return [*begun, *draw(st.lists(st.one_of(common), min_size=2, max_size=10))]
    common += [*twice(backups), st.builds(PutBack), st.builds(Twin)]
    common.append(st.integers(0, 5).map(EarlierCopy))
    endings: list[list[Happening]] = [[], [Work(), PutBack()]]
    if case.has_infolink:  # where nobody can look, time that was sent since then goes out again
        common.append(st.builds(MachineBack))
        endings.append([Work(), MachineBack()])
    copied: list[Happening] = [Backup()] if draw(st.booleans()) else []
    found = draw(st.lists(st.one_of(common), min_size=2, max_size=9))
    ending = draw(st.sampled_from(endings))
    return [*begun, *copied, *found, *ending, *([draw(works(calls))] if ending else [])]


def twice(
    make: Callable[..., st.SearchStrategy[Happening]], *given: Any
) -> tuple[st.SearchStrategy[Happening], ...]:
    """For `one_of`, which would draw one and the same strategy no more often for standing in it
    twice.
    """
    return make(*given), make(*given)


def backups() -> st.SearchStrategy[Happening]:
    return st.none().map(lambda _: Backup())


def by_hand(case: Case) -> st.SearchStrategy[Happening]:
    """Anything that people do to a record of one of the case's flows."""
    doings = [(flow, act) for flow in case.flows for act in ACTS[flow]]
    return st.builds(
        lambda doing, which: ByHand(*doing, which), st.sampled_from(doings), st.integers(0, 5)
    )


def edits(*, has_old_ledgers: bool) -> st.SearchStrategy[Happening]:
    names = [
        name for name in ACCOUNT_EDITS if not (has_old_ledgers and name in NOT_WITH_OLD_LEDGERS)
    ]
    return st.sampled_from(names).map(AccountEdited)


def lists_that_lie(case: Case) -> st.SearchStrategy[Happening]:
    """A list of what is new is answered as if there were nothing, without its first record, or as
    it was a while ago.
    """
    names = [LISTS[flow] for flow in case.flows if flow in LISTS]
    if not names:
        return st.builds(Make)
    return st.builds(
        Fault,
        st.just("servicetrade"),
        st.sampled_from(names),
        st.sampled_from(LISTS_GO_WRONG),
        count=st.integers(1, 3),
        skip=st.integers(0, 1),
        delay=st.sampled_from((30.0, 900.0)),
    )
