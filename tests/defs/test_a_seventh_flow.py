"""A flow is one folder and one line: `tests/flows/vendors` gets all that the six have by standing
in `FLOWS`."""

import json
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.commands.acting import person_of, run_resolve
from st_spectrum.commands.ledger import retry_entries
from st_spectrum.commands.open_records import list_open
from st_spectrum.commands.plan import apply_plan, show_plan, write_plan
from st_spectrum.commands.reconcile import run_reconcile
from st_spectrum.commands.show_record import show_record
from st_spectrum.commands.sync import run_sync
from st_spectrum.definitions import build
from st_spectrum.flows import FLOWS
from st_spectrum.pages.flows import flows_table
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from tests.defs.test_definitions import NAMES, names
from tests.flows.vendors.description import VENDORS
from tests.world.dagster_daemon import DagsterDaemon


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line."""
    monkeypatch.setitem(FLOWS, VENDORS.name, VENDORS)  # type: ignore[arg-type] - read-only for everybody else


@pytest.fixture
def vendor(account_file: Path, office: ServiceTradeCaller) -> str:
    """A vendor that nobody has looked at yet; its id."""
    made = office.post(
        "/company", name="Tidewater Pipe", addressStreet="9 Main St", addressCity="Norfolk"
    )
    office.put(f"/company/{made['id']}", vendor=True, status="active")
    return str(made["id"])


@pytest.fixture
def daemon(account_file: Path, instance: dg.DagsterInstance) -> DagsterDaemon:
    return DagsterDaemon(build(account_file), instance)


def test_it_has_an_asset_its_checks_a_job_and_two_sensors() -> None:
    added = set(names(build(Path("accounts/none.yaml"))).splitlines()) - set(
        NAMES.read_text().splitlines()
    )
    assert {" ".join(line.split()[:2]) for line in added} == {
        "asset none/vendors",
        "asset none/both_sides/vendors",
        "asset none/reconciliation/vendors",
        "check none/both_sides/vendors/both_sides_are_equal",
        "check none/vendors/backlog_is_in_bounds",
        "check none/vendors/delay_is_in_bounds",
        "check none/vendors/ledger_is_current",
        "check none/vendors/nothing_needs_attention",
        "job vendors_job",
        "sensor vendors_changes",
        "sensor vendors_redrive",
    }


def test_a_tick_asks_for_a_run_that_carries_its_record(
    daemon: DagsterDaemon, vendor: str, office: ServiceTradeCaller
) -> None:
    (request,) = (tick := daemon.tick("vendors_changes")).run_requests
    assert vendor in request.run_config["ops"]["vendors"]["config"]["keys"]
    assert tick.run_requests[0].run_config["ops"]["vendors"]["config"]["reason"] == VENDORS.noticed
    ended = daemon.run("vendors_job", request)
    assert ended.success
    assert {check.check_name: check.passed for check in ended.get_asset_check_evaluations()} == {
        "backlog_is_in_bounds": True,
        "delay_is_in_bounds": True,
        "ledger_is_current": True,
        "nothing_needs_attention": True,
    }
    assert office.get(f"/company/{vendor}")["externalIds"] == {"spectrum": f"V{vendor}"}
    assert not daemon.tick("vendors_redrive").run_requests


def test_the_commands_know_it(
    account_file: Path, vendor: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    def created(*, is_dry_run: bool) -> tuple[int, int]:
        assert run_sync(account_file, "vendors", is_dry_run=is_dry_run, as_json=True) == 0
        report = json.loads(capsys.readouterr().out)["flows"]["vendors"]
        return report["counts"]["created"], report["writes"]

    sandbox.control.clear_calls()
    assert created(is_dry_run=True) == (2, 0), "the contractor itself is a vendor too"
    assert sandbox.control.calls(writes=True) == []
    assert created(is_dry_run=False) == (2, 2)
    assert created(is_dry_run=False) == (0, 0)
    assert run_reconcile(account_file, "vendors", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["flows"]["vendors"]["listed"] >= 1

    assert show_record(account_file, "vendors", f"V{vendor}") == 0
    assert "Tidewater Pipe" in capsys.readouterr().out
    assert list_open(account_file, "all") == list_open(account_file, "vendors") == 0
    in_doubt = run_resolve(account_file, "vendors", vendor, person_of(""), is_there=True) == 0
    assert not in_doubt
    assert retry_entries(account_file, "vendors", ()) == 0


def test_a_plan_of_it_is_kept_shown_and_applied(
    account_file: Path,
    vendor: str,
    office: ServiceTradeCaller,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = tmp_path / "plan.json"
    assert write_plan(account_file, "vendors", kept, "") == 0
    assert not office.get(f"/company/{vendor}")["externalIds"]
    capsys.readouterr()
    assert show_plan(kept) == 0
    assert "Tidewater Pipe" in capsys.readouterr().out
    assert apply_plan(account_file, kept, as_json=False) == 0
    assert office.get(f"/company/{vendor}")["externalIds"] == {"spectrum": f"V{vendor}"}


def test_a_page_has_a_row_for_it() -> None:
    assert "| vendors | companies that are vendors | nothing | PUT /externalid |" in flows_table()
