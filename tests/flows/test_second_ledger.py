"""Two ledgers at work on one account: the second sends nothing and says so, until a person chooses
between them.
"""

from st_spectrum.engine.guards.second_ledger import SECOND_CAUSE, SecondLedger
from tests.world.contractor import Contractor


def test_of_two_ledgers_the_second_stops_at_its_first_batch_and_says_so(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    contractor.dispatcher.chain()
    writes = contractor.writes()
    second = contractor.account.ledger.model_copy(
        update={"path": contractor.state_dir / "second.sqlite"}
    )
    contractor.overrides = {"ledger": {"path": second.path}}

    reports = contractor.round()

    assert contractor.writes() == writes
    stopped = reports["customers"].stopped_by
    assert isinstance(stopped, SecondLedger)
    assert SECOND_CAUSE in str(stopped) and "ledger.sqlite" in str(stopped)
    assert list(reports) == ["customers"]
    contractor.overrides = {}
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_a_second_ledger_is_one_sentence_on_the_command_line_and_a_person_may_choose_it(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    contractor.state_dir.joinpath("ledger.sqlite").rename(contractor.state_dir / "elsewhere.sqlite")
    witness = contractor.state_dir / f"witness-{contractor.account.name}.json"
    witness.write_text(witness.read_text().replace("ledger.sqlite", "elsewhere.sqlite"))
    contractor.dispatcher.chain()
    writes = contractor.writes()

    stopped = contractor.process("sync")

    assert stopped.returncode == 1
    assert len([line for line in stopped.stderr.splitlines() if line.strip()]) == 1, stopped.stderr
    assert "accept --this-ledger" in stopped.stderr and "elsewhere.sqlite" in stopped.stderr
    assert contractor.writes() == writes
    assert contractor.command("ledger", "accept", "--this-ledger").returncode == 0
    contractor.rounds_until_quiet()
    assert contractor.doubled() == []
    contractor.assert_exact({})


def test_a_ledger_that_a_person_has_built_anew_elsewhere_is_the_accounts_one_from_then_on(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    writes = contractor.writes()
    old, new = contractor.state_dir / "ledger.sqlite", contractor.state_dir / "old.sqlite"
    old.rename(new)
    witness = contractor.state_dir / f"witness-{contractor.account.name}.json"
    witness.write_text(witness.read_text().replace("ledger.sqlite", "old.sqlite"))
    assert contractor.command("ledger", "rebuild").returncode == 0

    contractor.rounds_until_quiet()

    assert contractor.writes() == writes
    contractor.dispatcher.chain()
    contractor.overrides = {"ledger": {"path": new}}
    assert isinstance(contractor.round()["customers"].stopped_by, SecondLedger)
