"""What rows of payroll pay that bear one token: two alike are a double, others add up, and a minus
takes away.
"""

from decimal import Decimal

import pytest

from st_spectrum.spectrum.infolink.time_tables import card_of_row, with_row


@pytest.mark.parametrize(
    ("rows", "total", "once"),
    [
        (["8"], "8", "8"),
        (["-8"], "-8", "-8"),
        (["8", "8"], "16", "8"),
        (["5", "3"], "8", "8"),
        (["8", "-8"], "0", "0"),
        (["8", "-8", "8"], "8", "8"),
    ],
)
def test_rows_of_one_token_add_up_with_their_signs(rows: list[str], total: str, once: str) -> None:
    card = None
    for hours in rows:
        row = {"Message": "ST", "Employee_Code": "E", "Work_Date": "2026-05-04", "Hours": hours}
        card = with_row(card, card_of_row("PR_PRE_TIME_CARD_MC", row))
    assert card is not None
    assert (card.copies, card.total, card.hours_once) == (
        len(rows),
        Decimal(total),
        Decimal(once),
    )
