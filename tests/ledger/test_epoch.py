"""What a witness says about a ledger: pure rules, tried on any history of copies and turns."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.ledger.epoch import MARKS_KEPT, Epoch, Standing, Witness, is_newer, judge

AT = datetime(2026, 3, 2, tzinfo=UTC)
HERE, THERE = "here/ledger.sqlite", "there/ledger.sqlite"


def turned(epoch: Epoch, times: int) -> Epoch:
    for _ in range(times):
        epoch = epoch.turned(AT)
    return epoch


def test_a_ledger_is_current_for_what_it_turned_to_and_for_what_it_turned_to_before() -> None:
    first = turned(Epoch.first(), 1)
    for later in range(MARKS_KEPT * 2):
        assert judge(turned(first, later), first.witness(HERE), HERE) is Standing.CURRENT


def test_a_copy_from_before_the_last_turn_is_older() -> None:
    copy = turned(Epoch.first(), 3)
    assert judge(copy, turned(copy, 1).witness(HERE), HERE) is Standing.OLDER


def test_a_copy_that_went_on_by_itself_never_made_the_mark_that_is_noted() -> None:
    copy = turned(Epoch.first(), 3)
    assert judge(turned(copy, 4), turned(copy, 2).witness(HERE), HERE) is Standing.OLDER


def test_an_empty_ledger_in_the_same_place_was_lost_and_elsewhere_is_a_second_one() -> None:
    noted = turned(Epoch.first(), 1).witness(HERE)
    assert judge(None, noted, HERE) is Standing.OLDER
    assert judge(None, noted, THERE) is Standing.SECOND


def test_a_ledger_that_moved_with_its_witness_is_current() -> None:
    epoch = turned(Epoch.first(), 2)
    assert judge(epoch, epoch.witness(HERE), THERE) is Standing.CURRENT


def test_another_ledger_is_a_second_one() -> None:
    assert (
        judge(turned(Epoch.first(), 9), turned(Epoch.first(), 1).witness(HERE), HERE)
        is Standing.SECOND
    )


def test_after_an_older_ledger_took_over_the_one_that_it_was_copied_from_is_a_second_one() -> None:
    copy = turned(Epoch.first(), 3)
    original = turned(copy, 2)
    taken_over = copy.replacing([original.witness(HERE)], AT)
    noted = taken_over.witness(HERE)
    assert judge(taken_over, noted, HERE) is Standing.CURRENT
    assert judge(original, noted, HERE) is Standing.SECOND
    assert judge(copy, noted, HERE) is Standing.OLDER
    assert is_newer(noted, original.witness(HERE))
    assert not is_newer(original.witness(HERE), noted)


def test_a_worker_cut_off_between_ledger_and_witness_leaves_no_alarm() -> None:
    copy = turned(Epoch.first(), 3)
    noted = turned(copy, 2).witness(HERE)
    assert judge(copy.replacing([noted], AT), noted, HERE) is Standing.CURRENT


def test_the_witness_is_never_replaced_by_an_older_pair_of_the_same_ledger() -> None:
    epoch = turned(Epoch.first(), 5)
    noted = turned(epoch, 1).witness(HERE)
    assert not is_newer(epoch.witness(HERE), noted)
    assert not is_newer(noted, noted)
    assert is_newer(noted, None)


@given(st.lists(st.sampled_from(["send", "copy", "put back"]), max_size=30))
def test_whatever_is_copied_and_put_back_only_a_ledger_that_knows_all_that_was_sent_sends(
    history: list[str],
) -> None:
    """The ledger is played by its epoch and by the numbers of what it knows to be sent."""
    sent: list[int] = []
    ledger: tuple[Epoch | None, frozenset[int]] = (None, frozenset())
    copy = ledger
    noted: Witness | None = None
    for event in history:
        if event == "copy":
            copy = ledger
        elif event == "put back":
            ledger = copy
        else:
            epoch, known = ledger
            standing = judge(epoch, noted, HERE) if noted else Standing.CURRENT
            if standing is Standing.SECOND:
                continue
            if standing is Standing.OLDER and noted:
                epoch, known = (epoch or Epoch.first()).replacing([noted], AT), frozenset(sent)
            assert known == frozenset(sent), "it would send again what it does not know"
            epoch = (epoch or Epoch.first()).turned(AT)
            sent.append(len(sent))
            ledger, noted = (epoch, known | {sent[-1]}), epoch.witness(HERE)


def test_what_was_written_is_read_back_and_unknown_fields_are_passed_over() -> None:
    epoch = turned(Epoch.first(), 2).replacing([turned(Epoch.first(), 4).witness(HERE)], AT)
    assert Epoch.read(epoch.model_dump_json(), "here") == epoch
    text = epoch.model_dump_json()[:-1] + ', "colour": "blue"}'
    assert Epoch.read(text, "here") == epoch


def test_a_damaged_text_names_its_place() -> None:
    with pytest.raises(ContractBroken, match="the witness is damaged"):
        Witness.read('{"version": 1, "ledger', "the witness")
