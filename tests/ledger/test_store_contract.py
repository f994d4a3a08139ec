"""What every store promises: memory, SQLite, S3 as moto plays it, and a real S3 server."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.s3 import S3Store
from st_spectrum.ledger.store import Store

WORKERS = 16
PATIENT_WORKERS = 8
"""On SeaweedFS, which lets the losers of a race wait, for seconds when there are many."""


def test_what_was_created_is_read_back_to_the_letter(store: Store) -> None:
    body = '{"name": "Café Ünique & Söhne <1>", "emoji": "🧯", "line": "a\\nb"}\nsecond line\n'
    etag = store.create("entries/customers/1201", body)
    found = store.get("entries/customers/1201")
    assert found is not None
    assert (found.body, found.etag) == (body, etag)


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.get("entries/customers/0") is None


def test_a_key_is_created_once_even_with_the_same_body(store: Store) -> None:
    store.create("k/a", "{}")
    with pytest.raises(ClaimLost):
        store.create("k/a", "{}")


def test_only_the_version_that_was_read_is_replaced(store: Store) -> None:
    first = store.create("k/a", "1")
    second = store.replace("k/a", "2", first)
    with pytest.raises(ClaimLost):
        store.replace("k/a", "3", first)
    assert store.replace("k/a", "3", second) not in (first, second)
    assert store.get("k/a").body == "3"


def test_a_version_that_comes_back_with_the_same_text_is_another_version(store: Store) -> None:
    first = store.create("k/a", "1")
    second = store.replace("k/a", "2", first)
    store.replace("k/a", "1", second)
    with pytest.raises(ClaimLost):
        store.replace("k/a", "9", first)


def test_a_key_that_is_gone_cannot_be_replaced(store: Store) -> None:
    etag = store.create("k/a", "1")
    store.discard("k/a")
    with pytest.raises(ClaimLost):
        store.replace("k/a", "2", etag)
    with pytest.raises(ClaimLost):
        store.replace("k/never", "2", etag)
    assert store.get("k/a") is None


def test_a_key_made_anew_is_another_version(store: Store) -> None:
    etag = store.create("k/a", "1")
    store.discard("k/a")
    store.create("k/a", "1")
    with pytest.raises(ClaimLost):
        store.replace("k/a", "2", etag)


def test_discarding_twice_does_nothing(store: Store) -> None:
    store.create("open/jobs/1", "{}")
    store.discard("open/jobs/1")
    store.discard("open/jobs/1")
    assert list(store.list("open/")) == []


def test_keys_are_listed_by_prefix_in_byte_order(store: Store) -> None:
    keys = [
        "a/10",
        "a/2",
        "a/B",
        "a/a",
        "a/a-b",
        "a/a.b",
        "a/a/c",
        "a/%2E%2E",
        "a/caf%C3%A9",
        "ab/1",
        "b/1",
    ]
    for key in keys:
        store.create(key, "{}")
    assert list(store.list("a/")) == sorted(key for key in keys if key.startswith("a/"))
    assert list(store.list("a")) == sorted(keys)[:-1]
    assert list(store.list("nothing/")) == []


def test_more_keys_than_one_page_are_all_listed(store: Store) -> None:
    keys = [f"many/{number:05d}" for number in range(1005)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: store.create(key, "{}"), keys))
    assert list(store.list("many/")) == keys


def test_of_many_who_create_one_key_exactly_one_wins(store: Store) -> None:
    for number in range(_rounds(store)):
        winners = _race(WORKERS, lambda key=f"race/{number}": store.create(key, '{"same": "body"}'))
        assert len(winners) == 1, f"round {number}: {winners}"


def test_of_many_who_replace_one_version_exactly_one_wins(store: Store) -> None:
    etag = store.create("race/one", "0")
    workers = PATIENT_WORKERS if _is_seaweed(store) else WORKERS
    for number in range(_rounds(store)):
        seen = etag
        winners = _race(
            workers, lambda seen=seen: store.replace("race/one", '{"same": "body"}', seen)
        )
        assert len(winners) == 1, f"round {number}: {winners}"
        etag = winners[0]


def test_a_counter_that_many_count_up_is_exact(store: Store) -> None:
    store.create("counter", "0")
    workers, times = 6, 10

    def count(_: int) -> None:
        done = 0
        while done < times:
            found = store.get("counter")
            try:
                store.replace("counter", str(int(found.body) + 1), found.etag)
                done += 1
            except ClaimLost:
                continue

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(count, range(workers)))
    assert store.get("counter").body == str(workers * times)


def test_markers_that_come_and_go_beside_one_another_stay_exact(store: Store) -> None:
    def come_and_go(worker: int) -> None:
        for number in range(8):
            store.create(f"open/churn/{worker}-{number}", "{}")
            if number % 4:
                store.discard(f"open/churn/{worker}-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come_and_go, range(8)))
    left = sorted(f"open/churn/{worker}-{number}" for worker in range(8) for number in (0, 4))
    assert list(store.list("open/churn/")) == left


def _is_seaweed(store: Store) -> bool:
    return isinstance(store, S3Store) and "127.0.0.1" in store.place


def _rounds(store: Store) -> int:
    return 2 if _is_seaweed(store) else 25


def _race(workers: int, attempt: Callable[[], str]) -> list[str]:
    start = threading.Barrier(workers)

    def run(_: int) -> str | None:
        start.wait()
        try:
            return attempt()
        except ClaimLost:
            return None

    with ThreadPoolExecutor(workers) as pool:
        return [etag for etag in pool.map(run, range(workers)) if etag]
