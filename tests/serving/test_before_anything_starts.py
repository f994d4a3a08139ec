"""What would keep a server from its work is said in one go, before a process of it exists."""

import errno
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from st_spectrum.commands.running import end_well
from st_spectrum.commands.serve import print_health, run_serve
from st_spectrum.commands.worker import start_worker
from st_spectrum.domain.errors import SettingsInvalid, Unavailable
from st_spectrum.serving.home import home_of, migrate, set_up, shipped_settings, sole_server
from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.part_life import PartLife, State
from st_spectrum.serving.parts import Addresses, Part, parts_of
from st_spectrum.serving.processes import marked_processes
from st_spectrum.serving.status import StatusFile

EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
NOWHERE = "http://127.0.0.1:9"
ENVIRONMENT = {
    "SERVICETRADE_URL": f"{NOWHERE}/api",
    "SERVICETRADE_CLIENT_ID": "id",
    "SERVICETRADE_CLIENT_SECRET": "secret",
    "SPECTRUM_URL": NOWHERE,
    "SPECTRUM_AUTHORIZATION_ID": "authorization",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PORT": "9",
}


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ST_SPECTRUM_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    handler = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, handler)
    assert marked_processes(str(tmp_path / "dagster")) == []


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_taken_port_is_named_with_its_option(taken: int) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        run_serve(EXAMPLE, Addresses(web_port=taken, code_port=0))
    assert caught.value.problems == (
        (
            f"--web-port: port {taken} is in use on 127.0.0.1: end what listens there, or choose"
            " another port"
        ),
    )


def test_everything_wrong_with_the_account_file_and_the_ports_is_said_at_once(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPECTRUM_URL")
    file = tmp_path / "wrong.yaml"
    file.write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("batch_size: 250", "batch_size: many"), "utf-8"
    )

    with pytest.raises(SettingsInvalid) as caught:
        run_serve(file, Addresses(web_port=0, code_port=taken))

    problems = "\n".join(caught.value.problems)
    assert all(
        word in problems for word in ("batch_size", "SPECTRUM_URL", f"--code-port: port {taken}")
    )
    assert not (tmp_path / "dagster").exists()


def test_one_port_cannot_be_that_of_both_servers() -> None:
    with pytest.raises(SettingsInvalid, match="--code-port: port 3999 is that of the web server"):
        run_serve(EXAMPLE, Addresses(web_port=3999, code_port=3999))


def test_an_address_that_is_not_of_this_machine_is_told() -> None:
    with pytest.raises(
        SettingsInvalid, match=r"--web-port: port 3998 cannot be opened on 203\.0\.113\.1"
    ):
        run_serve(EXAMPLE, Addresses(web_port=3998, code_port=0, host="203.0.113.1"))


def test_a_home_has_one_server(tmp_path: Path) -> None:
    with (
        sole_server(tmp_path / "dagster"),
        pytest.raises(SettingsInvalid, match="`st-spectrum serve` runs on it already"),
    ):
        run_serve(EXAMPLE, Addresses(web_port=0, code_port=0))


def test_without_a_server_the_health_is_one_line_and_not_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_health(EXAMPLE) == 1
    assert capsys.readouterr().out == f"not running: nobody serves from {tmp_path / 'dagster'}\n"


def test_a_server_that_starts_is_not_well_yet_whatever_the_one_before_it_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "dagster"
    with sole_server(home):
        StatusFile(home, "northwind", Addresses(web_port=3000, code_port=4000)).write([])
    with sole_server(home):
        assert print_health(EXAMPLE) == 1
    assert capsys.readouterr().out == "not well: starting\n"


def test_a_state_folder_that_cannot_be_made_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ST_SPECTRUM_STATE_DIR", "/proc/nowhere")
    with pytest.raises(typer.Exit) as ended:
        end_well(lambda: run_serve(EXAMPLE, Addresses(web_port=0, code_port=0)))
    assert ended.value.exit_code == 1
    assert "/proc/nowhere: no folder can be made there" in capsys.readouterr().err


def test_a_worker_whose_folder_cannot_be_made_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ST_SPECTRUM_BROKER", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", "/proc/nowhere")
    with pytest.raises(typer.Exit) as ended:
        end_well(lambda: start_worker(1))
    assert ended.value.exit_code == 1
    assert "/proc/nowhere: no folder can be made there" in capsys.readouterr().err


def test_the_health_tells_a_worker_that_runs_and_does_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "dagster"
    worker = PartLife(Part("worker", ("st-spectrum", "worker")))
    worker.move(State.HANGING)
    with sole_server(home):
        StatusFile(home, "northwind", Addresses(web_port=3000, code_port=4000)).write([worker])
        assert print_health(EXAMPLE) == 1
    assert capsys.readouterr().out == (
        "not well: the worker gives no sign of life, although its process runs\n"
    )


def test_a_dagster_home_keeps_its_own_settings_and_else_gets_those_of_one_machine(
    tmp_path: Path,
) -> None:
    addresses = Addresses(web_port=3000, code_port=4000)
    set_up(tmp_path / "new", "northwind", addresses, shipped_settings())
    assert (tmp_path / "new" / "dagster.yaml").read_text(encoding="utf-8") == shipped_settings()
    assert (
        (tmp_path / "new" / "serve-workspace.yaml").read_text(encoding="utf-8")
        == "load_from:\n- grpc_server:\n    host: 127.0.0.1\n    port: 4000\n    location_name: northwind\n"
    )

    own = tmp_path / "own"
    own.mkdir()
    (own / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    set_up(own, "northwind", addresses, shipped_settings())
    assert (own / "dagster.yaml").read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"


def test_a_disk_that_is_full_leaves_no_half_of_the_settings_that_would_be_kept_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(file: Path, text: str, **_: object) -> None:
        with file.open("w", encoding="utf-8") as opened:
            opened.write(text[: len(text) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    addresses = Addresses(web_port=3000, code_port=4000)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(Path, "write_text", half)
        set_up(tmp_path, "northwind", addresses, shipped_settings())
    assert list(tmp_path.iterdir()) == []

    set_up(tmp_path, "northwind", addresses, shipped_settings())
    assert (tmp_path / "dagster.yaml").read_text(encoding="utf-8") == shipped_settings()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_is_in_the_way_of_a_command_is_told_in_one_sentence(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> int:
        raise OSError(number, os.strerror(number), "/var/lib/st_spectrum")

    with pytest.raises(typer.Exit) as ended:
        end_well(command)
    assert ended.value.exit_code == 1
    assert (
        capsys.readouterr().err
        == f"A disk of this machine is in the way: /var/lib/st_spectrum: {os.strerror(number)}."
        " Make room there, or let it be written, and start again.\n"
    )


def test_dagster_home_is_the_one_of_the_environment_else_beside_the_ledger(tmp_path: Path) -> None:
    assert home_of(tmp_path / "state", {}) == tmp_path / "state" / "dagster"
    assert (
        home_of(tmp_path / "state", {"DAGSTER_HOME": str(tmp_path / "other")}) == tmp_path / "other"
    )


@pytest.mark.slow
def test_settings_that_dagster_cannot_read_are_told_in_one_sentence(tmp_path: Path) -> None:
    set_up(tmp_path, "northwind", Addresses(web_port=3000, code_port=4000), "run_monitorring: {}\n")
    with pytest.raises(
        Unavailable, match=r"its storage cannot be opened: (?!dagster\.).*run_monitorring"
    ) as caught:
        migrate(dict(os.environ) | {"DAGSTER_HOME": str(tmp_path)}, OneLog())
    assert caught.value.advice == f"Correct {tmp_path}/dagster.yaml, or start what it names."


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ("", ["code server", "daemon", "web server"]),
        (
            "run_launcher: {module: dagster, class: DefaultRunLauncher}",
            ["code server", "daemon", "web server"],
        ),
        (
            "run_launcher: {module: st_spectrum.workers.launcher, class: WarmCeleryRunLauncher}",
            ["code server", "worker", "daemon", "web server"],
        ),
    ],
)
def test_a_worker_is_a_part_where_runs_wait_for_one(
    tmp_path: Path, settings: str, names: list[str]
) -> None:
    (tmp_path / "dagster.yaml").write_text(settings, encoding="utf-8")
    parts = parts_of(tmp_path, "northwind", Addresses(web_port=3000, code_port=4000), {})
    assert [part.name for part in parts] == names


def test_a_doorbell_without_an_address_is_refused() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        run_serve(EXAMPLE, Addresses(web_port=0, code_port=0), has_doorbell=True)
    assert [problem.partition(";")[0] for problem in caught.value.problems] == [
        "doorbell.url: is not set"
    ]


def test_the_doorbell_is_one_more_part_behind_the_web_server(tmp_path: Path) -> None:
    addresses = Addresses(web_port=3000, code_port=4000, doorbell=("127.0.0.1", 3055))
    set_up(tmp_path, "sandbox", addresses, shipped_settings())
    *others, bell = parts_of(tmp_path, "sandbox", addresses, {})
    assert (bell.name, bell.port, bell.after) == ("doorbell", 3055, ("web server",))
    assert bell.command[1:] == (
        "doorbell", "--dagster", "http://127.0.0.1:3000", "--location", "sandbox"
    )  # fmt: skip
    assert "doorbell" not in [part.name for part in others]
