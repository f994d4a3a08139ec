"""Two ledgers at work on one account: the second sends nothing and says so, until a person chooses
between them.
"""

from st_spectrum.engine.epoch_guard import SECOND_CAUSE, SecondLedger
from tests.flows.little import Little


def test_of_two_ledgers_the_second_stops_at_its_first_batch_and_says_so(little: Little) -> None:
    little.chain()
    little.rounds_until_quiet()
    little.chain()
    writes = little.writes()
    second = little.account.ledger.model_copy(update={"path": little.state_dir / "second.sqlite"})
    little.overrides = {"ledger": {"path": second.path}}

    reports = little.round()

    assert little.writes() == writes
    stopped = reports["customers"].stopped_by
    assert isinstance(stopped, SecondLedger)
    assert SECOND_CAUSE in str(stopped) and "ledger.sqlite" in str(stopped)
    assert list(reports) == ["customers"]
    little.overrides = {}
    little.rounds_until_quiet()
    little.assert_exact({})


def test_a_second_ledger_is_one_sentence_on_the_command_line_and_a_person_may_choose_it(
    little: Little,
) -> None:
    little.chain()
    little.rounds_until_quiet()
    little.state_dir.joinpath("ledger.sqlite").rename(little.state_dir / "elsewhere.sqlite")
    witness = little.state_dir / f"witness-{little.account.name}.json"
    witness.write_text(witness.read_text().replace("ledger.sqlite", "elsewhere.sqlite"))
    little.chain()
    writes = little.writes()

    stopped = little.process("sync")

    assert stopped.returncode == 1
    assert len([line for line in stopped.stderr.splitlines() if line.strip()]) == 1, stopped.stderr
    assert "accept --this-ledger" in stopped.stderr and "elsewhere.sqlite" in stopped.stderr
    assert little.writes() == writes
    assert little.command("ledger", "accept", "--this-ledger").returncode == 0
    little.rounds_until_quiet()
    assert little.doubled() == []
    little.assert_exact({})


def test_a_ledger_that_a_person_has_built_anew_elsewhere_is_the_accounts_one_from_then_on(
    little: Little,
) -> None:
    little.chain()
    little.rounds_until_quiet()
    writes = little.writes()
    old, new = little.state_dir / "ledger.sqlite", little.state_dir / "old.sqlite"
    old.rename(new)
    witness = little.state_dir / f"witness-{little.account.name}.json"
    witness.write_text(witness.read_text().replace("ledger.sqlite", "old.sqlite"))
    assert little.command("ledger", "rebuild").returncode == 0

    little.rounds_until_quiet()

    assert little.writes() == writes
    little.chain()
    little.overrides = {"ledger": {"path": new}}
    assert isinstance(little.round()["customers"].stopped_by, SecondLedger)
