"""A change of the account file is a reason to ask again: for what waits, what was refused, and what
a setting left out.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from st_spectrum.account.digest import settings_digest
from st_spectrum.account.file import load_account
from st_spectrum.engine.retries.redrive import due
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import State
from tests.account.test_check import REAL, SANDBOX
from tests.world.contractor import Contractor


def state(contractor: Contractor, flow: str, key: int) -> State | None:
    entry = contractor.entry(flow, key)
    return entry.state if entry else None


def test_a_type_that_is_taken_off_the_ignored_ones_crosses_without_anybody_touching_the_jobs(
    contractor: Contractor,
) -> None:
    jobs = contractor.account.jobs
    contractor.overrides["jobs"] = {"ignored_types": ("repair",)}
    contractor.overrides["invoices"] = {"is_job_required": True}
    *_, ignored = contractor.dispatcher.chain()
    contractor.round()
    contractor.round()
    assert state(contractor, "jobs", ignored) is State.SKIPPED

    contractor.overrides["jobs"] = {"ignored_types": jobs.ignored_types}
    report = contractor.round()["jobs"]

    assert report.counts()["created"] == 1
    contractor.assert_exact({})
    assert contractor.round()["jobs"].outcomes == (), "and nobody is asked for again"


def test_the_redrive_of_dagster_asks_for_it_too_and_once(contractor: Contractor) -> None:
    contractor.overrides["jobs"] = {"ignored_types": ("repair",)}
    *_, ignored = contractor.dispatcher.chain()
    contractor.round()
    now = datetime.now(UTC)
    with contractor.session() as session:
        assert due(session.ledger, "jobs", FLOWS, now, session.engine.breakers.settings) == ()

    contractor.overrides["jobs"] = {"ignored_types": ("repair", "training")}
    with contractor.session() as session:
        settings = session.engine.breakers.settings
        assert due(session.ledger, "jobs", FLOWS, now, settings) == (str(ignored),)
        run_batch(session, "jobs", [str(ignored)], "asked again")
        assert due(session.ledger, "jobs", FLOWS, now, settings) == ()


def test_what_was_refused_and_what_is_in_its_pause_is_due_once_after_a_change_of_the_account_file(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company()
    contractor.fault(system="spectrum", operation="AddCustomer", kind="locked")
    contractor.round()
    assert state(contractor, "customers", company) is State.REJECTED
    now = datetime.now(UTC)
    with contractor.session() as session:
        assert due(session.ledger, "customers", FLOWS, now, session.engine.breakers.settings) == ()
        assert due(session.ledger, "customers", FLOWS, now + timedelta(hours=2)) == (str(company),)

    contractor.overrides["customers"] = {"type": "COM"}
    with contractor.session() as session:
        assert due(session.ledger, "customers", FLOWS, now, session.engine.breakers.settings) == (
            str(company),
        )
    contractor.round()

    assert state(contractor, "customers", company) is State.CONFIRMED


def test_only_what_decides_about_records_is_in_the_digest_and_never_a_secret(
    tmp_path: Path,
) -> None:
    account = load_account(SANDBOX, REAL)
    other = account.servicetrade.model_copy(
        update={"client_secret": SecretStr("another"), "timeout_seconds": 99}
    )
    pace = account.pace.model_copy(update={"workers": 2})
    state_dir = tmp_path / "elsewhere"
    same = account.model_copy(update={"servicetrade": other, "pace": pace, "state_dir": state_dir})
    assert settings_digest(same) == settings_digest(account)

    jobs = account.jobs.model_copy(update={"oh_batch_code": "OTHER"})
    assert settings_digest(account.model_copy(update={"jobs": jobs})) != settings_digest(account)
