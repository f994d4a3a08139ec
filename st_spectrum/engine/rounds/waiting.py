"""What waits although nobody asked for it now: a record in its pause is in the table of each round
all the same.
"""

from collections.abc import Container
from dataclasses import replace

from st_spectrum.engine.report import Outcome, Report, Result
from st_spectrum.engine.steps.verdicts import standing
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

MOST = 500
"""Records in their pause that one run of a batch reads; a round reads them all."""


def with_waiting(report: Report, ledger: Ledger, most: int | None = None) -> Report:
    """The report with the other open records; of more than `most` the rest is only counted."""
    done = {outcome.key for outcome in report.outcomes}
    keys = [key for key in ledger.open_keys(report.description.name) if key not in done]
    waiting = _waiting(ledger, report.description.name, keys[:most], done)
    return replace(report, paused=waiting, more_paused=len(keys[most:]) if most is not None else 0)


def _waiting(
    ledger: Ledger, flow: str, keys: list[str], done: Container[str]
) -> tuple[Outcome, ...]:
    found = ((key, ledger.get(flow, key)) for key in keys if key not in done)
    return tuple(
        _outcome(held.entry) for _, held in found if held is not None and held.entry.state in OPEN
    )


OPEN = frozenset({State.HELD, State.REJECTED, State.UNKNOWN, State.CLAIMED})


def _outcome(entry: Entry) -> Outcome:
    notes = (
        (f"Next try at {entry.retry_at:%Y-%m-%d %H:%M} UTC.",)
        if entry.retry_at and not entry.blocked_by
        else ()
    )
    return Outcome(
        entry.flow,
        entry.key,
        entry.title or entry.key,
        Result.BUSY if entry.state is State.CLAIMED else standing(entry),
        entry.target_key,
        entry.reason or "another worker has it",
        entry.advice,
        entry.needs,
        notes,
        amount=entry.money,
    )
