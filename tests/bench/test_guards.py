"""Requests, queries, reads and writes that the second guard and the witness add to a batch;
milliseconds are `make bench`'s.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks.guarded import Cost, Measured, measure
from benchmarks.ways import WAYS, Ground, near

RECORDS = 20
INVOICES = {
    "infolink.invoices": 1,
    "infolink.invoices_alike": 1,
    "infolink.ar_customers": 1,
    "infolink.ar_jobs": 1,
}
QUERIES = {
    "time by SOAP": {"infolink.pre_time_cards": 4},
    "time by REST": {"infolink.pre_time_cards": 4},
    "invoices by SOAP": INVOICES,
    "invoices by REST": INVOICES,
    "job items": {"infolink.po_headers": 1, "infolink.po_lines": 1, "infolink.purchase_orders": 1},
    "customers": {"infolink.like.AddCustomer": 1},
}
"""Statements of one round with one batch: four tables of payroll, one of AR by number and by day,
one of customers; those of orders find them, those of customers and jobs of invoices see what would
refuse an invoice, and none of these is a guard's.
"""

LISTS = {"job items": 2}
"""Lists of job items: the orders of a round are for two jobs."""

IN_A_QUIET_ROUND = {"time by SOAP": 1, "time by REST": 1}
"""Reads of the witness: a quiet round of time looks whether the ledger was lost."""


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with near() as made:
        yield made


def measured(ground: Ground, way: str, *, is_guarded: bool) -> Measured:
    ground.renew()
    return measure(ground, WAYS[way], RECORDS, is_guarded=is_guarded)


def lists_of_items(cost: Cost) -> int:
    return cost.requests["servicetrade", "GET /jobitem"]


@pytest.mark.parametrize("way", WAYS)
def test_a_batch_is_asked_for_once_and_noted_twice_and_a_quiet_round_touches_nothing(
    ground: Ground, way: str
) -> None:
    with_them = measured(ground, way, is_guarded=True)
    without = measured(ground, way, is_guarded=False)
    full, before = with_them.full, without.full

    assert full.batches == 1
    assert full.queries == Counter(QUERIES[way])
    assert lists_of_items(full) == LISTS.get(way, 0)
    assert lists_of_items(before) == 0
    looks = IN_A_QUIET_ROUND.get(way, 0)
    assert full.witness == Counter(reads=3 + looks, writes=2), (
        "looked at first, and turned before and after the writes"
    )
    assert full.ledger["writes"] - before.ledger["writes"] == 2, (
        "the epoch, turned twice by a conditional write"
    )
    assert full.ledger_keys["epoch/ledger"] == 5 + looks
    assert reads_of(full) - reads_of(before) == Counter({"epoch/ledger": 5})
    assert writes_of(full) == writes_of(before)

    assert with_them.quiet.requests == without.quiet.requests
    assert with_them.quiet.witness == (Counter(reads=looks) if looks else Counter())
    assert with_them.quiet.queries == without.quiet.queries
    assert with_them.quiet.ledger_keys["epoch/ledger"] == looks
    assert not lists_of_items(with_them.quiet)


def reads_of(cost: Cost) -> Counter[str]:
    """Of the ledger, by document. How many threads read the job of their time before one of them
    knows it depends on their pace.
    """
    return Counter(
        {
            key: count
            for key, count in cost.ledger_keys.items()
            if not key.startswith("entries/jobs/")
        }
    )


def writes_of(cost: Cost) -> Counter[str]:
    """By operation. How many records one message of REST takes along depends on how fast the last
    one was answered.
    """
    grouped = ("POST /timecard/timecards", "POST /customer/invoice")
    names = Counter(
        {name: count for (_, name), count in cost.requests.items() if not name.startswith("GET ")}
    )
    return Counter({name: count for name, count in names.items() if name not in grouped})
