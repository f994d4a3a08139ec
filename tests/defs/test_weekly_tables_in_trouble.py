"""A week whose table cannot be written, or whose ledger cannot be reached: one sentence, nothing
lost, nothing sent twice.
"""

import errno
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from st_spectrum.account.file import load_account
from st_spectrum.flows.session import open_session
from st_spectrum.reconcile.payroll_week import reconcile_week
from tests.ledger.bucket import Bucket
from tests.ledger.relay import Trick, hang_up, refuse
from tests.world.payroll_clerk import SECRET, PayrollClerk

pytestmark = pytest.mark.slow

TRIES_OF_THE_CLIENT = 3

TROUBLE = {
    "asked to slow down": (refuse(503, "SlowDown"), TRIES_OF_THE_CLIENT, "RateLimited", "asks us to slow down"),
    "down": (hang_up, TRIES_OF_THE_CLIENT, "Unavailable", "no usable answer from bucket 'ledger' at http://127.0.0.1"),
    "broken": (refuse(500, "InternalError"), TRIES_OF_THE_CLIENT, "Unavailable", "cannot answer now (500"),
    "key withdrawn": (refuse(403, "InvalidAccessKeyId"), 1, "AccessDenied", "refuses the access key or the right to write"),
    "bucket removed": (refuse(404, "NoSuchBucket"), 1, "SettingsInvalid", "there is no bucket 'ledger'"),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_table_that_cannot_be_written_loses_nothing_and_the_next_run_sends_nothing_twice(
    payroll_clerk: PayrollClerk, real_bucket: Bucket, trouble: str
) -> None:
    trick, times, family, words = TROUBLE[trouble]
    payroll_clerk.keep_in(real_bucket.settings)
    real_bucket.relay.play("PUT", ".parquet", *[trick] * times)

    result = payroll_clerk.run()

    said = payroll_clerk.said(result)
    assert (said.family, words in said.said) == (family, True), said
    assert metadata_of(result)["created"].value == len(payroll_clerk.timekeeper.rows())
    assert "\n" not in said.said
    assert "Traceback" not in said.said
    assert "no card goes out twice" in said.advice
    assert "nothing was sent" not in said.advice
    payroll_clerk.timekeeper.assert_exact()
    assert real_bucket.keys("payroll") == []
    writes = payroll_clerk.writes()
    assert writes >= len(payroll_clerk.timekeeper.rows()) > 10
    assert payroll_clerk.run().success
    assert payroll_clerk.writes() == writes
    assert sum(real_bucket.table(payroll_clerk.week)["hours_sent"]) == sum(
        payroll_clerk.timekeeper.expected().values()
    )


def test_a_server_that_asks_to_slow_down_for_a_while_is_waited_for(
    payroll_clerk: PayrollClerk, real_bucket: Bucket
) -> None:
    payroll_clerk.keep_in(real_bucket.settings)
    slow: Trick = refuse(503, "SlowDown")
    real_bucket.relay.play("PUT", ".parquet", slow, slow)
    assert payroll_clerk.run().success
    assert len(real_bucket.table(payroll_clerk.week)) > 10
    real_bucket.relay.play("GET", "/ledger", slow)
    real_bucket.relay.play("PUT", ".parquet", slow)
    assert payroll_clerk.run().success
    assert not real_bucket.relay.tricks
    payroll_clerk.timekeeper.assert_exact()


def test_a_server_that_asks_to_slow_down_again_and_again_only_takes_time(
    payroll_clerk: PayrollClerk, real_bucket: Bucket
) -> None:
    payroll_clerk.keep_in(real_bucket.settings)
    real_bucket.relay.rule = lambda number: None if number % 7 else refuse(503, "SlowDown")
    assert payroll_clerk.run().success
    payroll_clerk.timekeeper.assert_exact()
    found = real_bucket.table(payroll_clerk.week)
    assert set(found["state"]) == {"confirmed"}
    assert not any(found["difference"])


@pytest.mark.parametrize(
    "requests", [140, 170, 200]
)  # each entry is read once before the first card goes out
def test_a_bucket_that_goes_away_in_the_midst_of_the_cards_loses_and_doubles_none(
    payroll_clerk: PayrollClerk, real_bucket: Bucket, requests: int
) -> None:
    payroll_clerk.keep_in(real_bucket.settings)
    real_bucket.relay.rule = lambda number: hang_up if number > requests else None
    said = payroll_clerk.said(payroll_clerk.run())
    assert said.family == "Unavailable"
    assert (
        0
        < len(payroll_clerk.timekeeper.rows())
        < len(payroll_clerk.timekeeper.kept.cards[0].entries)
    )
    assert real_bucket.keys("payroll") == []

    real_bucket.relay.rule = lambda _: None
    assert payroll_clerk.run().success

    payroll_clerk.timekeeper.assert_exact()
    assert set(real_bucket.table(payroll_clerk.week)["state"]) == {"confirmed"}


def test_two_reconciliations_of_a_week_at_once_send_each_card_once(
    payroll_clerk: PayrollClerk, real_bucket: Bucket
) -> None:
    payroll_clerk.keep_in(real_bucket.settings)
    account, (end,) = load_account(payroll_clerk.account_file), payroll_clerk.timekeeper.week_ends

    def reconcile(run_id: str) -> None:
        with open_session(account) as session:
            reconcile_week(session, end, run_id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(reconcile, ("one", "other")))

    assert payroll_clerk.run().success
    payroll_clerk.timekeeper.assert_exact()
    assert set(real_bucket.table(payroll_clerk.week)["state"]) == {"confirmed"}


def test_a_failed_listing_of_markers_sends_nothing(
    payroll_clerk: PayrollClerk, real_bucket: Bucket
) -> None:
    payroll_clerk.keep_in(real_bucket.settings)
    real_bucket.relay.play("GET", "/ledger", *[refuse(503, "SlowDown")] * TRIES_OF_THE_CLIENT)
    said = payroll_clerk.said(payroll_clerk.run())
    assert said.family == "RateLimited"
    assert payroll_clerk.writes() == 0


def test_a_table_whose_rerun_fails_is_still_the_one_before(
    payroll_clerk: PayrollClerk, real_bucket: Bucket
) -> None:
    payroll_clerk.keep_in(real_bucket.settings)
    assert payroll_clerk.run().success
    before = real_bucket.table(payroll_clerk.week)
    real_bucket.relay.play("PUT", ".parquet", *[hang_up] * TRIES_OF_THE_CLIENT)
    assert not payroll_clerk.run().success
    pd.testing.assert_frame_equal(real_bucket.table(payroll_clerk.week), before)


def test_a_bucket_that_does_not_exist_stops_the_run_before_anything_is_sent(
    payroll_clerk: PayrollClerk, bucket: Bucket
) -> None:
    rights = {
        "access_key_id": "admin-key"
    }  # who may use every bucket is told that this one is missing
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(SECRET, "admin-secret")
        payroll_clerk.keep_in(bucket.settings, bucket="ledgre", **rights)
        said = payroll_clerk.said(payroll_clerk.run())
    assert said.family == "SettingsInvalid"
    assert "ledger.bucket: there is no bucket 'ledgre'" in said.said
    assert payroll_clerk.writes() == 0


def test_wrong_credentials_stop_the_run_before_anything_is_sent(
    payroll_clerk: PayrollClerk, real_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "not-the-secret")
    payroll_clerk.keep_in(real_bucket.settings)
    said = payroll_clerk.said(payroll_clerk.run())
    assert said.family == "AccessDenied"
    assert "refuses the access key" in said.said
    assert "not-the-secret" not in f"{said}"
    assert payroll_clerk.writes() == 0


def test_a_server_that_is_down_stops_the_run_before_anything_is_sent(
    payroll_clerk: PayrollClerk, real_bucket: Bucket
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}"
    payroll_clerk.keep_in(real_bucket.settings, endpoint_url=nobody)
    said = payroll_clerk.said(payroll_clerk.run())
    assert said.family == "Unavailable"
    assert nobody in said.said
    assert payroll_clerk.writes() == 0


def test_a_folder_that_cannot_be_used_is_told_and_loses_nothing(
    payroll_clerk: PayrollClerk,
) -> None:
    blocked = payroll_clerk.folder / "payroll"
    blocked.write_text("mine")
    said = payroll_clerk.said(payroll_clerk.run())
    assert said.family == "SettingsInvalid"
    assert f"state_dir: no table can be written into {blocked}" in said.said
    assert blocked.read_text() == "mine"
    payroll_clerk.timekeeper.assert_exact()
    writes = payroll_clerk.writes()
    blocked.unlink()
    assert payroll_clerk.run().success
    assert payroll_clerk.writes() == writes
    assert len(payroll_clerk.local_table()) > 10


def test_a_write_into_the_folder_that_breaks_off_leaves_the_table_before(
    payroll_clerk: PayrollClerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert payroll_clerk.run().success
    before = payroll_clerk.local_table()
    replace = Path.replace

    def on_a_full_disk(draft: Path, target: Path) -> Path:
        if Path(target).suffix == ".parquet":
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(draft, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", on_a_full_disk)
        said = payroll_clerk.said(payroll_clerk.run())
    assert said.family == "Unavailable"
    pd.testing.assert_frame_equal(payroll_clerk.local_table(), before)


def metadata_of(result: dg.ExecuteInProcessResult) -> Mapping[str, Any]:
    """The numbers and tables that a failed step shows in Dagster's UI."""
    failure = result.failure_data_for_node("payroll_week").user_failure_data
    assert failure
    return failure.metadata
