"""Cells of Info-Link's tables, whatever type the database gives them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum.infolink.values import Cells, text_of

CELLS = Cells("infolink.orders")


def test_a_text_comes_without_the_blanks_of_its_column() -> None:
    assert [text_of(value) for value in (None, "  A1 ", 7, "")] == ["", "A1", "7", ""]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (date(2026, 3, 2), date(2026, 3, 2)),
        (datetime(2026, 3, 2, 23, 59, tzinfo=UTC), date(2026, 3, 2)),
        ("2026-03-02 00:00:00", date(2026, 3, 2)),
        ("  ", None),
        (None, None),
    ],
)
def test_a_day_is_read_from_dates_times_and_texts(value: object, found: date | None) -> None:
    assert CELLS.date_of("Work_Date", value) == found


def test_a_number_keeps_its_cents_and_an_empty_cell_is_nothing() -> None:
    assert [str(CELLS.number_of("Hours", value)) for value in ("2.50", 3, Decimal("0.10"), None, " ")] == [
        "2.50", "3", "0.10", "0", "0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (CELLS.date_of, "02.03.26", "Info-Link: Column '02.03.26' is not a date"),
        (CELLS.number_of, "two", "Info-Link: Column 'two' is not a number"),
        (CELLS.number_of, "NaN", "Info-Link: Column 'NaN' is not a number"),
    ],
)
def test_rubbish_is_told_with_column_and_value(read, value: str, sentence: str) -> None:
    with pytest.raises(ContractBroken) as broken:
        read("Column", value)
    assert (broken.value.message, broken.value.operation) == (sentence, "infolink.orders")
