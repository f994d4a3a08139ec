"""A day that was written as somebody's midnight stays that day, whoever's midnight it was."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.flows.local_days import date_of, zones_of
from st_spectrum.flows.timecards.pieces import absence_entries, card_entries, labor_entries
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.servicetrade.time_models import Absence
from tests.flows.records import account
from tests.flows.timecards.deciding_time import decide, rules
from tests.flows.timecards.test_time_rows import card, row

EAST, WEST = "America/New_York", "America/Los_Angeles"
ZONES = [EAST, "America/Chicago", "America/Denver", "America/Phoenix", WEST, "Pacific/Honolulu"]
SUNDAY = date(2025, 11, 9)


def midnight(day: date, zone: str) -> int:
    return int(datetime.combine(day, time(), ZoneInfo(zone)).timestamp())


def in_zone(zone: str, *offices: str) -> Account:
    return rules().model_copy(update={"timezone": zone, "office_timezones": offices})


def days(at: int, acct: Account, technician: str = "") -> list[date]:
    found = card_entries(card(row(1, date=at, quantity=8)), acct, lambda _: technician)
    return [entry.work_date for entry in found if not entry.waits]


def test_days_counted_in_seconds_over_the_end_of_summer_time_stay_in_their_week() -> None:
    at = (
        midnight(date(2025, 10, 26), EAST) + 14 * 86_400
    )  # 23:00 on Saturday, by clocks that were set back meanwhile
    (found,) = card_entries(card(row(1, date=at, quantity=8)), rules())

    assert (found.work_date, found.key, found.waits) == (SUNDAY, "20251115.timecard.1", "")


def test_midnight_of_a_technician_of_another_coast_is_his_day() -> None:
    assert days(midnight(SUNDAY, EAST), in_zone(WEST), EAST) == [SUNDAY]
    assert days(midnight(SUNDAY, WEST), in_zone(EAST), WEST) == [SUNDAY]


def test_midnight_of_an_office_that_the_account_file_names_is_its_day() -> None:
    assert days(midnight(SUNDAY, EAST), in_zone(WEST)) == []
    assert days(midnight(SUNDAY, EAST), in_zone(WEST, EAST)) == [SUNDAY]


def test_a_row_whose_day_nobody_can_tell_waits_with_advice() -> None:
    at = int(datetime(2025, 11, 9, tzinfo=UTC).timestamp())  # 19:00 on Saturday
    (found,) = card_entries(card(row(1, date=at, quantity=8)), rules(), lambda _: EAST)
    decision = decide(found)

    assert isinstance(decision, Hold)
    assert "11/08/2025 19:00 EST is no midnight" in decision.reason
    assert "office_timezones" in decision.advice


def test_a_row_that_went_out_before_its_day_was_doubted_is_not_told_as_changed() -> None:
    from dataclasses import replace

    from st_spectrum.flows.timecards.rules import change_since

    at = midnight(SUNDAY, EAST) + 12 * 3600
    (now,) = card_entries(card(row(1, date=at, quantity=8)), rules())
    sent = replace(now, waits="").versioned()

    assert change_since(sent, now) == ""
    assert "the time was 7.00 h" in change_since(replace(sent, hours=sent.hours - 1), now)


@given(
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    home=st.sampled_from(ZONES),
    technician=st.sampled_from(ZONES),
    counted=st.integers(0, 200),
)
def test_every_day_written_as_midnight_is_read_as_that_day(
    day: date, home: str, technician: str, counted: int
) -> None:
    begin = day - timedelta(days=counted)
    for zone in (home, technician):
        assert days(midnight(day, zone), in_zone(home), technician) == [day]
        assert days(midnight(begin, zone) + counted * 86_400, in_zone(home), technician) == [day]


def test_a_labor_item_at_the_hour_of_its_appointment_keeps_its_calendar_day() -> None:
    def day(at: int, zone: str, technician: str) -> date:
        known = {
            "id": 1,
            "quantity": 2,
            "usedOn": at,
            "libItem": {"id": 5, "type": "labor", "code": "LAB-REG"},
        }
        item = JobItem.model_validate(known | {"source": {"type": "tech", "userId": 61}})
        (found,) = labor_entries([item], in_zone(zone), lambda _: technician)
        return found.work_date

    assert day(midnight(SUNDAY, EAST) - 2 * 3600, EAST, EAST) == SUNDAY - timedelta(days=1)
    assert day(midnight(SUNDAY, EAST), WEST, EAST) == SUNDAY


@pytest.mark.parametrize(
    ("start", "end", "home"),
    [
        (
            midnight(SUNDAY + timedelta(days=1), EAST),
            midnight(SUNDAY + timedelta(days=2), EAST),
            WEST,
        ),
        (
            midnight(date(2025, 10, 6), EAST) + 35 * 86_400,
            midnight(date(2025, 10, 6), EAST) + 36 * 86_400,
            EAST,
        ),
    ],
)
def test_an_absence_of_whole_days_elsewhere_is_paid_on_its_days_alone(
    start: int, end: int, home: str
) -> None:
    found = Absence.model_validate(
        {"id": 9, "user": {"id": 61}, "windowStart": start, "windowEnd": end}
    )
    paid = rules(adapter="clock", absences={"are_paid": True}).model_copy(update={"timezone": home})
    entries = absence_entries(found, paid, lambda _: EAST)

    assert [(entry.work_date, str(entry.hours)) for entry in entries] == [
        (SUNDAY + timedelta(days=1), "8.00")
    ]


def test_an_invoice_of_another_office_keeps_its_date_and_month() -> None:
    first = date(2025, 12, 1)

    def dated(at: int, acct: Account) -> date:
        return date_of(at, zones_of(acct))

    assert dated(midnight(first, EAST), account()) == first
    assert dated(midnight(first, EAST) - 3600, account()) == first
    assert dated(midnight(first, EAST) - 3599, account()) == date(2025, 11, 30)
    assert dated(midnight(first, EAST), in_zone(WEST, EAST)) == first
