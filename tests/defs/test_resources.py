"""What a run opens is closed with it; what ticks share is opened once, and again only for other
settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import dagster as dg
import pytest

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.resources.kept_client import KeptClient
from st_spectrum.resources.of_accounts import account_resources


class Line:
    """A connection that says whether it is open."""

    def __init__(self) -> None:
        self.is_open = True

    def close(self) -> None:
        assert self.is_open, "closed twice"
        self.is_open = False


@pytest.fixture
def resources(account_file: Path) -> dict[str, Any]:
    return account_resources({"sandbox": account_file})


@contextmanager
def execution(resources: dict[str, Any], *names: str) -> Iterator[Any]:
    """What Dagster does around a run or a tick that asks for these."""
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_resources({name: resources[name] for name in names}, instance=instance) as made,
    ):
        yield made


def test_a_run_opens_its_session_when_it_asks_and_closes_it_at_its_end(
    resources: dict[str, Any],
) -> None:
    with execution(resources, "session") as run:
        assert not run.session._sessions
        session = run.session.open()
        assert run.session.open() is session
        assert session.ledger.get("customers", "1") is None
        claimed = session.ledger.claim("customers", "1201", run_id="here")
        assert claimed is not None
    with execution(resources, "session") as next_run:
        again = next_run.session.open().ledger
        assert again.claim("customers", "1201", run_id="next"), "the claim ended with its run"


def test_ticks_share_the_clients_of_both_systems_and_not_the_file_of_the_ledger(
    resources: dict[str, Any],
) -> None:
    settings = resources["account"].load()
    seen = []
    for _ in range(2):
        with execution(resources, "servicetrade", "spectrum", "ledger") as tick:
            seen.append(
                (
                    tick.servicetrade.tick_client(settings),
                    tick.spectrum.tick_client(settings),
                    tick.ledger.open(settings),
                )
            )
    (first_source, first_target, first_ledger), (source, target, ledger) = seen
    assert (first_source, first_target) == (source, target)
    assert first_ledger is not ledger


def test_a_run_never_gets_the_impatient_client_of_a_tick(resources: dict[str, Any]) -> None:
    settings = resources["account"].load()
    with execution(resources, "servicetrade", "spectrum") as both:
        assert both.servicetrade.client(settings) is not both.servicetrade.tick_client(settings)
        assert both.spectrum.client(settings) is not both.spectrum.tick_client(settings)
        patience = both.servicetrade.client(settings).timeout_seconds
        assert patience > both.servicetrade.tick_client(settings).timeout_seconds


def test_the_account_of_one_location_shares_nothing_with_another(account_file: Path) -> None:
    one, two = (account_resources({"sandbox": account_file}) for _ in range(2))
    settings = one["account"].load()
    with execution(one, "servicetrade") as here, execution(two, "servicetrade") as there:
        mine = here.servicetrade.tick_client(settings)
        assert mine is not there.servicetrade.tick_client(settings)


def test_accounts_of_one_location_keep_clients_of_their_own(
    account_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "north.yaml"
    text = account_file.read_text()
    account_file.write_text(text.replace("  # account: Example Contractor", "  account: Ours"))
    text = text.replace("  # account: Example Contractor", "  account: Theirs")
    text = text.replace("company_code: 001", "company_code: 002")
    other.write_text(text.replace("name: sandbox", "name: north", 1))
    both = account_resources({"sandbox": account_file, "north": other})
    with execution(both, "account", "servicetrade") as tick:
        ours, theirs = tick.account.load("sandbox"), tick.account.load("north")
        assert (ours.name, theirs.name) == ("sandbox", "north")
        client = tick.servicetrade.tick_client(ours)
        assert tick.servicetrade.tick_client(theirs) is not client
        assert tick.servicetrade.tick_client(ours) is client
    with (
        execution(both, "account") as tick,
        pytest.raises(SettingsInvalid, match="no account 'south'"),
    ):
        tick.account.load("south")


def test_other_settings_close_the_former_client_as_soon_as_nobody_uses_it() -> None:
    kept: KeptClient[Line] = KeptClient()
    with kept.lend("old", Line) as old:
        with kept.lend("new", Line) as new:
            assert old.is_open and new.is_open, "a tick still reads with the old one"
        assert new.is_open, "kept for the next tick"
    assert not old.is_open
    with kept.lend("newer", Line):
        assert not new.is_open


def test_a_client_that_could_not_be_made_leaves_the_one_that_is_there() -> None:
    def fails() -> Line:
        raise OSError("away")

    kept: KeptClient[Line] = KeptClient()
    with kept.lend("old", Line) as old:
        pass
    with pytest.raises(OSError, match="away"), kept.lend("new", fails):
        pass
    with kept.lend("old", fails) as again:
        assert again is old


def test_of_two_that_are_made_at_once_one_is_kept_and_the_other_closed() -> None:
    kept: KeptClient[Line] = KeptClient()
    both_connect, made = Barrier(2), []

    def connect() -> Line:
        both_connect.wait(timeout=10)
        made.append(Line())
        return made[-1]

    def tick() -> None:
        with kept.lend("same", connect):
            pass

    threads = [Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(line.is_open for line in made) == [False, True]
    kept.close()
    assert not any(line.is_open for line in made)
