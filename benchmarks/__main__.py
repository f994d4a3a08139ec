"""`python -m benchmarks`; see the package."""

import argparse
import json
import os
import sys

from rich.console import Console

from benchmarks import guards
from benchmarks.outcome import as_document, describe_machine, print_outcome
from benchmarks.runs import Plan, measure_run
from benchmarks.stage import BenchmarkFailed, open_stage
from st_spectrum.domain.errors import SettingsInvalid

PLANS = (Plan(0, 1000), Plan(50, 100), Plan(300, 20))
"""The whole first load where nothing waits; smaller worlds of the same shape where the waiting
would take hours.
"""
WARM_UP = Plan(0, 2)
"""Does not count: it compiles what is imported."""


def main() -> int:
    """0 when every run counts, 1 otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="What a first load costs, and both guards."
    )
    run_help = "latency and size of one run, such as 50:60; may be repeated; without the guards"
    parser.add_argument("--run", metavar="MS:JOBS", action="append", type=_plan, help=run_help)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document, the tables on standard error"
    )
    arguments = parser.parse_args()
    console = Console(file=sys.stderr if arguments.json else sys.stdout, width=132)
    load_before = os.getloadavg()[0]
    runs = []
    try:
        with open_stage() as stage:
            measure_run(stage, WARM_UP)
            for plan in arguments.run or PLANS:
                console.print(f"{plan.latency_ms} ms, {plan.jobs} jobs …")
                runs.append(measure_run(stage, plan))
        compared = [] if arguments.run else guards.compare_all(console)
    except (BenchmarkFailed, SettingsInvalid) as failure:
        print(f"The benchmark does not count: {failure}", file=sys.stderr)
        return 1
    machine = describe_machine(load_before)
    print_outcome(runs, machine, console)
    if compared:
        guards.print_comparison(compared, console)
    if arguments.json:
        document = as_document(runs, machine) | {"guards": guards.as_document(compared)}
        print(json.dumps(document, indent=2, ensure_ascii=False))
    return 0


def _plan(text: str) -> Plan:
    latency, _, jobs = text.partition(":")
    if not (latency.isdecimal() and jobs.isdecimal() and int(jobs) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form MS:JOBS, such as 50:60")
    return Plan(int(latency), int(jobs))


if __name__ == "__main__":
    sys.exit(main())
