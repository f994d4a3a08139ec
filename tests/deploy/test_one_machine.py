"""The systemd unit does what `st-spectrum serve` does, and is one that systemd takes."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from st_spectrum.cli import app

UNIT = Path(__file__).parents[2] / "deploy" / "st-spectrum@.service"
CLI = Path(sys.executable).parent / "st-spectrum"


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT, encoding="utf-8")
    return parser


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="no systemd here; the unit is only parsed"
)
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text(encoding="utf-8")
    installed = text.replace("/opt/st-spectrum/.venv/bin/st-spectrum", str(CLI))
    assert installed != text
    (tmp_path / UNIT.name).write_text(installed, encoding="utf-8")

    assert complaints(tmp_path / UNIT.name) == ""

    (tmp_path / UNIT.name).write_text(installed.replace("KillMode=", "KilMode="), encoding="utf-8")
    assert "Unknown key 'KilMode'" in complaints(tmp_path / UNIT.name)


def complaints(file: Path) -> str:
    """What systemd has against this file; about others of the machine it may say more."""
    done = subprocess.run(
        ["systemd-analyze", "verify", file], capture_output=True, encoding="utf-8"
    )
    return "\n".join(
        line for line in (done.stdout + done.stderr).splitlines() if "st-spectrum" in line
    )


def test_the_unit_starts_a_command_that_exists_and_survives_every_end_of_it() -> None:
    service = unit()["Service"]
    command = typer.main.get_command(app).commands["serve"]  # type: ignore[attr-defined]
    words = service["ExecStart"].split()
    assert words[:2] == ["/opt/st-spectrum/.venv/bin/st-spectrum", "serve"]
    assert {word for word in words if word.startswith("--")} <= {
        option for param in command.params for option in param.opts
    }
    assert (service["Restart"], service["SuccessExitStatus"], service["KillMode"]) == (
        "always",
        "130",
        "mixed",
    )
    assert service["User"] != "root"


def test_ports_of_a_second_account_are_chosen_by_variables_that_the_command_knows() -> None:
    command = typer.main.get_command(app).commands["serve"]  # type: ignore[attr-defined]
    named = set(re.findall(r"ST_SPECTRUM_\w+_PORT", UNIT.read_text(encoding="utf-8")))
    assert named == {
        str(param.envvar) for param in command.params if str(param.envvar).endswith("_PORT")
    }
