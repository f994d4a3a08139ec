"""A person says that a job item is not there, and it is: it is found all the same and not made a
second time.
"""

from st_spectrum.ledger.entry import State
from tests.histories.cases import CASES
from tests.histories.history import History
from tests.histories.life import Life
from tests.histories.place import Place


def say_not_there(history: History, key: str) -> bool:
    """As `ledger resolve --not-there`; False where nothing is in doubt."""
    with history.session() as session:
        held = session.ledger.get("purchase_orders", key)
        if held is None or not held.entry.started_steps:
            return False
        claimed = session.ledger.claim("purchase_orders", key, run_id="resolve")
        claimed = session.ledger.progress(claimed, started_steps=())
        session.ledger.settle(claimed, State.HELD, reason="not found by a person", sends={})
    return True


def test_an_item_that_a_person_did_not_find_is_not_made_a_second_time(place: Place) -> None:
    was_in_doubt = 0
    for call in range(4, 14):
        with place.history(CASES["purchase orders"]) as history:
            history.make()
            history.round(Life(dies_at=call, is_carried_out=True))
            was_in_doubt += say_not_there(history, f"{history.made[0]}|1")

            history.settle()

            judged = history.judge()
            assert (judged.doubled, judged.silent, judged.waiting) == ([], [], {}), call
    assert was_in_doubt
