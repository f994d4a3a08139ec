"""A recorder reads and does not write; what it keeps can be asked like the installation."""

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from st_spectrum.check import check_account
from st_spectrum.check.spectrum import needed_services
from st_spectrum.cli import app
from st_spectrum.record.assumptions import relied_on
from st_spectrum.record.folder import write_recording
from st_spectrum.record.judgement import Verdict
from st_spectrum.record.pseudonyms import Pseudonyms
from st_spectrum.record.reading import Reading, judge, read_systems
from st_spectrum.record.report import as_json, as_markdown, report_of
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.services import SERVICES
from tests.record.replay import replay
from tests.record.worlds import Installation

CONNECTIONS = """name: first-look
servicetrade:
  base_url: ${SERVICETRADE_URL}
  client_id: ${SERVICETRADE_CLIENT_ID}
  client_secret: ${SERVICETRADE_CLIENT_SECRET}
spectrum:
  base_url: ${SPECTRUM_URL}
  company_code: 001
  authorization_id: ${SPECTRUM_AUTHORIZATION_ID}
  infolink: {url: "${SPECTRUM_INFOLINK_URL}"}
state_dir: ${ST_SPECTRUM_STATE_DIR}
"""
READS = {"GET", "HEAD", "OPTIONS"}
LOGINS = {"/oauth2/token", "/auth", "/connect/token"}


def test_nothing_is_written_and_nobodys_login_is_tried(reading: Reading) -> None:
    for call in reading.evidence.exchanges.calls:
        service = SERVICES.get(call.path.removeprefix("/ws/"))
        is_read = call.method in READS or (service is not None and not service.is_write)
        assert is_read or call.path in LOGINS, (call.method, call.path)
    logins = [call for call in reading.evidence.exchanges.calls if call.path in LOGINS]
    assert {call.status for call in logins} == {200}


def test_every_description_and_every_get_service_is_read(reading: Reading) -> None:
    probes = {call.probe for call in reading.evidence.exchanges.calls}
    for service in SERVICES.values():
        assert f"wsdl {service.name}" in probes
        assert not service.is_read or f"get {service.name}" in probes


def test_a_round_calls_no_service_that_requirements_do_not_name(world: Installation) -> None:
    named = needed_services(world.account, has_infolink=True)

    assert {"AddCustomer", "GetEmployee", "PreTimeCard"} <= world.services
    assert world.services - {"WSTestConnection"} <= set(named)


def test_values_are_read_of_columns_that_the_product_reads_alone(reading: Reading) -> None:
    tables = reading.evidence.tables.values()
    assert sum(bool(table.rows) for table in tables) > 5
    for table in tables:
        for row in table.rows:
            assert set(row) == set(table.read), table.name


def test_the_plain_sandbox_differs_in_nothing(reading: Reading) -> None:
    report = report_of(judge(reading.evidence))

    assert report.differences == ()
    assert reading.down == []


def test_the_report_opens_with_what_each_way_can_settle(reading: Reading) -> None:
    report = report_of(judge(reading.evidence))

    text, found = as_markdown(report), json.loads(as_json(report))

    counts = found["counts"]["assumptions"]
    assert counts["all"] == len(relied_on()) == sum(counts.values()) - counts["all"]
    assert f"{counts['read']} can be settled by a read, {counts['write']} by a write" in text
    assert {one["id"] for one in found["judgements"]} >= set(relied_on())


def test_every_judgement_is_of_an_assumption_or_of_a_fact(reading: Reading) -> None:
    for one in judge(reading.evidence):
        assert one.id in relied_on() or one.id.startswith("fact."), one.id
        assert one.where, one.id


def test_most_of_what_a_read_settles_is_seen_in_a_filled_system(reading: Reading) -> None:
    report = report_of(judge(reading.evidence))
    by_read = [one for one in report.assumptions if relied_on()[one.id].settled_by == "read"]

    assert sum(one.verdict is Verdict.HOLDS for one in by_read) > len(by_read) * 0.88


def test_check_works_on_a_replay_with_the_account_file_written_along(
    world: Installation, reading: Reading, tmp_path: Path
) -> None:
    write_recording(
        tmp_path / "out", reading.evidence, report_of(judge(reading.evidence)), Pseudonyms()
    )

    replayed = replay(tmp_path / "out", tmp_path)
    account, transports = replayed.account, replayed.transports
    with (
        ServiceTrade(account.servicetrade, transport=transports.servicetrade) as servicetrade,
        Spectrum(account.spectrum, tmp_path / "wsdl", transports) as spectrum,
    ):
        found = check_account(account, servicetrade, spectrum)

    assert not any(one.is_down for one in found)
    assert [one.problem for one in found if one.severity == "error"] == []
    assert any("the login leads to account" in one.problem for one in found)
    assert any("the highest number" in one.problem for one in found)
    assert world.account.name not in replayed.account.name


def test_the_private_part_is_its_owners_alone(reading: Reading, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_recording(folder, reading.evidence, report_of(judge(reading.evidence)), Pseudonyms())

    assert stat.S_IMODE((folder / "private").stat().st_mode) == 0o700
    for file in (folder / "private").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "contracts with both vendors" in (folder / "README.md").read_text()


def test_an_account_file_with_connections_alone_is_enough(
    world: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "first.yaml"
    file.write_text(CONNECTIONS)
    for name, value in {**world.environ, "ST_SPECTRUM_STATE_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)

    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["record", "--account", str(file), "--out", str(out)])
    again = CliRunner().invoke(app, ["record", "--account", str(file), "--out", str(out)])

    assert done.exit_code == 0, done.output
    assert "0 differs" in done.output
    assert "report.md" in done.output
    assert again.exit_code == 1
    replayed = replay(out, tmp_path)
    assert replayed.account.spectrum.infolink is not None


def test_a_system_that_is_down_is_told_and_the_other_is_read_all_the_same(
    world: Installation,
) -> None:
    account = world.account
    nowhere = account.servicetrade.model_copy(
        update={"base_url": "http://127.0.0.1:1/api", "read_attempts": 1}
    )

    found = read_systems(account.model_copy(update={"servicetrade": nowhere}))

    assert [text.partition(":")[0] for text in found.down] == ["ServiceTrade"]
    assert found.evidence.rows and not found.evidence.records.get("list job")


def test_where_nothing_answers_nothing_is_said_to_differ(tmp_path: Path) -> None:
    file = tmp_path / "nowhere.yaml"
    file.write_text(
        "name: nowhere\n"
        "servicetrade: {base_url: 'http://127.0.0.1:1/api', read_attempts: 1, client_id: me,"
        " client_secret: '${SECRET}'}\n"
        "spectrum: {base_url: 'http://127.0.0.1:1', company_code: 001,"
        " authorization_id: '${SECRET}'}\n",
        encoding="utf-8",
    )
    command = ["record", "--account", str(file), "--out", str(tmp_path / "out")]

    result = CliRunner().invoke(app, command, env={"SECRET": "hush"})

    assert result.exit_code == 1, result.output
    assert "Not read: Spectrum: no call was answered" in result.output
    assert "0 holds, 0 differs" in result.output
    assert "change " not in result.output
