"""Answers as a recording does, so that clients, `check` and tests can be tried on it without the
installation.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
from lxml import etree

from st_spectrum.account import Account
from st_spectrum.account.file import read_connections
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.record.folder import ACCOUNT, EXCHANGES, PRIVATE, TABLES
from st_spectrum.record.walk_servicetrade import MADE_UP
from st_spectrum.spectrum import envelope
from st_spectrum.transports import Transports

NO_SUCH_RECORD = (
    '{"data": null, "messages": {"success": [], "error": ["not in the recording"]}, "meta": {}}'
)


@dataclass(frozen=True)
class Recording:
    """What a folder holds; `exchanges` in the order in which they were made."""

    folder: Path
    exchanges: tuple[Mapping[str, Any], ...]
    tables: Mapping[str, Any]
    account_file: Path


@dataclass(frozen=True)
class Replayed:
    """A recording that can be asked: the account as it was written along, and what answers."""

    account: Account
    transports: Transports


class ReplayTransport(httpx.BaseTransport):
    """One system. A call is answered by the recorded one that is most like it; one that was never
    made by "not found".
    """

    def __init__(self, calls: Iterable[Mapping[str, Any]], own_path: str = "") -> None:
        self._calls = tuple(calls)
        self._own_path = own_path

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer."""
        path = request.url.path.removeprefix(self._own_path)
        given = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        given |= fields_of(request.read()) if path.startswith("/ws/") else {}
        is_made_up = MADE_UP in request.headers.get("authorization", "")
        fits = [
            call
            for call in self._calls
            if (call["method"], call["path"]) == (request.method, path)
            and not call["probe"].startswith("write ")
            and (call["probe"] == "made-up token") == is_made_up
        ]
        if not fits:
            return httpx.Response(
                404, headers={"content-type": "application/json"}, content=NO_SUCH_RECORD
            )
        call = max(fits, key=lambda one: _likeness(one, given))
        return httpx.Response(
            call["status"], headers=call["headers"], content=call["body"].encode()
        )


def fields_of(body: bytes) -> dict[str, str]:
    """The filled elements of a SOAP call; none for what is no such call."""
    root = envelope.read(body)
    if root is None or not len(root):
        return {}
    inside: Sequence[etree._Element] = list(envelope.children(root[-1]))
    elements = envelope.children(inside[0]) if inside else iter(())
    return {envelope.local_name(one): text for one in elements if (text := envelope.text_of(one))}


def _likeness(call: Mapping[str, Any], given: Mapping[str, str]) -> int:
    """How many parameters are the same, less those that are not."""
    recorded = {name: value for name, value in {**call["query"], **call["fields"]}.items() if value}
    same = sum(1 for name, value in recorded.items() if given.get(name) == value)
    return 2 * same - len(recorded.keys() | given.keys())


def replay(folder: Path, workspace: Path) -> Replayed:
    """The recording in `folder`; `workspace` takes its tables as a database, and may be thrown away
    afterwards. Raises `SettingsInvalid` for an account file that cannot be read.
    """
    recording = read_recording(folder)
    database = workspace / "infolink.sqlite"
    database.unlink(missing_ok=True)
    _fill(database, recording)
    url = f"sqlite:///{database.resolve()}"
    account, problems = read_connections(recording.account_file, environment_of(workspace, url))
    if account is None:
        raise SettingsInvalid(problems)
    by_system = {
        system: [call for call in recording.exchanges if call["system"] == system]
        for system in ("servicetrade", "spectrum")
    }
    return Replayed(
        account,
        Transports(
            ReplayTransport(by_system["servicetrade"], "/api"),
            ReplayTransport(by_system["spectrum"]),
        ),
    )


def read_recording(folder: Path) -> Recording:
    """The folder that was written. Raises `OSError`, or `ValueError` for what is no recording."""
    private = folder / PRIVATE
    calls = json.loads((private / EXCHANGES).read_text(encoding="utf-8"))
    tables = json.loads((private / TABLES).read_text(encoding="utf-8"))
    return Recording(folder, tuple(calls), tables, private / ACCOUNT)


def environment_of(folder: Path, infolink_url: str) -> dict[str, str]:
    """The variables of such a file; `folder` is where a ledger may be made. Nobody is there."""
    return {
        "RECORDED_SERVICETRADE_URL": "https://servicetrade.invalid/api",
        "RECORDED_SPECTRUM_URL": "https://spectrum.invalid",
        "RECORDED_LOGIN": "recorded",
        "RECORDED_INFOLINK_URL": infolink_url,
        "RECORDED_STATE_DIR": str(folder),
    }


def _fill(database: Path, recording: Recording) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for name, table in recording.tables["tables"].items():
            columns = ", ".join(
                f"{_quoted(column)} {kind}{f'({length})' if length else ''}"
                for column, kind, length in table["columns"]
            )
            connection.execute(f"CREATE TABLE {_quoted(name)} ({columns})")
            for row in table["rows"]:
                _insert(connection, name, row)
        if "PA_COLUMN_NAMES" in recording.tables["tables"]:
            for name, columns in recording.tables["described"].items():
                for column in columns:
                    described = {"TABLE_NAME": name, "COLUMN_NAME": column}
                    _insert(connection, "PA_COLUMN_NAMES", described)
        connection.commit()


def _insert(connection: sqlite3.Connection, name: str, row: Mapping[str, Any]) -> None:
    names = ", ".join(map(_quoted, row))
    places = ", ".join("?" for _ in row)
    statement = f"INSERT INTO {_quoted(name)} ({names}) VALUES ({places})"
    connection.execute(statement, [*row.values()])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
