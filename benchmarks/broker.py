"""Which broker can be the one that needs no server: `make bench-broker`, `make bench-broker
MESSAGES=5000`.

Four writers send numbered messages while one worker with four children takes them, eight other
processes keep the processors
busy, and every few seconds a child of the worker or its main process is killed and started again.
Then every number is looked
for. A message counts as told when its writer got an error, or when it lies where unreadable ones
are kept.
"""

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kombu import Connection

from benchmarks.broker_app import CANDIDATE, FOLDER, READY, REDIS, make_app
from benchmarks.busy import burn
from st_spectrum.serving.ports import free_port
from st_spectrum.workers.broker import QUEUE, REDIS_PREFIX

CANDIDATES = {
    "folder": "ours, files renamed",
    "filesystem": "kombu's, stock",
    "sqlite": "kombu's SQLAlchemy on SQLite",
    "redis": "a redis-server",
}
WRITERS, CHILDREN, LOAD = 4, 4, 8
KILL_EVERY_SECONDS = 2.5
"""Mean; a worker that was killed needs some seconds to be ready, and is not killed before it took
something, so a hundred thousand messages are done sooner with rarer kills.
"""
PROGRESS_SECONDS = 60.0
PATIENCE_SECONDS = 20.0
"""A worker that has taken nothing for so long is started anew, and that is counted as a stall;
after a second time it is over.
"""
KILLS_UNTIL = 0.9
"""Share of the messages; what was in hand at the last kill must have time to come again."""


@dataclass
class Gate:
    """One candidate while it is tried."""

    candidate: str
    folder: Path
    messages: int
    redis_url: str
    random: random.Random
    kill_every: float = KILL_EVERY_SECONDS
    worker: "subprocess.Popen[bytes] | None" = None
    kills: Counter[str] = field(default_factory=Counter)
    stalls: int = 0
    read_to: int = 0
    arrivals: Counter[int] = field(default_factory=Counter)

    @property
    def environment(self) -> dict[str, str]:
        """What the worker is told."""
        said = {CANDIDATE: self.candidate, FOLDER: str(self.folder), REDIS: self.redis_url}
        return dict(os.environ) | said

    def start_worker(self) -> None:
        """One main process with its children; a node name of its own each time."""
        name = f"gate{time.monotonic_ns()}@here"
        with (self.folder / "worker.log").open("ab") as log:
            command = [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "benchmarks.broker_app",
                "worker",
                "-c",
                str(CHILDREN),
            ]
            command += [
                "-n",
                name,
                "-l",
                "ERROR",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
            ]
            self.worker = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)  # noqa: S603 - our own

    def is_ready(self) -> bool:
        """Whether the worker that was started last takes messages."""
        with suppress(FileNotFoundError):
            return self.worker is not None and (self.folder / READY).read_text() == str(
                self.worker.pid
            )
        return False

    def kill_something(self) -> None:
        """SIGKILL to a child, or to the main process and then a new one."""
        assert self.worker is not None  # noqa: S101 - for the type checker
        children = children_of(self.worker.pid)
        if children and self.random.random() < 0.6:
            with suppress(ProcessLookupError):
                os.kill(self.random.choice(children), signal.SIGKILL)
            self.kills["child"] += 1
            return
        self.kills["main"] += 1
        self.restart_worker()

    def pause(self) -> float:
        """Seconds until the next kill."""
        return self.kill_every * self.random.uniform(0.4, 1.6)

    def restart_worker(self) -> None:
        """SIGKILL to the main process, as a power cut would, and a new one."""
        assert self.worker is not None  # noqa: S101 - for the type checker
        self.worker.kill()
        self.worker.wait()
        self.start_worker()

    def poll(self) -> int:
        """How many different numbers have arrived."""
        with suppress(FileNotFoundError), (self.folder / "arrived").open("rb") as log:
            log.seek(self.read_to)
            new = log.read()
            whole = new[: new.rfind(b"\n") + 1]
            self.read_to += len(whole)
            self.arrivals.update(int(line) for line in whole.split())
        return len(self.arrivals)

    def stop(self) -> None:
        """End the worker and every child of it that was left behind."""
        if self.worker is not None:
            for pid in (self.worker.pid, *processes_of(self.folder)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.worker.wait()


def children_of(pid: int) -> list[int]:
    """Process ids, as the kernel lists them."""
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []


def processes_of(folder: Path) -> Iterator[int]:
    """Processes that were started for this folder: they carry it in their environment."""
    mark = f"{FOLDER}={folder}".encode()
    for place in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in place.read_bytes().split(b"\0"):
                yield int(place.parent.name)


def write(candidate: str, folder: Path, redis_url: str, numbers: range) -> None:
    """One writer. A number is sent once its broker said so; an error is told."""
    app = make_app(candidate, folder, redis_url)
    sent = refused = 0
    with (
        (folder / f"told-{numbers.start}").open("w") as refused_file,
        app.producer_or_acquire() as producer,
    ):
        for number in numbers:
            try:
                app.send_task("arrive", (number,), producer=producer, retry=False)
                sent += 1
            except Exception:  # noqa: BLE001 - whatever it is, the writer knows
                refused_file.write(f"{number}\n")
                refused += 1
    (folder / f"sent-{numbers.start}").write_text(str(sent))


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """An own server that keeps what it was told on the disk."""
    port = free_port()
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--appendonly",
        "yes",
        "--dir",
        str(folder),
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - the one just found
    try:
        time.sleep(1)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


def try_candidate(
    candidate: str, messages: int, load: int, seed: int, most_seconds: float, kill_every: float
) -> dict[str, object]:
    """One row of the table."""
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="gate-", ignore_cleanup_errors=True)
            )
        )
        url = stack.enter_context(redis_server(folder)) if candidate == "redis" else ""
        draws = random.Random(seed)  # noqa: S311 - kills, not secrets
        gate = Gate(candidate, folder, messages, url, draws, kill_every)
        stack.callback(gate.stop)
        forks = multiprocessing.get_context("spawn")
        burners = [forks.Process(target=burn, daemon=True) for _ in range(load)]
        parts = [range(number, messages, WRITERS) for number in range(WRITERS)]
        writers = [
            forks.Process(target=write, args=(candidate, folder, url, part)) for part in parts
        ]
        began = time.monotonic()
        gate.start_worker()
        for process in (*burners, *writers):
            process.start()
            stack.callback(process.kill)
        watch(gate, most_seconds)
        seconds = time.monotonic() - began
        gate.stop()  # what is in hand now is neither lost nor there; where it can come again it counts as waiting
        return row(gate, seconds)


def still_waiting(gate: Gate) -> int:
    """Messages that were neither taken nor lost when the time was over."""
    place = gate.folder
    if gate.candidate == "filesystem":
        return len(list(place.glob("data/*.msg")))
    if gate.candidate == "sqlite":
        with closing(sqlite3.connect(place / "queue.sqlite")) as database:
            return int(
                database.execute("SELECT count(*) FROM kombu_message WHERE visible").fetchone()[0]
            )
    if gate.candidate == "redis":
        with Connection(gate.redis_url) as connection:
            client = connection.channel().client
            return int(client.llen(f"{REDIS_PREFIX}{QUEUE}")) + int(
                client.hlen(f"{REDIS_PREFIX}unacked")
            )
    return len(list(place.glob("broker/queues/*/*"))) + len(list(place.glob("broker/taken/*/*")))


def watch(gate: Gate, seconds: float) -> None:
    """Kill now and then; end when everything is there, when the time is over, or when nothing comes
    from a new worker.
    """
    ends_at = time.monotonic() + seconds
    next_kill, at_last_kill, at_last_stall = time.monotonic(), 0, -1
    newest, newest_at = 0, time.monotonic()
    next_line = time.monotonic() + PROGRESS_SECONDS
    while True:
        time.sleep(0.2)
        count, now = gate.poll(), time.monotonic()
        if now > next_line:
            killed = gate.kills.total()
            print(
                f"{gate.candidate:<10} {count:,} there, {killed} kills", file=sys.stderr, flush=True
            )
            next_line = now + PROGRESS_SECONDS
        if count != newest or not gate.is_ready():
            newest, newest_at = count, now
        if (
            count >= gate.messages
            or now > ends_at
            or (now - newest_at > PATIENCE_SECONDS and count == at_last_stall)
        ):
            return
        if now - newest_at > PATIENCE_SECONDS:
            gate.stalls += 1
            gate.restart_worker()
            at_last_stall, newest_at = count, now
        elif gate.worker is not None and gate.worker.poll() is not None:
            gate.start_worker()
        elif now > next_kill and at_last_kill < count < KILLS_UNTIL * gate.messages:
            gate.kill_something()
            at_last_kill, next_kill = count, now + gate.pause()


def row(gate: Gate, seconds: float) -> dict[str, object]:
    """What became of every number."""
    gate.poll()
    refused = {
        int(line) for file in gate.folder.glob("told-*") for line in file.read_text().split()
    }
    bad = len(list(gate.folder.glob("broker/bad/*")))
    waiting = still_waiting(gate)
    missing = set(range(gate.messages)) - set(gate.arrivals) - refused
    return {
        "candidate": gate.candidate,
        "sent": sum(int(file.read_text()) for file in gate.folder.glob("sent-*")),
        "arrived once": sum(times == 1 for times in gate.arrivals.values()),
        "arrived twice": sum(times > 1 for times in gate.arrivals.values()),
        "told": len(refused) + bad,
        "still waiting": waiting,
        "lost": max(0, len(missing) - bad - waiting),
        "stalls": gate.stalls,
        "kills of a child": gate.kills["child"],
        "kills of the main process": gate.kills["main"],
        "seconds": round(seconds),
    }


def main() -> int:
    """Print one line for each candidate; 0 when the one that we ship lost nothing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument(
        "--load", type=int, default=LOAD, help="other processes that keep the processors busy"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=7200, help="most for each candidate")
    parser.add_argument(
        "--kill-every", type=float, default=KILL_EVERY_SECONDS, help="mean seconds between kills"
    )
    parser.add_argument("--candidates", default=",".join(CANDIDATES))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    for candidate in asked.candidates.split(","):
        if candidate == "redis" and not shutil.which("redis-server"):
            print("redis      left out: there is no redis-server here", file=sys.stderr)
            continue
        found = try_candidate(
            candidate, asked.messages, asked.load, asked.seed, asked.seconds, asked.kill_every
        )
        rows.append(found)
        line = ", ".join(f"{value} {name}" for name, value in found.items() if name != "candidate")
        print(f"{candidate:<10} {line}   ({CANDIDATES[candidate]})", file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps(rows, indent=2))
    return 0 if all(found["lost"] == 0 for found in rows if found["candidate"] == "folder") else 1


if __name__ == "__main__":
    sys.exit(main())
