"""A payroll week is closed in Dagster as a month is, in hours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from st_spectrum.account.file import load_account
from st_spectrum.definitions import build
from st_spectrum.ledger.documents.closing import SignOff
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.spectrum.tables import INFO_LINK
from tests.world.payroll_clerk import PayrollClerk

CARDS = "PR_PRE_TC_IMPORT_ERR_MC"


def run(
    clerk: PayrollClerk, job: str, config: Mapping[str, str] | None = None
) -> dg.ExecuteInProcessResult:
    ops = {"sign_off_of_timecards": {"config": dict(config)}} if config else {}
    return (
        build(clerk.account_file)
        .resolve_job_def(job)
        .execute_in_process(
            run_config={"ops": ops},
            partition_key=clerk.week,
            instance=clerk.instance,
            raise_on_error=False,
        )
    )


def shown(result: dg.ExecuteInProcessResult, op: str) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node(op)
    return {name: value.value for name, value in event.metadata.items()}


def signers(clerk: PayrollClerk) -> list[str]:
    with open_ledger(load_account(clerk.account_file).ledger) as ledger:
        (name,) = ledger.names(SignOff) or ("",)
        kept = ledger.document(SignOff, name) if name else None
    assert name in ("", f"timecards/{clerk.timekeeper.week_ends[0]}")
    return [signature.who for signature in kept.signatures] if kept else []


def delete_a_card(clerk: PayrollClerk) -> None:
    """Somebody deletes one at the screen."""
    database = clerk.timekeeper.contractor.system("spectrum").database
    table = INFO_LINK[CARDS]
    with database.writing() as book:
        (card, *_) = book.of(COMPANY_CODE).all(table)
        book.of(COMPANY_CODE).delete(table, Message=str(card["Message"]))


def test_a_week_that_is_equal_is_exported_and_signed(payroll_clerk: PayrollClerk) -> None:
    assert payroll_clerk.run().success
    hours = float(sum(payroll_clerk.timekeeper.expected().values()))
    exported = run(payroll_clerk, "export_timecards")
    totals = shown(exported, "control_totals_of_timecards")
    assert (totals["approved"], totals["accepted"]) == (hours, hours)
    listed = {record.data["Total of"] for record in totals["control_totals"].records}
    assert listed == {"employee", "pay type", "job", "department"}
    files = [line[3:-1] for line in shown(exported, "export_of_timecards")["files"].splitlines()]
    frames = {Path(file).stem: pd.read_parquet(file) for file in files if file.endswith("parquet")}
    by = frames["control-totals"].groupby("dimension")[["servicetrade", "spectrum"]].sum()
    assert {float(total) for total in by.to_numpy().flatten()} == {hours}
    assert float(frames["records"].approved.sum()) == hours
    assert run(payroll_clerk, "sign_off_timecards", {"who": "Ann Clerk"}).success
    assert signers(payroll_clerk) == ["Ann Clerk"]


def test_a_card_that_is_gone_from_payroll_keeps_the_week_from_being_signed(
    payroll_clerk: PayrollClerk,
) -> None:
    assert payroll_clerk.run().success
    delete_a_card(payroll_clerk)
    ended = run(payroll_clerk, "sign_off_timecards", {"who": "Ann Clerk"})
    assert not ended.success
    totals = shown(ended, "control_totals_of_timecards")
    assert totals["verdict"].startswith("Not equal: 1 difference to be put right")
    assert "missing" in str(totals["differences"])
    assert signers(payroll_clerk) == []
