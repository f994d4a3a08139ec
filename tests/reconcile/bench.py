"""What a comparison of both sides costs, at the size of a contractor's month and at a tenth of it:
`make bench-reconcile`.

Sixty differences are planted; the figures count for nothing unless all of them are found and named
right, and nothing else.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from st_spectrum.account.file import load_account
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.reconcile.both_sides import compare_both_sides
from st_spectrum.sandbox.server import Sandbox
from tests.reconcile.contractor_month import Size, build_month
from tests.reconcile.sixty import NamedDifference, Sixty
from tests.world.contractor import ACCOUNT_FILE

TITLES = ("invoices", "compared", "found", "requests", "statements", "seconds", "CPU s", "MB")
MOST = 12
"""Ten times the size may take so many times as long."""


@dataclass(frozen=True)
class Cost:
    """One comparison of all flows in a process of its own: `requests` go to ServiceTrade,
    `statements` to Info-Link. The seconds, on the clock and of a processor, are those of comparing.
    """

    invoices: int
    compared: int
    found: int
    requests: int
    statements: int
    seconds: float
    cpu_seconds: float
    peak_mb: float = 0.0

    @property
    def cells(self) -> tuple[str, ...]:
        counts = (self.invoices, self.compared, self.found, self.requests, self.statements)
        times = (f"{self.seconds:.1f}", f"{self.cpu_seconds:.1f}", f"{self.peak_mb:.0f}")
        return (*(f"{count:,}" for count in counts), *times)


def measure(invoices: int) -> Cost:
    """Build, plant, compare. Raises `AssertionError` where something was not found, or too much."""
    with tempfile.TemporaryDirectory(prefix="st-spectrum-month-") as folder:
        path = Path(folder)
        with Sandbox(path / "sandbox") as sandbox:
            month = build_month(sandbox, path / "state", Size(invoices))
            with closing(month.contractor):
                hands = Sixty(month)
                hands.plant()
                result = _compare_in_a_process(path, invoices, month.contractor.environment)
    found = {tuple(one) for one in result.pop("differences")}
    assert found == hands.planted, f"{found ^ hands.planted} are not as planted"
    assert result.pop("closes"), "an equation does not close"
    return Cost(**result)


def _compare_in_a_process(
    folder: Path, invoices: int, environ: dict[str, str]
) -> dict[str, object]:
    cost_file, result = folder / "cost.json", folder / "told.json"
    child = [sys.executable, "-m", "tests.reconcile.bench", "--child", str(invoices), str(result)]
    command = [sys.executable, "-m", "benchmarks.measured", str(cost_file), *child]
    subprocess.run(command, env=os.environ | environ, check=True)
    cost = json.loads(cost_file.read_text(encoding="utf-8"))
    found: dict[str, object] = json.loads(result.read_text(encoding="utf-8"))
    return found | {"peak_mb": cost["peak_mb"]}


def _child(invoices: str, result: str) -> int:
    account = load_account(ACCOUNT_FILE, dict(os.environ))
    with open_session(account) as session:
        began, used = time.monotonic(), time.process_time()
        done = list(compare_both_sides(session, FLOWS))
        seconds, cpu_seconds = time.monotonic() - began, time.process_time() - used
        statements = sum(
            count for name, count in session.spectrum.calls.items() if name.startswith("infolink")
        )
        requests = session.servicetrade.calls.total()
    equations = [equation for one in done for equation in one.equations]
    differences: list[NamedDifference] = [
        (one.flow, one.key, one.field, str(one.verdict))
        for compared in done
        for one in compared.differences
    ]
    cost = Cost(
        int(invoices),
        sum(one.compared for one in done),
        len(differences),
        requests,
        statements,
        round(seconds, 2),
        round(cpu_seconds, 2),
    )
    closes = all(sum(one.lines.values()) == one.approved for one in equations)
    written = asdict(cost) | {"differences": differences, "closes": closes}
    Path(result).write_text(json.dumps(written), encoding="utf-8")
    return 0


def main() -> int:
    """A line for a tenth of the size, one for the size, and how they compare."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.reconcile.bench", description="What a comparison costs."
    )
    parser.add_argument("--invoices", type=int, default=5_000, help="how many invoices there are")
    arguments = parser.parse_args()
    print(" ".join(f"{title:>11}" for title in TITLES))
    costs = []
    for invoices in (arguments.invoices // 10, arguments.invoices):
        costs.append(measure(invoices))
        print(" ".join(f"{cell:>11}" for cell in costs[-1].cells), flush=True)
    ratio = costs[1].cpu_seconds / costs[0].cpu_seconds
    print(f"Ten times the size takes {ratio:.1f} times as long of a processor; {MOST} are allowed.")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(_child(*sys.argv[2:]) if sys.argv[1:2] == ["--child"] else main())
