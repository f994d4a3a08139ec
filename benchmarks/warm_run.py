"""What a run of Dagster costs a warm worker: `make bench-run`.

A first load crosses, then the same job runs again and again in one process, as in a child of a
worker, and finds nothing to do: what is left is Dagster and our own beginning and end.
"""

import logging
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import dagster as dg
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import pack_value
from dagster_celery.config import TASK_EXECUTE_JOB_NAME

from benchmarks.stage import ACCOUNT_FILE, open_stage, world_of
from st_spectrum.workers.broker import broker_in_force
from st_spectrum.workers.outdated import Birth
from st_spectrum.workers.worker import worker_app

RUNS = 8
SETTINGS = "telemetry: {enabled: false}\npython_logs: {python_log_level: CRITICAL}\n"


def main() -> int:
    """CPU milliseconds of this process: the first run, and the least and the median of eight."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with open_stage() as stage, tempfile.TemporaryDirectory() as home:
        stage.fill(world_of(20))
        os.environ |= stage.environ | {
            "ST_SPECTRUM_ACCOUNT": str(ACCOUNT_FILE),
            "ST_SPECTRUM_BROKER": f"{home}/broker",
            "DAGSTER_HOME": home,
        }
        Path(home, "dagster.yaml").write_text(SETTINGS, encoding="utf-8")
        with dg.DagsterInstance.get() as instance:
            first, *others = [cpu_of_a_run(instance) for _ in range(1 + RUNS)]
    print(
        f"CPU of a run in a warm worker: {1000 * min(others):.0f} ms at least,"
        f" {1000 * statistics.median(others):.0f} ms in the middle of {RUNS}; the first one, which"
        f" loads and carries, {1000 * first:.0f} ms"
    )
    return 0


def cpu_of_a_run(instance: dg.DagsterInstance) -> float:
    """Seconds of this process alone, from the message to the end of its task."""
    pointer = ModuleCodePointer("st_spectrum.definitions", "defs")
    job = ReconstructableRepository(pointer).get_reconstructable_job("customers_job")
    origin = job.get_python_origin()
    made = instance.create_run_for_job(job.get_definition(), job_code_origin=origin)
    message = pack_value(ExecuteRunArgs(origin, made.run_id, instance.get_ref()))
    task = worker_app(broker_in_force(), Birth()).tasks[TASK_EXECUTE_JOB_NAME]
    began = time.process_time()
    task(execute_job_args_packed=message)
    used = time.process_time() - began
    run = instance.get_run_by_id(made.run_id)
    if run is None or not run.is_success:
        raise SystemExit(f"the run did not succeed: {run and run.status}")
    return used


if __name__ == "__main__":
    sys.exit(main())
