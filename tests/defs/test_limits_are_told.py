"""More than the account file lets go at once: nothing goes, and people hear of it once a day,
however often it is asked for.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

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
    careful: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    keys = [str(dispatcher.company(f"Harbor Foods {town}")) for town in "ABCD"]

    ends = [asked(careful, part) for part in (keys[:3], keys[:3], keys, keys[1:])]

    assert not any(ends)
    assert subjects(sandbox) == [f"[sandbox] integration: 1 failed attempt: {CAUSE}"]
    (mail,) = sandbox.control.mails()
    words = " ".join(mail.text.split())
    assert "a round would send 3 records, and the limit is 2; nothing was sent" in words
    assert "st-spectrum plan customers --out plan.json" in words
    a_day_later(careful)
    assert len(subjects(sandbox)) == 2


def test_a_limit_that_was_raised_is_told_as_solved(
    careful: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox, account_file: Path
) -> None:
    keys = [str(dispatcher.company(f"Harbor Foods {town}")) for town in "ABC"]
    assert not asked(careful, keys)
    set_limit(account_file, 2, 3)

    assert asked(careful, keys)

    a_day_later(careful)
    assert subjects(sandbox)[1:] == ["[sandbox] all solved: 1 cause"]
