"""What is asked for, whatever the order and the times of changes: every version that stands is
asked for, a quiet source never.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from st_spectrum.account import Pace
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.looks.changes import UNBOUNDED
from st_spectrum.engine.looks.cursor import CROWD, Listing, window
from st_spectrum.engine.looks.sweep import PartRead, SweptLook
from st_spectrum.flows.changes import Changed, by_time_of_change, select
from st_spectrum.flows.customers.notice import notice
from st_spectrum.ledger.documents.records import Cursor, ListPart, Sweep
from st_spectrum.servicetrade.models import Company
from tests.world.contractor import Contractor

OVERLAP = 50
PACE = Pace(overlap_seconds=OVERLAP)
START = 10_000_000
APART = 400_000


@dataclass
class Row:
    """One company as ServiceTrade keeps it."""

    id: int
    created: int
    updated: int
    name: str
    is_linked: bool = False

    def record(self) -> Company:
        ids = {"spectrum": f"C{self.id}"} if self.is_linked else {}
        return Company(
            id=self.id, name=self.name, updated=self.updated, created=self.created, external_ids=ids
        )


@dataclass
class World:
    """ServiceTrade and whoever asks it for changes, on one clock; `skew` is how far our clock is
    ahead of it.
    """

    skew: int = 0
    crowd: int = CROWD
    apart: int = 0
    """Each record was made so many seconds before the one of the next lower number."""
    now: int = START
    rows: dict[int, Row] = field(default_factory=dict)
    cursor: Cursor = field(default_factory=Cursor)
    asked: dict[int, tuple[str, bool]] = field(default_factory=dict)
    versions: int = 0
    listed: int = 0
    """How many records the last look was shown."""

    def write(self, number: int, lateness: int = 0) -> None:
        """Somebody makes or edits a record; its `updated` may be older than the moment in which it
        can be seen.
        """
        self.versions += 1
        at = self.now - lateness
        row = self.rows.setdefault(number, Row(number, at - number * self.apart, at, ""))
        row.name, row.updated = f"version {self.versions}", max(at, row.created)

    def make(self, number: int) -> None:
        """A record of this very second."""
        self.rows[number] = Row(number, self.now, self.now, "made")

    def crowd_of(self, count: int, seconds: int) -> None:
        """So many records are touched within so many seconds."""
        for number in range(1, count + 1):
            self.write(number)
            self.now += number * seconds // count - (number - 1) * seconds // count

    def link(self, number: int) -> None:
        """We write an external id back."""
        if number in self.rows:
            self.rows[number].is_linked = True
            self.rows[number].updated = self.now

    def unlink(self, number: int) -> None:
        """Somebody takes an external id away."""
        if number in self.rows and self.rows[number].is_linked:
            self.rows[number].is_linked = False
            self.rows[number].updated = self.now

    def tick(self, limit: int | None = None, cut: int | None = None) -> SweptLook[Changed]:
        """One look. `cut` says after how many records of a part the time is up."""
        since = window(self.cursor, PACE, self.now + self.skew)
        parts = by_time_of_change(list).parts_since(since)
        sweep = self.cursor.sweep or Sweep(0, 0, parts)
        reads = [self.read(part, cut) for part in sweep.open]
        for part in sweep.closed:
            reads.append(self.read(part, cut))
            if not reads[-1].is_whole or sum(len(read.records) for read in reads) >= (cut or inf):
                break
        self.listed = len({record.id for read in reads for record in read.records})
        listing = Listing(self.now + self.skew, limit, crowd=self.crowd)
        look = select(reads, self.cursor, PACE, listing)
        for record in look.taken:
            row = self.rows[record.id]
            self.asked[row.id] = (row.name, row.is_linked)
        self.cursor = Cursor.decode(look.cursor.as_text())
        assert self.cursor == look.cursor
        return look

    def read(self, part: ListPart, cut: int | None) -> PartRead[Changed]:
        """ServiceTrade lists by id, and knows both limits of both times."""
        listed = [
            row.record()
            for row in self.rows.values()
            if (part.updated_after or 0) <= row.updated <= (part.updated_before or row.updated)
            and (part.created_after or 0) <= row.created <= (part.created_before or row.created)
        ]
        is_whole = cut is None or len(listed) <= cut
        return PartRead(part, listed if is_whole else listed[:cut], is_whole)

    def ticks_until_complete(self, limit: int | None = None, cut: int | None = None) -> None:
        """A list that was begun is read to its end; then all that stands now is listed, once."""
        if self.cursor.sweep:
            self._ticks_to_the_end(limit, cut)
        self._ticks_to_the_end(limit, cut)

    def _ticks_to_the_end(self, limit: int | None, cut: int | None) -> None:
        for _ in range(2 + len(self.rows) * (20 if cut else 1)):
            if self.tick(limit, cut).is_complete:
                return
        raise AssertionError("the looks never come to an end")

    def assert_nothing_missed(self) -> None:
        for row in self.rows.values():
            assert row.id in self.asked, f"{row} was never asked for"
            name, was_linked = self.asked[row.id]
            assert name == row.name, f"{row} was last asked for as {name}"
            assert row.is_linked or not was_linked, (
                f"nobody noticed that {row} lost its external id"
            )


NUMBERS = st.integers(1, 8)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NUMBERS, st.just(0)),
        st.tuples(st.just("write"), NUMBERS, st.integers(1, OVERLAP - 1)),
        st.tuples(st.just("link"), NUMBERS, st.just(0)),
        st.tuples(st.just("unlink"), NUMBERS, st.just(0)),
        st.tuples(
            st.just("wait"),
            st.sampled_from((1, 5, OVERLAP - 1, OVERLAP, 3 * OVERLAP, 10_000)),
            st.just(0),
        ),
        st.tuples(st.just("tick"), st.none() | st.integers(1, 4), st.none() | st.integers(0, 6)),
    ),
    max_size=40,
)


Did = tuple[str, int | None, int | None]
WRITE, WRITE_LATE, TICK = ("write", 2, 0), ("write", 2, OVERLAP - 1), ("tick", None, None)


def play(world: World, steps: list[Did]) -> Iterator[SweptLook[Changed]]:
    for action, one, other in steps:
        match action:
            case "write":
                world.write(one or 0, other or 0)
            case "link":
                world.link(one or 0)
            case "unlink":
                world.unlink(one or 0)
            case "wait":
                world.now += one or 0
            case "tick":
                yield world.tick(one, other)


def test_what_is_touched_twice_within_a_second_is_asked_for_again_when_the_second_is_over() -> None:
    """A job's service lines change by a touch of the job, which says nothing else, and `updated`
    counts whole seconds.
    """
    touched = [Row(1, START, START, "a job").record()]

    whole, asked, cursor = [PartRead(ListPart(), touched, is_whole=True)], [], Cursor()

    for seconds in (0, 2, 4):
        look = select(whole, cursor, PACE, Listing(START + seconds), counts_touches=True)
        asked.append(len(look.taken))
        cursor = look.cursor

    assert asked == [1, 1, 0]


@given(
    steps=STEPS,
    skew=st.integers(-20_000, OVERLAP - 1),
    limit=st.none() | st.integers(1, 3),
    crowd=st.sampled_from((2, CROWD)),
    cut=st.none() | st.integers(1, 3),
)
@example(
    steps=[("write", 1, 0), ("link", 1, 0), ("tick", None, None), ("unlink", 1, 0)],
    skew=0,
    limit=None,
    crowd=CROWD,
    cut=None,
)
def test_every_version_that_stands_is_asked_for_and_a_quiet_source_never_again(
    steps: list[Did], skew: int, limit: int | None, crowd: int, cut: int | None
) -> None:
    world = World(skew=skew, crowd=crowd, apart=APART if cut else 0)
    for _ in play(world, steps):
        pass

    world.ticks_until_complete(limit, cut)

    world.assert_nothing_missed()
    for pause in (0, 1, OVERLAP, 1000):
        world.now += pause
        assert not world.tick().taken


@given(steps=STEPS)
def test_what_is_remembered_is_no_more_than_what_the_overlap_shows(
    steps: list[Did],
) -> None:
    world = World()
    for changes in play(world, steps):
        watermark = changes.cursor.watermark
        if changes.is_complete and watermark is not None:
            shown = {
                str(row.id) for row in world.rows.values() if row.updated >= watermark - OVERLAP
            }
            assert set(changes.cursor.seen) <= shown


@given(
    before=STEPS,
    during=STEPS,
    glitch=st.integers(OVERLAP + 1, 10**9) | st.integers(OVERLAP + 1, 10_000),
)
@example(before=[], during=[WRITE, TICK, WRITE, ("wait", 1, 0)], glitch=2 * OVERLAP + 1)
@example(before=[], during=[WRITE, TICK, WRITE, ("wait", 10_000, 0)], glitch=9_000)
@example(
    before=[WRITE, *[("wait", 5, 0), TICK] * 5],
    during=[TICK, WRITE_LATE, ("wait", 10_000, 0)],
    glitch=9_000,
)
def test_a_clock_of_ours_that_was_ahead_for_a_while_costs_reads_and_loses_nothing(
    before: list[Did], during: list[Did], glitch: int
) -> None:
    world = World(crowd=0)
    for _ in play(world, before):
        pass
    world.skew = glitch
    for _ in play(world, during):
        pass
    world.skew = 0
    world.write(1)

    world.ticks_until_complete()

    world.assert_nothing_missed()
    assert not world.tick().taken


def test_a_crowd_is_listed_until_nothing_more_can_come_beside_it_and_then_no_longer() -> None:
    world = World(crowd=2)
    for number in (1, 2, 3):
        world.write(number)
    looks = []
    for _ in range(20):
        world.tick()
        looks.append(world.listed)
        world.now += OVERLAP // 10
    world.write(4, world.now - START - 1)

    assert looks == sorted(looks, reverse=True)
    assert looks.count(3) > OVERLAP // (OVERLAP // 10)
    assert looks[-1] == 0
    assert ids(world.tick()) == [4]


@given(steps=STEPS, ahead=st.integers(1, 10**9))
@example(
    steps=[("write", 1, 0), ("write", 2, 0), ("tick", None, 1), ("tick", None, 4), ("write", 3, 0)],
    ahead=1,
)
def test_a_record_stamped_in_the_future_hides_no_other(steps: list[Did], ahead: int) -> None:
    world = World()
    world.write(9, -ahead)
    world.ticks_until_complete()
    for _ in play(world, steps):
        pass

    world.ticks_until_complete()

    world.assert_nothing_missed()
    assert not world.tick().taken


def test_our_own_write_back_is_no_change(small_world: World) -> None:
    small_world.ticks_until_complete()
    small_world.now += 1
    small_world.link(1)

    assert not small_world.tick().taken


def ids(look: SweptLook[Changed]) -> list[int]:
    return [record.id for record in look.taken]


@pytest.fixture
def small_world() -> World:
    world = World()
    for number in (1, 2, 3):
        world.write(number)
    return world


def test_records_edited_again_in_the_same_second_are_asked_for_again(small_world: World) -> None:
    small_world.ticks_until_complete()
    small_world.write(2)

    assert ids(small_world.tick()) == [2]


@pytest.mark.parametrize(
    "text", ["", "rubbish", "[]", '{"v":1}', '{"v":1,"watermark":"x","seen":{}}', '{"v":2}', "null"]
)
def test_a_damaged_cursor_means_looking_at_everything_again(small_world: World, text: str) -> None:
    small_world.ticks_until_complete()
    small_world.cursor = Cursor.decode(text)

    assert ids(small_world.tick()) == [1, 2, 3]


def test_a_failing_list_raises_and_leaves_the_cursor_to_the_caller(contractor: Contractor) -> None:
    contractor.overrides = {"servicetrade": {"read_attempts": 1}}
    contractor.dispatcher.company()
    with contractor.session() as session:
        before = notice(session, Cursor(), UNBOUNDED).cursor
        new = contractor.dispatcher.company()
        contractor.fault(system="servicetrade", operation="GET /company", kind="fail_before")
        with pytest.raises(SyncFault):
            notice(session, before, UNBOUNDED)
        assert notice(session, before, UNBOUNDED).keys == (str(new),)


@pytest.mark.parametrize("ahead", [1, 10**9])
def test_a_servicetrade_whose_clock_stands_still_shows_every_change(
    contractor: Contractor, ahead: int
) -> None:
    frozen = int(time.time()) + ahead
    contractor.control.switch("servicetrade", frozen_time=frozen)
    first = contractor.dispatcher.company("One")
    with contractor.session() as session:
        changes = notice(session, Cursor(), UNBOUNDED)
        contractor.dispatcher.change("company", first, name="Two")
        second = contractor.dispatcher.company("Three")
        again = notice(session, changes.cursor, UNBOUNDED)
        assert set(again.keys) == {str(first), str(second)}
        assert notice(session, again.cursor, UNBOUNDED).keys == ()
