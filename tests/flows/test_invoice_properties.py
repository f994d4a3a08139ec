"""Whatever is billed, in whatever order, whatever breaks on the way: every cent is posted once,
held or rejected.
"""

import os
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from st_spectrum.engine.report import Report
from tests.world.ar_clerk import POST, ArClerk
from tests.world.stores import Dying, Killed

MANY = settings(
    max_examples=25 if os.environ.get("CI") else 10,
    deadline=None,
    # Each try costs real calls, so a failure is shown as it was found.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

lines = st.fixed_dictionaries(
    {
        "price": (
            st.sampled_from((0, 0.01, 100, 0.005, 1234567.89))
            | st.integers(-50000, 50000).map(lambda c: c / 100)
        ),
        "quantity": st.sampled_from((1, 1, 2, 0.5, 1.25, 3, -1)),
        "taxGroup": st.booleans(),
    }
)
invoices = st.lists(lines, min_size=1, max_size=5).map(lambda lines: ("", tuple(lines)))
broken = st.sampled_from(
    (("off by a cent", ({"price": 10},)), ("too much", ({"price": 99999999999.99},)))
)
plans = st.lists(invoices | invoices | broken, min_size=1, max_size=6)
targets = st.sampled_from(("rest", "rest", "soap"))
Plan = Sequence[tuple[str, Sequence[dict[str, Any]]]]

FAULTS = st.lists(
    st.fixed_dictionaries(
        {
            "system": st.sampled_from(("servicetrade", "spectrum")),
            "kind": st.sampled_from(
                ("drop_answer", "fail_before", "truncate", "refuse", "rate_limit")
            ),
            "skip": st.integers(0, 6),
            "count": st.integers(1, 2),
        }
    ),
    min_size=1,
    max_size=3,
)


@MANY
@given(plan=plans, target=targets)
def test_what_is_posted_is_what_was_approved_less_what_is_held_or_rejected_and_voids_net_to_nothing(
    ar_clerk: ArClerk, plan: Plan, target: str
) -> None:
    goes_by(ar_clerk, target)
    keys = bill(ar_clerk, plan)
    approved = sum((total(ar_clerk, key) for key in keys), Decimal(0))

    (report,) = run(ar_clerk, [keys])
    money = report.money()
    in_spectrum = sum((ar_clerk.net(key) for key in keys), Decimal(0))

    assert money["approved"] == approved
    assert (
        money["posted"]
        == in_spectrum
        == approved - money["held"] - money["rejected"] - money["unknown"]
    )
    assert_right(ar_clerk, keys)
    for key in keys:
        ar_clerk.change(key, status="void")
    (voided,) = run(ar_clerk, [keys])
    assert voided.money()["voided"] == in_spectrum
    assert all(ar_clerk.net(key) == 0 for key in keys)
    assert_right(ar_clerk, keys)


@MANY
@given(plan=plans, data=st.data())
def test_neither_the_order_of_arrival_nor_the_size_of_batches_changes_what_is_posted(
    ar_clerk: ArClerk, plan: Plan, data: st.DataObject
) -> None:
    first, second = bill(ar_clerk, plan), bill(ar_clerk, plan)
    order = data.draw(st.permutations(second))
    size = data.draw(st.integers(1, len(order)))

    run(ar_clerk, [first])
    run(ar_clerk, [order[start : start + size] for start in range(0, len(order), size)])

    assert [ar_clerk.documents(key) for key in first] == [ar_clerk.documents(key) for key in second]
    assert [ar_clerk.entry(key).state for key in first] == [
        ar_clerk.entry(key).state for key in second
    ]


@MANY
@given(plan=plans, faults=FAULTS, is_void=st.booleans(), target=targets)
def test_answers_lost_at_any_step_and_then_reruns_lose_nothing_and_double_nothing(
    ar_clerk: ArClerk, plan: Plan, faults: list[dict[str, Any]], is_void: bool, target: str
) -> None:
    goes_by(ar_clerk, target)
    keys = bill(ar_clerk, plan)
    break_down(ar_clerk, faults)
    run(ar_clerk, [keys])
    ar_clerk.control.clear_faults()
    if is_void:
        for key in keys[::2]:
            ar_clerk.change(key, status="void")
    break_down(ar_clerk, faults)
    run(ar_clerk, [keys])
    ar_clerk.control.clear_faults()
    run(ar_clerk, [keys, keys])

    assert_right(ar_clerk, keys)


@MANY
@given(
    plan=plans,
    dies_at=st.integers(0, 25),
    is_written=st.booleans(),
    is_void=st.booleans(),
    target=targets,
)
def test_a_worker_that_dies_at_any_step_leaves_enough_for_the_next_to_lose_and_double_nothing(
    ar_clerk: ArClerk, plan: Plan, dies_at: int, is_written: bool, is_void: bool, target: str
) -> None:
    goes_by(ar_clerk, target)
    keys = bill(ar_clerk, plan)
    if is_void:
        run(ar_clerk, [keys])
        for key in keys:
            ar_clerk.change(key, status="void")

    dying = Dying(dies_at, is_written=is_written)
    with suppress(Killed), ar_clerk.contractor.session(dying) as session:
        session.engine.run("invoices", keys, run_id="dying")
    run(ar_clerk, [keys, keys])

    assert_right(ar_clerk, keys)


@MANY
@given(plan=plans, is_void=st.booleans(), target=targets)
def test_two_workers_at_once_post_and_void_once(
    ar_clerk: ArClerk, plan: Plan, is_void: bool, target: str
) -> None:
    goes_by(ar_clerk, target)
    keys = bill(ar_clerk, plan)
    found: list[Report] = []
    if is_void:
        run(ar_clerk, [keys])
        for key in keys:
            ar_clerk.change(key, status="void")

    workers = [
        threading.Thread(target=lambda: found.extend(run(ar_clerk, [keys]))) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run(ar_clerk, [keys])

    assert [report.stopped_by for report in found] == [None, None]
    assert [report.mistake for report in found] == [None, None]
    assert_right(ar_clerk, keys)
    assert max(len(ar_clerk.comments(key)) for key in keys) <= 1


def bill(ar_clerk: ArClerk, plan: Plan) -> list[str]:
    """The invoices of a plan, approved; the call log begins anew."""
    keys = []
    for place, (flaw, own) in enumerate(plan):
        flawed = {"taxAmount": 0.01, "totalPrice": 10.01} if flaw == "off by a cent" else {}
        items = [
            {name: value for name, value in line.items() if name != "taxGroup"}
            | ({"taxGroupId": ar_clerk.tax_groups[0]} if line.get("taxGroup") else {})
            for line in own
        ]
        keys.append(ar_clerk.invoice(*items, job=place, **flawed))
    ar_clerk.control.clear_calls()
    return keys


def goes_by(ar_clerk: ArClerk, target: str) -> None:
    ar_clerk.contractor.overrides["invoices"] = {"target": target}


def break_down(ar_clerk: ArClerk, faults: Iterable[dict[str, Any]]) -> None:
    """Faults of closing and of posting, by whichever of its ways the documents go."""
    posting = POST if ar_clerk.contractor.account.invoices.target == "rest" else "AddARInvoice"
    for fault in faults:
        operation = "PUT /invoice/{id}" if fault["system"] == "servicetrade" else posting
        ar_clerk.control.add_fault(operation=operation, retry_after=0.01, **fault)


def run(ar_clerk: ArClerk, batches: Iterable[Sequence[str]]) -> list[Report]:
    """Each batch in a process of its own, so to speak."""
    reports = []
    for batch in batches:
        with ar_clerk.contractor.session() as session:
            reports.append(session.engine.run("invoices", batch, run_id="test"))
    return reports


def total(ar_clerk: ArClerk, key: str) -> Decimal:
    return Decimal(str(ar_clerk.seen(key)["totalPrice"]))


def assert_right(ar_clerk: ArClerk, keys: Sequence[str]) -> None:
    """Closed: posted to the cent. Void: nets to nothing. Waiting: not posted, and the ledger says
    why. Nothing twice.
    """
    for key in keys:
        entry, invoice, net = ar_clerk.entry(key), ar_clerk.seen(key), ar_clerk.net(key)
        match invoice["status"]:
            case "processed":
                assert (entry.state, net) == ("confirmed", total(ar_clerk, key))
            case "void":
                assert (entry.state in ("voided", "skipped", "confirmed"), net) == (True, 0)
            case "failed":
                assert (entry.state, ar_clerk.documents(key), len(ar_clerk.comments(key))) == (
                    "rejected",
                    [],
                    1,
                )
            case status:
                assert (status, entry.state, ar_clerk.documents(key)) == (
                    "pending_accounting",
                    "held",
                    [],
                )
                assert entry.reason
                assert entry.advice
    assert ar_clerk.contractor.posted_twice() == []
    assert ar_clerk.complaints(*keys) == []
