"""Invoices from the office's click to Spectrum and back, tick by tick."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from st_spectrum.flows.session import open_session
from st_spectrum.ledger.documents.invoices import PostedInvoice
from st_spectrum.sandbox.server import Sandbox
from tests.ledger.texts import put_text, text_of
from tests.world.billing_clerk import BillingClerk
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

pytestmark = pytest.mark.slow

SENSOR = "invoices_changes"
TOO_MUCH = 99_999_999_999.99
"""More than Spectrum's field holds: refused for the invoice's own sake."""

Invoice = Callable[[float], str]


@pytest.fixture
def invoice(daemon: DagsterDaemon, dispatcher: Dispatcher, billing_clerk: BillingClerk) -> Invoice:
    """Makes an invoice for a customer that has crossed; all sensors have seen what there is."""
    company = dispatcher.company("Harbor Foods LLC")
    location = dispatcher.location(company, "Pier 4 Cold Store")
    daemon.settle("customers", "sites", "invoices")
    return lambda price: billing_clerk.draft(
        {"price": price}, customerId=company, locationId=location
    )


@pytest.fixture
def later(sandbox: Sandbox) -> Callable[[], None]:
    """Lets ServiceTrade's clock go on by a minute: `updated` counts whole seconds, and no clerk is
    that quick.
    """
    minutes = iter(range(1, 60))
    return lambda: sandbox.control.switch(
        "servicetrade", frozen_time=int(time.time()) + 60 * next(minutes)
    )


def keys(answer: Any) -> list[str]:
    return [
        key
        for request in answer.run_requests or []
        for key in request.run_config["ops"]["invoices"]["config"]["keys"]
    ]


def numbers(ended: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (event,) = ended.asset_materializations_for_node("invoices")
    return {name: value.value for name, value in event.metadata.items()}


def status(billing_clerk: BillingClerk, invoice: str) -> str:
    return str(billing_clerk.seen(invoice)["status"])


def documents(sandbox: Sandbox) -> list[tuple[str, str]]:
    rows = sandbox.control.records("spectrum", "CR_INVOICE_HEADER_MC")
    return [
        (row["Transaction_Type"].strip(), f"{Decimal(row['Invoice_Extension']):.2f}")
        for row in rows
    ]


def comments(sandbox: Sandbox) -> list[str]:
    return [row["content"] for row in sandbox.control.records("servicetrade", "comment")]


def checks(ended: dg.ExecuteInProcessResult) -> dict[str, Any]:
    return {check.check_name: check for check in ended.get_asset_check_evaluations()}


def test_an_approved_invoice_is_an_ar_invoice_after_one_tick_and_its_run(
    daemon: DagsterDaemon, billing_clerk: BillingClerk, sandbox: Sandbox, invoice: Invoice
) -> None:
    made = invoice(150.25)
    assert daemon.tick(SENSOR).skip_message == "Nothing new.", "nobody has approved it"
    billing_clerk.submit(made)
    (ended,) = daemon.tick_and_run(SENSOR)
    assert ended.success
    assert documents(sandbox) == [("I", "150.25")]
    assert status(billing_clerk, made) == "processed"
    shown = numbers(ended)
    assert (shown["created"], shown["money_in"], shown["money_out"], shown["money_agrees"]) == (
        1,
        150.25,
        150.25,
        True,
    )
    assert (shown["money_voided"], shown["money_held"], shown["money_rejected"]) == (0, 0, 0)
    assert (
        f"[{made}]({sandbox.servicetrade_url.removesuffix('/api')}/invoice/{made})"
        in shown["records_table"]
    )
    assert {name: check.passed for name, check in checks(ended).items()} == {
        "backlog_is_in_bounds": True,
        "delay_is_in_bounds": True,
        "ledger_is_current": True,
        "nothing_needs_attention": True,
        "sums_agree": True,
    }
    assert checks(ended)["sums_agree"].metadata["checked"].value == 1


def test_our_own_processed_does_not_come_back(
    daemon: DagsterDaemon, billing_clerk: BillingClerk, sandbox: Sandbox, invoice: Invoice
) -> None:
    billing_clerk.submit(invoice(150))
    daemon.tick_and_run(SENSOR)
    sandbox.control.clear_calls()
    for sensor in (SENSOR, "invoices_redrive", SENSOR):
        assert keys(daemon.tick(sensor)) == []
    assert not sandbox.control.calls(writes=True)


def test_a_void_after_posting_is_noticed_and_offset(
    daemon: DagsterDaemon, billing_clerk: BillingClerk, sandbox: Sandbox, invoice: Invoice
) -> None:
    made = invoice(150)
    billing_clerk.submit(made)
    daemon.tick_and_run(SENSOR)
    billing_clerk.change(made, status="void")
    (ended,) = daemon.tick_and_run(SENSOR)
    shown = numbers(ended)
    assert (shown["voided"], shown["money_voided"], shown["money_in"], shown["money_out"]) == (
        1,
        150,
        0,
        0,
    )
    assert documents(sandbox) == [("I", "150.00"), ("C", "150.00")]
    assert daemon.tick_and_run(SENSOR) == []


def test_a_refused_invoice_fails_with_one_comment_and_goes_out_once_it_is_corrected(
    daemon: DagsterDaemon,
    billing_clerk: BillingClerk,
    sandbox: Sandbox,
    invoice: Invoice,
    later: Callable[[], None],
) -> None:
    made = invoice(TOO_MUCH)
    billing_clerk.submit(made)
    (ended,) = daemon.tick_and_run(SENSOR)
    assert ended.success, "a record that was refused fails no run"
    assert (numbers(ended)["rejected"], numbers(ended)["money_agrees"]) == (1, True)
    assert not checks(ended)["nothing_needs_attention"].passed
    assert status(billing_clerk, made) == "failed"
    assert len(comments(sandbox)) == 1
    assert keys(daemon.tick("invoices_redrive")) == [], "it is the clerk's turn"
    assert keys(daemon.tick(SENSOR)) == []

    later()
    billing_clerk.submit(made)
    (ended,) = daemon.tick_and_run(SENSOR)
    assert numbers(ended)["rejected"] == 1
    assert (status(billing_clerk, made), len(comments(sandbox))) == ("failed", 1), "said before"

    later()
    billing_clerk.correct(made, price=99.99)
    billing_clerk.submit(made)
    (ended,) = daemon.tick_and_run(SENSOR)
    assert documents(sandbox) == [("I", "99.99")]
    assert (status(billing_clerk, made), len(comments(sandbox))) == ("processed", 1)
    assert all(check.passed for check in checks(ended).values())


def test_a_refused_invoice_that_is_void_instead_needs_nobody_any_more(
    daemon: DagsterDaemon, billing_clerk: BillingClerk, sandbox: Sandbox, invoice: Invoice
) -> None:
    made = invoice(TOO_MUCH)
    billing_clerk.submit(made)
    daemon.tick_and_run(SENSOR)
    billing_clerk.change(made, status="void")
    (ended,) = daemon.tick_and_run(SENSOR)
    assert numbers(ended)["skipped"] == 1
    assert checks(ended)["nothing_needs_attention"].passed
    assert documents(sandbox) == []


def test_a_posted_invoice_that_was_taken_out_and_submitted_unchanged_is_closed_again_without_posting(
    daemon: DagsterDaemon,
    billing_clerk: BillingClerk,
    sandbox: Sandbox,
    invoice: Invoice,
    later: Callable[[], None],
) -> None:
    sandbox.control.switch("servicetrade", is_invoice_matrix_strict=False)
    made = invoice(150)
    billing_clerk.submit(made)
    daemon.tick_and_run(SENSOR)
    later()
    billing_clerk.change(made, status="failed")
    billing_clerk.submit(made)
    (ended,) = daemon.tick_and_run(SENSOR)
    assert (status(billing_clerk, made), documents(sandbox)) == ("processed", [("I", "150.00")])
    assert numbers(ended)["money_agrees"]
    assert numbers(ended)["money_in"] == 0, "its money had crossed before"


def test_while_a_run_is_going_nothing_more_is_asked_for_and_nothing_is_lost(
    daemon: DagsterDaemon, billing_clerk: BillingClerk, invoice: Invoice
) -> None:
    made = invoice(150)
    billing_clerk.submit(made)
    before = daemon.cursors[SENSOR]
    going = daemon.make_run("invoices", dg.DagsterRunStatus.STARTED)
    answer = daemon.tick(SENSOR)
    assert "still going" in answer.skip_message
    assert daemon.cursors[SENSOR] == before
    daemon.instance.delete_run(going.run_id)
    assert keys(daemon.tick(SENSOR)) == [made]


def test_a_queue_longer_than_a_batch_goes_out_completely_and_once(
    daemon: DagsterDaemon, billing_clerk: BillingClerk, sandbox: Sandbox, invoice: Invoice
) -> None:
    made = [invoice(100 + number) for number in range(8)]
    billing_clerk.submit(*made)
    ended = [run for _ in range(5) for run in daemon.tick_and_run(SENSOR)]
    assert [numbers(run)["records"] for run in ended] == [3, 3, 2]
    assert sorted(documents(sandbox)) == sorted(("I", f"{100 + number}.00") for number in range(8))


def test_an_invoice_that_waits_for_its_customer_goes_by_itself(
    daemon: DagsterDaemon, dispatcher: Dispatcher, billing_clerk: BillingClerk, sandbox: Sandbox
) -> None:
    company = dispatcher.company("Harbor Foods LLC")
    location = dispatcher.location(company, "Pier 4 Cold Store")
    made = billing_clerk.draft({"price": 75}, customerId=company, locationId=location)
    billing_clerk.submit(made)
    (ended,) = daemon.tick_and_run(SENSOR)
    assert (numbers(ended)["held"], numbers(ended)["money_held"]) == (1, 75)
    assert daemon.tick_and_run("invoices_redrive") == []
    daemon.tick_and_run("customers_changes")
    (ended,) = daemon.tick_and_run("invoices_redrive")
    assert numbers(ended)["money_out"] == 75
    assert documents(sandbox) == [("I", "75.00")]


def test_a_cent_between_what_was_approved_and_what_was_posted_is_an_error_that_names_the_invoice(
    daemon: DagsterDaemon, billing_clerk: BillingClerk, sandbox: Sandbox, invoice: Invoice
) -> None:
    made = invoice(150)
    billing_clerk.submit(made)
    daemon.tick_and_run(SENSOR)
    with open_session((daemon.defs.resources or {})["account"].load()) as session:
        kept = text_of(session.ledger, PostedInvoice, made)
        assert kept
        put_text(session.ledger, kept.replace("150.00", "150.01"), PostedInvoice, made)
    billing_clerk.submit(invoice(20))
    (ended,) = daemon.tick_and_run(SENSOR)
    assert ended.success
    check = checks(ended)["sums_agree"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "approved 150.00, posted 150.01" in check.description
    assert made in check.metadata["invoices"].value
    assert "goes on where the last check ended" in check.metadata["scope"].value
