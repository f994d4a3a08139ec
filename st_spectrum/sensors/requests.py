"""When to ask for which records: pure rules of the sensors, without Dagster, clock or network.

Dagster forgets a batch as soon as it was requested: the cursor has moved and the run key is used
up, whatever becomes of the run. So a change sensor keeps the batch that it asked for last in its
own cursor (`Bookmark`) and asks for the same records again until a run of them has succeeded. The
re-drive sensor keeps how often it asked for a record in vain (`Memory`), so that nothing runs hot.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
FIRST_REDRIVE_PAUSE_SECONDS = 10.0
LONGEST_REDRIVE_PAUSE_SECONDS = 600.0
QUIET_FOR = timedelta(minutes=1)

_VERSION = 1


def pause_seconds(
    attempt: int, first: float = FIRST_PAUSE_SECONDS, longest: float = LONGEST_PAUSE_SECONDS
) -> float:
    """Seconds to wait after attempt number `attempt` (1, 2, ...) came to nothing: doubling from
    `first`, never over `longest`.
    """
    doublings = min(max(attempt, 1) - 1, 30)
    return min(longest, first * 2.0**doublings)


@dataclass(frozen=True)
class Request:
    """What a sensor asks for: one run that carries `keys` of a flow, and which attempt it is.

    Dagster uses a `run_key` once and never again.
    """

    flow: str
    keys: tuple[str, ...]
    run_key: str
    attempt: int


@dataclass(frozen=True)
class Asked:
    """A batch that was requested: the records, the attempt at them, and its run's name."""

    flow: str
    batch: str
    keys: tuple[str, ...]
    attempt: int
    asked_at: datetime

    @property
    def run_key(self) -> str:
        """Used once and never again by Dagster, so it differs for every attempt."""
        return f"{self.flow}-{self.batch}-{self.attempt}"

    def next_attempt(self, now: datetime) -> "Asked":
        """The same records once more."""
        return replace(self, attempt=self.attempt + 1, asked_at=now)

    def may_be_asked_again_at(self, ended_at: datetime | None) -> datetime:
        """From when on the next attempt may start; `ended_at` is when the run ended, None when
        there is no such run.
        """
        return (ended_at or self.asked_at) + timedelta(seconds=pause_seconds(self.attempt))


@dataclass(frozen=True)
class Bookmark:
    """The cursor of a change sensor: what was noticed so far (`seen`) and the batch whose end is
    still open (`asked`).

    `opened_at` goes into every run key: a sensor whose cursor was reset asks under new keys instead
    of meeting its used ones.
    `account` noticed what is in `seen`. Where two code servers change places behind one port, the
    other account's place in its lists would hide what is new in this one.
    """

    opened_at: datetime
    seen: str | None = None
    asked: Asked | None = None
    account: str | None = None

    @staticmethod
    def open(text: str | None, now: datetime, account: str | None = None) -> "Bookmark":
        """Read the cursor's text. A missing or unreadable one, and that of another account than
        `account`, starts from the beginning: that repeats reads, never writes.

        Cursors of the first version name no account.
        """
        beginning = Bookmark(now, account=account)
        try:
            data = json.loads(text or "")
            noticed_by = data.get("account") or account
            if data["version"] != _VERSION or account not in (None, noticed_by):
                return beginning
            asked = data["asked"]
            return Bookmark(
                _moment(data["opened_at"]),
                data["seen"],
                _asked(asked) if asked else None,
                noticed_by,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return beginning

    def encode(self) -> str:
        """The text to keep as the sensor's cursor."""
        asked = self.asked
        return _dump(
            {
                "version": _VERSION,
                "account": self.account,
                "opened_at": self.opened_at.isoformat(),
                "seen": self.seen,
                "asked": asked
                and {
                    "flow": asked.flow,
                    "batch": asked.batch,
                    "keys": asked.keys,
                    "attempt": asked.attempt,
                    "asked_at": asked.asked_at.isoformat(),
                },
            }
        )

    def settled(self) -> "Bookmark":
        """The batch asked for has succeeded."""
        return replace(self, asked=None)

    def moved(self, seen: str) -> "Bookmark":
        """Something was read and nothing in it is new."""
        return replace(self, seen=seen)

    def asking(self, flow: str, keys: Iterable[str], seen: str, now: datetime) -> "Bookmark":
        """These records are requested; the bookmark covers them from now on."""
        wanted = tuple(keys)
        batch = digest(self.opened_at.isoformat(), seen, *wanted)
        return replace(self, seen=seen, asked=Asked(flow, batch, wanted, 1, now))

    def asking_again(self, now: datetime) -> "Bookmark":
        """The batch asked for came to nothing and is requested once more."""
        return replace(self, asked=self.asked.next_attempt(now)) if self.asked else self

    @property
    def request(self) -> Request:
        """The run that carries the batch; `ValueError` where nothing is asked for."""
        if (asked := self.asked) is None:
            raise ValueError("nothing is asked for")
        return Request(asked.flow, asked.keys, asked.run_key, asked.attempt)


@dataclass(frozen=True)
class Tried:
    """How often a record was asked for while it stayed due, and when last."""

    times: int
    asked_at: datetime


@dataclass(frozen=True)
class Memory:
    """The cursor of a re-drive sensor: what it asked for in vain, and its last run key."""

    tried: Mapping[str, Tried] = field(default_factory=dict)
    last_run_key: str = ""

    @staticmethod
    def open(text: str | None) -> "Memory":
        """Read the cursor's text. Without a readable one, everything that is due comes at once."""
        try:
            data = json.loads(text or "")
            if data["version"] != _VERSION:
                return Memory()
            tried = {
                str(key): Tried(int(group["times"]), _moment(group["asked_at"]))
                for group in data["tried"]
                for key in group["keys"]
            }
            return Memory(tried, str(data["last_run_key"]))
        except (ValueError, KeyError, TypeError):
            return Memory()

    def encode(self) -> str:
        """The text to keep as the sensor's cursor; records asked for together stand together, which
        keeps it short.
        """
        groups: dict[Tried, list[str]] = {}
        for key, tried in self.tried.items():
            groups.setdefault(tried, []).append(key)
        return _dump(
            {
                "version": _VERSION,
                "last_run_key": self.last_run_key,
                "tried": [
                    {"times": tried.times, "asked_at": tried.asked_at.isoformat(), "keys": keys}
                    for tried, keys in groups.items()
                ],
            }
        )

    def without_quiet(self, now: datetime) -> "Memory":
        """Forget what was not asked for during twice its pause: it moved on.

        Not as soon as it is no longer due, for the ledger itself sets a record aside for a while
        after each attempt.
        """
        return replace(
            self,
            tried={key: tried for key, tried in self.tried.items() if now < _forgotten_at(tried)},
        )

    def ready(
        self, due: Iterable[str], now: datetime, longest: float = LONGEST_REDRIVE_PAUSE_SECONDS
    ) -> tuple[str, ...]:
        """Of what is due, what may be asked for now: first what was never asked for, then what has
        waited long enough.
        """
        ripe = [key for key in dict.fromkeys(due) if self._waits_until(key, longest) <= now]
        return tuple(
            sorted(ripe, key=lambda key: self.tried[key].times if key in self.tried else 0)
        )

    def asking(self, flow: str, keys: Iterable[str], now: datetime) -> "Memory":
        """These records are requested now."""
        wanted = tuple(keys)
        again = {
            key: Tried(self.tried[key].times + 1 if key in self.tried else 1, now) for key in wanted
        }
        run_key = f"{flow}-redrive-{digest(now.isoformat(), *wanted)}"
        return Memory({**self.tried, **again}, run_key)

    def request(self, flow: str, keys: Iterable[str]) -> Request:
        """The run that carries these records, which were `asking` last."""
        wanted = tuple(keys)
        attempt = max(self.tried[key].times for key in wanted)
        return Request(flow, wanted, self.last_run_key, attempt)

    def _waits_until(self, key: str, longest: float) -> datetime:
        tried = self.tried.get(key)
        if tried is None:
            return datetime.min.replace(tzinfo=UTC)
        return tried.asked_at + timedelta(
            seconds=pause_seconds(tried.times, FIRST_REDRIVE_PAUSE_SECONDS, longest)
        )


def _forgotten_at(tried: Tried) -> datetime:
    pause = pause_seconds(tried.times, FIRST_REDRIVE_PAUSE_SECONDS, LONGEST_REDRIVE_PAUSE_SECONDS)
    return tried.asked_at + timedelta(seconds=2 * pause) + QUIET_FOR


def digest(*parts: str) -> str:
    """A short name for a list of texts; another list, order or split gives another name."""
    return sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _asked(data: Mapping[str, Any]) -> Asked:
    keys = tuple(map(str, data["keys"]))
    return Asked(
        str(data["flow"]), str(data["batch"]), keys, int(data["attempt"]), _moment(data["asked_at"])
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dump(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))
