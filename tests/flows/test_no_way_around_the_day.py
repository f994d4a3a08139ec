"""Before the day of going live no command makes a ledger one that counts as begun."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from st_spectrum.flows.live import NO_DAY, why_not_live
from st_spectrum.ledger.epoch import Epoch
from st_spectrum.ledger.epochs import Epochs
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from tests.flows.records import account
from tests.world.contractor import ACCOUNT_FILE, Contractor

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize("command", ["rebuild", "accept --this-ledger"])
def test_a_ledger_is_not_made_anew_before_there_is_a_day(
    contractor: Contractor, tmp_path_factory: pytest.TempPathFactory, command: str
) -> None:
    company = contractor.dispatcher.company()
    contractor.dispatcher.set_external_id("company", company, "HARBOR")
    contractor.dispatcher.chain()
    contractor.control.clear_calls()
    file = without_a_day(tmp_path_factory.mktemp("account") / "sandbox.yaml")

    said = contractor.process_on(file, "ledger", *command.split())

    assert (said.returncode, said.stdout) == (2, ""), said
    assert said.stderr.startswith(NO_DAY)
    contractor.overrides["go_live"] = ""
    with contractor.session() as session:
        assert why_not_live(session.account, session.ledger, NOW) == NO_DAY
    assert contractor.writes() == 0


def without_a_day(file: Path) -> Path:
    text = ACCOUNT_FILE.read_text(encoding="utf-8")
    file.write_text(re.sub(r"^go_live: \S+", "go_live:", text, flags=re.MULTILINE))
    return file


@pytest.mark.parametrize("has_sent", [False, True])
def test_a_copy_that_was_put_back_has_begun_if_anything_was_sent_from_it(*, has_sent: bool) -> None:
    store = MemoryStore()
    epoch = Epoch.first().turned(NOW) if has_sent else Epoch.first()
    Epochs(store).replace(None, epoch.model_copy(update={"is_put_back": True}))

    reason = why_not_live(account(go_live=""), Ledger(store, "me", 300), NOW)

    assert reason == ("" if has_sent else NO_DAY)
