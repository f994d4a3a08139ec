"""A failed run says what stopped it, which records it carried, and nothing twice."""

from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.assets.failures import failure_sentence, requested_keys
from st_spectrum.definitions import build
from tests.world.dagster_daemon import DagsterDaemon

CONFIG = {"ops": {"customers": {"config": {"keys": ["1201", "1202"]}}}}


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    """Of an account that cannot be read, for no test here opens it."""
    return build(Path("none.yaml"))


@pytest.fixture
def daemon(defs: dg.Definitions, instance: dg.DagsterInstance) -> DagsterDaemon:
    return DagsterDaemon(defs, instance)


def say(
    daemon: DagsterDaemon, ended: dg.ExecuteInProcessResult, caplog: pytest.LogCaptureFixture
) -> list[str]:
    """What the run-failure sensor logs about a run."""
    repository = daemon.defs.get_repository_def()
    sensor = repository.get_sensor_def("failed_runs")
    context = dg.build_run_status_sensor_context(
        "failed_runs",
        ended.get_run_failure_event(),
        daemon.instance,
        ended.dagster_run,
        repository_def=repository,
        resources=dict(daemon.defs.resources or {}),
    )
    caplog.clear()
    with context.for_run_failure() as seen:
        seen.log.addHandler(caplog.handler)
        sensor(seen)
    return [record.getMessage() for record in caplog.records if "failed." in record.getMessage()]


def run(daemon: DagsterDaemon, **tags: str) -> dg.ExecuteInProcessResult:
    job = daemon.defs.resolve_job_def("customers_job")
    return job.execute_in_process(
        run_config=CONFIG, instance=daemon.instance, tags=tags, raise_on_error=False
    )


def test_a_failed_run_says_why_and_which_records(
    daemon: DagsterDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    (sentence,) = say(daemon, run(daemon), caplog)
    assert "customers_job" in sentence
    assert "there is no such file" in sentence
    assert "Records: 1201, 1202." in sentence
    assert "\n" not in sentence


def test_a_run_that_dagster_retries_stays_silent(
    daemon: DagsterDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    assert say(daemon, run(daemon, **{"dagster/will_retry": "true"}), caplog) == []


def test_the_failing_step_itself_says_so_too(
    daemon: DagsterDaemon, capfd: pytest.CaptureFixture[str]
) -> None:
    run(daemon)
    said = [line for line in capfd.readouterr().err.splitlines() if "customers_job failed." in line]
    assert len(said) == 1
    assert "Records: 1201, 1202." in said[0]


def test_many_records_are_counted_and_not_all_named() -> None:
    sentence = failure_sentence(
        "jobs_job", "spectrum: no\nconnection", [str(number) for number in range(250)]
    )
    assert sentence.startswith("jobs_job failed. spectrum: no connection")
    assert sentence.endswith("and 230 more.")


@pytest.mark.parametrize(
    "config",
    [{}, {"ops": None}, {"ops": {"customers": None}}, {"ops": {"customers": {"config": {}}}}],
)
def test_a_run_without_records_names_none(config: dict[str, object]) -> None:
    assert requested_keys(config) == ()
    assert "Records" not in failure_sentence("retention", "", ())
