"""A ledger that somebody copied while a batch was under way, and put back later; and one that two
accounts are set to.
"""

import pytest

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from tests.histories.cases import CASES
from tests.histories.history import Copy, History
from tests.histories.life import Life
from tests.histories.place import Place


def copied_at(history: History, call: int) -> None:
    """A round; the ledger is what it was just before its n-th call."""
    copies: list[Copy] = []
    history.round(Life(meets_at=call, meets=lambda: copies.append(history.copy())))
    if copies:
        history.put_back(copies[0])


@pytest.mark.parametrize(
    "name", ["time by SOAP without Info-Link", "time by REST without Info-Link"]
)
def test_time_that_nobody_can_look_up_is_not_sent_again_from_a_ledger_of_the_middle_of_its_batch(
    place: Place, name: str
) -> None:
    for call in range(7, 16, 2):
        with place.history(CASES[name]) as history:
            history.make()
            history.make()
            copied_at(history, call)

            history.settle(may_stop=True)

            assert history.judge().doubled == [], call


@pytest.mark.parametrize(
    ("name", "calls"),
    [("invoices by REST", (10, 11, 12)), ("invoices by SOAP without Info-Link", (5, 7, 9))],
)
def test_what_was_posted_after_the_middle_of_a_batch_was_copied_is_offset_when_it_is_voided(
    place: Place, name: str, calls: tuple[int, ...]
) -> None:
    for call in calls:
        with place.history(CASES[name]) as history:
            for _ in range(3):
                history.make()
            copied_at(history, call)
            for which in range(3):
                history.change(which)

            history.settle()

            judged = history.judge()
            assert (judged.doubled, judged.silent) == ([], []), call


def test_an_account_stops_at_the_ledger_of_another_one_and_goes_on_where_it_was_renamed(
    place: Place,
) -> None:
    with place.history(CASES["customers"]) as history:
        history.make()
        history.round()
        own, history.changes["name"] = history.account.name, "south"
        history.make()
        with history.session() as session:
            stopped = run_round(session, FLOWS, "south")["customers"].stopped_by
            foreseen = run_round(session, FLOWS, "plan", is_dry_run=True)["customers"].stopped_by
            assert history.judge().silent
            session.guard.take_over()
            after = run_round(session, FLOWS, "south")["customers"]

        assert isinstance(stopped, SettingsInvalid) and isinstance(foreseen, SettingsInvalid)
        assert f"that of account {own!r}" in str(stopped)
        assert "accept --this-ledger" in str(stopped)
        assert (after.stopped_by, after.counts()["created"]) == (None, 1)
