"""Time whose card stands in payroll while the ledger knows nothing of it: never sent again, and
what differs is told.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from st_spectrum.engine.report import Result
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import done_cards
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.settled import settle_time
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from st_spectrum.spectrum.infolink.time_tables import TABLES
from st_spectrum.spectrum.timecards import StoredTimeCard
from tests.world.answered_rows import answered_rows
from tests.world.ledger_file import copy_ledger, lose_witness
from tests.world.ledger_file import put_back as put_ledger_back
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper, given

pytestmark = pytest.mark.slow


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Iterator[Timekeeper]:
    """One technician and last week's time, approved and not yet sent."""
    with closing(
        build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY), technicians=1)
    ) as timekeeper:
        yield timekeeper


def put_back(timekeeper: Timekeeper, copy: Path, *, with_witness: bool = False) -> None:
    """The state folder is the copy's again, or, `with_witness`, the ledger alone."""
    if not with_witness:
        lose_witness(timekeeper.contractor)
    put_ledger_back(timekeeper.contractor, copy)


def sends(timekeeper: Timekeeper) -> int:
    control = timekeeper.control
    return sum(
        len(control.calls(operation=name)) for name in ("PreTimeCard", "POST /timecard/timecards")
    )


@pytest.mark.parametrize(
    ("target", "with_witness"), [("soap", False), ("rest", False), ("soap", True)]
)
def test_a_ledger_put_back_from_a_copy_made_before_the_day_sends_no_card_twice(
    timekeeper: Timekeeper, target: str, with_witness: bool
) -> None:
    timekeeper.set_rules(target=target)
    copy = copy_ledger(timekeeper.contractor)
    timekeeper.round()
    timekeeper.assert_exact()
    sent, rows = sends(timekeeper), len(timekeeper.rows())
    assert sent
    put_back(timekeeper, copy, with_witness=with_witness)

    planned = timekeeper.round(is_dry_run=True)
    again = timekeeper.round()

    assert (sends(timekeeper), len(timekeeper.rows())) == (sent, rows)
    assert again.counts()["held"] == planned.counts()["held"] == 0
    assert planned.counts()["created"] == again.counts()["created"] == 0
    with timekeeper.contractor.session() as session:
        (end,) = timekeeper.week_ends
        assert len(done_cards(session.ledger, f"{end:%Y%m%d}")) == rows
        week = reconcile_week(session, end, "week")
    assert (week.difference, week.missed, week.report.writes) == (0, (), 0)


def edit_cards(timekeeper: Timekeeper, change: str) -> None:
    """A payroll clerk types over columns of every card at the screen."""
    spectrum = timekeeper.contractor.system("spectrum")
    with spectrum.database.writing() as book:
        book.of(timekeeper.contractor.account.spectrum.company_code).connection.execute(
            f"UPDATE PR_PRE_TC_IMPORT_ERR_MC SET {change}"
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("Hours = Hours + 1", "the time was"),
        ("Pay_Type = 'X'", "the pay type is X"),
        ("Employee_Code = '9'", "is 9"),
    ],
)
def test_a_card_with_other_values_is_taken_over_as_it_stands_and_told_until_a_person_has_settled_it(
    timekeeper: Timekeeper, change: str, words: str
) -> None:
    copy, keys = copy_ledger(timekeeper.contractor), timekeeper.keys()
    timekeeper.round()
    sent, rows = sends(timekeeper), timekeeper.rows()
    put_back(timekeeper, copy)
    edit_cards(timekeeper, change)

    report = timekeeper.carry(keys)

    held = [outcome for outcome in report.outcomes if outcome.result is Result.HELD]
    assert len(held) == len(rows)
    assert all(
        words in outcome.reason and "was sent, and since then" in outcome.reason for outcome in held
    )
    assert sends(timekeeper) == sent
    again = timekeeper.carry(keys)
    assert {
        outcome.result for outcome in again.outcomes if outcome.key in {one.key for one in held}
    } <= {Result.HELD}
    with timekeeper.contractor.session() as session:
        (end,) = timekeeper.week_ends
        week = reconcile_week(session, end, "week")
        assert sum(row.remark.count("was sent, and since then") for row in week.rows) == len(rows)
        said = settle_time(
            session.ledger, session.ledger.get("timecards", held[0].key).entry, is_there=True
        )  # type: ignore[union-attr]
        assert "corrected" in said
        assert session.engine.run("timecards", [held[0].key], run_id="after").counts()["held"] == 0
    assert sends(timekeeper) == sent


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("Pay_Type = 'X'", "the pay type is X"),
        ("Employee_Code = '9'", "is 9"),
        ("Job_Number = 'Z'", "Z"),
    ],
)
def test_a_card_with_other_codes_is_told_too_where_the_ledger_is_known_to_be_older(
    timekeeper: Timekeeper, change: str, words: str
) -> None:
    copy, keys = copy_ledger(timekeeper.contractor), timekeeper.keys()
    timekeeper.round()
    sent, rows = sends(timekeeper), timekeeper.rows()
    put_back(timekeeper, copy, with_witness=True)
    edit_cards(timekeeper, change)

    timekeeper.carry(keys)

    with timekeeper.contractor.session() as session:
        (end,) = timekeeper.week_ends
        week = reconcile_week(session, end, "week")
    held = [outcome for outcome in week.report.outcomes if outcome.result is Result.HELD]
    assert len(held) == len(rows)
    assert all(
        words in outcome.reason and "was sent, and since then" in outcome.reason for outcome in held
    )
    assert sends(timekeeper) == sent


def test_time_taken_back_before_the_ledger_was_put_back_is_told_and_not_called_unapproved(
    timekeeper: Timekeeper,
) -> None:
    copy = copy_ledger(timekeeper.contractor)
    timekeeper.round()
    put_back(timekeeper, copy)
    keys = timekeeper.keys()
    timekeeper.set_status("open")

    report = timekeeper.carry(keys)

    held = [outcome for outcome in report.outcomes if outcome.result is Result.HELD]
    assert len(held) == len(timekeeper.rows())
    assert all("its approval was taken back" in outcome.reason for outcome in held)


def test_a_row_moved_to_another_week_before_the_ledger_was_put_back_is_not_paid_again(
    timekeeper: Timekeeper,
) -> None:
    copy = copy_ledger(timekeeper.contractor)
    timekeeper.round()
    sent, rows = sends(timekeeper), len(timekeeper.rows())
    put_back(timekeeper, copy)
    path, office = timekeeper.card(), timekeeper.contractor.office
    logs = office.get(path)["dayLogs"]
    office.put(path, dayLogs=[given(row) | {"date": row["date"] + 7 * 24 * 3600} for row in logs])
    with timekeeper.contractor.session() as session:
        (end,) = timekeeper.week_ends
        keys = [
            entry.key for entry in time_context(session.flows).times.week(end + timedelta(days=7))
        ]

    report = timekeeper.carry(keys)

    assert (sends(timekeeper), len(timekeeper.rows())) == (sent, rows)
    held = [outcome for outcome in report.outcomes if outcome.result is Result.HELD]
    assert len(held) == rows
    assert all("the date was" in outcome.reason for outcome in held)


def test_while_info_link_cannot_be_read_new_time_waits_by_name_and_goes_by_itself_afterwards(
    timekeeper: Timekeeper,
) -> None:
    account = timekeeper.contractor.account
    assert account.spectrum.infolink is not None
    away = account.spectrum.infolink.model_copy(
        update={"url": SecretStr("sqlite:////nowhere/at/all.sqlite")}
    )
    timekeeper.contractor.overrides["spectrum"] = {"infolink": away}

    report = timekeeper.round()

    assert sends(timekeeper) == 0
    assert report.stopped_by is None
    waiting = [outcome for outcome in report.outcomes if outcome.result is Result.HELD]
    assert waiting
    assert all("Info-Link cannot be read" in outcome.reason for outcome in waiting)
    del timekeeper.contractor.overrides["spectrum"]
    assert timekeeper.round().counts()["created"] == len(waiting)
    timekeeper.assert_exact()


def test_one_batch_asks_each_payroll_table_once_whatever_its_size(timekeeper: Timekeeper) -> None:
    with timekeeper.contractor.session() as session:
        keys = [
            entry.key for entry in time_context(session.flows).times.week(timekeeper.week_ends[0])
        ]
        before = session.spectrum.calls["infolink.pre_time_cards"]
        session.engine.run("timecards", keys, run_id="test")
        after = session.spectrum.calls["infolink.pre_time_cards"]
    assert after - before == 4


def post_history(timekeeper: Timekeeper, cards: Iterable[tuple[str, date]]) -> None:
    """Cards as payroll keeps them once they are posted."""
    company = timekeeper.contractor.account.spectrum.company_code
    with timekeeper.contractor.system("spectrum").database.writing() as book:
        book.of(company).connection.executemany(
            "INSERT INTO PR_TIME_CARD_HISTORY_MC"
            " (Company_Code, Record_Number, Employee_Code, Hours, Message, Work_Date)"
            " VALUES (?, ?, '1', '8', ?, ?)",
            [(company, 900_000 + int(token[-6:], 16), token, f"{day}") for token, day in cards],
        )


def test_of_years_of_payroll_a_batch_reads_some_months_around_its_week(
    timekeeper: Timekeeper,
) -> None:
    """A card a day was posted for three years. That of a piece of the batch bears a day of the year
    before, by a slip of the clerk's.
    """
    (end,) = timekeeper.week_ends
    with timekeeper.contractor.session() as session:
        own, *others = [entry.key for entry in time_context(session.flows).times.week(end)]
    days = [end - timedelta(days=back) for back in range(3 * 365)]
    post_history(timekeeper, [(f"ST{number:016X}", day) for number, day in enumerate(days)])
    post_history(timekeeper, [(token_of(own), end - timedelta(days=365))])
    with timekeeper.contractor.session() as session, answered_rows() as rows:
        standing = session.flows["timecards"].standing([own, *others])

    assert [card.token for card in standing.of(own, StoredTimeCard)] == [token_of(own)]
    assert not any(standing.of(key, StoredTimeCard) for key in others)
    assert 90 < sum(rows[table.name] for table in TABLES) < 120
