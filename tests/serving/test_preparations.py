"""What has to be done before a part may start is done while others start already."""

import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from st_spectrum.domain.errors import Unavailable
from st_spectrum.serving.part_life import State
from st_spectrum.serving.parts import FILLED, STORAGE, Addresses, parts_of
from tests.serving.scripts import Observed, sh, soon

SLEEP = "exec sleep 600"


def assert_it(holds: bool) -> None:
    assert holds


@pytest.fixture
def watched(tmp_path: Path) -> Observed:
    return Observed(tmp_path)


def test_a_part_waits_for_what_it_needs_and_others_do_not(watched: Observed) -> None:
    may_end = threading.Event()
    preparations = {"storage": lambda: assert_it(may_end.wait(60))}
    states: list[tuple[State, State]] = []

    def let_it_end() -> None:
        soon(lambda: bool(watched.processes()))
        states.append((supervisor.lives[0].state, supervisor.lives[1].state))
        may_end.set()

    supervisor = watched.supervisor(
        sh("code server", SLEEP), sh("daemon", SLEEP, after=("storage",)), preparations=preparations
    )
    looking = threading.Thread(target=let_it_end)
    looking.start()
    with supervisor:
        looking.join()
        assert len(watched.processes()) == 2
    assert states[0][1] is State.WAITING and states[0][0] is not State.WAITING


def test_what_a_preparation_raises_ends_the_start_and_leaves_nothing(watched: Observed) -> None:
    def refuse() -> None:
        raise Unavailable("its storage cannot be opened", system="dagster", advice="Correct it.")

    supervisor = watched.supervisor(
        sh("code server", SLEEP),
        sh("daemon", SLEEP, after=("storage",)),
        preparations={"storage": refuse},
    )
    with pytest.raises(Unavailable, match="its storage cannot be opened"), supervisor:
        pass
    assert watched.processes() == []


SHIPPED = {
    "run_launcher": {"module": "st_spectrum.workers.launcher"},
    "storage": {"custom": {"module": "st_spectrum.workers.sqlite_storage"}},
}


def waits_for(home: Path, settings: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    (home / "dagster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    addresses = Addresses(3000, 4000, doorbell=("127.0.0.1", 3055))
    return {part.name: part.after for part in parts_of(home, "here", addresses, {})}


def test_whoever_asks_dagsters_storage_waits_for_it_and_the_sensors_for_the_world(
    tmp_path: Path,
) -> None:
    assert waits_for(tmp_path, SHIPPED) == {
        "code server": (),
        "worker": (STORAGE,),
        "daemon": ("code server", STORAGE, FILLED),
        "web server": ("code server", STORAGE),
        "doorbell": ("web server",),
    }


def test_a_storage_that_one_process_has_to_make_alone_is_waited_for_by_all(tmp_path: Path) -> None:
    """Dagster's own in SQLite: two that open a brand-new home at once stop each other."""
    waits = waits_for(tmp_path, SHIPPED | {"storage": {"sqlite": {"base_dir": "here"}}})
    assert waits["code server"] == (STORAGE,)
