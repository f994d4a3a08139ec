"""A row of time that people move by any number of weeks after its card went out, and a ledger that
knows nothing of that card: it stands once, and somebody reads that it stands on another day.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.campaign.happenings import Happening, let_happen
from tests.campaign.people.time import edit_rows, moved_by, untouched
from tests.campaign.people.touched import TOLD
from tests.campaign.trial import outcome_of
from tests.campaign.whole import EVERY_CASE
from tests.histories.events import Backup, Make, PutBack, Twin, Work
from tests.histories.history import History
from tests.histories.place import Place

CARDS = 3
MADE = [Make() for _ in range(CARDS)]
LEDGERS: dict[str, tuple[list[Happening], list[Happening]]] = {
    "lost": ([*MADE, Work()], [PutBack(), Work()]),
    "older": ([*MADE, Backup(), Work()], [PutBack(), Work()]),
    "second": ([*MADE, Backup(), Twin()], [Work()]),
}
"""What happens before and after people move the rows."""


@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("way", ["SOAP", "REST"])
@settings(
    max_examples=4,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(weeks=st.lists(st.integers(-10, 10), min_size=CARDS, max_size=CARDS))
def test_a_row_moved_by_weeks_stands_once_whatever_the_ledger_knows(
    place: Place, way: str, ledger: str, weeks: list[int]
) -> None:
    before, after = LEDGERS[ledger]
    with place.history(EVERY_CASE[f"time by {way}"]) as history:
        let_happen(history, before)
        for card, by in enumerate(weeks):
            if by:
                _move(history, card, 7 * by)

        outcome = outcome_of(history, after)

        assert outcome.wrong == {}
        assert outcome.reported == sum(map(bool, weeks))


def _move(history: History, card: int, days: int) -> None:
    known = untouched(history, card)
    names = edit_rows(moved_by(days))(history, card, known)
    assert names is not None
    history.touched[card] = known.after("is moved", TOLD, names)


@pytest.mark.parametrize("days", [-400, -42, 70])
def test_a_row_that_is_mistyped_by_months_waits_for_a_person_and_goes_out_once_it_is_right(
    place: Place, days: int
) -> None:
    """Before the first day, between it and the card's week, and far ahead."""
    with place.history(EVERY_CASE["time by SOAP"]) as history:
        history.make()
        _move(history, 0, days)

        outcome = outcome_of(history, [Work()])

        assert (outcome.wrong, outcome.reported) == ({}, 1)
        _move(history, 0, -days)
        outcome = outcome_of(history, [Work()])
        assert (outcome.wrong, outcome.reported, outcome.tally.missing) == ({}, 0, 0)
