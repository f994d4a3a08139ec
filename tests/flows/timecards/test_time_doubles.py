"""More than a day has, the same hours on two cards, a code of two people: what is not yet paid
waits for a person.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import Create, Hold
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.timecards.doubles import OVER_A_DAY, TWICE, SameDayPiece
from st_spectrum.flows.timecards.employee_codes import SHARED_CODE
from st_spectrum.ledger.documents.timecards import SentTime
from st_spectrum.servicetrade.models import User
from tests.flows.timecards.deciding_time import decide, entry

OTHER = "20251108.timecard.2"


def same_day(is_sent: bool = False, **changes: Any) -> SameDayPiece:
    return SameDayPiece(entry(**({"key": OTHER, "card_id": 2} | changes)), is_sent)


@pytest.mark.parametrize("is_sent", [False, True])
def test_the_same_hours_on_two_cards_wait_and_name_both_cards(is_sent: bool) -> None:
    decision = decide(entry(card_id=1), same_day=(same_day(is_sent),))

    assert isinstance(decision, Hold)
    assert decision.cause == TWICE
    assert "time card 1 and on time card 2" in decision.reason
    assert ("in payroll" in decision.reason) is is_sent
    assert "ledger resolve timecards 20251108.timecard.1 --not-there" in decision.advice


@pytest.mark.parametrize(
    "changes",
    [
        {"card_id": 1},
        {"card_id": 0},
        {"hours": Decimal("4.00")},
        {"job_id": 5},
        {"kind": "generic"},
        {"user_id": 62},
    ],
)
def test_other_hours_another_job_or_the_same_card_are_no_doubles(changes: dict[str, Any]) -> None:
    assert isinstance(decide(entry(card_id=1), same_day=(same_day(**changes),)), Create)


@given(
    st.lists(st.tuples(st.decimals("-2", "20", places=2), st.booleans()), max_size=6),
    st.decimals("0.01", "24", places=2),
)
def test_no_unsent_piece_takes_a_person_over_24_hours_of_a_day(
    others: list[tuple[Decimal, bool]], own: Decimal
) -> None:
    around = tuple(
        same_day(is_sent, key=f"20251108.timecard.{place}", card_id=1, hours=hours)
        for place, (hours, is_sent) in enumerate(others, start=2)
    )
    total = own + sum((piece.entry.hours for piece in around), Decimal(0))

    decision = decide(entry(card_id=1, hours=own), same_day=around)

    assert isinstance(decision, Hold) is (total > 24)
    if isinstance(decision, Hold):
        assert decision.cause == OVER_A_DAY
        assert f"{total:.2f} hours" in decision.reason


@pytest.mark.parametrize("other", [{}, {"hours": Decimal("20.00")}])
def test_a_persons_word_counts_until_the_hours_change(other: dict[str, Any]) -> None:
    piece = entry(card_id=1)
    around = (same_day(**other),)
    assert isinstance(decide(piece, same_day=around, released=piece.version), Create)
    changed = entry(card_id=1, hours=Decimal("5.00"), generic_name="other")
    assert changed.version != piece.version
    assert isinstance(decide(changed, same_day=around, released=piece.version), Hold)


def test_a_piece_whose_answer_was_lost_is_looked_up_and_not_held() -> None:
    piece = entry(card_id=1)
    doubt = Progress(target_key="ST1", started_steps=("pre-time card",))
    assert isinstance(
        decide(piece, same_day=(same_day(is_sent=True),), sent=piece, progress=doubt), Create
    )


def test_the_card_of_a_row_is_no_part_of_its_version_and_what_was_kept_without_one_is_read() -> (
    None
):
    piece = entry(card_id=7)
    assert piece.version == entry().version
    kept = SentTime(piece, {}).as_text()
    assert SentTime.read(kept, "x").entry == piece
    old = kept.replace('\\"card_id\\": 7, ', "")
    assert "card_id" not in old
    assert SentTime.read(old, "x").entry == replace(piece, card_id=0)


def test_time_under_a_code_of_two_technicians_waits_and_names_both() -> None:
    twin = User.model_validate({"id": 62, "name": "Ann Other", "status": "active", "isTech": True})
    decision = decide(entry(), sharing_code=(twin,))
    assert isinstance(decision, Hold)
    assert decision.cause == SHARED_CODE
    assert "Ty" in decision.reason
    assert "Ann Other (user 62)" in decision.reason
