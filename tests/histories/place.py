"""Where histories happen: both systems behind a door, and a contractor whose customer, site and
jobs have crossed already.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.memory import MemoryStore, Snapshot
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.credentials import (
    AUTHORIZATION_ID,
    CLIENT_ID,
    CLIENT_SECRET,
    EXTERNAL_SYSTEM,
)
from st_spectrum.sandbox.door import Door
from st_spectrum.sandbox.hand_clock import HandClock
from st_spectrum.sandbox.rig import KeptWorld
from st_spectrum.sandbox.world import World, build_world
from st_spectrum.spectrum.services import SERVICES
from tests.audit.masters import Baseline, baseline
from tests.world.billing_clerk import BillingClerk
from tests.world.dispatcher import Dispatcher

if TYPE_CHECKING:
    from tests.histories.cases import Case
    from tests.histories.history import History

ACCOUNT_FILE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
EMPTY = World(
    offices=1, service_lines=2, technicians=2, salespeople=0, companies=0, vendors=0, linked_companies=0, locations=0,
    jobs=0, template_phases=1, old_customers=0,
)  # fmt: skip
START = datetime(2026, 11, 25, 17, tzinfo=UTC)
"""When every history begins, a Wednesday noon: time stands still there unless it is moved, so that
a history is the same on every day and on a slow machine.
"""
SUNDAY = date(2026, 11, 15)
"""The first day of the week before that one."""
FIRST_DAY = SUNDAY - timedelta(weeks=8)
"""Before all time of any history: a ledger that is brought up to date reads every week from this
day on.
"""


Settings = TypeVar("Settings", bound=BaseModel)


def with_change(settings: Settings, path: str, value: Any) -> Settings:
    """Settings with another value under a path such as `customers.codes.prefix`."""
    name, _, rest = path.partition(".")
    new = with_change(getattr(settings, name), rest, value) if rest else value
    return settings.model_copy(update={name: new})


@dataclass(frozen=True)
class Base:
    """The ids of what was typed in before any history began, and what everything looked like
    then.
    """

    company: int
    location: int
    jobs: tuple[int, int]
    job_numbers: tuple[str, str]
    technicians: tuple[int, int]
    labor: int
    service_line: int
    before: Baseline
    world: KeptWorld
    ledger: Snapshot
    files: Mapping[str, bytes]
    """What lay in the state folder: the witness of the ledger."""


class Tables:
    """The raw rows of both systems, as `tests.audit` reads them over the control API."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def records(self, system: Any, table: str) -> list[dict[str, Any]]:
        return self._door.rig.systems[system].records(table)


class Place:
    """One door and one base; histories take place in it one after another."""

    def __init__(self, folder: Path, door: Door | None = None) -> None:
        self.folder = folder
        self.door = door or Door(folder / "sandbox", HandClock(START))
        self.tables = Tables(self.door)
        self.state = folder / "state"
        self.wsdl = folder / "wsdl"
        self._accounts: dict[bool, Account] = {}
        self.wsdl.mkdir()
        self.office = ServiceTradeCaller(
            self.door.servicetrade_url, parallel=1, transport=self.door.for_people().servicetrade
        )
        self.billing_clerk = BillingClerk(self.office)
        self.keep_descriptions()
        self.base = self._typed_in()

    def keep_descriptions(self) -> None:
        """Every service description lies there from the start, so that no history fetches one for
        those after it.
        """
        through = self.door.for_people().spectrum
        folder = self.wsdl / urlsplit(self.door.spectrum_url).netloc.replace(":", "_")
        folder.mkdir(mode=0o700)
        with httpx.Client(base_url=self.door.spectrum_url, transport=through) as people:
            for name in SERVICES:
                found = people.get(f"/wsdls/{name}.jws")
                if found.is_success:
                    (folder / f"{name}.wsdl").write_bytes(found.content)

    def account(self, *, has_infolink: bool = True) -> Account:
        """The example account on this door; read once, for reading it takes as long as three
        rounds.
        """
        if has_infolink not in self._accounts:
            self._accounts[has_infolink] = self._read(has_infolink)
        return self._accounts[has_infolink]

    def _read(self, has_infolink: bool) -> Account:
        environ = {
            "SERVICETRADE_URL": self.door.servicetrade_url,
            "SERVICETRADE_CLIENT_ID": CLIENT_ID,
            "SERVICETRADE_CLIENT_SECRET": CLIENT_SECRET,
            "SPECTRUM_URL": self.door.spectrum_url,
            "SPECTRUM_AUTHORIZATION_ID": AUTHORIZATION_ID,
            "SPECTRUM_INFOLINK_URL": self.door.infolink_url if has_infolink else "",
            "ST_SPECTRUM_STATE_DIR": str(self.state),
        }
        account = load_account(ACCOUNT_FILE, environ)
        time = account.timecards.model_copy(update={"first_day": FIRST_DAY.isoformat()})
        return account.model_copy(update={"timecards": time})

    @contextmanager
    def history(
        self, case: "Case", kind: "type[History] | None" = None, **more: Any
    ) -> Iterator["History"]:
        """A new history of this case; everything is as in the base world. `kind` is another class
        of worker, `more` are fields of `History`.
        """
        from tests.histories.history import History

        self.door.put_back(self.base.world)
        with self.state_dir() as folder:
            for name, content in self.base.files.items():
                (folder / name).write_bytes(content)
            history = (kind or History)(self, case, folder, MemoryStore(self.base.ledger), **more)
            try:
                yield history
            finally:
                history.end()

    @contextmanager
    def state_dir(self) -> Iterator[Path]:
        """An empty state folder that has the service descriptions already."""
        folder = self.state
        folder.mkdir(mode=0o700)
        (folder / "wsdl").symlink_to(self.wsdl)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    def close(self) -> None:
        self.office.close()
        self.door.close()

    def _typed_in(self) -> Base:
        """Everything a history starts from; the clock of this machine is the only thing that it
        depends on.
        """
        door, office = self.door, self.office
        through = door.transports()
        assert through.servicetrade and through.spectrum
        built = build_world(
            EMPTY,
            door.servicetrade_url,
            door.spectrum_url,
            1,
            (through.servicetrade, through.spectrum),
        )
        before = baseline(self.tables)  # type: ignore[arg-type]
        account = built.account
        dispatcher = self.dispatcher = Dispatcher(office, account.offices[0], account.own_company)
        company = dispatcher.company("Granby Theater")
        location = dispatcher.location(company, "Granby Theater")
        one, other = dispatcher.job(location), dispatcher.job(location)
        codes = [f"T{number:04d}" for number, _ in enumerate(account.technicians, start=1)]
        for user, code in zip(account.technicians, codes, strict=True):
            dispatcher.set_external_id("user", user, code)
        door.control.keep_employees(
            *({"Employee_Code": code, "Employee_Name": f"Tech {code}"} for code in codes)
        )
        labor = int(
            office.post("/libitem", name="Labor - Regular", type="labor", code="LAB-REG")["id"]
        )
        ledger, files = self._crossed()
        rows = self.tables.records("servicetrade", "job")
        numbers = {
            row["id"]: str((row.get("externalIds") or {}).get(EXTERNAL_SYSTEM, "")) for row in rows
        }
        return Base(
            company,
            location,
            (one, other),
            (numbers[one], numbers[other]),
            (account.technicians[0], account.technicians[1]),
            labor,
            account.service_lines[0],
            before,
            door.rig.kept(),
            ledger,
            files,
        )

    def _crossed(self) -> tuple[Snapshot, dict[str, bytes]]:
        """One round of everything; the ledger after it, and the files in the state folder."""
        store = MemoryStore()
        through, clock = self.door.transports(), self.door.clock
        with self.state_dir() as folder:
            with open_session(
                self.account(), transports=through, store=store, clock=clock
            ) as session:
                reports = run_round(session, FLOWS, "base")
            files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        waiting = {
            flow: report.as_json()["records"]
            for flow, report in reports.items()
            if report.counts()["held"]
        }
        assert not waiting, waiting
        return store.snapshot(), files
