"""Other set-ups of the same systems: tokens, a session, no Info-Link, and ServiceTrade's own
description.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.record.folder import write_recording
from st_spectrum.record.judge_openapi import judge_openapi, read_description
from st_spectrum.record.judgement import Verdict
from st_spectrum.record.pseudonyms import Pseudonyms
from st_spectrum.record.reading import Reading, judge, read_systems
from st_spectrum.record.report import report_of
from st_spectrum.sandbox.credentials import (
    PASSWORD,
    SPECTRUM_CLIENT_ID,
    SPECTRUM_CLIENT_SECRET,
    USERNAME,
)
from tests.record.worlds import Installation


def described(*, card: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """A description as such files are: an envelope around a list, references, two versions of a
    body.
    """
    listed = {
        "type": "object",
        "properties": {"data": {"properties": {"timeCards": {"items": {"$ref": "#/c/Card"}}}}},
    }
    return {
        "c": {"Card": {"properties": {"id": {}, **card}}},
        "paths": {
            "/timecard": {
                "get": {"responses": {"200": {"content": {"application/json": {"schema": listed}}}}}
            },
            "/jobitem": {
                "post": {
                    "requestBody": {
                        "content": {"application/json": {"schema": {"properties": item}}}
                    }
                }
            },
        },
    }


def test_a_description_settles_the_names_of_keys() -> None:
    logs = {"items": {"properties": {"id": {}, "date": {}, "hours": {}}}}
    found = {
        one.id: one
        for one in judge_openapi(
            described(card={"periodStart": {}, "dayLogs": logs}, item={"jobId": {}, "unitCost": {}})
        )
    }

    assert found["ST8.TimeCard.period_start"].verdict is Verdict.HOLDS
    assert found["ST8.TimeCard.period_end"].verdict is Verdict.DIFFERS
    assert found["ST8.DayLog.quantity"].verdict is Verdict.DIFFERS
    assert "hours" in found["ST8.DayLog.quantity"].found
    assert found["ST7.JobItemFields.job_id"].verdict is Verdict.HOLDS
    assert found["ST7.JobItemFields.cost"].verdict is Verdict.DIFFERS
    assert found["ST9.Absence.name"].verdict is Verdict.NOT_SEEN


def test_a_description_may_name_its_paths_in_full_and_close_its_lists() -> None:
    whole = described(card={"status": {"enum": ["open", "approved", "paid"]}}, item={})
    whole["paths"] = {f"/api{path}": found for path, found in whole["paths"].items()}

    found = {one.id: one for one in judge_openapi(whole)}

    assert found["ST8.CARD_STATUSES"].verdict is Verdict.DIFFERS
    assert "paid" in found["ST8.CARD_STATUSES"].found


def test_a_spectrum_that_does_not_answer_is_given_up_at_once(world: Installation) -> None:
    nowhere = world.account.spectrum.model_copy(
        update={"base_url": "http://127.0.0.1:1", "read_attempts": 1, "infolink": None}
    )

    found = read_systems(world.account.model_copy(update={"spectrum": nowhere}))

    assert found.down == ["Spectrum: no call was answered"]
    assert list(found.evidence.problems) == ["wsdl WSTestConnection"]


def test_a_file_that_is_no_description_is_refused(tmp_path: Path) -> None:
    for text in ("nothing", "{}", "[1, 2", '{"paths": 3}'):
        file = tmp_path / "openapi.json"
        file.write_text(text)
        with pytest.raises(SettingsInvalid):
            read_description(file)
    file.write_text(json.dumps(described(card={}, item={})))
    assert read_description(file)["paths"]


def test_what_a_read_shows_stands_beside_what_the_description_says(reading: Reading) -> None:
    evidence = replace(reading.evidence, openapi=described(card={}, item={"jobId": {}}))

    report = report_of(judge(evidence))

    assert report.judgements["ST7.JobItemFields.job_id"].verdict is Verdict.HOLDS


def test_an_installation_with_tokens_differs_in_nothing_and_its_tokens_are_not_kept(
    world: Installation, tmp_path: Path
) -> None:
    update = {
        "auth": "bearer",
        "client_id": SPECTRUM_CLIENT_ID,
        "client_secret": SecretStr(SPECTRUM_CLIENT_SECRET),
    }
    spectrum = world.account.spectrum.model_copy(update=update)
    world.sandbox.control.switch("spectrum", auth_mode="bearer")
    try:
        found = read_systems(world.account.model_copy(update={"spectrum": spectrum}))
    finally:
        world.sandbox.control.switch("spectrum", auth_mode="basic")

    report = report_of(judge(found.evidence))
    assert report.differences == ()
    assert report.judgements["SP1.DEFAULT_LIFE_SECONDS"].verdict is Verdict.HOLDS
    write_recording(tmp_path / "out", found.evidence, report, Pseudonyms())
    text = (tmp_path / "out" / "private" / "exchanges.json").read_text()
    logins = [
        call for call in found.evidence.exchanges.calls if call.path.endswith(("/token", "/auth"))
    ]
    grants = [call.json for call in logins]
    assert len({call.system for call in logins}) == 2
    for grant in grants:
        assert isinstance(grant, dict)
        assert grant["access_token"] not in text
    assert SPECTRUM_CLIENT_SECRET not in text


def test_a_session_and_no_info_link_are_recorded_as_well(world: Installation) -> None:
    login = world.account.servicetrade.model_copy(
        update={"auth": "session", "username": USERNAME, "password": SecretStr(PASSWORD)}
    )
    spectrum = world.account.spectrum.model_copy(update={"infolink": None})

    found = read_systems(
        world.account.model_copy(update={"servicetrade": login, "spectrum": spectrum})
    )

    assert found.down == [] and found.evidence.tables == {}
    report = report_of(judge(found.evidence))
    assert report.differences == ()
    assert report.judgements["SP16.time_tables"].verdict is Verdict.NOT_SEEN


def test_compound_answers_of_servicetrade_are_read_too(world: Installation) -> None:
    world.sandbox.control.switch("servicetrade", compound_references=True)
    try:
        found = read_systems(world.account)
    finally:
        world.sandbox.control.switch("servicetrade", compound_references=False)

    assert found.down == []
    assert found.evidence.records["list job"]


def test_a_description_settles_names_and_filters_of_which_reads_judge_the_values(
    tmp_path: Path,
) -> None:
    whole = described(
        card={"state": {}, "dayLogs": {"items": {"properties": {"day": {}, "minutes": {}}}}},
        item={},
    )
    whole["paths"]["/timecard"]["get"]["parameters"] = [{"in": "query", "name": "from"}]
    file = tmp_path / "openapi.yaml"
    file.write_text(yaml.safe_dump(json.loads(json.dumps(whole)), default_style=None))

    found = report_of(judge_openapi(read_description(file))).judgements

    for id_ in (
        *("ST8.DayLog.date", "ST8.DayLog.duration", "ST8.DayLog.type", "ST8.TimeCard.status"),
        *("ST8.ServiceTrade.time_cards", "ST8.ServiceTrade.time_cards.2"),
    ):
        assert found[id_].verdict is Verdict.DIFFERS, id_
    assert "from" in found["ST8.ServiceTrade.time_cards"].found


def test_an_older_description_and_one_with_numbers_for_statuses_are_read_as_well() -> None:
    source = {"properties": {"type": {}, "poNumber": {}, "vendor_id": {}}}
    whole = described(card={"periodStart": {}}, item={})
    answers = whole["paths"]["/timecard"]["get"]["responses"]
    answers[200] = {"schema": answers.pop("200")["content"]["application/json"]["schema"]}
    body = {"in": "body", "schema": {"properties": {"jobId": {}, "source": source}}}
    whole["paths"]["/jobitem"] = {"post": {"parameters": [body]}}

    found = {one.id: one.verdict for one in judge_openapi(whole)}

    assert found["ST8.TimeCard.period_start"] is Verdict.HOLDS
    assert found["ST7.JobItemFields.job_id"] is Verdict.HOLDS
    assert found["ST7.ItemSource.po_number"] is Verdict.HOLDS
    assert found["ST7.ItemSource.vendor_id"] is Verdict.DIFFERS
