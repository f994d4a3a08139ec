"""What `ledger open` and `ledger show` read in a ledger that is not the one that was meant does not
pass for an answer.
"""

from tests.world.contractor import Contractor


def open_ledger_of(contractor: Contractor) -> str:
    # Long paths are folded at the width of a terminal.
    return " ".join(contractor.command("ledger", "open").stdout.split())


def test_an_empty_ledger_says_so_beside_that_nothing_waits(contractor: Contractor) -> None:
    said = open_ledger_of(contractor)
    assert "is empty; nothing was ever carried with it" in said
    assert "Nothing waits." in said


def test_an_empty_ledger_says_so_where_a_record_is_not_found(contractor: Contractor) -> None:
    ended = contractor.command("ledger", "show", "customers", "4711")
    assert ended.returncode == 1
    assert "is empty" in ended.stdout and "knows no record '4711'" in ended.stderr


def test_a_ledger_that_has_carried_says_no_more_than_what_waits(contractor: Contractor) -> None:
    contractor.dispatcher.company()
    contractor.round_of("customers")
    assert open_ledger_of(contractor) == "Nothing waits."


def test_the_ledger_of_another_account_is_named_before_its_records(contractor: Contractor) -> None:
    contractor.dispatcher.company()
    contractor.round_of("customers")
    with contractor.session() as session:
        epoch = session.ledger.epochs.read()
        assert epoch is not None
        session.ledger.epochs.replace(epoch, epoch.model_copy(update={"account": "somebody_else"}))

    said = open_ledger_of(contractor)
    assert said.startswith("Attention: the ledger ")
    assert (
        f"is that of account 'somebody_else', and this account file is of"
        f" {contractor.account.name!r}." in said
    )
