"""Files on records of the ServiceTrade stand-in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.servicetrade_api import Api

PICTURE = bytes(range(256)) * 20 + b"\r\n--not the boundary\r\n"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path)
    yield api
    api.sandbox.close()


def upload(api: Api, job: dict[str, Any], name: str = "pump.jpg", **more: Any) -> dict[str, Any]:
    answer = api.http.post(
        "attachment",
        data={"purposeId": 3, "entityType": 3, "entityId": job["id"], **more},
        files={"uploadedFile": (name, PICTURE, "image/jpeg")},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_a_file_comes_back_byte_for_byte_without_a_login(api: Api) -> None:
    made = upload(api, api.job(), description="Seal", visibility=["tech", "public"])
    assert (made["fileName"], made["purpose"]["id"]) == ("pump.jpg", 3)
    assert made["visibility"] == ["tech", "public"]
    api.http.headers.pop("Authorization")
    answer = api.http.get(made["contentUrl"])
    assert answer.content == PICTURE
    assert answer.headers["content-type"] == "image/jpeg"
    assert api.http.get(made["contentUrl"] + "0").status_code == 404


def test_attachments_of_a_record_are_listed_on_both_ways(api: Api) -> None:
    job, other = api.job(), api.job()
    made = upload(api, job)
    upload(api, other)
    assert api.ids("attachment", entityId=job["id"], entityType=3) == [made["id"]]
    assert api.ids(f"job/{job['id']}/attachment") == [made["id"]]
    assert api.refused("GET", "attachment")[0] == 400


def test_the_same_file_again_is_the_attachment_that_is_there(api: Api) -> None:
    job = api.job()
    first = upload(api, job)
    assert upload(api, job)["id"] == first["id"]
    assert upload(api, job, name="other.jpg")["id"] != first["id"]
    assert upload(api, api.job())["id"] != first["id"]


def test_an_attachment_is_described_anew_and_removed(api: Api) -> None:
    made = upload(api, api.job())
    changed = api.must("PUT", f"attachment/{made['id']}", {"description": "Old seal"})
    assert changed["description"] == "Old seal"
    api.must("DELETE", f"attachment/{made['id']}")
    assert api.http.get(made["contentUrl"]).status_code == 404


def test_an_attachment_without_a_file_or_a_record_is_refused(api: Api) -> None:
    job = api.job()
    assert api.refused("POST", "attachment", {"entityType": 3, "entityId": job["id"]})[0] == 400
    for wrong in ({"entityId": 1}, {"purposeId": 99}, {"entityType": "nonsense"}):
        answer = api.http.post(
            "attachment",
            data={"entityType": 3, "entityId": job["id"], **wrong},
            files={"uploadedFile": ("a.txt", b"x", "text/plain")},
        )
        assert answer.status_code == 400, wrong


def test_attachments_outlive_a_restart_and_end_with_a_reset(api: Api, tmp_path: Path) -> None:
    made = upload(api, api.job())
    api.sandbox.close()
    again = Api(tmp_path)
    assert again.http.get(made["contentUrl"]).content == PICTURE
    again.sandbox.reset()
    assert again.sandbox.counts()["attachment"] == 0
    again.sandbox.close()
