"""A record that a person has tried again stays what it was: one that crossed has crossed."""

from datetime import UTC, datetime

from st_spectrum.engine.retries.redrive import make_due
from st_spectrum.engine.steps.verdicts import progress_of
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_what_changed_after_it_crossed_still_counts_as_crossed_when_it_is_tried_again() -> None:
    ledger = Ledger(MemoryStore(), "me", 300, lambda: NOW)
    claimed = ledger.claim("timecards", "1", run_id="run")
    ledger.settle(claimed, State.CONFIRMED, target_key="ST1", done_steps=("pre-time card",))
    ledger.record(
        "timecards",
        "1",
        Judgement(State.HELD, "the time was 1.65 h, is 3.00 h", needs=("a person",)),
        run_id="run",
    )

    assert make_due(ledger, "timecards", "1", sends={})

    held = ledger.get("timecards", "1")
    assert held is not None
    assert (held.entry.state, held.entry.retry_at) == (State.HELD, None)
    assert progress_of(held.entry).is_confirmed
