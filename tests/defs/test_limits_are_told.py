"""More than the account file lets go at once: nothing goes, no run is red and none is asked for
every minute; people hear of it once a day, the check warns, and no record is forgotten.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.commands.open_records import list_open
from st_spectrum.commands.sync import run_sync
from st_spectrum.engine.rounds.held_back import held_back
from st_spectrum.ledger.documents.guards import HeldBack
from st_spectrum.ledger.documents.mails import Known
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.server import Sandbox
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

CAUSE = "more customers at once than `limits` of the account file lets go"


@pytest.fixture
def careful(
    daemon: DagsterDaemon, account_file: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> DagsterDaemon:
    """Two records at a time, and mails that arrive."""
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", str(sandbox.smtp_port))
    sandbox.control.clear_mails()
    set_limit(account_file, 0, 2)
    return daemon


def set_limit(account_file: Path, before: int, records: int) -> None:
    text = account_file.read_text()
    key = "records_per_round: "
    assert f"{key}{before} " in text
    account_file.write_text(text.replace(f"{key}{before} ", f"{key}{records} "))


def asked(daemon: DagsterDaemon, keys: Sequence[str]) -> bool:
    """A run of these records, as sensors ask for them again and again, and a look at the mails."""
    config = {"ops": {"customers": {"config": {"keys": list(keys)}}}}
    ended = daemon.run("customers_job", dg.RunRequest(run_config=config))
    daemon.tick("alerts")
    return ended.success


def looks_good(daemon: DagsterDaemon) -> bool:
    """What the check of customers says on its page."""
    ended = daemon.run("customers_job", dg.RunRequest(run_config={}))
    (check,) = [
        one
        for one in ended.get_asset_check_evaluations()
        if one.check_name == "nothing_needs_attention"
    ]
    return check.passed


def with_kept(daemon: DagsterDaemon, **changes: object) -> HeldBack | None:
    """What the ledger holds back, changed."""
    account = (daemon.defs.resources or {})["account"].load()
    with open_ledger(account.ledger) as ledger:
        kept = held_back(ledger, "customers")
        if kept and changes:
            ledger.put(replace(kept, **changes), "customers")
        return kept


def asked_for(daemon: DagsterDaemon, kind: str) -> list[str]:
    """Keys that a sensor asks for, and which run then; what it asked for before was long ago."""
    sensor = f"customers_{kind}"
    if kind == "redrive":
        daemon.cursors.pop(sensor, None)
    requests = daemon.tick(sensor).run_requests or []
    assert all(daemon.run("customers_job", request).success for request in requests)
    return [
        key
        for request in requests
        for key in request.run_config["ops"]["customers"]["config"]["keys"]
    ]


def a_day_later(daemon: DagsterDaemon) -> None:
    account = (daemon.defs.resources or {})["account"].load()
    with open_ledger(account.ledger) as ledger:
        known = ledger.document(Known)
        assert known and known.period_began_at
        began_at = known.period_began_at - timedelta(hours=25)
        ledger.put(replace(known, period_began_at=began_at))
    daemon.tick("alerts")


def subjects(sandbox: Sandbox) -> list[str]:
    return [mail.subject for mail in sandbox.control.mails()]


def test_what_is_beyond_the_limits_is_mailed_once_however_often_and_however_much_is_asked_for(
    careful: DagsterDaemon,
    dispatcher: Dispatcher,
    sandbox: Sandbox,
    account_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    keys = [str(dispatcher.company(f"Harbor Foods {town}")) for town in "ABCD"]

    ends = [asked(careful, part) for part in (keys[:3], keys[:3], keys, keys[1:])]

    assert all(ends), "a run that only meets a limit is not red"
    assert subjects(sandbox) == [f"[sandbox] customers: 3 records: {CAUSE}"]
    (mail,) = sandbox.control.mails()
    words = " ".join(mail.text.split())
    assert "customers: a round would send 3 records, and the limit is 2; nothing was sent" in words
    assert "st-spectrum plan customers --out plan.json" in words
    a_day_later(careful)
    assert len(subjects(sandbox)) == 2
    assert run_sync(account_file, "customers", is_dry_run=False, as_json=False) == 1
    assert "nothing was sent" in capsys.readouterr().err.splitlines()[-1], "where cron looks"
    assert list_open(account_file, "customers") == 0
    said = capsys.readouterr().out
    assert said.startswith("5 companies wait. customers: a round would send 4 records")
    assert "Nothing waits" not in said


def test_a_limit_that_was_raised_is_told_as_solved(
    careful: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox, account_file: Path
) -> None:
    keys = [str(dispatcher.company(f"Harbor Foods {town}")) for town in "ABC"]
    assert asked(careful, keys)
    set_limit(account_file, 2, 3)

    assert asked(careful, keys)

    assert with_kept(careful) is None
    a_day_later(careful)
    assert subjects(sandbox)[1:] == ["[sandbox] all solved: 1 cause"]


def test_nobody_asks_for_it_until_its_pause_is_over_and_nothing_is_forgotten(
    careful: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox, account_file: Path
) -> None:
    keys = [str(dispatcher.company(f"Harbor Foods {town}")) for town in "ABC"]
    assert asked_for(careful, "changes") == keys
    assert [asked_for(careful, kind) for kind in ("changes", "redrive", "redrive")] == [[], [], []]
    assert not looks_good(careful)

    another = str(dispatcher.company("Harbor Foods D"))
    assert asked_for(careful, "changes") == [another], "it waits with them, and is not sent alone"
    assert sandbox.control.calls(system="spectrum", operation="AddCustomer") == []

    dispatcher.change("company", int(keys[0]), name="Harbor Foods of A")
    assert asked_for(careful, "changes") == [keys[0]], "its change may come while a run takes it"

    assert with_kept(careful, retry_at=datetime.now(UTC) - timedelta(seconds=1))
    assert len(asked_for(careful, "redrive")) == 3, "a batch, judged with all that is held back"
    assert sandbox.control.calls(system="spectrum", operation="AddCustomer") == []
    kept = with_kept(careful)
    assert kept and {*keys, another} <= {*kept.keys}
    assert kept and kept.retry_at and kept.retry_at > datetime.now(UTC)

    set_limit(account_file, 2, 4)
    taken = {*asked_for(careful, "redrive"), *asked_for(careful, "redrive")}
    assert taken >= {*keys, another}
    assert len(sandbox.control.calls(system="spectrum", operation="AddCustomer")) == 4
    assert with_kept(careful) is None
    assert looks_good(careful)
