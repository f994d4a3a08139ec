"""What the start of a command costs: `make bench-start`.

`sync` runs over two systems in which nothing has happened since the last round, so that all it does
is to begin, to look and to end;
once compiled, and once compiling all that it imports, as where nothing may be written beside the
program.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.runs import CLI
from benchmarks.stage import ACCOUNT_FILE, ROOT, compiling, world_of
from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import build_world

RUNS = 5
SYNC = (CLI, "sync", "--json", "--account", str(ACCOUNT_FILE))
CASES: Mapping[str, tuple[str, ...]] = {
    "sync, nothing new": SYNC,
    "--help": (CLI, "--help"),
    "the interpreter": (sys.executable, "-c", ""),
}


def main() -> int:
    """One line for each command, compiled and not; CPU seconds, the least and the median of
    five.
    """
    print(f"{'':>20} {'':>12} {'least':>8} {'median':>8}")
    with tempfile.TemporaryDirectory() as name, Sandbox(Path(name) / "sandbox") as sandbox:
        folder = Path(name)
        build_world(world_of(3), *_addresses(sandbox))
        settings = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(folder / "sync")}
        compiled = compiling(folder / "bytecode") | settings
        anew = dict(compiled) | {
            "PYTHONPYCACHEPREFIX": str(folder / "none"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        for _ in range(2):  # what there is crosses, and what is imported is compiled
            _cpu_seconds(SYNC, compiled)
        for case, command in CASES.items():
            for how, environ in (("compiled", compiled), ("not compiled", anew)):
                used = [_cpu_seconds(command, environ) for _ in range(RUNS)]
                print(
                    f"{case:>20} {how:>12} {min(used):>8.2f} {statistics.median(used):>8.2f}",
                    flush=True,
                )
    return 0


def _addresses(sandbox: Sandbox) -> tuple[str, str]:
    return sandbox.servicetrade_url, sandbox.spectrum_url


def _cpu_seconds(command: tuple[str, ...], environ: Mapping[str, str]) -> float:
    before = _of_children()
    subprocess.run(command, cwd=ROOT, env=dict(environ), stdout=subprocess.DEVNULL, check=True)  # noqa: S603
    return _of_children() - before


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    sys.exit(main())
