"""What a quiet reconciliation costs on S3: one listing for each 1,000 markers, one of what waits,
and nothing for a single card.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from st_spectrum.account.file import load_account
from st_spectrum.flows.session import open_session
from st_spectrum.flows.timecards.done_cards import DoneCard, mark
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.ledger.documents.timecards import TimeBegun
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.s3 import S3Store
from tests.ledger.bucket import Bucket
from tests.ledger.ledger_servers import BUCKET
from tests.world.payroll_clerk import PayrollClerk

pytestmark = pytest.mark.slow

SIZES = {1000: date(2026, 5, 31), 2500: date(2026, 6, 14)}
"""Cards of a week, and the week which has them."""


@pytest.mark.parametrize("cards", SIZES)
def test_a_quiet_week_costs_one_listing_for_each_thousand_markers(
    payroll_clerk: PayrollClerk, bucket: Bucket, cards: int
) -> None:
    week = SIZES[cards]
    payroll_clerk.keep_in(bucket.settings)
    card = payroll_clerk.card(week, ["Training"] * cards)
    mark_all(payroll_clerk, bucket, week)
    bucket.requests.clear()

    assert payroll_clerk.run(f"{week}").success

    seen = Counter(map(kind, bucket.requests))
    payroll_clerk.control.edit("timecard", card, status="open")
    assert len(bucket.table(f"{week}")) == cards
    assert payroll_clerk.writes() == 0
    assert seen == {
        "ListObjectsV2": -(-cards // 1000) + 1,  # and what waits: it may have vanished as well
        "PUT probe": 2,  # both conditions are tried out when the ledger is opened
        "GET probe": 2,
        "GET epoch": 2,  # in which form it is, and whether it is the ledger that sent last
        "GET cursors": 1,  # whether the ledger is new
        "ListObjects": 1,  # dagster-aws looks whether the bucket is there
        "PUT payroll": 1,
        "GET kept": 3,  # what was told of the week last, and its mail
        "PUT kept": 2,
    }


def mark_all(payroll_clerk: PayrollClerk, bucket: Bucket, week: date) -> None:
    """As if all approved time of the week had crossed before, in a ledger that is not new."""
    now = datetime.now(UTC)
    with open_session(load_account(payroll_clerk.account_file)) as session:
        done = [
            DoneCard(entry.key, entry.version, entry.hours, now, now, "T0001", "900", "R")
            for entry in time_context(session.flows).times.week(week + timedelta(days=6))
            if entry.is_approved
        ]
    ledger = Ledger(S3Store(BUCKET, bucket.settings.prefix, bucket.client), "before", 300)
    ledger.put(TimeBegun(now))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda card: mark(ledger, card), done))


def kind(request: tuple[str, str]) -> str:
    """S3's name of a listing; of all else what was done to which folder."""
    method, url = request
    asked = parse_qs(urlsplit(url).query)
    if method == "GET" and "prefix" in asked:
        return "ListObjectsV2" if asked.get("list-type") == ["2"] else "ListObjects"
    key = urlsplit(url).path.removeprefix("/ledger")
    return f"{method} {key.split('/')[2]}"
