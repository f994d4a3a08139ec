"""A month is closed in Dagster: control totals of both sides, whose check guards export and
sign-off.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from st_spectrum.ledger.documents.closing import SignOff
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import INVOICE_DETAILS
from tests.world.billing_clerk import BillingClerk
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

MONTH = "2026-03"
IN_MARCH = int(datetime(2026, 3, 10, 15, tzinfo=UTC).timestamp())


@pytest.fixture
def invoice(
    daemon: DagsterDaemon, dispatcher: Dispatcher, billing_clerk: BillingClerk
) -> Callable[[float], str]:
    """Makes an invoice of March that crosses at once."""
    company = dispatcher.company("Harbor Foods LLC")
    location = dispatcher.location(company, "Pier 4 Cold Store")
    daemon.settle("customers", "sites")

    def made(price: float) -> str:
        key = billing_clerk.draft(
            {"price": price}, customerId=company, locationId=location, transactionDate=IN_MARCH
        )
        billing_clerk.submit(key)
        daemon.settle("invoices")
        return key

    return made


def run(daemon: DagsterDaemon, job: str, **config: Any) -> dg.ExecuteInProcessResult:
    ops = {"sign_off_of_invoices": {"config": config}} if config else {}
    return daemon.defs.resolve_job_def(job).execute_in_process(
        run_config={"ops": ops},
        partition_key=MONTH,
        instance=daemon.instance,
        raise_on_error=False,
    )


def sign(daemon: DagsterDaemon, who: str = "Mary Controller", note: str = "") -> Any:
    return run(daemon, "sign_off_invoices", who=who, note=note)


def shown(ended: dg.ExecuteInProcessResult, op: str) -> dict[str, Any]:
    (event,) = ended.asset_materializations_for_node(op)
    assert event.partition == MONTH
    return {name: value.value for name, value in event.metadata.items()}


def signatures(daemon: DagsterDaemon) -> list[str]:
    account = (daemon.defs.resources or {})["account"].load()
    with open_ledger(account.ledger) as ledger:
        kept = ledger.document(SignOff, f"invoices/{MONTH}")
    return [signature.who for signature in kept.signatures] if kept else []


def edit_behind_everybodys_back(sandbox: Sandbox, amount: str) -> None:
    database = sandbox.rig.inside("spectrum").database
    with database.writing() as book:
        (line, *_) = book.of(COMPANY_CODE).all(INVOICE_DETAILS)
        book.of(COMPANY_CODE).update(
            INVOICE_DETAILS,
            {"Line_Extension": amount},
            Invoice_Or_Transaction=line["Invoice_Or_Transaction"],
            Sequence=line["Sequence"],
        )


def test_a_month_that_is_equal_is_exported_and_signed_by_name(
    daemon: DagsterDaemon, invoice: Callable[[float], str]
) -> None:
    invoice(75.5), invoice(24.5)
    exported = run(daemon, "export_invoices")
    assert exported.success
    totals = shown(exported, "control_totals_of_invoices")
    assert next(iter(totals)) == "control_totals"
    assert (totals["approved"], totals["accepted"], totals["not_accepted"]) == (100.0, 100.0, 0.0)
    rows = [*totals["control_totals"].records, *totals["equation"].records]
    assert "0.00" not in {value for row in rows for value in row.data.values()}
    files = [line[3:-1] for line in shown(exported, "export_of_invoices")["files"].splitlines()]
    by_customer = pd.read_parquet(next(file for file in files if file.endswith("totals.parquet")))
    assert set(by_customer.period) == {MONTH}
    assert {Path(file).suffix for file in files} == {".xlsx", ".csv", ".parquet"}
    assert all(Path(file).stat().st_mode & 0o077 == 0 for file in files)

    signed = shown(sign(daemon, note="agreed with AR"), "sign_off_of_invoices")
    assert (signed["who"], signed["note"]) == ("Mary Controller", "agreed with AR")
    assert signed["digest"] == totals["digest"]
    assert signatures(daemon) == ["Mary Controller"]


def test_nobody_signs_without_a_name(
    daemon: DagsterDaemon, invoice: Callable[[float], str]
) -> None:
    invoice(75.5)
    assert not sign(daemon, who="  ").success
    with pytest.raises(dg.DagsterInvalidConfigError, match="who"):
        run(daemon, "sign_off_invoices", note="no name")
    assert signatures(daemon) == []


@pytest.mark.parametrize("job", ["export_invoices", "sign_off_invoices"])
def test_the_check_guards_export_and_sign_off(
    daemon: DagsterDaemon, invoice: Callable[[float], str], sandbox: Sandbox, job: str
) -> None:
    invoice(75.5)
    edit_behind_everybodys_back(sandbox, "80.00")
    ended = sign(daemon) if job.startswith("sign") else run(daemon, job)
    assert not ended.success
    (check,) = [
        evaluation
        for evaluation in ended.get_asset_check_evaluations()
        if evaluation.check_name == "both_sides_are_equal"
    ]
    assert not check.passed and check.blocking
    failure = ended.failure_data_for_node("control_totals_of_invoices")
    assert failure and failure.user_failure_data, "and no words of Dagster's insides"
    said = failure.user_failure_data.description
    assert said.startswith(
        "Nothing was exported or signed: Not equal: 1 difference to be put right"
    )
    assert "to be put right" in str(check.description)
    assert shown(ended, "control_totals_of_invoices")["verdict"] == check.description
    assert "names" in shown(ended, "control_totals_of_invoices")
    assert (
        ended.asset_materializations_for_node(f"{job.removesuffix('_invoices')}_of_invoices") == []
    )
    assert signatures(daemon) == []


@pytest.mark.parametrize("kind", ["export", "sign_off"])
def test_neither_is_made_alone_from_its_page_while_the_sides_differ(
    daemon: DagsterDaemon, invoice: Callable[[float], str], sandbox: Sandbox, kind: str
) -> None:
    invoice(75.5)
    edit_behind_everybodys_back(sandbox, "80.00")
    op = f"{kind}_of_invoices"
    config = {"ops": {op: {"config": {"who": "Mary"}}}} if kind == "sign_off" else {}
    (asset,) = [
        asset
        for asset in daemon.defs.assets or ()
        if isinstance(asset, dg.AssetsDefinition) and asset.op.name == op
    ]
    ended = dg.materialize(
        [asset],
        partition_key=MONTH,
        run_config=config,
        instance=daemon.instance,
        resources=dict(daemon.defs.resources or {}),
        raise_on_error=False,
    )
    failure = ended.failure_data_for_node(op)
    assert failure and failure.user_failure_data
    assert failure.user_failure_data.description.startswith("Nothing was ")
    assert "Not equal" in failure.user_failure_data.description
    assert signatures(daemon) == []


def test_no_flow_waits_for_the_check(
    daemon: DagsterDaemon,
    invoice: Callable[[float], str],
    sandbox: Sandbox,
    billing_clerk: BillingClerk,
) -> None:
    invoice(75.5)
    edit_behind_everybodys_back(sandbox, "80.00")
    assert not run(daemon, "export_invoices").success
    assert billing_clerk.seen(invoice(10))["status"] == "processed"


def test_a_signed_month_that_changes_is_told_every_night_and_on_its_page(
    daemon: DagsterDaemon, invoice: Callable[[float], str]
) -> None:
    invoice(75.5)
    assert sign(daemon).success
    nightly = daemon.defs.resolve_job_def("compare_both_sides")
    quiet = nightly.execute_in_process(instance=daemon.instance)
    assert not [
        event
        for event in quiet.asset_materializations_for_node("both_sides")
        if event.partition == MONTH
    ], "a month that is as it was signed is left as it is"
    invoice(24.5)
    night = nightly.execute_in_process(instance=daemon.instance)
    (check,) = [
        evaluation
        for evaluation in night.get_asset_check_evaluations()
        if evaluation.check_name == "is_as_signed" and evaluation.asset_key.path[-1] == "invoices"
    ]
    assert not check.passed
    said = str(check.description)
    assert "changed since Mary Controller signed it on" in said
    assert "approved 75.50 then, 100.00 now" in said
    (month,) = [
        event
        for event in night.asset_materializations_for_node("both_sides")
        if event.partition == MONTH
    ]
    assert month.metadata["signed"].value == said
    assert not sign(daemon).success, "the second signature needs a note"
    assert sign(daemon, note="a late invoice of March").success
    assert signatures(daemon) == ["Mary Controller"] * 2
