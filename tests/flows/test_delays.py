"""A record's delay counts from its change at the source, by the source's own clock, until it is
across.
"""

from datetime import UTC, datetime, timedelta

from st_spectrum.engine.retries.delays import counted_change, delay_of
from st_spectrum.ledger.entry import Entry, State, move, new_entry
from tests.world.contractor import Contractor

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def crossed(entry: Entry, at: datetime) -> Entry:
    claimed = move(entry, State.CLAIMED, at, claim=f"{at}")
    return move(claimed, State.CONFIRMED, at)


def held(at: datetime, **changes: object) -> Entry:
    return new_entry("jobs", "1", State.HELD, at, **changes)


def test_a_record_counts_from_its_change_and_not_from_when_it_was_seen() -> None:
    entry = crossed(held(NOON, source_changed_at=NOON - 5 * MINUTE), NOON + MINUTE)

    assert delay_of(entry) == 6 * MINUTE


def test_where_the_source_tells_no_time_it_counts_from_when_it_was_first_seen() -> None:
    assert delay_of(crossed(held(NOON), NOON + MINUTE)) == MINUTE


def test_a_clock_that_is_ahead_makes_no_record_cross_before_its_change() -> None:
    entry = crossed(held(NOON, source_changed_at=NOON + 3 * MINUTE), NOON + MINUTE)

    assert delay_of(entry) == timedelta(0)


def test_what_is_on_its_way_or_stood_there_already_took_no_time() -> None:
    assert delay_of(held(NOON)) is None
    assert delay_of(new_entry("jobs", "1", State.CONFIRMED, NOON)) is None


def test_a_record_that_crosses_again_counts_from_its_second_change() -> None:
    once = crossed(held(NOON, source_changed_at=NOON), NOON + MINUTE)
    later = NOON + timedelta(days=40)

    again = move(once, State.HELD, later)

    assert again.source_changed_at is None
    assert delay_of(crossed(again, later + MINUTE)) == MINUTE


def test_the_first_change_counts_for_what_waits_whatever_moves_it_later() -> None:
    entry = held(NOON, source_changed_at=NOON - MINUTE)

    assert counted_change(entry, NOON + timedelta(hours=1), None) == NOON - MINUTE
    assert counted_change(held(NOON), NOON + MINUTE, None) is None, "it may be a write of ours"
    assert counted_change(held(NOON), NOON - MINUTE, None) == NOON - MINUTE


def test_what_was_changed_before_anybody_watched_counts_from_when_it_was_first_seen() -> None:
    assert counted_change(None, NOON - MINUTE, NOON) is None
    assert counted_change(None, NOON, NOON) == NOON


def test_the_external_id_that_we_write_at_the_end_is_no_change_of_the_record() -> None:
    entry = crossed(held(NOON), NOON + MINUTE)

    assert counted_change(entry, NOON + MINUTE + timedelta(seconds=20), None) is None
    assert counted_change(entry, NOON + 3 * MINUTE, None) == NOON + 3 * MINUTE


def test_a_company_counts_from_its_change_in_servicetrade_while_our_external_id_moves_that(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.company("Pier Foods")
    contractor.round()  # somebody watches from here on
    contractor.a_minute_passes_in_servicetrade()
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.ahead = timedelta(hours=1)

    outcomes = contractor.round()["customers"].outcomes

    (delay,) = [one.delay_seconds for one in outcomes if one.key == str(company)]
    assert delay is not None
    assert 3500 < delay < 3600
    entry = contractor.entry_of("customers", company)
    assert entry.source_changed_at is not None
    assert entry.source_changed_at < entry.first_seen_at - timedelta(minutes=50)


def test_a_first_load_counts_from_when_it_was_seen_and_not_from_years_ago(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.edit("company", company, updated=1_600_000_000)

    outcomes = contractor.round()["customers"].outcomes

    (delay,) = [one.delay_seconds for one in outcomes if one.key == str(company)]
    assert delay is not None
    assert delay < 60
