"""A crowd: far more records changed at once than one batch holds. All of it has its turn, and what
is new today is not behind it.
"""

from datetime import date, timedelta
from math import ceil
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.engine.looks.changes import Bounds
from st_spectrum.engine.looks.cursor import NEWEST, from_both_ends, newest_share
from st_spectrum.flows.customers.notice import notice
from st_spectrum.flows.purchase_orders.notice import whole_orders
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.spectrum.purchase_orders import PoHeader
from tests.flows.test_changes import APART, OVERLAP, World, ids
from tests.world.contractor import Contractor

BATCH = 20


def crowded(count: int, *, seconds: int) -> World:
    """So many records were touched within so many seconds."""
    world = World()
    world.crowd_of(count, seconds)
    return world


@pytest.mark.parametrize("seconds", [0, 10, OVERLAP // 2, 20 * OVERLAP])
def test_a_new_record_of_today_is_in_the_next_batch_whatever_crowd_stands_before_it(
    seconds: int,
) -> None:
    world = crowded(200, seconds=seconds)
    world.tick(BATCH)
    world.now += 1
    world.write(5_000)

    assert 5_000 in ids(world.tick(BATCH))

    world.ticks_until_complete(BATCH)
    world.assert_nothing_missed()


@pytest.mark.parametrize("seconds", [0, 10, 20 * OVERLAP])
def test_a_crowd_is_asked_for_in_no_more_batches_than_it_fills_and_each_record_once(
    seconds: int,
) -> None:
    world, batches, asked = crowded(200, seconds=seconds), 0, []
    while not (changes := world.tick(BATCH)).is_complete:
        batches += 1
        asked += ids(changes)
        assert len(ids(changes)) == BATCH
    assert len({*asked, *ids(changes)}) == len([*asked, *ids(changes)]) == 200
    assert batches + 1 == 200 // BATCH


def test_the_oldest_of_a_crowd_comes_in_its_turn_even_if_newer_records_never_cease() -> None:
    world = crowded(100, seconds=OVERLAP)
    looks = ceil(100 / (BATCH - newest_share(BATCH)))
    for tick in range(looks):
        world.now += 1
        for number in range(BATCH):  # as many new ones as a batch holds, every second
            world.write(10_000 + tick * BATCH + number)
        world.tick(BATCH)

    assert set(range(1, 101)) <= world.asked.keys()


@pytest.mark.parametrize("seconds", [0, 10, 20 * OVERLAP])
@pytest.mark.parametrize("first", [True, False], ids=["first look", "watched before"])
def test_a_list_longer_than_a_look_is_asked_for_whole_each_record_once_and_todays_is_not_behind_it(
    seconds: int, *, first: bool
) -> None:
    """A look has time for 50 of 600 records."""
    world, asked, shown = World(apart=APART // 1000), [], []
    if not first:
        world.write(9_000)
        world.tick(BATCH)
        world.now += 1
    world.crowd_of(600, seconds)
    world.now += 1
    world.make(5_000)

    while not (look := world.tick(BATCH, 50)).is_complete:
        asked += ids(look)
        shown.append(world.listed)
        world.now += 4
    asked += ids(look)

    assert asked.index(5_000) < 7 * BATCH, "a list by age shows it last"
    assert sorted(asked) == [*range(1, 601), 5_000]
    assert max(shown) <= 6 * 50
    world.assert_nothing_missed()
    assert not world.tick(BATCH).taken


def test_what_is_made_while_a_long_list_is_read_is_asked_for_at_the_next_look() -> None:
    world = World(apart=APART // 1000)
    world.crowd_of(600, 0)
    for _ in range(4):
        world.tick(BATCH, 50)
    for number in range(5_000, 5_010):
        world.now += 1
        world.make(number)
        assert number in ids(world.tick(BATCH, 50))


def test_what_changes_while_a_long_list_is_read_is_asked_for_again_whatever_part_it_was_in() -> (
    None
):
    world, random = World(apart=APART // 1000), Random(7)  # noqa: S311 - no secret
    world.crowd_of(300, 10)
    while not world.tick(BATCH, 30).is_complete:
        world.now += 4
        world.write(random.randint(1, 300), lateness=random.randint(0, OVERLAP - 1))
        if random.random() < 0.2:
            world.write(1_000 + random.randint(1, 50))

    world.ticks_until_complete(BATCH)

    world.assert_nothing_missed()


def test_what_a_cursor_remembers_of_a_first_look_through_a_long_list_is_little() -> None:
    """A hundred thousand records of many years: what is past need not be remembered."""
    world, sizes = World(), []
    world.crowd_of(600, 600 * OVERLAP)
    while not world.tick(BATCH, 50).is_complete:
        sizes.append(len(world.cursor.seen))

    assert max(sizes) <= 3 * 50
    assert len(world.asked) == 600


def test_parts_that_a_source_cannot_tell_apart_end_in_a_fault_and_not_in_silence() -> None:
    """All made and changed within one second, and more than a look has time for."""
    world = World()
    world.crowd_of(600, 0)
    looks = [world.tick(BATCH, 50) for _ in range(20)]

    assert looks[-1].is_stuck
    assert not any(look.is_complete for look in looks)


@given(st.lists(st.integers()), st.none() | st.integers(1, 40))
def test_a_batch_and_what_it_leaves_are_the_whole_crowd_in_its_order(
    crowd: list[int], limit: int | None
) -> None:
    taken, left = from_both_ends(crowd, limit)

    if limit is None or len(crowd) <= limit:
        assert (taken, left) == (crowd, [])
        return
    newest = newest_share(limit)
    assert taken[: limit - newest] + left + taken[limit - newest :] == crowd
    assert len(taken) == limit
    assert newest < limit / 2 or limit == 2
    assert newest >= limit // NEWEST


def test_companies_touched_all_at_once_do_not_hide_the_one_that_was_made_today(
    contractor: Contractor,
) -> None:
    crowd = [contractor.dispatcher.company() for _ in range(25)]
    with contractor.session() as session:
        cursor = notice(session, Cursor(), Bounds()).cursor
        assert cursor is not None
        for number in crowd:
            contractor.dispatcher.change("company", number, phoneNumber="7575550100")
        made = contractor.dispatcher.company()
        first = notice(session, cursor, Bounds(limit=10))

        assert str(made) in first.keys
        assert str(crowd[0]) in first.keys
        asked, changes = list(first.keys), first
        while not changes.is_complete:
            assert changes.cursor is not None
            changes = notice(session, changes.cursor, Bounds(limit=10))
            asked += changes.keys
        assert sorted(asked) == sorted(map(str, [*crowd, made]))


ORDERS = st.lists(st.integers(0, 6), max_size=30)


@given(ORDERS, st.integers(1, 12))
def test_a_batch_of_orders_iswhole_orders_of_both_ends_with_the_greater_part_from_the_oldest(
    lines: list[int], limit: int
) -> None:
    orders = [order(number, count) for number, count in enumerate(lines)]
    taken, is_all = whole_orders(orders, limit)

    assert is_all == (list(taken) == orders)
    assert len({header.number for header in taken}) == len(taken)
    if not is_all:
        assert taken[0] == orders[0]
        assert limit == 1 or taken[-1] == orders[-1]
        assert sum(max(1, header.line_count) for header in taken) >= limit


def test_an_order_of_today_is_read_before_the_crowd_that_somebody_touched_is_through() -> None:
    orders = [order(number, 2) for number in range(500)]
    taken, is_all = whole_orders(orders, 20)

    assert not is_all
    assert [header.number for header in taken] == [*(str(number) for number in range(9)), "499"]


def order(number: int, lines: int) -> PoHeader:
    day = date(2025, 1, 1) + timedelta(days=number)
    return PoHeader(str(number), "O", "V0001", "J1", "", day, lines, f"digest {number}")
