"""One line makes another terminal ready for every command that the demo or the sandbox prints."""

import os
import subprocess
from pathlib import Path

from st_spectrum.commands.demo_environment import NAME, write_environment


def test_the_printed_line_sets_every_variable_and_finds_the_program(tmp_path: Path) -> None:
    folder = tmp_path / "a folder; with 'quotes'"
    folder.mkdir()
    line = write_environment(folder, {"SMTP_PORT": "1025", "NAMED": "two words & 'more' $HOME"})

    said = subprocess.run(
        ["sh", "-c", f'{line} && printf "%s|%s|" "$SMTP_PORT" "$NAMED" && command -v st-spectrum'],
        env={"PATH": os.environ["PATH"]},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said.startswith("1025|two words & 'more' $HOME|/")
    assert said.rstrip().endswith("/bin/st-spectrum")


def test_the_file_with_the_secrets_of_the_sandbox_is_its_owners_alone(tmp_path: Path) -> None:
    write_environment(tmp_path, {"SERVICETRADE_CLIENT_SECRET": "x"})

    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
