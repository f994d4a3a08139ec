"""A week whose table cannot be written, or whose ledger cannot be reached: one sentence, nothing
lost, nothing sent twice.
"""

import os
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from st_spectrum.account.file import load_account
from st_spectrum.flows.session import open_session
from st_spectrum.reconcile.payroll_week import reconcile_week
from tests.defs.payroll_desk import SECRET, Bucket, PayrollDesk
from tests.ledger.relay import Trick, hang_up, refuse

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
    payroll: PayrollDesk, real_bucket: Bucket, trouble: str
) -> None:
    trick, times, family, words = TROUBLE[trouble]
    payroll.keep_in(real_bucket.settings)
    real_bucket.relay.play("PUT", ".parquet", *[trick] * times)

    result = payroll.run()

    said = payroll.said(result)
    assert (said.family, words in said.said) == (family, True), said
    assert metadata_of(result)["created"].value == len(payroll.keeper.rows())
    assert "\n" not in said.said
    assert "Traceback" not in said.said
    assert "no card goes out twice" in said.advice
    assert "nothing was sent" not in said.advice
    payroll.keeper.assert_exact()
    assert real_bucket.keys("payroll") == []
    writes = payroll.writes()
    assert writes >= len(payroll.keeper.rows()) > 10
    assert payroll.run().success
    assert payroll.writes() == writes
    assert sum(real_bucket.table(payroll.week)["hours_sent"]) == sum(
        payroll.keeper.expected().values()
    )


def test_a_server_that_asks_to_slow_down_for_a_while_is_waited_for(
    payroll: PayrollDesk, real_bucket: Bucket
) -> None:
    payroll.keep_in(real_bucket.settings)
    slow: Trick = refuse(503, "SlowDown")
    real_bucket.relay.play("PUT", ".parquet", slow, slow)
    assert payroll.run().success
    assert len(real_bucket.table(payroll.week)) > 10
    real_bucket.relay.play("GET", "/ledger", slow)
    real_bucket.relay.play("PUT", ".parquet", slow)
    assert payroll.run().success
    assert not real_bucket.relay.tricks
    payroll.keeper.assert_exact()


def test_a_server_that_asks_to_slow_down_again_and_again_only_takes_time(
    payroll: PayrollDesk, real_bucket: Bucket
) -> None:
    payroll.keep_in(real_bucket.settings)
    real_bucket.relay.rule = lambda number: None if number % 7 else refuse(503, "SlowDown")
    assert payroll.run().success
    payroll.keeper.assert_exact()
    found = real_bucket.table(payroll.week)
    assert set(found["state"]) == {"confirmed"}
    assert not any(found["difference"])


@pytest.mark.parametrize(
    "requests", [140, 170, 200]
)  # each entry is read once before the first card goes out
def test_a_bucket_that_goes_away_in_the_midst_of_the_cards_loses_and_doubles_none(
    payroll: PayrollDesk, real_bucket: Bucket, requests: int
) -> None:
    payroll.keep_in(real_bucket.settings)
    real_bucket.relay.rule = lambda number: hang_up if number > requests else None
    said = payroll.said(payroll.run())
    assert said.family == "Unavailable"
    assert 0 < len(payroll.keeper.rows()) < len(payroll.keeper.kept.cards[0].entries)
    assert real_bucket.keys("payroll") == []

    real_bucket.relay.rule = lambda _: None
    assert payroll.run().success

    payroll.keeper.assert_exact()
    assert set(real_bucket.table(payroll.week)["state"]) == {"confirmed"}


def test_two_reconciliations_of_a_week_at_once_send_each_card_once(
    payroll: PayrollDesk, real_bucket: Bucket
) -> None:
    payroll.keep_in(real_bucket.settings)
    account, (end,) = load_account(payroll.account_file), payroll.keeper.week_ends

    def reconcile(run_id: str) -> None:
        with open_session(account) as session:
            reconcile_week(session, end, run_id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(reconcile, ("one", "other")))

    assert payroll.run().success
    payroll.keeper.assert_exact()
    assert set(real_bucket.table(payroll.week)["state"]) == {"confirmed"}


def test_a_failed_listing_of_markers_sends_nothing(
    payroll: PayrollDesk, real_bucket: Bucket
) -> None:
    payroll.keep_in(real_bucket.settings)
    real_bucket.relay.play("GET", "/ledger", *[refuse(503, "SlowDown")] * TRIES_OF_THE_CLIENT)
    said = payroll.said(payroll.run())
    assert said.family == "RateLimited"
    assert payroll.writes() == 0


def test_a_table_whose_rerun_fails_is_still_the_one_before(
    payroll: PayrollDesk, real_bucket: Bucket
) -> None:
    payroll.keep_in(real_bucket.settings)
    assert payroll.run().success
    before = real_bucket.table(payroll.week)
    real_bucket.relay.play("PUT", ".parquet", *[hang_up] * TRIES_OF_THE_CLIENT)
    assert not payroll.run().success
    pd.testing.assert_frame_equal(real_bucket.table(payroll.week), before)


def test_a_bucket_that_does_not_exist_stops_the_run_before_anything_is_sent(
    payroll: PayrollDesk, bucket: Bucket
) -> None:
    rights = {
        "access_key_id": "admin-key"
    }  # who may use every bucket is told that this one is missing
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(SECRET, "admin-secret")
        payroll.keep_in(bucket.settings, bucket="ledgre", **rights)
        said = payroll.said(payroll.run())
    assert said.family == "SettingsInvalid"
    assert "ledger.bucket: there is no bucket 'ledgre'" in said.said
    assert payroll.writes() == 0


def test_wrong_credentials_stop_the_run_before_anything_is_sent(
    payroll: PayrollDesk, real_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "not-the-secret")
    payroll.keep_in(real_bucket.settings)
    said = payroll.said(payroll.run())
    assert said.family == "AccessDenied"
    assert "refuses the access key" in said.said
    assert "not-the-secret" not in f"{said}"
    assert payroll.writes() == 0


def test_a_server_that_is_down_stops_the_run_before_anything_is_sent(
    payroll: PayrollDesk, real_bucket: Bucket
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}"
    payroll.keep_in(real_bucket.settings, endpoint_url=nobody)
    said = payroll.said(payroll.run())
    assert said.family == "Unavailable"
    assert nobody in said.said
    assert payroll.writes() == 0


def test_a_folder_that_cannot_be_used_is_told_and_loses_nothing(payroll: PayrollDesk) -> None:
    blocked = payroll.folder / "payroll"
    blocked.write_text("mine")
    said = payroll.said(payroll.run())
    assert said.family == "SettingsInvalid"
    assert f"state_dir: no table can be written into {blocked}" in said.said
    assert blocked.read_text() == "mine"
    payroll.keeper.assert_exact()
    writes = payroll.writes()
    blocked.unlink()
    assert payroll.run().success
    assert payroll.writes() == writes
    assert len(payroll.local_table()) > 10


def test_a_write_into_the_folder_that_breaks_off_leaves_the_table_before(
    payroll: PayrollDesk,
) -> None:
    assert payroll.run().success
    before = payroll.local_table()
    (payroll.folder / "payroll" / f"{payroll.week}.{os.getpid()}.new").mkdir()
    said = payroll.said(payroll.run())
    assert said.family == "Unavailable"
    pd.testing.assert_frame_equal(payroll.local_table(), before)


def metadata_of(result: dg.ExecuteInProcessResult) -> Mapping[str, Any]:
    """The numbers and tables that a failed step shows in Dagster's UI."""
    failure = result.failure_data_for_node("payroll_week").user_failure_data
    assert failure
    return failure.metadata
