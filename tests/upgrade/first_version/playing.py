"""What the first version sends over its own ledger: a round and what follows, and a person's words for everything in doubt."""

import datetime as real
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from office import account_on
from recorded import Recorded

from st_spectrum.commands import ledger as commands
from st_spectrum.flows import FLOWS
from st_spectrum.flows.round import run_reconciliation, run_round
from st_spectrum.flows.session import open_session
from st_spectrum.sandbox.gate import Gate
from st_spectrum.sandbox.server import Sandbox

WAYS: dict[str, dict[str, Any]] = {
    way: {"invoices": {"target": way}, "timecards": {"target": way}} for way in ("rest", "soap")
}
MINUTES = 10
"""So long after it was made the ledger is gone on with: claims and pauses are over."""
HOURS = 3
"""So long after it was made the ledger is looked at once more: every pause is over, and every call that was on its way."""


class _Shifted(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, real.datetime)


class _Later(real.datetime, metaclass=_Shifted):
    hours = 0.0

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return real.datetime.now(tz) + real.timedelta(hours=cls.hours)


def be_later(hours: float) -> None:
    """Every clock of the program; those of both systems stay."""
    _Later.hours = hours
    for name, module in list(sys.modules.items()):
        if name.startswith("st_spectrum.") and getattr(module, "datetime", None) is real.datetime:
            module.datetime = _Later  # type: ignore[attr-defined]


def play_everything(first: Path, folder: Path, names: dict[str, str]) -> dict[str, Any]:
    """Each way and each story on a copy of its own."""
    played: dict[str, Any] = {}
    for way in WAYS:
        for story in ("rounds", "there", "not there"):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(first, folder)
            played[f"{way}: {story}"] = Play(folder, way, names).story(story)
    return played


class Play:
    """One copy of everything, as the account of one way sees it."""

    def __init__(self, folder: Path, way: str, names: dict[str, str]) -> None:
        self.folder = folder
        self.way = way
        self.names = names
        self.sandbox = Sandbox(folder / "sandbox")
        self.seen = Recorded(names)

    def story(self, story: str) -> dict[str, Any]:
        identify = Gate.__init__
        seen = self

        def watched(gate: Gate, app: Any, name: Any, **more: Any) -> None:
            identify(gate, app, lambda *call: seen.tell(more["system"], name, *call), **more)

        Gate.__init__ = watched  # type: ignore[method-assign]
        be_later(MINUTES / 60)
        self.sandbox.start()
        try:
            if story == "rounds":
                return {
                    "round": self.part(self.round),
                    "reconciliation": self.part(self.reconciliation),
                    "three hours later": self.part(self.later),
                }
            word = self.part(lambda: self.resolve(is_there=story == "there"))
            return {
                "words": word["told"],
                "round": self.part(self.round),
                "three hours later": self.part(self.later),
            }
        finally:
            Gate.__init__ = identify  # type: ignore[method-assign]
            self.sandbox.stop()

    def tell(self, system: str, identify: Any, *call: Any) -> Any:
        return self.seen.watch(system, identify)(*call)

    def part(self, act: Any) -> dict[str, Any]:
        self.seen = Recorded(self.names)
        told = act()
        asked = [self.names.get(each, each) for each in told]
        return {
            "told": asked,
            "writes": self.seen.writes,
            "reads": dict(sorted(self.seen.reads.items())),
        }

    @contextmanager
    def session(self) -> Iterator[Any]:
        with open_session(
            account_on(self.sandbox, self.folder / "state", **WAYS[self.way])
        ) as session:
            claim = session.ledger.claim

            def claimed(flow: str, key: str, **more: Any) -> Any:
                self.seen.claimed(flow, key)
                return claim(flow, key, **more)

            session.ledger.claim = claimed
            yield session

    def round(self) -> list[str]:
        with self.session() as session:
            reports = run_round(session, FLOWS, "play")
        assert not any(report.stopped_by or report.mistake for report in reports.values()), reports
        return [
            f"{flow}/{each.key}" for flow, report in reports.items() for each in report.outcomes
        ]

    def later(self) -> list[str]:
        be_later(HOURS)
        return self.round()

    def reconciliation(self) -> list[str]:
        with self.session() as session:
            done = list(run_reconciliation(session, FLOWS, "play"))
        return [f"{each.flow}/{outcome.key}" for each in done for outcome in each.report.outcomes]

    def resolve(self, *, is_there: bool) -> list[str]:
        """A person's word for every record that waits for one, and for every write in doubt."""
        told = []
        with self.session() as session:
            commands._opened = lambda _: _given(session)
            waiting = [
                (flow, key) for flow in FLOWS for key, _ in session.ledger.open_entries(flow)
            ]
            for flow, key in waiting:
                if commands.resolve_entry(Path(), flow, key, is_there=is_there) == 0:
                    told.append(f"{flow}/{key}")
        return told


@contextmanager
def _given(session: Any) -> Iterator[Any]:
    yield session.account, session.ledger
