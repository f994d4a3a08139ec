"""Every step of an invoice's way, one after the other: the worker dies there, or the answer is lost
there, and all comes right.
"""

from contextlib import suppress
from typing import Any

import pytest

from tests.flows.test_invoice_properties import assert_right, run
from tests.world.ar_clerk import POST, ArClerk
from tests.world.stores import Dying, Killed

pytestmark = pytest.mark.slow

SPLIT: tuple[dict[str, Any], ...] = ({}, {"price": -30})
NOTHING: tuple[dict[str, Any], ...] = ({"price": 0},)
REFUSED: tuple[dict[str, Any], ...] = ({"price": 99999999999.99},)
MOST_WRITES = 40
"""More writes of the ledger than any of them needs."""

CLOSE = "PUT /invoice/{id}"


def approved(ar_clerk: ArClerk, lines: tuple[dict[str, Any], ...], *, is_void: bool) -> str:
    key = ar_clerk.invoice(*lines)
    if is_void:
        run(ar_clerk, [[key]])
        ar_clerk.change(key, status="void")
    ar_clerk.control.clear_calls()
    return key


@pytest.mark.parametrize(
    ("lines", "is_void"),
    [(SPLIT, False), (SPLIT, True), (NOTHING, False), (REFUSED, False)],
    ids=["split", "void of split", "nothing", "refused"],
)
def test_a_worker_may_die_before_or_after_any_write_of_the_ledger(
    ar_clerk: ArClerk, lines: tuple[dict[str, Any], ...], is_void: bool
) -> None:
    for dies_at in range(1, MOST_WRITES):
        survived = []
        for is_written in (False, True):
            key = approved(ar_clerk, lines, is_void=is_void)
            dying = Dying(dies_at, is_written=is_written)
            with suppress(Killed), ar_clerk.contractor.session(dying) as session:
                session.engine.run("invoices", [key], run_id="dying")
            survived.append(not dying.is_over)
            run(ar_clerk, [[key], [key]])
            assert_right(ar_clerk, [key])
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
    ar_clerk: ArClerk,
    lines: tuple[dict[str, Any], ...],
    is_void: bool,
    system: str,
    operation: str,
    calls: int,
    kind: str,
) -> None:
    for skip in range(calls):
        key = approved(ar_clerk, lines, is_void=is_void)
        ar_clerk.control.add_fault(system=system, operation=operation, kind=kind, skip=skip)
        run(ar_clerk, [[key]])
        assert ar_clerk.control.faults() == ()

        run(ar_clerk, [[key], [key]])

        assert_right(ar_clerk, [key])
