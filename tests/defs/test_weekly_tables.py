"""The table of a payroll week as people and other assets find it: on moto, on a real S3 server, in
a folder.
"""

import csv
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from st_spectrum.flows.timecards.payroll_rows import Row
from tests.ledger.bucket import Bucket
from tests.world.payroll_clerk import PayrollClerk

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"
TIMES = ["first_seen_at", "sent_at"]
EMPTY_WEEK = "2026-08-02"


def test_on_s3_a_week_leaves_its_markers_and_the_table_that_one_machine_leaves(
    payroll_clerk: PayrollClerk, bucket: Bucket
) -> None:
    assert payroll_clerk.run().success
    alone = payroll_clerk.local_table()
    payroll_clerk.control.payroll("delete")

    payroll_clerk.keep_in(bucket.settings)
    result = payroll_clerk.run()

    assert result.success
    on_s3 = bucket.table(payroll_clerk.week)
    assert len(on_s3) > 10
    assert set(alone["state"]) >= {"confirmed"}
    pd.testing.assert_frame_equal(on_s3.drop(columns=TIMES), alone.drop(columns=TIMES))
    sent = on_s3[on_s3["state"] == "confirmed"]
    assert (
        sum(sent["hours"])
        == sum(payroll_clerk.timekeeper.in_payroll().values())
        == sum(payroll_clerk.timekeeper.expected().values())
    )
    end = f"{payroll_clerk.timekeeper.week_ends[0]:%Y%m%d}"
    assert (
        len(bucket.keys(f"done/timecards/{end}"))
        == len(sent)
        == len(payroll_clerk.timekeeper.rows())
    )
    (made,) = result.asset_materializations_for_node("payroll_week")
    place = f"s3://ledger/{bucket.settings.prefix}/payroll/{payroll_clerk.week}.parquet"
    assert made.metadata["table"].value == place
    assert made.metadata["table_bytes"].value > 1000


def test_hours_days_and_times_come_back_as_what_they_are(
    payroll_clerk: PayrollClerk, bucket: Bucket
) -> None:
    payroll_clerk.keep_in(bucket.settings)
    assert payroll_clerk.run().success
    found = bucket.table(payroll_clerk.week)
    for column in ("hours", "hours_sent", "hours_in_spectrum", "difference"):
        assert {(type(value), value.as_tuple().exponent) for value in found[column]} == {
            (Decimal, -2)
        }, column
    assert {type(value) for value in found["work_date"]} == {date}
    assert [str(found[name].dtype) for name in TIMES] == ["datetime64[us, UTC]"] * 2
    assert list(found.columns) == list(Row.__dataclass_fields__)


def test_a_week_run_again_replaces_its_table_and_sends_nothing(
    payroll_clerk: PayrollClerk, bucket: Bucket
) -> None:
    payroll_clerk.keep_in(bucket.settings)
    assert payroll_clerk.run().success
    first, writes = bucket.table(payroll_clerk.week), payroll_clerk.writes()
    assert payroll_clerk.run().success
    pd.testing.assert_frame_equal(bucket.table(payroll_clerk.week), first)
    (card,) = payroll_clerk.timekeeper.kept.ids
    payroll_clerk.control.edit("timecard", card, status="rejected")
    try:
        assert payroll_clerk.run().success
    finally:
        payroll_clerk.control.edit("timecard", card, status="approved")
    again = bucket.table(payroll_clerk.week)
    assert sum(again["difference"]) < 0 == sum(first["difference"])
    assert bucket.keys("payroll") == [f"payroll/{payroll_clerk.week}.parquet"]
    assert payroll_clerk.writes() == writes


def test_a_week_without_time_is_a_table_with_the_same_columns(
    payroll_clerk: PayrollClerk, bucket: Bucket
) -> None:
    payroll_clerk.keep_in(bucket.settings)
    assert payroll_clerk.run().success
    assert payroll_clerk.run(EMPTY_WEEK).success
    full, empty = bucket.table(payroll_clerk.week), bucket.table(EMPTY_WEEK)
    assert len(empty) == 0
    assert list(empty.dtypes.items()) == list(full.dtypes.items())
    assert pd.concat([empty, full], ignore_index=True)["hours"].sum() == sum(full["hours"])


def test_names_and_remarks_of_any_script_are_kept(
    payroll_clerk: PayrollClerk, bucket: Bucket
) -> None:
    payroll_clerk.keep_in(bucket.settings)
    user = payroll_clerk.timekeeper.kept.technicians[0].user
    week, remark = date(2026, 5, 3), 'Überstunden 時間 = 1|2, "β"'
    payroll_clerk.control.edit("user", user, name="Žofie Grünwald-李")
    card = payroll_clerk.card(week, ["PTO", remark])
    assert payroll_clerk.run(f"{week}").success
    found = bucket.table(f"{week}").set_index("state")
    assert set(found["technician"]) == {"Žofie Grünwald-李"}
    assert remark in found.loc["held", "remark"]
    assert found.loc["confirmed", "hours"] == Decimal("0.25")
    payroll_clerk.control.edit("timecard", card, status="open")


def test_without_info_link_spectrums_hours_are_told_as_not_known(
    payroll_clerk: PayrollClerk, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    payroll_clerk.keep_in(bucket.settings)
    assert payroll_clerk.run(EMPTY_WEEK).success, (
        "payroll was looked through once, before the first card"
    )
    monkeypatch.setenv("SPECTRUM_INFOLINK_URL", "")
    assert payroll_clerk.run().success
    found = bucket.table(payroll_clerk.week)
    assert {*found["hours_in_spectrum"]} == {None}
    assert sum(found["hours_sent"]) == sum(payroll_clerk.timekeeper.in_payroll().values())


def test_another_asset_can_read_a_week(payroll_clerk: PayrollClerk, bucket: Bucket) -> None:
    assert payroll_clerk.run().success
    pd.testing.assert_frame_equal(payroll_clerk.loaded(), payroll_clerk.local_table())
    payroll_clerk.keep_in(bucket.settings)
    assert payroll_clerk.run().success
    pd.testing.assert_frame_equal(payroll_clerk.loaded(), bucket.table(payroll_clerk.week))
    with pytest.raises(
        dg.Failure, match=r"There is no table s3://ledger/.*2026-08-02.parquet. Run the job"
    ):
        payroll_clerk.loaded(EMPTY_WEEK)
    payroll_clerk.ledger.clear()
    with pytest.raises(dg.Failure, match=r"There is no table /.*2026-08-02.parquet. Run the job"):
        payroll_clerk.loaded(EMPTY_WEEK)


def test_the_line_in_the_page_makes_a_file_that_excel_opens(payroll_clerk: PayrollClerk) -> None:
    (line,) = re.findall(r"^python -c '(.*)'$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert payroll_clerk.run().success
    code = line.replace("2026-04-05", payroll_clerk.week)
    subprocess.run(
        [sys.executable, "-c", code], cwd=payroll_clerk.folder / "payroll", check=True, timeout=60
    )
    text = (payroll_clerk.folder / "payroll" / f"{payroll_clerk.week}.csv").read_text(
        encoding="utf-8-sig"
    )
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["hours"] for row in rows] == [
        str(hours) for hours in payroll_clerk.local_table()["hours"]
    ]
    assert {row["difference"] for row in rows} == {"0.00"}


def test_the_page_explains_every_column() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## The table of a payroll week")[2]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(cells)) == list(Row.__dataclass_fields__)


def test_a_file_here_that_is_called_like_a_folder_of_the_bucket_is_left_alone(
    payroll_clerk: PayrollClerk, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = payroll_clerk.folder / bucket.settings.prefix / "payroll"
    mine.parent.mkdir()
    mine.write_text("mine")
    monkeypatch.chdir(payroll_clerk.folder)
    payroll_clerk.keep_in(bucket.settings)
    assert payroll_clerk.run().success
    assert mine.read_text() == "mine"
