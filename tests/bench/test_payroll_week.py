"""Requests of a weekly reconciliation: the pages of the week, the listings of its markers, and what
was missing.
"""

from collections import Counter

import pytest

from benchmarks.payroll_week import fill, reconciled
from benchmarks.stage import open_stage

pytestmark = pytest.mark.slow


def test_a_reconciliation_asks_for_pages_listings_and_what_was_missing_alone() -> None:
    with open_stage() as stage:
        fill(stage, 1_000)
        first = reconciled(stage)
        quiet = reconciled(stage)

    assert 900 < quiet.entries < 1_100
    assert quiet.requests == Counter({"GET /timecard": 1, "POST /oauth2/token": 1})
    assert quiet.statements == 4, "one for each table in which a card may stand"
    assert quiet.ledger == Counter({"listings": 2, "reads": 3}), (
        "what is done, and what waits; the epoch, at the opening and before the week, and the"
        " cursor"
    )
    assert quiet.missing == 0

    assert first.missing == -(-first.entries // 100)
    assert first.pages == 1
    assert first.requests["POST /timecard/timecards"] <= first.missing
    assert first.requests["GetEmployee"] == 2
    assert first.requests["GET /user/{id}"] <= first.missing
    assert first.requests.total() <= 5 * first.missing + 10
    assert first.statements == 8, (
        "what stands there before the cards go out, and the week once they have"
    )
    assert first.ledger["listings"] == 6
    jobs = first.requests["GET /job/{id}"]
    most = 10 * first.missing + 2 * jobs
    assert first.ledger["reads"] <= most, "each job too, once or by two threads at one moment"
    assert first.ledger["writes"] <= 12 * first.missing
