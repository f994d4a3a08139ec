"""A write test writes what a person allows, where no ledger is at home, and takes back what it
can.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from st_spectrum.cli import app
from st_spectrum.record.assumptions import relied_on
from st_spectrum.record.exchanges import Exchanges, RecordingTransport
from st_spectrum.record.judge_writes import judge_item, judge_writes
from st_spectrum.record.judgement import Evidence, Judgement, Verdict
from st_spectrum.record.reading import read_systems
from st_spectrum.record.report import report_of
from st_spectrum.record.write_guard import companies_in_use
from st_spectrum.record.write_material import material_of
from st_spectrum.record.write_test import WriteTest, find_job
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.dialect import DIFFERENCES_OF_WRITES, spectrum_dialect
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.transports import NETWORK, Transports
from tests.record.worlds import Installation, installation
from tests.world.contractor import ACCOUNT_FILE


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that may be written to."""
    with installation(tmp_path_factory.mktemp("company")) as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def codes(company: Installation) -> Iterator[None]:
    """What was read of it, once for all tests."""
    EVIDENCE.append(read_systems(company.account).evidence)
    yield
    EVIDENCE.clear()


EVIDENCE: list[Evidence] = []


def job_of(world: Installation) -> dict[str, Any]:
    with ServiceTradeCaller(world.sandbox.servicetrade_url) as office:
        return dict(office.all("/job", "jobs", limit=100, status="scheduled,new,completed")[0])


def tried(
    world: Installation, folder: Path, confirm: Any, transports: Transports = NETWORK
) -> WriteTest:
    with (
        # The sandbox knows one external system alone.
        ServiceTrade(world.account.servicetrade, transport=transports.servicetrade) as servicetrade,
        Spectrum(world.account.spectrum, folder / "wsdl", transports) as spectrum,
    ):
        job = find_job(servicetrade, job_of(world)["number"])
        assert job is not None
        test = WriteTest(spectrum, servicetrade, material_of(world.account, EVIDENCE[0]), job)
        test.run(confirm)
    return test


def judged(test: WriteTest) -> dict[str, Judgement]:
    found = [
        *judge_writes(test.outcomes, is_bearer=False),
        *judge_item(test.sent, test.item),
    ]
    return {one.id: one for one in found}


def test_the_sandbox_answers_writes_as_it_is_taken_for_true(
    company: Installation, tmp_path: Path
) -> None:
    before = job_of(company)

    test = tried(company, tmp_path, lambda _sentence: True)

    found = judged(test)
    assert {id_: one for id_, one in found.items() if one.verdict is Verdict.DIFFERS} == {}, (
        test.outcomes
    )
    for id_ in ("SP4.CODES", "SP4.read_answer", "SP4.read_answer.2", "ST7.JobItemFields.cost"):
        assert found[id_].verdict is Verdict.HOLDS
        assert id_ in relied_on()
    after = job_of(company)
    assert after["externalIds"] == before["externalIds"]
    with ServiceTradeCaller(company.sandbox.servicetrade_url) as office:
        items = office.all("/jobitem", "jobItems", limit=500)
    assert not any("ST SPECTRUM TEST" in item["name"] for item in items)
    assert any("customer ZT" in text for text in test.left)
    assert not any(text.startswith("ServiceTrade") for text in test.left)


def test_every_write_names_the_company(company: Installation, tmp_path: Path) -> None:
    kept = Exchanges()
    url = company.account.spectrum.base_url

    tried(
        company,
        tmp_path,
        lambda _sentence: True,
        Transports(spectrum=RecordingTransport("spectrum", url, kept)),
    )

    writes = [call for call in kept.calls if call.method == "POST"]
    assert len(writes) > 10
    for call in writes:
        assert re.search(rb"[Cc]ompany_?Code\W+001\b", call.request_body), call.path


def test_another_shape_of_the_answers_is_found_by_writing(
    company: Installation, tmp_path: Path
) -> None:
    with httpx.HTTPTransport() as network:
        spoken = Transports(spectrum=spectrum_dialect(network))
        test = tried(company, tmp_path, lambda _sentence: True, spoken)

    found = judged(test)
    planted_ids = {one.id for one in DIFFERENCES_OF_WRITES}
    different = {id_ for id_, one in found.items() if one.verdict is Verdict.DIFFERS}
    assert different - planted_ids == {"fact.write.AddCustomer"}
    for planted in DIFFERENCES_OF_WRITES:
        assert found[planted.id].verdict is Verdict.DIFFERS
        assert planted.where in report_of([found[planted.id]]).judgements[planted.id].where


def test_nothing_is_written_without_a_persons_word(company: Installation, tmp_path: Path) -> None:
    asked: list[str] = []
    company.sandbox.control.clear_calls()

    test = tried(company, tmp_path, lambda sentence: asked.append(sentence) or False)

    assert test.outcomes == {} and test.left == []
    assert all(text.startswith(("Add the customer", "Give", "Put")) for text in asked)
    calls = company.sandbox.control.calls()
    assert not [call for call in calls if call.is_write]


def test_an_external_id_that_was_there_is_not_lost_when_it_cannot_be_read(
    company: Installation, tmp_path: Path
) -> None:
    before = job_of(company)["externalIds"]
    control = company.sandbox.control
    control.add_fault(
        system="servicetrade", operation="GET /externalid", kind="status", status=403, count=20
    )
    try:
        test = tried(company, tmp_path, lambda sentence: sentence.startswith("Give"))
    finally:
        control.clear_faults()

    assert test.outcomes == {"external id": ("AccessDenied",)}
    assert job_of(company)["externalIds"] == before


def test_a_step_whose_beginning_was_not_allowed_is_not_even_asked_for(
    company: Installation, tmp_path: Path
) -> None:
    asked: list[str] = []

    def confirm(sentence: str) -> bool:
        asked.append(sentence)
        return "customer" in sentence

    test = tried(company, tmp_path, confirm)

    assert set(test.outcomes) == {"AddCustomer", "AddCustomer again"}
    assert not any("pre-time card" in sentence for sentence in asked)


def test_a_company_that_a_ledger_belongs_to_is_refused(
    company: Installation, tmp_path: Path
) -> None:
    environ = company.environ | {"ST_SPECTRUM_STATE_DIR": str(tmp_path)}

    assert [*companies_in_use(company.account, [ACCOUNT_FILE], environ)] == []
    (tmp_path / "ledger.sqlite").touch()
    (reason,) = companies_in_use(company.account, [ACCOUNT_FILE], environ)
    assert "has a ledger for company 001" in reason
    upper = {**environ, "SPECTRUM_URL": environ["SPECTRUM_URL"].upper().replace("HTTP", "http")}
    assert [*companies_in_use(company.account, [ACCOUNT_FILE], upper)]
    other = company.account.spectrum.model_copy(update={"company_code": "T01"})
    test = company.account.model_copy(update={"spectrum": other})
    assert [*companies_in_use(test, [ACCOUNT_FILE], environ)] == []


def test_a_ledger_whose_company_nobody_can_tell_is_in_the_way(
    company: Installation, tmp_path: Path
) -> None:
    (tmp_path / "ledger.sqlite").touch()

    (reason,) = companies_in_use(
        company.account, [ACCOUNT_FILE], {"ST_SPECTRUM_STATE_DIR": str(tmp_path)}
    )

    assert "its company is not known here" in reason


def test_the_command_refuses_before_anything_is_called(
    company: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ledger.sqlite").touch()
    for name, value in {**company.environ, "ST_SPECTRUM_STATE_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    company.sandbox.control.clear_calls()
    command = ["record", "--account", str(ACCOUNT_FILE), "--write-test", "10002"]

    done = CliRunner().invoke(app, command)

    assert done.exit_code == 1
    assert "has a ledger for company" in done.output
    assert company.sandbox.control.calls() == []


def test_what_a_write_needs_and_nobody_has_is_named(company: Installation) -> None:
    known = material_of(company.account, EVIDENCE[0])
    nothing = material_of(company.account, Evidence(company.account))

    assert known.missing == ()
    assert nothing.missing == ("phase", "employee")


def test_the_command_asks_for_each_step_and_lists_what_stays(
    company: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**company.environ, "ST_SPECTRUM_STATE_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    number, out = str(job_of(company)["number"]), tmp_path / "out"
    command = ["record", "--account", str(ACCOUNT_FILE), "--out", str(out), "--write-test", number]

    done = CliRunner().invoke(app, command, input="y\ny\n" + "n\n" * 40)

    assert done.exit_code == 0, done.output
    assert "Add the customer ZT" in done.output
    assert "AddCustomer again: refused" in done.output
    assert "Spectrum: customer ZT" in (out / "private" / "left-behind.txt").read_text()
    report = (out / "report.md").read_text()
    assert "**SP4.CODES**: the first is taken, the second refused" in report
    assert "0 differ" in report
