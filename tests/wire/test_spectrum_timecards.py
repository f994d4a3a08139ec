"""The REST batch of pre-time cards: names, order, numbers, and whatever may come back."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.errors import AccessDenied, OutcomeUnknown, Rejected
from st_spectrum.spectrum.invoices import encode
from st_spectrum.spectrum.services import SERVICES
from st_spectrum.spectrum.timecards import (
    REST_FIELDS,
    REST_NAMES,
    build_body,
    check,
    read_answer,
    repeated,
)
from st_spectrum.spectrum.wire import Receipt

CARD = {
    "batchCode": "26W19",
    "payType": "R",
    "hours": "7.50",
    "dayOfMonth": "05/04/2026",
    "message": "7K2QXW",
}


def card(message: str = "7K2QXW", **changes: str) -> dict[str, str]:
    return {**CARD, "message": message, **changes}


def answered(*entries: Any) -> bytes:
    return json.dumps({"timecards": entries}).encode()


def error(column: str, code: str = "I") -> dict[str, str]:
    return {"error_code": code, "desc": "no", "column": column}


def test_every_element_of_the_soap_service_has_its_rest_name_in_the_same_order() -> None:
    assert list(REST_NAMES) == [field.name for field in SERVICES["PreTimeCard"].fields]
    names = [field.name for field in REST_FIELDS]
    assert [name for name in names if name != "checkSequenceNumber"] == list(REST_NAMES.values())
    assert names.index("checkSequenceNumber") == names.index("employeeCode") + 1
    assert {field.name for field in REST_FIELDS if field.is_required} == {
        "batchCode",
        "payType",
        "dayOfMonth",
    }
    assert {field.name: field.length for field in REST_FIELDS}["costType"] == 1


def test_hours_keep_their_digits_and_blanks_are_sent_as_text() -> None:
    (record,) = build_body([card()], "001")
    assert list(record) == [field.name for field in REST_FIELDS]
    assert record["companyCode"] == "001"
    assert '"hours":7.50,' in encode([record])
    assert (record["payRate"], record["equipmentHours"]) == ("", "")
    assert "TOP-SECRET" not in encode([record])
    assert build_body([card()], "001", "TOP-SECRET")[0]["authorizationID"] == "TOP-SECRET"


def test_a_card_that_cannot_be_taken_or_found_again_is_told_before_it_goes() -> None:
    assert check(card(), "001") == ()
    wrong = card("", hours="7,5", dayOfMonth="2026-05-04", companyCode="002", week="19")
    assert {problem.field for problem in check(wrong, "001")} == {
        "hours",
        "dayOfMonth",
        "message",
        "companyCode",
        "week",
    }
    assert repeated([card("A"), card("B"), card("A"), card(""), card("")]) == {2}


def test_each_card_gets_its_own_answer_whatever_the_order() -> None:
    body = answered(
        {"message": "B", "status": "E", "errors": [error("payType")]},
        {"message": "A", "status": "S"},
    )
    first, second = read_answer(body, [card("A"), card("B")])
    assert isinstance(first, Receipt)
    assert isinstance(second, Rejected)
    assert second.problems[0].field == "payType"


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [{"message": "A", "status": "S"}, {"message": "A", "status": "S"}],
        [{"message": "A", "status": "maybe"}],
        [{"message": "A", "status": "S", "errors": [error("payType")]}],
        [{"message": "A", "status": "S", "errors": "none"}],
        [{"message": "B", "status": "S"}],
    ],
)
def test_an_answer_that_does_not_speak_plainly_of_a_card_leaves_it_unknown(
    entries: list[Any],
) -> None:
    (posting,) = read_answer(answered(*entries), [card("A")])
    assert isinstance(posting, OutcomeUnknown)


@given(
    body=st.binary()
    | st.sampled_from((b"[]", b"{}", b'{"timecards": 1}', b'{"timecards": [1]}', b"<html>"))
)
def test_a_body_that_is_no_answer_is_unknown(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        read_answer(body, [card("A")])


def test_a_company_that_is_not_ours_is_a_matter_of_set_up_and_not_of_the_card() -> None:
    refused = {"message": "A", "status": "E", "errors": [error("companyCode", "A")]}
    with pytest.raises(AccessDenied):
        read_answer(answered(refused), [card("A")])
    postings = read_answer(
        answered(refused, {"message": "B", "status": "S"}), [card("A"), card("B")]
    )
    assert isinstance(postings[0], Rejected)


@given(
    hours=st.decimals(min_value=-99, max_value=99, places=2, allow_nan=False, allow_infinity=False),
)
def test_any_hours_to_the_hundredth_go_out_as_they_are(hours: Decimal) -> None:
    text = encode(build_body([card(hours=format(hours, "f"))], "001"))
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal)[0]["hours"] == hours
