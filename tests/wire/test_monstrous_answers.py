"""Values and answers that no system should send: one sentence about the record that has them, and
never a traceback.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from st_spectrum.domain.answer_size import TooLarge, parse_json, read_bounded
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.errors import OutcomeUnknown
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Unreadable
from st_spectrum.servicetrade.parsing import parsed_each
from st_spectrum.servicetrade.time_models import TimeCard
from st_spectrum.spectrum.invoices import read_answer

MILLISECONDS = 1_767_225_600_000
CARD = {
    "user": {"id": 61, "name": "Ty"},
    "periodStart": 0,
    "periodEnd": 1,
    "status": "approved",
    "dayLogs": [],
}


AMOUNTS = {"subtotal": 5, "taxAmount": 0, "totalPrice": 5}
INVOICE = {
    "status": "pending_accounting",
    "type": "invoice",
    "items": [],
    "customer": {"id": 9},
    **AMOUNTS,
}


@pytest.mark.parametrize("number", ["1e300", "-1e14", "NaN", "Infinity", "9" * 5000, "1e999999"])
def test_an_invoice_over_a_monstrous_total_is_left_out_alone(number: str) -> None:
    rows = [INVOICE | {"id": 1}, INVOICE | {"id": 2, "totalPrice": "?"}, INVOICE | {"id": 3}]
    records: Any = parse_json(json.dumps(rows).replace('"?"', number))
    unreadable: list[Unreadable] = []

    good = [
        record.id for record in parsed_each(Invoice, records, "GET /invoice", unreadable.append)
    ]

    assert (good, [record.id for record in unreadable]) == ([1, 3], [2])
    assert "totalPrice" in unreadable[0].problem
    assert len(unreadable[0].problem) < 300


@pytest.mark.parametrize("value", [MILLISECONDS, -MILLISECONDS, 10**90])
def test_a_date_in_milliseconds_is_left_out_alone(value: int) -> None:
    unreadable: list[Unreadable] = []
    companies = [{"id": 1, "name": "A", "updated": value}, {"id": 2, "name": "B", "updated": 5}]
    cards = [{**CARD, "id": 3, "periodStart": value}, {**CARD, "id": 4}]

    good = [
        record.id for record in parsed_each(Company, companies, "GET /company", unreadable.append)
    ]
    good += [
        record.id for record in parsed_each(TimeCard, cards, "GET /timecard", unreadable.append)
    ]

    assert (good, [record.id for record in unreadable]) == ([2, 4], [1, 3])
    for record in unreadable:
        assert "no time in seconds" in record.problem
        assert datetime.fromtimestamp(record.updated, UTC).year < 3001


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": 1}, "an object"), ([1], "a list"), (1.5, "1.5"), (True, "True"),
        ("x" * 90, f"'{'x' * 39}…"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_field_and_what_was_found(
    value: object, found: str
) -> None:
    unreadable: list[Unreadable] = []
    company = {"id": 7, "name": "A", "address": value, "phoneNumber": value, "customer": value}

    list(parsed_each(Company, [company], "GET /company", unreadable.append))

    (record,) = unreadable
    assert f"found: {found}" in record.problem
    assert "Company 7: " in record.problem
    assert "Value error" not in record.problem


def test_a_row_of_a_million_million_seconds_is_no_time_that_anybody_worked() -> None:
    unreadable: list[Unreadable] = []
    row = {"date": 1, "duration": MILLISECONDS}

    list(parsed_each(TimeCard, [{**CARD, "dayLogs": [row]}], "GET /timecard", unreadable.append))

    (record,) = unreadable
    assert "duration" in record.problem
    assert "since 1970" not in record.problem


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000])
def test_json_that_is_nested_deeper_than_anybody_reads_is_no_json(text: str) -> None:
    assert parse_json(text) is None
    with pytest.raises(OutcomeUnknown, match="cannot be read"):
        read_answer(text.encode(), [ArDocument({"Invoice_Or_Transaction": "A"}, ())])


def test_an_answer_is_read_as_far_as_it_may_go_and_no_further() -> None:
    read = 0

    def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1000

    with pytest.raises(TooLarge, match="larger than"):
        read_bounded(endless(), 10_000)
    assert read == 11
    assert read_bounded([b"ab", b"c"], 3) == b"abc"
