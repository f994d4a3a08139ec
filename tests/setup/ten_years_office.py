"""A newcomer at a contractor with ten years of history, and the command line in their hands."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.ten_years import TenYears, TenYearsBuilt, fill_ten_years, first_new_day
from tests.world.command_line import run_command

GO_LIVE = f"{first_new_day(datetime.now(UTC))}"
"""From then on nobody has typed jobs into Spectrum."""


@dataclass
class Newcomer:
    """Both systems, filled, and a folder for account files."""

    sandbox: Sandbox
    built: TenYearsBuilt
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "yours.yaml"

    @property
    def environ(self) -> dict[str, str]:
        return environment(self.sandbox)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line, in this process."""
        return run_command(*arguments, env=self.environ | {"COLUMNS": "10000"})

    def init(self, *more: str) -> subprocess.CompletedProcess[str]:
        """Every question answered beforehand."""
        return self.command(
            "init", str(self.file), "--no-questions", "--name", "yours", *more,
            "--servicetrade-url", self.sandbox.servicetrade_url,
            "--spectrum-url", self.sandbox.spectrum_url, "--company-code", "001",
            "--contacts", "controller@example.com", "--smtp-host", "127.0.0.1",
            "--smtp-port", str(self.sandbox.smtp_port),
        )  # fmt: skip


def office_of(sandbox: Sandbox, folder: Path) -> Newcomer:
    """A small one."""
    sandbox.control.reset()
    return Newcomer(sandbox, fill_ten_years(TenYears.small(), sandbox.rig), folder)


def without_todo(text: str) -> str:
    """A person takes the first candidate of each line that waits for one, and takes the line out
    where there is none.
    """
    lines = []
    for line in text.splitlines():
        if " TODO " in line:
            why = line.partition("# ")[2]
            is_known = not why.startswith("no") and ": " in why
            first = why.partition(":")[0].strip()
            lines.append(line.replace("TODO", first, 1) if is_known else "")
        else:
            lines.append(line)
    return "\n".join(lines)
