"""A first load in waves: it may be stopped and gone on with, and ends where a round ends.

Seven chains and the contractor's own company, which is left out, make eight companies.
"""

import json
import re
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from st_spectrum.commands.backfill import Teller, WavePace
from st_spectrum.commands.backfill_rate import Part, seconds_of
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.business_hours import parse_business_hours
from st_spectrum.engine.report import Outcome, Report, Result
from st_spectrum.engine.rounds.backfilling import Wave, left, waves
from st_spectrum.flows import FLOWS
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.contractor import ACCOUNT_FILE, Contractor
from tests.world.timekeeper import SUNDAY, build_timekeeper

ZONE = ZoneInfo("America/New_York")


def filled(contractor: Contractor) -> None:
    for _ in range(7):
        contractor.dispatcher.chain()


def carried(contractor: Contractor, size: int, most: int = 1000) -> list[Wave]:
    done: list[Wave] = []
    with contractor.session() as session:
        for wave in waves(session, FLOWS, "backfill", size):
            done.append(wave)
            if len(done) == most:
                break
    return done


@pytest.mark.parametrize("size", [1, 3, 100])
def test_waves_of_any_size_end_where_a_round_ends(contractor: Contractor, size: int) -> None:
    filled(contractor)

    done = carried(contractor, size)

    assert all(wave.looked_at <= size for wave in done)
    assert contractor.rounds_until_quiet() == 0
    contractor.assert_exact()
    assert contractor.doubled() == []


def test_a_load_that_was_stopped_goes_on_behind_what_has_crossed(contractor: Contractor) -> None:
    filled(contractor)
    first = carried(contractor, 3, most=2)

    rest = carried(contractor, 3)

    looked_at = [
        outcome.key
        for wave in (*first, *rest)
        if wave.flow == "customers"
        for outcome in wave.reports["customers"].outcomes
    ]
    assert len(looked_at) == len(set(looked_at)) == 8
    contractor.assert_exact()
    assert contractor.doubled() == []


@pytest.mark.slow
def test_a_load_that_is_killed_again_and_again_doubles_nothing(contractor: Contractor) -> None:
    filled(contractor)
    for more in (3, 5, 4):
        before = contractor.writes()
        running = contractor.start_command("backfill", "--wave", "3")
        try:
            deadline = time.monotonic() + 60
            while contractor.writes() < before + more and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            running.kill()
            running.wait()

    ended = contractor.command("backfill")

    assert ended.returncode == 0, ended.stderr
    contractor.retry_at_once()
    contractor.rounds_until_quiet()
    contractor.assert_exact()
    assert contractor.doubled() == []


def test_time_behind_much_that_nobody_approved_is_carried_too(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sizes = TimeSizes(weeks=1, first_week=SUNDAY, approved=0)
    with closing(build_timekeeper(sandbox, tmp_path, sizes)) as timekeeper:
        timekeeper.set_status("approved", -1)

        carried(timekeeper.contractor, 1)

    (code,) = {employee for employee, _ in timekeeper.in_payroll()}
    assert code == timekeeper.kept.technicians[-1].employee_code


def test_what_is_left_is_counted_before(contractor: Contractor) -> None:
    filled(contractor)
    carried(contractor, 3, most=1)

    with contractor.session() as session:
        assert left(session, "customers") == 5


def test_a_system_that_is_down_stops_it_and_nothing_is_lost(contractor: Contractor) -> None:
    filled(contractor)
    contractor.fault(system="spectrum", operation="AddCustomer", kind="status", status=503)

    stopped = carried(contractor, 3)
    contractor.control.clear_faults()
    carried(contractor, 3)
    contractor.retry_at_once()
    contractor.rounds_until_quiet()

    assert stopped
    contractor.assert_exact()
    assert contractor.doubled() == []


def test_the_command_tells_each_wave_and_stops_after_those_asked_for(
    contractor: Contractor,
) -> None:
    filled(contractor)

    part = contractor.command("backfill", "customers", "--wave", "5", "--waves", "1", "--json")
    rest = contractor.command("backfill", "--wave", "5")

    assert (part.returncode, rest.returncode) == (0, 0), (part.stderr, rest.stderr)
    (printed,) = [json.loads(line) for line in part.stdout.splitlines()]
    assert (printed["flow"], printed["wave"], printed["sent"]) == ("customers", 1, 4)
    assert "customers: 3 records to look at." in rest.stdout
    assert "customers, wave 1: 3 records, 3 sent, 0 wait" in rest.stdout
    contractor.assert_exact()


def test_an_account_that_reads_everything_first_is_told_to_make_a_plan(
    contractor: Contractor, tmp_path: Path
) -> None:
    file = tmp_path / "account.yaml"
    text = ACCOUNT_FILE.read_text(encoding="utf-8")
    file.write_text(text.replace("mode: automatic", "mode: approve"), encoding="utf-8")

    refused = contractor.process_on(file, "backfill")

    assert refused.returncode == 1
    assert "plan --out" in refused.stderr


def rested(pace: WavePace, sent: int, seconds: float) -> list[float]:
    rests: list[float] = []
    pace.sleep = rests.append
    pace.after_wave(sent, seconds)
    return rests


@pytest.mark.parametrize(
    ("per_hour", "sent", "seconds", "rests"),
    [(0, 100, 1.0, []), (3600, 100, 20.0, [80.0]), (3600, 100, 200.0, []), (3600, 0, 1.0, [])],
)
def test_no_more_is_sent_in_an_hour_than_was_allowed(
    per_hour: int, sent: int, seconds: float, rests: list[float]
) -> None:
    assert rested(WavePace(per_hour, None, ZONE), sent, seconds) == rests


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 3, 2, 6, 59, tzinfo=ZONE), 0.0),
        (datetime(2026, 3, 2, 7, 0, tzinfo=ZONE), 10.5),
        (datetime(2026, 3, 2, 17, 30, tzinfo=ZONE), 0.0),
        (datetime(2026, 3, 7, 12, 0, tzinfo=ZONE), 0.0),
    ],
)
def test_business_hours_are_those_of_monday_to_friday(now: datetime, hours: float) -> None:
    assert parse_business_hours("7-17:30").seconds_left(now) == hours * 3600


@pytest.mark.parametrize("text", ["", "7", "18-7", "7-25", "seven-eight", "7:60-8"])
def test_hours_that_are_none_are_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ArgumentInvalid) as refused:
        parse_business_hours(text)

    assert len(refused.value.problems) == 1


@pytest.mark.parametrize(
    ("waves_done", "per_hour", "words"),
    [
        ([(100, 100, 40.0)], 0, "9,000 an hour 7 min left"),
        ([(100, 100, 40.0)], 200, "200 an hour 5 h 30 min left"),
        ([(100, 0, 1.0)], 200, "<1 min left"),
        ([(600, 600, 60.0), (600, 300, 60.0)], 0, "27,000 an hour"),
        ([], 0, ""),
    ],
)
def test_the_bar_says_how_fast_it_goes_with_its_rests_and_how_long_it_will_take(
    waves_done: list[tuple[int, int, float]], per_hour: int, words: str
) -> None:
    part = Part(1200)
    for looked_at, sent, seconds in waves_done:
        part = part.after(looked_at, sent, seconds_of(sent, seconds, per_hour))

    assert part.words() == words


@pytest.mark.parametrize("colors", ["", "1"])
def test_on_a_terminal_of_80_columns_the_bar_is_one_line_and_leaves_none_behind(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], colors: str
) -> None:
    environment = {"COLUMNS": "80", "TERM": "xterm", "FORCE_COLOR": "1", "NO_COLOR": colors}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    teller = Teller(as_json=False, per_hour=5000)
    name = "purchase_orders"
    created = tuple(Outcome(name, str(key), "", Result.CREATED) for key in range(5500))
    wave = Wave(name, 1, {name: Report(FLOWS[name], created)}, 30.0)

    with teller.bar():
        teller.begin("purchase_orders", 12000)
        teller.tell(wave)
        teller._progress.refresh()
    teller.finish()

    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().out)
    shown = [line.rstrip() for line in re.split(r"[\r\n]+", lines)]
    bars = [line for line in shown if line.endswith("5,000 an hour 1 h 18 min left")]
    assert bars and all(" 5500/12000 " in line for line in bars)
    assert all(len(line) <= 80 for line in shown)
    assert shown[-2].startswith("1 wave: 5500 records looked at")
