"""Where histories happen: both systems behind a door, and a contractor whose customer, site and
jobs have crossed already.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel

from st_spectrum.account import Account
from st_spectrum.ledger.memory import MemoryStore, Snapshot
from st_spectrum.sandbox.door import Door
from st_spectrum.sandbox.hand_clock import HandClock
from st_spectrum.sandbox.rig import KeptWorld
from st_spectrum.spectrum.services import SERVICES
from tests.world.contractor import EMPTY, Contractor, fill_sandbox

if TYPE_CHECKING:
    from tests.histories.cases import Case
    from tests.histories.history import History

SIZES = replace(EMPTY, service_lines=2, technicians=2, template_phases=1)
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
    """What everything looked like before any history began, and the ids of what was typed in."""

    world: KeptWorld
    ledger: Snapshot
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What lay in the state folder: the witness of the ledger."""
    company: int = 0
    location: int = 0
    jobs: tuple[int, ...] = ()
    job_numbers: tuple[str, ...] = ()
    labor: int = 0


class Place:
    """One contractor behind a door, and one base; histories take place there one after another."""

    def __init__(self, folder: Path, door: Door | None = None) -> None:
        self.door = door or Door(folder / "sandbox", HandClock(START))
        self.wsdl = folder / "wsdl"
        keep_descriptions(self.door, self.wsdl)
        self.contractor = Contractor(
            self.door,
            folder / "state",
            *fill_sandbox(self.door, SIZES, parallel=1),
            {"timecards": {"first_day": FIRST_DAY.isoformat()}},
            clock=self.door.clock,
        )
        self.base = self._typed_in()

    def account(self, *, has_infolink: bool = True) -> Account:
        """The example account on this door."""
        environ = {} if has_infolink else {"SPECTRUM_INFOLINK_URL": ""}
        return replace(self.contractor, environ=environ).account

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
        folder = self.contractor.state_dir
        folder.mkdir(mode=0o700)
        (folder / "wsdl").symlink_to(self.wsdl)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    def close(self) -> None:
        self.contractor.close()
        self.door.close()

    def _typed_in(self) -> Base:
        """Everything a history starts from."""
        contractor, dispatcher = self.contractor, self.contractor.dispatcher
        company = dispatcher.company("Granby Theater")
        location = dispatcher.location(company, "Granby Theater")
        jobs = dispatcher.job(location), dispatcher.job(location)
        technicians = contractor.built.account.technicians
        codes = [f"T{number:04d}" for number, _ in enumerate(technicians, start=1)]
        for user, code in zip(technicians, codes, strict=True):
            dispatcher.set_external_id("user", user, code)
        contractor.control.keep_employees(
            *({"Employee_Code": code, "Employee_Name": f"Tech {code}"} for code in codes)
        )
        labor = contractor.office.post(
            "/libitem", name="Labor - Regular", type="labor", code="LAB-REG"
        )
        ledger, files = self._crossed()
        numbers = tuple(dispatcher.external_id("job", job) for job in jobs)
        world = self.door.rig.kept()
        return Base(world, ledger, files, company, location, jobs, numbers, int(labor["id"]))

    def _crossed(self) -> tuple[Snapshot, dict[str, bytes]]:
        """One round of everything; the ledger after it, and the files in the state folder."""
        self.contractor.store = store = MemoryStore()
        with self.state_dir() as folder:
            reports = self.contractor.round("base")
            files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        waiting = {
            flow: report.as_json()["records"]
            for flow, report in reports.items()
            if report.counts()["held"]
        }
        assert not waiting, waiting
        return store.snapshot(), files


def keep_descriptions(door: Door, wsdl: Path) -> None:
    """Every service description lies there from the start, so that no history fetches one for
    those after it.
    """
    folder = wsdl / urlsplit(door.spectrum_url).netloc.replace(":", "_")
    folder.mkdir(mode=0o700, parents=True)
    through = door.for_people().spectrum
    with httpx.Client(base_url=door.spectrum_url, transport=through) as people:
        for name in SERVICES:
            found = people.get(f"/wsdls/{name}.jws")
            if found.is_success:
                (folder / f"{name}.wsdl").write_bytes(found.content)
