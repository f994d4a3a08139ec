"""A first load waits until it is decided which companies Spectrum has already."""

import pytest

from st_spectrum.domain.not_live import NotLive
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.match.undecided import keep_undecided
from tests.world.contractor import Contractor


def test_nothing_is_made_twice_while_likely_twins_are_undecided(contractor: Contractor) -> None:
    contractor.dispatcher.chain()
    contractor.control.clear_calls()
    with contractor.session() as session:
        keep_undecided(session.account.state_dir, 3)
        with pytest.raises(NotLive, match="3 companies may be customers of Spectrum already") as no:
            run_round(session, FLOWS, "first")
    assert "st-spectrum match apply" in no.value.advice, "what there is to do"
    assert "Set go_live" not in no.value.advice, "the day is set already"
    assert contractor.writes() == 0
    warning = " ".join(contractor.command("sync").stderr.split())
    assert "3 companies may be customers of Spectrum already" in warning
    assert warning.count("st-spectrum match apply") == 1
    assert contractor.writes() == 0

    with contractor.session() as session:
        keep_undecided(session.account.state_dir, 0)
        run_round(session, FLOWS, "first")
    assert contractor.writes() > 0


def test_an_account_that_is_live_goes_on_beside_a_new_list(contractor: Contractor) -> None:
    contractor.dispatcher.chain()
    contractor.round()
    company = contractor.dispatcher.company()
    with contractor.session() as session:
        keep_undecided(session.account.state_dir, 3)
    contractor.round()
    assert contractor.dispatcher.external_id("company", company)
