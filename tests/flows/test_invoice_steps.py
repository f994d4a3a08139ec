"""Every step of an invoice's way, one after the other: the worker dies there, or the answer is lost
there, and all comes right.
"""

from contextlib import suppress
from typing import Any

import pytest

from tests.flows.desk import POST, Desk
from tests.flows.test_invoice_properties import Died, Dying, assert_right, run

pytestmark = pytest.mark.slow

SPLIT: tuple[dict[str, Any], ...] = ({}, {"price": -30})
NOTHING: tuple[dict[str, Any], ...] = ({"price": 0},)
REFUSED: tuple[dict[str, Any], ...] = ({"price": 99999999999.99},)
MOST_WRITES = 40
"""More writes of the ledger than any of them needs."""

CLOSE = "PUT /invoice/{id}"


def approved(desk: Desk, lines: tuple[dict[str, Any], ...], *, is_void: bool) -> str:
    key = desk.invoice(*lines)
    if is_void:
        run(desk, [[key]])
        desk.change(key, status="void")
    desk.control.clear_calls()
    return key


@pytest.mark.parametrize(
    ("lines", "is_void"),
    [(SPLIT, False), (SPLIT, True), (NOTHING, False), (REFUSED, False)],
    ids=["split", "void of split", "nothing", "refused"],
)
def test_a_worker_may_die_before_or_after_any_write_of_the_ledger(
    desk: Desk, lines: tuple[dict[str, Any], ...], is_void: bool
) -> None:
    for dies_at in range(1, MOST_WRITES):
        survived = []
        for is_written in (False, True):
            key = approved(desk, lines, is_void=is_void)
            with desk.contractor.session() as session:
                dying = Dying(session.ledger._store, dies_at, is_written)
                session.ledger._store = dying  # type: ignore[assignment]
                with suppress(Died):
                    session.engine.run("invoices", [key], run_id="dying")
                survived.append(dying._left > 0)
            run(desk, [[key], [key]])
            assert_right(desk, [key])
        if all(survived):
            return
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("kind", ["drop_answer", "fail_before"])
@pytest.mark.parametrize(
    ("lines", "is_void", "system", "operation", "calls"),
    [
        (SPLIT, False, "spectrum", POST, 2),
        (SPLIT, True, "spectrum", POST, 2),
        (SPLIT, False, "servicetrade", CLOSE, 1),
        (NOTHING, False, "servicetrade", CLOSE, 1),
        (REFUSED, False, "servicetrade", CLOSE, 1),
        (REFUSED, False, "servicetrade", "POST /comment", 1),
    ],
)
def test_the_answer_to_any_call_may_be_lost(
    desk: Desk,
    lines: tuple[dict[str, Any], ...],
    is_void: bool,
    system: str,
    operation: str,
    calls: int,
    kind: str,
) -> None:
    for skip in range(calls):
        key = approved(desk, lines, is_void=is_void)
        desk.control.add_fault(system=system, operation=operation, kind=kind, skip=skip)
        run(desk, [[key]])
        assert desk.control.faults() == ()

        run(desk, [[key], [key]])

        assert_right(desk, [key])
