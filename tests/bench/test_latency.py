"""The measure of latency finds when each kind of event stood in the other system."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.arrivals import Arrivals
from benchmarks.latency import ACCOUNT
from benchmarks.office import EVENTS, Event, Office, card_weeks
from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import Session, open_session
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import keep_time
from st_spectrum.sandbox.world import World, build_world

WORLD = World(
    companies=3, vendors=0, linked_companies=0, locations=3, jobs=6, technicians=1, template_phases=1,
    old_customers=1, invoices=4, purchase_orders=5,
)  # fmt: skip


@pytest.fixture
def office(running_sandbox: Sandbox, tmp_path: Path) -> Iterator[tuple[Office, Session]]:
    sandbox = running_sandbox
    sandbox.control.reset()
    built = build_world(WORLD, sandbox.servicetrade_url, sandbox.spectrum_url)
    kept = keep_time(sandbox.control, built, card_weeks(1))
    settings = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(tmp_path)}
    account = load_account(ACCOUNT, settings)
    with (
        ServiceTradeCaller(sandbox.servicetrade_url) as caller,
        open_session(account) as session,
    ):
        run_round(session, FLOWS, "first load")
        yield Office(sandbox.control, caller, built, kept, 1), session


def test_every_kind_of_event_is_found_in_the_target_and_none_before_it_is_there(
    office: tuple[Office, Session], running_sandbox: Sandbox
) -> None:
    people, session = office
    done: list[Event] = [event for kind in EVENTS if (event := people.do(kind))]
    assert [event.kind for event in done] == list(EVENTS)

    before = Arrivals(running_sandbox.control, session.account)
    assert [before.of(event) for event in done] == [None] * len(done)

    run_round(session, FLOWS, "what happened")
    run_round(session, FLOWS, "what waited for it")
    after = Arrivals(running_sandbox.control, session.account)
    for event in done:
        at = after.of(event)
        assert at is not None, event
        assert at > event.at
