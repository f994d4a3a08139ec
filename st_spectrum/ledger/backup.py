"""A backup of a whole ledger in one SQLite file, whatever store it lies in, and back again.

A ledger that was put back says so in its epoch: before it sends anything it is brought up to date
from both systems.
"""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.argument_invalid import ArgumentInvalid, FileNotWritten
from st_spectrum.domain.errors import ContractBroken, SettingsInvalid, Unavailable
from st_spectrum.ledger.epoch import Epoch
from st_spectrum.ledger.layout import EPOCH_PATH, FOLDERS
from st_spectrum.ledger.sqlite import SqliteStore, fill_file
from st_spectrum.ledger.store import Store
from st_spectrum.ledger.users import Users
from st_spectrum.private_files import create_private_file

THREADS = 8
"""A bucket answers many questions at once."""


def back_up(store: Store, file: Path) -> int:
    """Write all documents into a new file; how many. Others may use the ledger meanwhile.

    A file is copied as of one moment. A bucket knows no moment: what changes while it is read may
    be in or not, and putting back brings it up to date anyhow. Raises `ArgumentInvalid` when the
    file exists or cannot be made.
    """
    if file.exists():
        raise ArgumentInvalid([f"{file} exists already; name a new file"])
    try:
        create_private_file(file)
    except OSError as error:
        raise FileNotWritten([f"{file} cannot be written: {error.strerror}"]) from None
    try:
        if isinstance(store, SqliteStore):
            return store.copy_to(file)
        with ThreadPoolExecutor(THREADS) as pool:
            keys = [key for folder in FOLDERS for key in store.list(folder)]
            found = zip(keys, pool.map(store.get, keys), strict=True)
            return fill_file(file, ((key, stored.body) for key, stored in found if stored))
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def put_back(
    settings: LedgerSettings, store_of: Callable[[LedgerSettings], Store], file: Path, at: datetime
) -> tuple[int, str]:
    """Fill the account's ledger from a backup; how many documents, and where the file lies that
    stood in its place, or "".

    Raises `SettingsInvalid` for a file that is no backup and for a bucket that has entries,
    `Unavailable` while anybody uses the ledger, `NewerForm` for the backup of a ledger from which a
    newer program has sent.
    """
    _check(file)
    moved = _make_room(settings.path, at) if settings.kind == "sqlite" else ""
    store = store_of(settings)
    with closing(store):
        if next(store.list("entries/"), None) is not None:
            place = f"{settings.bucket}/{settings.prefix}"
            raise SettingsInvalid(
                [
                    (
                        f"ledger.prefix: there is a ledger in {place}; name an empty prefix to put"
                        " one back"
                    )
                ]
            )
        with ThreadPoolExecutor(THREADS) as pool:
            count = sum(
                1 for _ in pool.map(lambda document: store.create(*document), _documents(file))
            )
        _say_put_back(store)
    return count, moved


def _say_put_back(store: Store) -> None:
    stored = store.get(EPOCH_PATH)
    epoch = Epoch.read(stored.body, EPOCH_PATH) if stored else Epoch.first()
    body = epoch.model_copy(update={"is_put_back": True}).model_dump_json()
    if stored:
        store.replace(EPOCH_PATH, body, stored.etag)
    else:
        store.create(EPOCH_PATH, body)


def _check(file: Path) -> None:
    if not file.is_file():
        raise ArgumentInvalid([f"there is no file {file}"])
    try:
        with closing(_read_only(file)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            bodies = connection.execute(
                "SELECT body FROM documents WHERE key = ?", (EPOCH_PATH,)
            ).fetchall()
    except sqlite3.Error as error:
        raise ArgumentInvalid([f"{file} is no backup of a ledger: {error}"]) from None
    if found != "ok":
        raise ContractBroken(
            f"{file} is damaged: {found}", system="ledger", advice="Take an older backup."
        )
    for (body,) in bodies:
        Epoch.check_form(body, f"{EPOCH_PATH} in {file}")


def _documents(file: Path) -> list[tuple[str, str]]:
    with closing(_read_only(file)) as connection:
        return connection.execute("SELECT key, body FROM documents ORDER BY key").fetchall()


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _make_room(ledger: Path, at: datetime) -> str:
    """Move a ledger that stands there aside, with what SQLite keeps beside it; nobody may be at
    work on it.
    """
    if not ledger.exists():
        return ""
    users = Users(ledger)
    try:
        if not users.is_alone:
            text = f"{ledger} is in use; stop Dagster's sensors and every sync first"
            raise Unavailable(
                text, system="ledger", operation="restore", advice="Then say it again."
            )
        aside = ledger.with_name(f"{ledger.name}.before-{at:%Y%m%d-%H%M%S}")
        for ending in ("", "-wal", "-shm"):
            one = Path(f"{ledger}{ending}")
            if one.exists():
                one.rename(f"{aside}{ending}")
    finally:
        users.leave()
    return str(aside)
