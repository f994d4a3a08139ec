"""A history whose rounds are processes, and whose ledger is a file or a bucket."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from st_spectrum.account import Account
from st_spectrum.account.connections import LedgerSettings
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.memory import MemoryStore, Snapshot
from st_spectrum.ledger.store import Store
from st_spectrum.ledger.stores import open_store
from tests.campaign.processes.street import Street, StreetClock
from tests.campaign.processes.worker import Orders, Said, work
from tests.histories.history import History
from tests.histories.life import Life
from tests.histories.place import START, Place, with_change
from tests.ledger.ledger_servers import s3_settings

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(
    [
        "tests.campaign.processes.worker",
        "st_spectrum.spectrum.infolink.reader",
        "st_spectrum.spectrum.soap.transport",
        "st_spectrum.ledger.sqlite",
        "st_spectrum.ledger.s3",
        *(f"st_spectrum.flows.{flow}.flow" for flow in FLOWS),
    ]
)
TIMEOUT_SECONDS = 1.0
"""Of real time, after which a worker gives up on a call."""
LONGEST_SECONDS = 120.0
"""Of real time, that a worker may live."""


class StreetPlace(Place):
    """Where such histories happen. `s3_url` is a server for every third one's ledger."""

    def __init__(self, folder: Path, s3_url: str) -> None:
        self.s3_url = s3_url
        self.count = 0
        super().__init__(folder, Street(folder / "sandbox", StreetClock(START)))

    @contextmanager
    def history(
        self, case: Any, kind: type[History] | None = None, **more: Any
    ) -> Iterator[History]:
        self.count += 1
        with super().history(case, kind or ProcessHistory, **more) as history:
            yield history


@dataclass
class ProcessHistory(History):
    """`store` shows what the real ledger holds; what is done to it by hand is done to the real one
    before the next worker begins.
    """

    shown: dict[str, str] = field(default_factory=dict)
    """What the real ledger held when it was looked at last."""
    own: LedgerSettings | None = None

    @property
    def ledger(self) -> LedgerSettings:
        """A bucket's prefix of its own, or a file."""
        if self.own is None:
            assert isinstance(self.place, StreetPlace)
            is_s3 = self.place.count % 3 == 0 and bool(self.place.s3_url)
            path = self.state_dir / "ledger" / "ledger.sqlite"
            self.own = s3_settings(self.place.s3_url) if is_s3 else LedgerSettings(path=path)
        return self.own

    @property
    def account(self) -> Account:
        account = super().account
        for path in ("servicetrade.timeout_seconds", "spectrum.timeout_seconds"):
            account = with_change(account, path, TIMEOUT_SECONDS)
        return account

    def together(self, workers: int, seed: int) -> None:  # noqa: ARG002 - who goes on, the machine says
        """So many rounds at once."""
        self._write_down()
        started = [self._start(self._orders(Life(), self.ledger)) for _ in range(workers)]
        for process, wire in started:
            self._until_it_ends(process, wire, Life())
        self._look()

    def _work(self, life: Life, store: MemoryStore | None, work: Any) -> Any:
        """`work` of the other histories is a function; here its name tells what is to be done."""
        is_night = "night" in work.__qualname__
        if store is None:
            self._write_down()
            said = self._live(self._orders(life, self.ledger, is_night=is_night), life)
            self._look()
            return said
        second = LedgerSettings(path=self.state_dir / "second" / "ledger.sqlite")
        _fill(second, store.snapshot())
        return self._live(self._orders(life, second, is_night=is_night), life)

    def _orders(self, life: Life, ledger: LedgerSettings, *, is_night: bool = False) -> Orders:
        account = self.account.model_copy(update={"ledger": ledger})
        return Orders(
            account, self.case.flows, self.machine_clock().timestamp(), is_night, life.dies_at,
            life.is_carried_out, life.is_seen_dead, life.meets_at,
        )  # fmt: skip

    def _live(self, orders: Orders, life: Life) -> dict[str, Said]:
        return self._until_it_ends(*self._start(orders), life) or {}

    def _start(self, orders: Orders) -> tuple[BaseProcess, Any]:
        ours, theirs = FORKSERVER.Pipe()
        process = FORKSERVER.Process(target=work, args=(orders, theirs))
        process.start()
        theirs.close()
        return process, ours

    def _until_it_ends(self, process: BaseProcess, wire: Any, life: Life) -> Any:
        """What it says in the end; None when it was killed before."""
        said = None
        try:
            while wire.poll(LONGEST_SECONDS):
                said = wire.recv()
                if said != "meets":
                    break
                if life.meets:
                    self._look()
                    life.meets()
                wire.send("met")
        except EOFError:
            said = None
        process.join(LONGEST_SECONDS)
        assert process.exitcode is not None, "a worker hangs"
        wire.close()
        return said

    def _write_down(self) -> None:
        """What was done by hand to the ledger that is shown, to the real one."""
        held = {key: stored.body for key, stored in self.store.snapshot().documents.items()}
        if held != self.shown or not self.shown:
            _fill(self.ledger, self.store.snapshot())

    def _look(self) -> None:
        with _opened(self.ledger) as real:
            documents = {key: real.get(key) for key in list(real.list(""))}
        kept = {key: stored for key, stored in documents.items() if stored}
        self.store.restore(Snapshot(kept))
        self.shown = {key: stored.body for key, stored in kept.items()}


@contextmanager
def _opened(settings: LedgerSettings) -> Iterator[Store]:
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


def _fill(settings: LedgerSettings, snapshot: Snapshot) -> None:
    """As somebody does who puts a file back: what was there is gone."""
    if settings.kind == "sqlite":
        for path in settings.path.parent.glob("*"):
            path.unlink()
    with _opened(settings) as real:
        for key in list(real.list("")):
            real.discard(key)
        for key, stored in snapshot.documents.items():
            real.create(key, stored.body)
