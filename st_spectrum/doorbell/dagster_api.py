"""What the doorbell asks of Dagster's web server, by its GraphQL API.

A change sensor is evaluated there as by its page's *Evaluate*. The runs that it asks for are
launched under the sensor's own run keys and through the queue, so that its next tick takes them for
its own and lanes hold; then its cursor is kept, as its tick would have done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from st_spectrum.domain.run_tags import LANE_TAG, lane_of

REPOSITORY = "__repository__"
"""What Dagster calls the definitions of a module."""
RUN_KEY_TAG = "dagster/run_key"
SENSOR_TAG = "dagster/sensor_name"
"""By these two a tick knows that its run was launched already."""
EVALUATION_SECONDS = 70.0
"""Dagster itself gives up after 60 seconds."""

STATE = """query Doorbell(
  $bearing: SensorSelector!, $plain: SensorSelector!, $lane: RunsFilter!
) {
  bearing: sensorOrError(sensorSelector: $bearing) { ...state }
  plain: sensorOrError(sensorSelector: $plain) { ...state }
  runIdsOrError(filter: $lane, limit: 1) { ... on RunIds { results } }
}
fragment state on Sensor {
  name
  targets { pipelineName }
  sensorState { status typeSpecificData { ... on SensorData { lastCursor } } }
}"""
"""Two sensors and not all of them: a bell asks several times a second while a run is going."""

EVALUATE = """mutation Doorbell($sensor: SensorSelector!, $cursor: String) {
  sensorDryRun(selectorData: $sensor, cursor: $cursor) {
    __typename
    ... on DryRunInstigationTick { evaluationResult {
      cursor
      error { message }
      runRequests { runKey runConfigYaml tags { key value } }
    } }
  }
}"""

LAUNCH = """mutation Doorbell($run: ExecutionParams!) {
  launchRun(executionParams: $run) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}"""

ADVANCE = """mutation Doorbell($sensor: SensorSelector!, $cursor: String) {
  setSensorCursor(sensorSelector: $sensor, cursor: $cursor) { __typename }
}"""

IN_FLIGHT = ["NOT_STARTED", "QUEUED", "STARTING", "STARTED", "CANCELING"]


class DagsterSilent(Exception):
    """Dagster does not answer, or not as it should; the text says what came."""


@dataclass(frozen=True)
class ChangeSensor:
    """The change sensor of a flow as it stands. `cursor` is None before its first tick;
    `is_in_flight` says that a run of its lane is.
    """

    name: str
    job: str
    is_on: bool
    cursor: str | None
    is_in_flight: bool


@dataclass(frozen=True)
class AskedRun:
    """A run that a sensor asks for."""

    run_key: str
    config_yaml: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Evaluated:
    """What a sensor would do now: ask for runs, and keep `cursor`."""

    runs: tuple[AskedRun, ...]
    cursor: str | None


class DagsterApi:
    """The web server at `url`, and in it the code location of one account. Safe to use from any
    thread. Every method raises `DagsterSilent`.
    """

    def __init__(
        self, url: str, location: str, account: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._repository = {
            "repositoryLocationName": location,
            "repositoryName": REPOSITORY,
        }
        self._account = account
        self._http = httpx.Client(
            base_url=url, timeout=EVALUATION_SECONDS, transport=transport, follow_redirects=False
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def change_sensor(self, flow: str) -> ChangeSensor:
        """The sensor of a flow, whether or not its name bears the account."""
        lane = {
            "tags": [{"key": LANE_TAG, "value": lane_of(self._account, flow)}],
            "statuses": IN_FLIGHT,
        }
        bearing, plain = (self._repository | {"sensorName": name} for name in self._names(flow))
        answer = self._ask(STATE, {"bearing": bearing, "plain": plain, "lane": lane})
        try:
            runs = answer["runIdsOrError"]["results"]
            found = next(one for one in (answer["bearing"], answer["plain"]) if "name" in one)
        except StopIteration:
            location = self._repository["repositoryLocationName"]
            raise DagsterSilent(
                f"it has no sensor {flow}_changes in the code location {location}"
            ) from None
        except (KeyError, TypeError):
            raise DagsterSilent("it does not tell its sensors and runs") from None
        return _sensor(found, is_in_flight=bool(runs))

    def evaluate(self, sensor: ChangeSensor) -> Evaluated:
        """What the sensor would do now; runs that exist already are left out by Dagster."""
        selector = self._repository | {"sensorName": sensor.name}
        answer = self._ask(EVALUATE, {"sensor": selector, "cursor": sensor.cursor})
        result = (answer.get("sensorDryRun") or {}).get("evaluationResult")
        if not isinstance(result, Mapping):
            raise DagsterSilent(f"{sensor.name} could not be evaluated")
        if error := result.get("error"):
            raise DagsterSilent(f"{sensor.name} could not be evaluated: {_first_line(error)}")
        runs = tuple(_asked(request) for request in result.get("runRequests") or ())
        return Evaluated(runs, result.get("cursor"))

    def launch(self, sensor: ChangeSensor, asked: AskedRun) -> str:
        """Put a run that the sensor asks for into the queue, as its tick would; its id."""
        keys = {RUN_KEY_TAG: asked.run_key, SENSOR_TAG: sensor.name}
        tags = {**asked.tags, **keys}
        run = {
            "selector": self._repository | {"jobName": sensor.job},
            "runConfigData": asked.config_yaml,
            "executionMetadata": {
                "tags": [{"key": key, "value": value} for key, value in tags.items()]
            },
        }
        answer = self._ask(LAUNCH, {"run": run}).get("launchRun") or {}
        if answer.get("__typename") != "LaunchRunSuccess":
            raise DagsterSilent(f"{sensor.job} was not launched: {_first_line(answer)}")
        return str(answer["run"]["runId"])

    def advance(self, flow: str, sensor: ChangeSensor, cursor: str | None) -> None:
        """Keep the cursor of an evaluation whose runs were launched, as its tick would; unless the
        sensor has ticked meanwhile.
        """
        if cursor and self.change_sensor(flow).cursor == sensor.cursor:
            selector = self._repository | {"sensorName": sensor.name}
            answer = self._ask(ADVANCE, {"sensor": selector, "cursor": cursor})
            if (kind := (answer.get("setSensorCursor") or {}).get("__typename")) != "Sensor":
                raise DagsterSilent(f"the cursor of {sensor.name} was not kept: {kind}")

    def _names(self, flow: str) -> tuple[str, str]:
        """Where accounts share a code location, the name bears the account: `assets.names`."""
        plain = f"{flow}_changes"
        bearing = "".join(c if c.isalnum() and c.isascii() else "_" for c in self._account)
        return f"{bearing}_{plain}", plain

    def _ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = self._http.post("/graphql", json={"query": query, "variables": variables})
            content = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DagsterSilent(f"it does not answer ({type(error).__name__})") from None
        if not isinstance(content, dict) or not isinstance(content.get("data"), dict):
            raise DagsterSilent(f"it answers otherwise than expected (HTTP {answer.status_code})")
        return dict(content["data"])


def _sensor(found: Mapping[str, Any], *, is_in_flight: bool) -> ChangeSensor:
    state = found["sensorState"]
    return ChangeSensor(
        name=found["name"],
        job=found["targets"][0]["pipelineName"],
        is_on=state["status"] == "RUNNING",
        cursor=(state.get("typeSpecificData") or {}).get("lastCursor"),
        is_in_flight=is_in_flight,
    )


def _asked(request: Mapping[str, Any]) -> AskedRun:
    tags = {tag["key"]: tag["value"] for tag in request["tags"]}
    return AskedRun(str(request["runKey"]), request["runConfigYaml"], tags)


def _first_line(error: Mapping[str, Any]) -> str:
    return next(iter(str(error.get("message") or error.get("__typename")).splitlines()), "")
