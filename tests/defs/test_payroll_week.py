"""A payroll week in Dagster: what was missing is sent, and its table lies in one file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from st_spectrum.account.file import load_account
from st_spectrum.alerts.deliver import alert
from st_spectrum.definitions import build
from st_spectrum.ledger.documents.mails import ReportedWeek, WaitingMail
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.resources.weekly_tables import place_of
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.ledger.bucket import Bucket
from tests.world.contractor import ACCOUNT_FILE
from tests.world.payroll_clerk import PayrollClerk
from tests.world.timekeeper import build_timekeeper


def test_a_week_is_sent_and_written_as_one_table(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1), technicians=1)
    for name, value in timekeeper.contractor.environment.items():
        monkeypatch.setenv(name, value)
    first = f"{timekeeper.week_ends[0] - timedelta(days=6)}"
    with dg.DagsterInstance.ephemeral() as instance:
        job = build(ACCOUNT_FILE).resolve_job_def("reconcile_payroll")
        result = job.execute_in_process(instance=instance, partition_key=first)
    assert result.success
    found = pd.read_parquet(tmp_path / "payroll" / f"{first}.parquet")
    sent = found[found["state"] == "confirmed"]
    assert len(sent) == len(timekeeper.rows()) > 10
    assert sum(sent["hours"]) == sum(timekeeper.in_payroll().values())
    assert not any(sent["difference"])


def made(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    """What the week's page shows."""
    (found,) = result.asset_materializations_for_node("payroll_week")
    return {name: entry.value for name, entry in found.metadata.items()}


def checked(result: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    (found,) = result.get_asset_check_evaluations()
    return found


def mails(payroll_clerk: PayrollClerk) -> list[Any]:
    """All mails about payroll that left, after the sensor that sends them had its turn."""
    account = load_account(payroll_clerk.account_file)
    with open_ledger(account.ledger) as ledger:
        alert(account, ledger)
    return [mail for mail in payroll_clerk.control.mails() if "Payroll week" in mail.subject]


@pytest.fixture(autouse=True)
def empty_mailbox(running_sandbox: Sandbox) -> None:
    running_sandbox.control.clear_mails()


def test_a_week_that_agrees_says_so_on_its_page_in_its_check_and_in_one_mail(
    payroll_clerk: PayrollClerk,
) -> None:
    hours = float(sum(payroll_clerk.timekeeper.expected().values()))
    first = payroll_clerk.run()
    page = made(first)
    assert page["verdict"] == f"Agrees to the hundredth: {hours:,.2f} hours in both."
    assert next(iter(page)) == "verdict"
    assert page["needs_you"] == "Nothing."
    assert (page["hours_in_servicetrade"], page["hours_in_payroll"], page["hours_that_differ"]) == (
        hours,
        hours,
        0,
    )
    assert (
        page["missed_by_the_fast_path"]
        == page["missed_and_sent_now"]
        == page["pieces_of_time"]
        > 10
    )
    assert "| T0001 |" in page["by_employee"]
    assert page["rows"].count("\n") == page["pieces_of_time"] + 1
    assert not [name for name in page if "money" in name]
    assert checked(first).passed
    (mail,) = mails(payroll_clerk)
    assert mail.text.startswith(page["verdict"])
    assert page["table"] in mail.text
    assert payroll_clerk.run().success
    assert len(mails(payroll_clerk)) == 1


def test_a_week_that_differs_names_who_what_and_why_first_and_its_check_warns(
    payroll_clerk: PayrollClerk,
) -> None:
    assert payroll_clerk.run().success
    card, said = (
        payroll_clerk.timekeeper.kept.ids[0],
        payroll_clerk.control.records("servicetrade", "timecard")[0]["dayLogs"],
    )
    row = next(day_log for day_log in said if day_log["type"] == "labor")
    more = {"quantity": row["quantity"] + 1.5, "duration": row["duration"] + 5400}
    longer = [day_log | more if day_log == row else day_log for day_log in said]
    payroll_clerk.control.edit("timecard", card, dayLogs=longer)
    try:
        again = payroll_clerk.run()
    finally:
        payroll_clerk.control.edit("timecard", card, dayLogs=said)
    page = made(again)
    assert page["verdict"] == "1 piece of time needs you: 1.50 hours differ."
    (needed,) = page["needs_you"].records
    why = needed.data["Why, and what to do"]
    assert "was sent, and since then the time was" in why
    assert "Correct the card in Spectrum" in why
    assert "in payroll, differs" in page["rows"].splitlines()[2]
    check = checked(again)
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.description == page["verdict"]
    agreed, differs = mails(payroll_clerk)
    assert "agrees" in agreed.subject
    assert differs.subject.endswith("1 piece needs you, 1.50 hours differ")


def test_a_run_whose_table_could_not_be_written_mails_nothing_and_the_next_one_does(
    payroll_clerk: PayrollClerk,
) -> None:
    blocked = payroll_clerk.folder / "payroll"
    blocked.write_text("mine")
    assert not payroll_clerk.run().success
    assert mails(payroll_clerk) == []
    blocked.unlink()
    assert payroll_clerk.run().success
    assert len(mails(payroll_clerk)) == 1


def test_a_run_that_ends_between_table_and_mail_is_made_good_by_the_next(
    payroll_clerk: PayrollClerk,
) -> None:
    assert payroll_clerk.run().success
    with open_ledger(load_account(payroll_clerk.account_file).ledger) as ledger:
        for model in (WaitingMail, ReportedWeek):
            (key,) = ledger.names(model)
            ledger.discard(model, key)
    assert mails(payroll_clerk) == []
    assert payroll_clerk.run().success
    assert payroll_clerk.run().success
    assert len(mails(payroll_clerk)) == 1


def test_the_place_named_in_the_mail_is_that_of_the_table_on_s3_too(
    payroll_clerk: PayrollClerk, bucket: Bucket
) -> None:
    payroll_clerk.keep_in(bucket.settings)
    place = made(payroll_clerk.run())["table"]
    assert place.startswith("s3://ledger/")
    assert place_of(load_account(payroll_clerk.account_file), payroll_clerk.week) == place
    (mail,) = mails(payroll_clerk)
    assert place in mail.text


@pytest.mark.slow
def test_a_week_that_spectrum_stops_is_told_to_those_who_hear_of_payroll_alone(
    payroll_clerk: PayrollClerk,
) -> None:
    payroll_clerk.payroll_contacts = ("payroll@example.com",)
    payroll_clerk.control.pause("spectrum")
    try:
        assert not payroll_clerk.run().success
    finally:
        payroll_clerk.control.resume("spectrum")
    assert payroll_clerk.run().success
    sent = mails(payroll_clerk)
    assert [mail.recipients for mail in sent] == [("payroll@example.com",)] * 2
    assert [mail.subject.partition(": ")[2].split(",")[0] for mail in sent] == [
        "not finished",
        "agrees",
    ]


def test_the_schedule_asks_for_the_week_that_ended_last() -> None:
    defs = build(Path("accounts/none.yaml"))
    schedule = defs.resolve_schedule_def("reconcile_payroll_weekly")
    monday = datetime(2026, 4, 13, 6, tzinfo=UTC)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=monday,
            repository_def=defs.get_repository_def(),
        )
        (request,) = schedule.evaluate_tick(context).run_requests
    assert request.partition_key == "2026-04-05"
