"""Rows of time cards, labor items and absences as pieces of time: whose they are, on which day, and
for how many hours.
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import Create, Hold
from st_spectrum.flows.timecards.pieces import (
    absence_entries,
    card_entries,
    labor_entries,
    with_job,
)
from st_spectrum.flows.timecards.rules import change_since
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.servicetrade.time_models import Absence, TimeCard
from tests.flows.timecards.deciding_time import JOB, decide, entry, rules


def card(*rows: dict[str, Any]) -> TimeCard:
    known = {
        "id": 4401,
        "user": {"id": 61, "name": "Ty"},
        "periodStart": 0,
        "periodEnd": 1,
        "status": "approved",
    }
    return TimeCard.model_validate(known | {"dayLogs": rows})


def row(number: int, **changes: Any) -> dict[str, Any]:
    known = {
        "id": number,
        "date": 1762232400,
        "type": "labor",
        "name": "Labor",
        "libItem": {"id": 5, "code": "LAB-REG"},
    }
    return known | changes


@given(
    seconds=st.lists(st.integers(0, 30_000), max_size=10), order=st.randoms(use_true_random=False)
)
def test_the_hours_of_a_card_add_up_in_whatever_order_its_rows_come(
    seconds: list[int], order: Any
) -> None:
    rows = [row(number, duration=duration) for number, duration in enumerate(seconds, start=1)]
    straight = card_entries(card(*rows), rules())
    order.shuffle(rows)

    assert card_entries(card(*rows), rules()) == straight
    assert (
        sum((entry.hours for entry in straight), Decimal(0))
        == Decimal((sum(seconds) + 18) // 36) / 100
    )


@given(
    seconds=st.integers(-86_400, 86_400), way=st.sampled_from([ROUND_HALF_UP, ROUND_DOWN, ROUND_UP])
)
def test_a_quantity_that_is_the_duration_rounded_is_the_same_hours(seconds: int, way: str) -> None:
    quantity = (Decimal(seconds) / 3600).quantize(Decimal("0.01"), way)
    (found,) = card_entries(card(row(1, duration=seconds, quantity=str(quantity))), rules())

    assert found.waits == ""


@pytest.mark.parametrize(
    ("which", "hours", "waits"),
    [("both", "5.00", True), ("quantity", "5.00", False), ("duration", "4.98", False)],
)
def test_of_two_different_hours_of_a_row_none_is_paid_in_silence(
    which: str, hours: str, waits: bool
) -> None:
    (found,) = card_entries(card(row(1, duration=17_928, quantity=5)), rules(card_hours=which))

    assert found.hours == Decimal(hours)
    assert found.waits.endswith(": 5.00 and 4.98") == waits
    assert isinstance(decide(found), Hold if waits else Create)


@pytest.mark.parametrize("which", ["both", "quantity", "duration"])
@pytest.mark.parametrize(
    "given_as", [{"quantity": 5}, {"duration": 18_000}, {"quantity": 5, "duration": 18_000}]
)
def test_one_of_quantity_and_duration_is_enough(which: str, given_as: dict[str, int]) -> None:
    (found,) = card_entries(card(row(1, **given_as)), rules(card_hours=which))

    assert (found.hours, found.waits) == (Decimal("5.00"), "")


def test_unpaid_rows_take_no_hundredth_from_paid_ones() -> None:
    rows = [
        row(1, duration=1200),
        row(2, duration=1200, type="other", name="Lunch"),
        row(3, duration=1200),
    ]
    paid = [entry for entry in card_entries(card(*rows), rules()) if entry.generic_name != "Lunch"]

    assert sum(entry.hours for entry in paid) == Decimal("0.67")


def test_labor_of_other_sources_than_a_technician_is_nobodys_time() -> None:
    known = {
        "id": 1,
        "quantity": 2,
        "usedOn": 1762232400,
        "libItem": {"id": 5, "type": "labor", "code": "LAB-REG"},
    }
    sources = [
        {"type": "tech", "userId": 61},
        {"type": "tech"},
        {"type": "vendor", "vendorId": 1},
        None,
    ]
    items = [
        JobItem.model_validate(known | {"id": number, "source": source})
        for number, source in enumerate(sources)
    ]

    assert [entry.key for entry in labor_entries([*items, items[0]], rules())] == [
        "20251108.jobitem.0"
    ]


def test_an_absence_that_is_lengthened_keeps_the_keys_of_its_days() -> None:
    def keys(start: int, end: int) -> list[str]:
        found = Absence.model_validate(
            {"id": 9, "user": {"id": 61}, "windowStart": start, "windowEnd": end}
        )
        paid = rules(adapter="clock", absences={"are_paid": True})
        return [entry.key for entry in absence_entries(found, paid)]

    assert keys(1762232400, 1762232400 + 2 * 86_400) == [
        "20251108.absence.9.20251104",
        "20251108.absence.9.20251105",
    ]
    assert keys(1762232400 - 86_400, 1762232400 + 86_400)[1:] == ["20251108.absence.9.20251104"]
    assert (
        absence_entries(
            Absence.model_validate({"id": 9, "user": 61, "windowStart": 0, "windowEnd": 9}), rules()
        )
        == ()
    )


def test_what_the_job_adds_is_no_change_of_the_time() -> None:
    bare = entry(office="", service_line="", job_number=None)
    whole = with_job(bare, JOB, ("Sprinkler",))

    assert (whole.job_number, whole.office, whole.service_line) == (
        10482,
        "Norfolk Office",
        "Sprinkler",
    )
    assert whole.version == bare.version
    assert with_job(bare, JOB, ("Sprinkler", "Alarm")).service_line == ""


@pytest.mark.parametrize("status", ["released", "paid", ""])
def test_a_card_of_a_status_that_nobody_knows_waits_and_is_not_taken_for_unapproved(
    status: str,
) -> None:
    made = card(row(1, quantity=5)).model_copy(update={"status": status})
    (time,) = card_entries(made, rules())

    held = decide(with_job(time, JOB))

    assert isinstance(held, Hold)
    assert f"{status!r} is none of open, submitted, approved, rejected" in held.reason
    assert "timecards.card_statuses" in held.advice
    assert held.cause == "the status of its card is not known"


def test_a_row_of_a_type_that_nobody_knows_waits_and_is_not_left_out() -> None:
    for type_ in ("regular", ""):
        (time,) = card_entries(card(row(1, quantity=5, type=type_)), rules())

        held = decide(with_job(time, JOB))

        assert isinstance(held, Hold)
        assert f"{type_!r} is none of labor, clock, expense, other" in held.reason
        assert "timecards.row_types" in held.advice


def test_other_words_of_the_account_file_and_another_case_are_understood() -> None:
    other = rules(card_statuses={"Released": "approved"}, row_types={"regular": "labor"})
    made = card(row(1, quantity=5, type="Regular"), row(2, quantity=3, type="EXPENSE"))
    plain = card(row(1, quantity=5))

    assert card_entries(made.model_copy(update={"status": "released"}), other) == card_entries(
        plain, other
    )
    assert card_entries(plain.model_copy(update={"status": "APPROVED"}), rules()) == card_entries(
        plain, rules()
    )


def test_time_that_was_sent_is_not_said_to_be_taken_back_by_a_status_that_nobody_knows() -> None:
    made = card(row(1, quantity=5))
    (sent,) = card_entries(made, rules())
    (now,) = card_entries(made.model_copy(update={"status": "paid"}), rules())
    (longer,) = card_entries(
        card(row(1, quantity=6)).model_copy(update={"status": "paid"}), rules()
    )

    assert change_since(sent, now) == ""
    assert change_since(sent, longer) == "the time was 5.00 h, is 6.00 h"


def test_time_that_was_sent_is_not_said_to_be_changed_by_a_type_that_nobody_knows() -> None:
    """Where a new word stands for a type, the name of its row says nothing new."""
    (sent,) = card_entries(card(row(1, quantity=5, type="other", name="Holiday")), rules())
    (now,) = card_entries(card(row(1, quantity=5, type="generic", name="Holiday")), rules())
    (longer,) = card_entries(card(row(1, quantity=6, type="generic", name="Holiday")), rules())

    assert change_since(sent, now) == ""
    assert change_since(sent, longer) == "the time was 5.00 h, is 6.00 h"


def test_a_card_without_its_period_is_read_all_the_same() -> None:
    made = TimeCard.model_validate(
        {"id": 1, "user": {"id": 61}, "status": "approved", "dayLogs": [row(1, quantity=5)]}
    )

    assert len(card_entries(made, rules())) == 1


ZONE = ZoneInfo("America/New_York")
SUNDAY = datetime(2025, 11, 2, tzinfo=ZONE)
PERIOD = int(SUNDAY.timestamp())


@given(days=st.integers(-600, 600))
def test_a_row_far_from_its_cards_period_waits_in_the_week_of_the_card(days: int) -> None:
    """Nearer ones are paid on their day; a reading of that week comes upon the card."""
    at = SUNDAY + timedelta(days=days)
    made = card(row(1, date=int(at.timestamp()), duration=3600)).model_copy(
        update={"period_start": PERIOD, "period_end": PERIOD + 7 * 24 * 3600 - 1}
    )

    (found,) = card_entries(made, rules())

    if found.waits:
        assert abs(days) >= 35  # clocks may change in between
        assert (found.week, found.work_date) == ("20251108", date(2025, 11, 8))
        assert found.waits == f"its day lies far outside of its card's period: {at:%m/%d/%Y}"
    else:
        assert abs(days) <= 35 + 6
        assert found.work_date == at.date()


def test_a_row_that_names_its_job_by_its_id_alone_is_a_row_of_the_job() -> None:
    (time,) = card_entries(card(row(1, quantity=5, jobId=JOB.id)), rules())
    (of_none,) = card_entries(card(row(1, quantity=5, jobId=None)), rules())

    assert (time.job_id, of_none.job_id) == (JOB.id, None)
