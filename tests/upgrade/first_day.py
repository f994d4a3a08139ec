"""Both systems and the ledger as the first version left them, read from the files beside this one,
with today's code at work.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from st_spectrum.engine.people.doubts import take_word
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import Session
from st_spectrum.ledger.store import Store
from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.door import Door
from st_spectrum.sandbox.entering import Account as Office
from st_spectrum.sandbox.hand_clock import HandClock
from st_spectrum.sandbox.rig import KeptWorld
from st_spectrum.sandbox.servicetrade.documents import Kept
from st_spectrum.sandbox.spectrum.call import Call
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.services.invoice_rules import store as store_document
from st_spectrum.sandbox.spectrum.tables import INFO_LINK
from st_spectrum.sandbox.world import Built
from st_spectrum.spectrum.services import SERVICES
from tests.audit.masters import Baseline
from tests.upgrade.recorded import Recorded
from tests.world.contractor import EMPTY, Contractor

HERE = Path(__file__).parent
UPGRADED_AFTER = timedelta(minutes=10)
"""Of the first version's work: its claims have run out by then."""
LATER = timedelta(hours=3)

WAYS: dict[str, dict[str, Any]] = {
    way: {"invoices": {"target": way}, "timecards": {"target": way}} for way in ("rest", "soap")
}


@cache
def about() -> dict[str, Any]:
    """When it was made, and what each record stands for."""
    records: dict[str, Any] = json.loads((HERE / "records.json").read_text(encoding="utf-8"))
    return records


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def fill(store: Store, flow: str = "") -> None:
    """Every document of the ledger, or of one flow of it, as it was."""
    for line in lines("ledger.jsonl"):
        if flow in line["key"]:
            store.create(line["key"], line["body"])


class FirstDay:
    """The two systems behind a door; each story begins with both as they stood, on the day on which
    they did.
    """

    def __init__(self, folder: Path, clock: HandClock | None = None) -> None:
        self.wsdl = folder / "wsdl"
        self.wsdl.mkdir(parents=True)
        self.door = Door(folder / "sandbox", clock)
        self.contractor = Contractor(
            self.door,
            folder / "state",
            Baseline(frozenset(), frozenset(), frozenset()),
            self._read_in(),
            # The first version's account file named a first day of time, and no day of going live.
            {"go_live": "", "pace": {"workers": 1}},
            clock=self.door.clock,
        )
        self._world: KeptWorld = self.door.rig.kept()

    def _read_in(self) -> Built:
        rows = lines("sandbox.jsonl")
        documents: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            if "kind" in row:
                documents.setdefault(row["kind"], []).append(
                    {name: row[name] for name in row if name != "kind"}
                )
        (sequences,) = (row["sequences"] for row in rows if "sequences" in row)
        systems = {name: system.app.state.sandbox for name, system in self.door.rig.systems.items()}
        systems["servicetrade"].documents.put_back(
            Kept({kind: tuple(held) for kind, held in documents.items()}, sequences)
        )
        spectrum = systems["spectrum"]
        with spectrum.database.writing() as every_company:
            book = every_company.of(COMPANY_CODE)
            for row in rows:
                if "table" in row:
                    _insert(book, row)
                elif "document" in row:
                    _enter(book, spectrum.switches, row)
        return self._built(documents)

    def _built(self, documents: Mapping[str, list[dict[str, Any]]]) -> Built:
        """What hands have to know of the office."""
        own_company = documents["account"][0]["primeCompanyId"]
        offices = [row["id"] for row in documents["location"] if row["companyId"] == own_company]
        technicians = [row["id"] for row in documents["user"] if row["isTech"]]
        lines = [row["id"] for row in documents["serviceline"]]
        office = Office(own_company, tuple(offices), tuple(lines), (), (), tuple(technicians), ())
        urls = self.door.servicetrade_url, self.door.spectrum_url
        return Built(EMPTY, *urls, office, (), (), (), "", ())

    def by(self, way: str, store: Store | None = None) -> Contractor:
        """The contractor whose documents and time go one way."""
        contractor = self.contractor
        return replace(contractor, overrides=contractor.overrides | WAYS[way], store=store)

    @contextmanager
    def story(self, way: str, store: Store) -> Iterator["Story"]:
        """Everything as it was, ten minutes later, with a state folder that knows no witness."""
        self.door.put_back(self._world)
        self.door.clock.put_to(datetime.fromisoformat(about()["made_at"]) + UPGRADED_AFTER)
        state = self.contractor.state_dir
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(mode=0o700)
        (state / "wsdl").symlink_to(self.wsdl)
        with closing(self.by(way, store)) as contractor:
            yield Story(self.door, contractor)
        assert self.door.mistakes == []


class Story:
    """What today's version does, part by part."""

    def __init__(self, door: Door, contractor: Contractor) -> None:
        self.door = door
        self.contractor = contractor
        self.names: Mapping[str, str] = about()["records"]

    @contextmanager
    def session(self, seen: Recorded) -> Iterator[Session]:
        gates = [self.door.doorway(name).app for name in ("servicetrade", "spectrum")]
        with (
            mock.patch.object(gates[0], "identify", seen.watch("servicetrade", gates[0].identify)),
            mock.patch.object(gates[1], "identify", seen.watch("spectrum", gates[1].identify)),
            self.contractor.session() as session,
        ):
            claim = session.ledger.claim

            def claimed(flow: str, key: str, **more: Any) -> Any:
                seen.claimed(flow, key)
                return claim(flow, key, **more)

            with mock.patch.object(session.ledger, "claim", claimed):
                yield session

    def part(self, act: Callable[[Session], list[str]]) -> dict[str, Any]:
        """What one part asked for, wrote and read."""
        seen = Recorded(dict(self.names))
        with self.session(seen) as session:
            keys = act(session)
        return {
            "told": [self.names.get(key, key) for key in keys],
            "writes": seen.writes,
            "reads": dict(sorted(seen.reads.items())),
        }

    def rounds(self) -> dict[str, Any]:
        return {
            "round": self.part(run),
            "reconciliation": self.part(compare),
            "three hours later": self.later(),
        }

    def words(self, *, is_there: bool) -> dict[str, Any]:
        words = self.part(lambda session: resolve(session, is_there=is_there))
        return {"words": words["told"], "round": self.part(run), "three hours later": self.later()}

    def later(self) -> dict[str, Any]:
        self.door.clock.move(LATER.total_seconds())
        return self.part(run)


def run(session: Session) -> list[str]:
    reports = run_round(session, FLOWS, "upgraded")
    assert not any(report.stopped_by or report.mistake for report in reports.values()), reports
    return [
        f"{flow}/{outcome.key}" for flow, report in reports.items() for outcome in report.outcomes
    ]


def compare(session: Session) -> list[str]:
    done = list(run_reconciliation(session, FLOWS, "upgraded"))
    assert not any(
        reconciled.report.stopped_by or reconciled.report.mistake or reconciled.damage
        for reconciled in done
    ), done
    return [
        f"{reconciled.flow}/{outcome.key}"
        for reconciled in done
        for outcome in reconciled.report.outcomes
    ]


def resolve(session: Session, *, is_there: bool) -> list[str]:
    """A person's word for every record that waits for one, and for every write in doubt."""
    waiting = [(flow, key) for flow in FLOWS for key, _ in session.ledger.open_entries(flow)]
    return [
        f"{flow}/{key}" for flow, key in waiting if take_word(session, flow, key, is_there=is_there)
    ]


def _insert(book: Book, row: Mapping[str, Any]) -> None:
    """One row as it was stored; columns without a value hold nothing."""
    table = INFO_LINK[row["table"]]
    values = {
        name: row[name] if name in row else column.stored("")
        for name, column in table.columns.items()
    }
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    book.connection.execute(
        f'INSERT OR REPLACE INTO "{table.name}" ({names}) VALUES ({marks})', tuple(values.values())
    )


def _enter(book: Book, switches: Any, row: Mapping[str, Any]) -> None:
    """An AR document, entered anew: live tables of invoices turned out to be others than those of
    the first version's sandbox.
    """
    service = SERVICES["AddARInvoice"]

    def call(values: Mapping[str, Any]) -> Call:
        known = {
            field.name: _as_entered(str(values.get(field.name, "")).strip())
            for field in service.fields
        }
        return Call(service, known, book, switches, "", {})

    store_document(call(row["document"]), [call(line) for line in row["lines"]])


def _as_entered(value: str) -> str:
    return f"{value[5:7]}/{value[8:10]}/{value[:4]}" if value.endswith(" 00:00:00") else value
