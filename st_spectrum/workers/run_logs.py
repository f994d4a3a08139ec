"""What runs print, kept in files as by Dagster's own manager, without four processes for each run.

Dagster shows what a run prints where its worker writes as well, and starts two `tail` and two
Python processes for that, which take 70 ms of a processor; a small run takes 300. Here it goes into
the files, which the run's page shows while it is printed, and to the worker's log when the run has
ended. What a killed run printed is in its file alone.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from dagster._core.execution.compute_logs import redirect_to_file
from dagster._core.storage.compute_log_manager import CapturedLogContext
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._serdes import ConfigurableClassData

FOLDER = "storage"
"""Where Dagster's own manager has them too."""


class RunLogs(LocalComputeLogManager):
    """`compute_logs: {module: st_spectrum.workers.run_logs, class: RunLogs, config: {base_dir:
    {env: DAGSTER_HOME}}}`.
    """

    def __init__(
        self,
        base_dir: str,
        polling_timeout: float | None = None,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        super().__init__(str(Path(base_dir) / FOLDER), polling_timeout, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> "RunLogs":
        """As Dagster makes it from dagster.yaml."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Iterator[CapturedLogContext]:
        """Inside, what this process prints goes into the files of a run."""
        printed, said = (Path(self.get_captured_local_path(log_key, end)) for end in ("out", "err"))
        with _kept(sys.stdout, printed), _kept(sys.stderr, said):
            yield CapturedLogContext(log_key)
        Path(self.get_captured_local_path(log_key, "complete")).touch()


@contextmanager
def _kept(stream: TextIO, place: Path) -> Iterator[None]:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with redirect_to_file(stream, str(place)):
            yield
    finally:
        # A log that cannot be written is no reason for a run to fail.
        with suppress(OSError, ValueError), open(stream.fileno(), "wb", closefd=False) as log:
            log.write(place.read_bytes())
