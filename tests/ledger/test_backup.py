"""A ledger is copied while it is used, and one that was put back says so."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.errors import SettingsInvalid, Unavailable
from st_spectrum.ledger.backup import back_up, put_back
from st_spectrum.ledger.documents.form import NewerForm
from st_spectrum.ledger.epoch import Epoch
from st_spectrum.ledger.layout import EPOCH_PATH
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.ledger.sqlite import SqliteStore
from st_spectrum.ledger.store import Store
from st_spectrum.ledger.stores import open_store

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)


def documents(store: Store) -> dict[str, str]:
    return {
        key: store.get(key).body for folder in ("entries/", "kept/") for key in store.list(folder)
    }


def fill(store: Store) -> None:
    for number in range(20):
        store.create(f"entries/customers/{number}", json.dumps({"n": number, "é": "ü"}))
    store.create("kept/mails/1", "text")
    store.create(EPOCH_PATH, Epoch.first().turned(AT).model_dump_json())


def test_a_backup_of_any_store_is_one_private_file_and_comes_back_as_it_was(
    store: Store, tmp_path: Path
) -> None:
    fill(store)
    file, settings = (
        tmp_path / "backup.sqlite",
        LedgerSettings(path=tmp_path / "new" / "ledger.sqlite"),
    )
    assert back_up(store, file) == 22
    assert [path.name for path in tmp_path.glob("backup*")] == ["backup.sqlite"]
    assert file.stat().st_mode & 0o077 == 0

    assert put_back(settings, open_store, file, AT) == (22, "")

    restored = open_store(settings)
    assert documents(restored) == documents(store)
    assert Epoch.read(restored.get(EPOCH_PATH).body, "").is_put_back
    restored.close()


def test_a_backup_is_taken_while_another_process_is_in_the_middle_of_a_change(
    tmp_path: Path,
) -> None:
    store = SqliteStore(tmp_path / "ledger.sqlite")
    fill(store)
    writer = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM documents")
    assert back_up(store, tmp_path / "backup") == 22
    writer.execute("ROLLBACK")
    store.close()


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("another backup")
    with pytest.raises(SettingsInvalid, match="exists already"):
        back_up(MemoryStore(), tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "another backup"


def test_the_ledger_that_stood_there_is_kept_and_one_in_use_is_not_touched(tmp_path: Path) -> None:
    settings = LedgerSettings(path=tmp_path / "ledger.sqlite")
    store = SqliteStore(settings.path)
    fill(store)
    back_up(store, tmp_path / "backup")
    store.create("kept/later/1", "late")
    with pytest.raises(Unavailable, match="in use"):
        put_back(settings, open_store, tmp_path / "backup", AT)
    assert store.get("kept/later/1").body == "late"
    store.close()

    _, moved = put_back(settings, open_store, tmp_path / "backup", AT)

    assert moved == f"{settings.path}.before-20260302-060000"
    kept = SqliteStore(moved)
    assert kept.get("kept/later/1").body == "late"
    kept.close()


def test_a_backup_of_a_newer_ledger_is_put_back_by_a_newer_program_alone(tmp_path: Path) -> None:
    settings = LedgerSettings(path=tmp_path / "ledger.sqlite")
    newer, here = MemoryStore(), SqliteStore(settings.path)
    fill(here)
    here.close()
    newer.create(
        EPOCH_PATH, Epoch.first().turned(AT).model_copy(update={"form": 3}).model_dump_json()
    )
    back_up(newer, tmp_path / "backup")

    with pytest.raises(NewerForm, match="its form is 3"):
        put_back(settings, open_store, tmp_path / "backup", AT)

    store = SqliteStore(settings.path)
    assert len(documents(store)) == 21
    store.close()


def test_a_file_that_is_no_backup_is_said_plainly(tmp_path: Path) -> None:
    settings = LedgerSettings(path=tmp_path / "ledger.sqlite")
    (tmp_path / "letter").write_text("Dear Sirs, " * 500)
    for file in (tmp_path / "letter", tmp_path / "nothing"):
        with pytest.raises(SettingsInvalid, match=file.name):
            put_back(settings, open_store, file, AT)
    assert not settings.path.exists()
