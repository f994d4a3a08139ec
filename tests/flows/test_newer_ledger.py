"""A ledger from which a newer program has sent stops an older one with one sentence: nothing is
written, nothing is lost.
"""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from st_spectrum.engine.rounds.round import run_round
from st_spectrum.ledger.documents.form import NEWEST, WRITTEN, NewerForm
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.epoch import Epoch
from st_spectrum.ledger.layout import EPOCH_PATH
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.ledger.sqlite import SqliteStore
from tests.world.contractor import Contractor

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SENTENCE = (
    "the ledger was written by a newer version: its form is 3, and this worker knows forms up to"
    f" {NEWEST}"
)


def marked(contractor: Contractor, form: int) -> None:
    """A worker of another version turns the epoch."""
    store = SqliteStore(contractor.state_dir / "ledger.sqlite")
    stored = store.get(EPOCH_PATH)
    assert stored is not None
    store.replace(EPOCH_PATH, json.dumps(json.loads(stored.body) | {"form": form}), stored.etag)
    store.close()


def documents(contractor: Contractor) -> list[tuple[str, str]]:
    with sqlite3.connect(contractor.state_dir / "ledger.sqlite") as file:
        return file.execute("SELECT key, body FROM documents ORDER BY key").fetchall()


def form_of(contractor: Contractor) -> int:
    with contractor.session() as session:
        epoch = session.ledger.epochs.read()
    assert epoch is not None
    return epoch.form


def outside(folder: Path) -> dict[str, str]:
    """The witnesses beside the ledger."""
    return {file.name: file.read_text() for file in folder.glob("witness-*")}


def test_an_older_program_stops_at_once_and_what_waited_crosses_once_when_it_is_updated(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.company()
    contractor.round()
    company = contractor.dispatcher.company()
    marked(contractor, 3)
    writes, kept, noted = contractor.writes(), documents(contractor), outside(contractor.state_dir)

    with pytest.raises(NewerForm, match=SENTENCE):
        contractor.round()
    with pytest.raises(NewerForm) as shown:
        open_ledger(contractor.account.ledger)

    assert "Update this worker" in shown.value.advice
    assert (contractor.writes(), documents(contractor), outside(contractor.state_dir)) == (
        writes,
        kept,
        noted,
    )
    marked(contractor, NEWEST)
    contractor.rounds_until_quiet()
    entry = contractor.entry_of("customers", company)
    assert entry.state is State.CONFIRMED
    assert contractor.doubled() == []
    contractor.assert_exact({})


def test_a_worker_that_is_at_work_stops_before_its_next_batch(contractor: Contractor) -> None:
    contractor.dispatcher.company()
    contractor.round()
    contractor.dispatcher.company()
    with contractor.session() as session:
        marked(contractor, 3)
        writes, kept = contractor.writes(), documents(contractor)
        report = run_round(session, ("customers",), "test")["customers"]

    assert isinstance(report.stopped_by, NewerForm)
    assert SENTENCE in str(report.stopped_by)
    assert contractor.writes() == writes
    assert {key: body for key, body in documents(contractor) if not key.startswith("cursors/")} == {
        key: body for key, body in kept if not key.startswith("cursors/")
    }
    marked(contractor, NEWEST)
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_the_mark_is_made_by_whoever_sends_and_an_older_form_never_takes_it_back(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.company()
    contractor.round()
    assert form_of(contractor) == WRITTEN

    marked(contractor, NEWEST)
    contractor.dispatcher.company()
    contractor.round()

    assert form_of(contractor) == NEWEST
    contractor.assert_exact({})


def test_the_mark_outlives_a_ledger_that_takes_over() -> None:
    newer = Epoch.first().model_copy(update={"form": 2})
    assert newer.replacing([], NOON).form == 2
    assert newer.turned(NOON).form == 2
