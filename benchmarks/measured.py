"""Runs one command and writes down what it cost.

    python -m benchmarks.measured RESULT_FILE COMMAND [ARGUMENT ...]

A process of its own, because the system counts the memory of whoever starts a process towards the
peak of what was started:
this one is small.
"""

import json
import os
import sys
import time
from pathlib import Path


def main(result_file: str, command: list[str]) -> int:
    """Seconds, CPU seconds and peak memory (MB) of the command as JSON; answers its exit code."""
    began = time.monotonic()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    cost = {
        "process_seconds": round(time.monotonic() - began, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss * unit / 1e6, 1),
    }
    Path(result_file).write_text(json.dumps(cost), encoding="utf-8")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
