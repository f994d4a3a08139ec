"""What waits is in the table of every round, also while it is in its pause and nobody asks for
it.
"""

import io
from contextlib import redirect_stdout

import pytest

from st_spectrum.alerts.open_causes import open_roots
from st_spectrum.assets.metadata import report_metadata
from st_spectrum.commands.open_records import print_roots
from st_spectrum.commands.sync import print_reports
from st_spectrum.engine.report import Outcome, Report, Result
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.flows.invoices.description import INVOICES
from tests.world.contractor import Contractor


def test_a_refused_record_in_its_pause_is_told_by_every_round_and_by_a_run_of_another_record(
    contractor: Contractor,
) -> None:
    refused = contractor.dispatcher.company("Harbor Foods")
    contractor.fault(system="spectrum", operation="AddCustomer", kind="locked")
    contractor.round()
    other = contractor.dispatcher.company("Pier Foods")

    with contractor.session() as session:
        batch = run_batch(session, "customers", [str(other)], "dagster")
    reports = contractor.round()

    for report in (batch, reports["customers"]):
        assert report.counts()["rejected"] == 0, "nobody asked for it"
        assert [outcome.key for outcome in report.waiting] == [str(refused)]
        assert report.waits == 1
        assert "locked" in next(iter(report.holds_by_cause()))
        assert "Harbor Foods" in report.markdown()
        assert [record["key"] for record in report.as_json()["paused"]] == [str(refused)]
    assert report_metadata(batch, 1, 1.0)["waits_in_all"].value == 1
    with redirect_stdout(io.StringIO()) as printed:
        print_reports(reports, is_dry_run=False)
    assert "Harbor Foods" in " ".join(printed.getvalue().split())


def test_what_has_crossed_waits_no_more(contractor: Contractor) -> None:
    contractor.dispatcher.company("Harbor Foods")
    contractor.fault(system="spectrum", operation="AddCustomer", kind="locked")
    contractor.overrides["pace"] = {"retry_rejected_after_seconds": 0.001}
    contractor.round()

    assert contractor.round()["customers"].waits == 0


def test_what_waits_for_the_same_is_one_line_and_what_is_not_shown_is_counted() -> None:
    alike = [
        _held(number, f"its job {number} is not a Spectrum job yet")
        for number in range(10001, 10040)
    ]
    others = [
        _held(number, f"its company {chr(65 + number)}{chr(65 + number)} is inactive")
        for number in range(25)
    ]

    printed = _printed(Report(INVOICES, (*alike, *others)))

    assert "39 × its job 10001 is not a Spectrum job yet (and 38 like it)" in printed
    assert printed.count("is inactive") == 19
    assert "and 6 more records that wait" in printed


def _held(number: int, reason: str) -> Outcome:
    return Outcome(
        "invoices", str(number), f"Invoice {number}", Result.HELD, reason=reason, advice="See why."
    )


def _printed(report: Report) -> str:
    with redirect_stdout(io.StringIO()) as printed:
        print_reports({report.description.name: report}, is_dry_run=False)
    return " ".join(printed.getvalue().split())


def test_on_a_narrow_screen_no_id_flow_or_name_of_a_column_is_cut(
    contractor: Contractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = contractor.dispatcher.company("Harbor Foods", status="inactive")
    sites = [contractor.dispatcher.location(company) for _ in range(3)]
    monkeypatch.setenv("COLUMNS", "80")

    reports = contractor.round()
    with contractor.session() as session, redirect_stdout(io.StringIO()) as printed:
        print_roots(open_roots(session.ledger, ("sites",)), shows_behind=True)
        print_reports(reports, is_dry_run=False)

    text = printed.getvalue()
    assert " ".join(text.split()).count("is inactive in ServiceTrade") == 2, (
        "once in the list and once in the round"
    )
    assert all(str(site) in text for site in sites)
    assert "purchase_orders" in text
    assert "…" not in text


def test_a_round_of_one_flow_says_which_others_have_to_go_first(contractor: Contractor) -> None:
    contractor.dispatcher.location(contractor.dispatcher.company("Harbor Foods"))

    alone = " ".join(contractor.command("sync", "sites").stdout.split())
    everything = " ".join(contractor.command("sync").stdout.split())

    assert "1 company must cross first, and this round was about sites alone" in alone
    assert "must cross first" not in everything
