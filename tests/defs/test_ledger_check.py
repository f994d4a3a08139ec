"""An older or a second ledger is a red check in Dagster, and no red run."""

import shutil
from pathlib import Path
from typing import Any

import dagster as dg

from st_spectrum.account.file import load_account
from st_spectrum.assets.ledger_check import CHECK
from st_spectrum.commands.ledger_copies import accept_ledger
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.epoch import Epoch, Witness
from st_spectrum.ledger.witness import FileWitness
from st_spectrum.resources.storage_witness import StorageWitness
from st_spectrum.sandbox.callers import ServiceTradeCaller
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import ADDRESS


def company(office: ServiceTradeCaller, name: str) -> None:
    office.post("/company", name=name, customer=True, **ADDRESS)


def result(run: dg.ExecuteInProcessResult) -> Any:
    (found,) = [check for check in run.get_asset_check_evaluations() if check.check_name == CHECK]
    return found


def carried(daemon: DagsterDaemon) -> Any:
    (run,) = daemon.tick_and_run("customers_changes")
    assert run.success
    return result(run)


def customers(daemon: DagsterDaemon, office: ServiceTradeCaller) -> int:
    return sum(
        bool((company.get("externalIds") or {}).get("spectrum"))
        for company in office.all("/company", "companies")
    )


def test_an_older_ledger_is_a_red_check_until_a_person_has_seen_it(
    daemon: DagsterDaemon, office: ServiceTradeCaller, account_file: Path
) -> None:
    ledger = load_account(account_file).ledger.path
    company(office, "First")
    assert carried(daemon).passed
    copy = ledger.with_name("copy")
    shutil.copy(ledger, copy)
    company(office, "Second")
    assert carried(daemon).passed
    for file in ledger.parent.glob("ledger.sqlite*"):
        file.unlink()
    shutil.copy(copy, ledger)
    company(office, "Third")

    found = carried(daemon)

    assert not found.passed and found.severity is dg.AssetCheckSeverity.ERROR
    assert "copy from before" in found.description and "ledger accept" in found.description
    assert accept_ledger(account_file, "", is_this_ledger=False) == 0
    company(office, "Fourth")
    assert carried(daemon).passed


def test_a_second_ledger_is_a_red_check_and_its_records_wait(
    daemon: DagsterDaemon, office: ServiceTradeCaller, account_file: Path
) -> None:
    account = load_account(account_file)
    company(office, "First")
    assert carried(daemon).passed
    before = customers(daemon, office)
    other = Epoch.first()
    for _ in range(9):
        other = other.turned(load_epoch(daemon, account_file).turned_at)
    witness = account.state_dir / f"witness-{account.name}.json"
    witness.write_text(other.witness("elsewhere/ledger.sqlite").model_dump_json())
    company(office, "Second")

    found = carried(daemon)

    assert not found.passed and "elsewhere" in found.description
    assert customers(daemon, office) == before
    assert accept_ledger(account_file, "", is_this_ledger=True) == 0
    with open_session(account) as session:
        run_round(session, ("customers",), "test")
    assert customers(daemon, office) == before + 1


def load_epoch(daemon: DagsterDaemon, account_file: Path) -> Witness:
    account = load_account(account_file)
    found = FileWitness(account.state_dir, account.name).read()
    assert found is not None
    return found


def test_dagsters_storage_keeps_the_newest_pair_of_a_ledger() -> None:
    epoch = Epoch.first()
    older, newer = (
        epoch.witness(""),
        epoch.model_copy(update={"number": 3, "marks": ("a",)}).witness(""),
    )
    with dg.DagsterInstance.ephemeral() as instance:
        place, other = StorageWitness(instance, "acme"), StorageWitness(instance, "other")
        assert place.read() is None
        place.write(newer)
        place.write(older)
        assert place.read() == newer
        assert other.read() is None
