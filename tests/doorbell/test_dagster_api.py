"""What the doorbell asks of Dagster is in the API of the Dagster that is installed, and what it
cannot make sense of drops a ring.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from dagster._core.storage.tags import RUN_KEY_TAG, SENSOR_NAME_TAG
from dagster_graphql.schema import create_schema
from graphql import parse, validate

from st_spectrum.assets.names import AccountNames
from st_spectrum.doorbell import dagster_api
from st_spectrum.doorbell.dagster_api import AskedRun, ChangeSensor, DagsterApi, DagsterSilent

SENSOR = ChangeSensor("jobs_changes", "jobs_job", True, "{}", False)


def api(answer: Callable[[dict[str, Any]], Any], account: str = "sandbox") -> DagsterApi:
    def serve(request: httpx.Request) -> httpx.Response:
        content = answer(json.loads(request.content))
        if isinstance(content, httpx.Response):
            return content
        return httpx.Response(200, json={"data": content})

    return DagsterApi("http://dagster", "here", account, httpx.MockTransport(serve))


def state(
    *names: str, runs: int = 0, status: str = "RUNNING", cursor: str = "{}"
) -> Callable[[dict[str, Any]], Mapping[str, Any]]:
    """What Dagster tells where there are sensors of these names."""

    def sensor(name: str) -> Mapping[str, Any]:
        return {
            "name": name,
            "targets": [{"pipelineName": name.replace("_changes", "_job")}],
            "sensorState": {"status": status, "typeSpecificData": {"lastCursor": cursor}},
        }

    def answer(body: dict[str, Any]) -> Mapping[str, Any]:
        wanted = [body["variables"][alias]["sensorName"] for alias in ("bearing", "plain")]
        bearing, plain = (sensor(name) if name in names else {} for name in wanted)
        found = {"bearing": bearing, "plain": plain}
        return {**found, "runIdsOrError": {"results": ["x"] * runs}}

    return answer


@pytest.mark.parametrize("name", ["STATE", "EVALUATE", "LAUNCH", "ADVANCE"])
def test_dagster_knows_each_question(name: str) -> None:
    schema = create_schema().graphql_schema
    assert validate(schema, parse(getattr(dagster_api, name))) == []


def test_the_tags_by_which_a_tick_knows_its_run_are_dagsters() -> None:
    assert (dagster_api.RUN_KEY_TAG, dagster_api.SENSOR_TAG) == (RUN_KEY_TAG, SENSOR_NAME_TAG)


@pytest.mark.parametrize("account", ["sandbox", "north-wind_2"])
def test_where_accounts_share_a_location_the_sensor_bears_the_account(account: str) -> None:
    bearing = AccountNames(account, is_alone=False).of("jobs_changes")
    others = state("jobs_changes", "other_jobs_changes", bearing)
    assert api(others, account).change_sensor("jobs").name == bearing
    assert api(state("jobs_changes"), account).change_sensor("jobs") == SENSOR


def test_runs_of_the_lane_alone_hold_a_ring_up() -> None:
    asked: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> Mapping[str, Any]:
        asked.append(body)
        return state("jobs_changes", runs=1, status="STOPPED")(body)

    sensor = api(answer).change_sensor("jobs")
    assert (sensor.is_in_flight, sensor.is_on) == (True, False)
    lane = AccountNames("sandbox").lane("jobs")
    [tag] = asked[0]["variables"]["lane"]["tags"]
    assert lane[tag["key"]] == tag["value"]


def test_a_run_is_launched_under_the_sensors_own_key() -> None:
    asked: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> Mapping[str, Any]:
        asked.append(body)
        return {"launchRun": {"__typename": "LaunchRunSuccess", "run": {"runId": "r"}}}

    run = AskedRun("jobs-1-1", "ops: {}", {"records": "1"})
    assert api(answer).launch(SENSOR, run) == "r"
    given = asked[0]["variables"]["run"]
    assert given["selector"]["jobName"] == "jobs_job"
    assert given["runConfigData"] == "ops: {}"
    assert {tag["key"]: tag["value"] for tag in given["executionMetadata"]["tags"]} == {
        "records": "1",
        RUN_KEY_TAG: "jobs-1-1",
        SENSOR_NAME_TAG: "jobs_changes",
    }


@pytest.mark.parametrize(("cursor", "kept"), [("{}", True), ("{'newer'}", False)])
def test_a_cursor_is_kept_unless_the_sensor_has_ticked_meanwhile(cursor: str, kept: bool) -> None:
    asked: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> Mapping[str, Any]:
        asked.append(body["variables"])
        if "cursor" in body["variables"]:
            return {"setSensorCursor": {"__typename": "Sensor"}}
        return state("jobs_changes", cursor=cursor)(body)

    api(answer).advance("jobs", SENSOR, "{'asked'}")
    assert [one["cursor"] for one in asked if "cursor" in one] == ["{'asked'}"] * kept


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"bearing": {}, "plain": None, "runIdsOrError": {"results": []}},
        {"bearing": {}, "plain": {}, "runIdsOrError": {"results": []}},
        {"bearing": {}, "plain": {}, "runIdsOrError": {}},
        httpx.Response(500, text="Internal Server Error"),
        httpx.Response(200, text="<html>"),
        httpx.Response(302, headers={"Location": "/login"}),
    ],
)
def test_an_odd_answer_drops_the_ring(answer: Any) -> None:
    with pytest.raises(DagsterSilent):
        api(lambda _asked: answer).change_sensor("jobs")


@pytest.mark.parametrize(
    "answer",
    [
        {"sensorDryRun": {"__typename": "SensorNotFoundError"}},
        {"sensorDryRun": {"evaluationResult": {"error": {"message": "boom\ntrace"}}}},
        {"sensorDryRun": None},
    ],
)
def test_a_sensor_that_cannot_be_evaluated_drops_the_ring(answer: Any) -> None:
    with pytest.raises(DagsterSilent, match="could not be evaluated"):
        api(lambda _asked: answer).evaluate(SENSOR)


def test_nobody_at_the_address_drops_the_ring() -> None:
    nobody = DagsterApi("http://127.0.0.1:9", "here", "sandbox")
    with pytest.raises(DagsterSilent, match="does not answer"):
        nobody.change_sensor("jobs")
    nobody.close()
