"""Histories as data: what can happen, and how Hypothesis makes it up. A failing history is printed
as a list of these.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.histories.cases import Case

KINDS = (
    *(
        "fail_before",
        "drop_answer",
        "status",
        "rate_limit",
        "truncate",
        "not_xml",
        "expire_token",
        "refuse",
    ),
    *("middle_box", "middle_box_before"),
)
SPECTRUM_KINDS = (*KINDS, "locked", "soap_fault")
STATUSES = (400, 401, 403, 408, 409, 418, 500, 502, 503)
"""No 404: with the vendor's own words it says that there is no such record, which is an answer and
no fault.
"""
MIDDLE_BOXES = ("middle_box", "middle_box_before")
TIMEOUTS = {"servicetrade": 30.0, "spectrum": 60.0}
"""Seconds, as in the example account."""


LATE = (0.01, 0.5, 1.4, 7.0)
"""How late a call may still be carried out, in time-outs after the first."""


@dataclass(frozen=True)
class Make:
    """People approve one more record."""


@dataclass(frozen=True)
class Change:
    """People void an invoice, receive an order."""

    which: int


@dataclass(frozen=True)
class Fault:
    """The next calls of an operation go wrong."""

    system: str
    operation: str
    kind: str
    count: int = 1
    skip: int = 0
    status: int = 503
    delay: float = 0.0
    retry_after: float = 0.0

    def rule(self) -> dict[str, Any]:
        """As the sandbox takes it."""
        return dict(vars(self))


@dataclass(frozen=True)
class Work:
    """A round, or with `is_night` a reconciliation, of a new worker, which may be killed or met by
    another one; 0 is never.
    """

    is_night: bool = False
    dies_at: int = 0
    is_carried_out: bool = False
    is_seen_dead: bool = True
    meets_at: int = 0


@dataclass(frozen=True)
class SideBySide:
    """Two workers at the same time, each in a thread of its own."""


@dataclass(frozen=True)
class Pass:
    """Time goes by."""

    seconds: float


@dataclass(frozen=True)
class Backup:
    """Somebody copies the ledger."""


@dataclass(frozen=True)
class PutBack:
    """Somebody puts the last copy back; without a copy the ledger is lost."""


@dataclass(frozen=True)
class Twin:
    """A second ledger goes to work: the last copy, or an empty one; without knowing of the
    first.
    """


Event = Make | Change | Fault | Work | SideBySide | Pass | Backup | PutBack | Twin


def faults(
    case: Case,
    late_by: tuple[float, ...] = LATE,
    page_statuses: st.SearchStrategy[int] | None = None,
) -> st.SearchStrategy[Fault]:
    """Any fault of the case's calls. One that is slow is carried out after its time-out. A firewall
    answers with one of `page_statuses`.
    """
    of_pages = st.sampled_from(STATUSES) if page_statuses is None else page_statuses

    @st.composite
    def made(draw: st.DrawFn) -> Fault:
        system, operation = draw(
            st.sampled_from((*case.operations, ("spectrum", "*"), ("servicetrade", "*")))
        )
        is_late = draw(st.integers(0, 5)) == 0
        kind = (
            "slow"
            if is_late
            else draw(st.sampled_from(SPECTRUM_KINDS if system == "spectrum" else KINDS))
        )
        late = draw(st.sampled_from(late_by)) if is_late else 0.0
        return Fault(
            system,
            operation,
            kind,
            count=draw(st.integers(1, 3)),
            skip=draw(st.integers(0, 3)),
            status=draw(of_pages)
            if kind in MIDDLE_BOXES
            else draw(st.sampled_from(STATUSES))
            if kind == "status"
            else 503,
            delay=TIMEOUTS[system] * (1 + late) if is_late else 0.0,
            retry_after=draw(st.sampled_from((0.0, 900.0))) if kind == "rate_limit" else 0.0,
        )

    return made()


def works(calls: int = 25) -> st.SearchStrategy[Work]:
    """Any worker's life; what cuts in, does so at one of its first `calls`."""
    never, some = st.just(0), st.integers(1, calls)
    return st.builds(
        Work,
        is_night=st.sampled_from((False, False, False, True)),
        dies_at=never | some,
        is_carried_out=st.booleans(),
        is_seen_dead=st.booleans(),
        meets_at=never | never | some,
    )


def events(case: Case, *, has_old_ledgers: bool = False) -> st.SearchStrategy[list[Event]]:
    """Faults, kills and other workers on one ledger; with `has_old_ledgers` copies put back, lost
    and second ledgers too.
    """
    passing = st.sampled_from((1.0, 31.0, 61.0, 301.0, 4000.0)).map(Pass)
    changing = st.integers(0, 5).map(Change)
    ordinary = [
        st.builds(Make),
        faults(case),
        works(),
        works(),
        passing,
        changing,
        st.builds(SideBySide),
    ]
    if not has_old_ledgers:
        ordinary.append(faults(case))
        return st.lists(st.one_of(ordinary), min_size=2, max_size=10).map(
            lambda found: [Make(), *found]
        )
    any_event = st.one_of(
        *ordinary, st.builds(Backup), st.builds(Backup), st.builds(PutBack), st.builds(Twin)
    )
    return st.lists(any_event, min_size=2, max_size=8).map(
        lambda found: [Make(), *found, Work(), PutBack(), Work()]
    )
