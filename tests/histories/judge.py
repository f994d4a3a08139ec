"""What became of everything that people approved: read from the tables of both systems, by the
comparisons of `tests/audit`.

No code of the engine, the mapping or the clients is asked. The ledger is read as the JSON that it
is, for the one question whether somebody is told of what has not crossed.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.audit.invoices import compare_invoices
from tests.audit.masters import compare
from tests.audit.orders import compare_orders
from tests.audit.time import compare_time

if TYPE_CHECKING:
    from tests.histories.history import History

OPEN = ("held", "claimed", "unknown", "rejected")
DOCUMENTS = ("AddARInvoice", "POST /customer/invoice")
INSERTS = (
    *("AddCustomer", "AddWOSiteAddress", "AddJob", "PreTimeCard", "POST /timecard/timecards"),
    *DOCUMENTS,
)
"""Calls whose key must not be taken twice; `POST /jobitem` has no key, there the items are counted.
`AddPhase` only changes the phase that is there.
"""


@dataclass
class Judged:
    """`doubled`: what stands twice or was taken twice. `silent`: what has not crossed, or differs,
    and of which nobody is told.
    `waiting`: what has not crossed or differs, and the reason that the ledger gives, by key."""

    doubled: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)


def judge(history: "History") -> Judged:
    """Everything of the history's flow."""
    judged = Judged(doubled=_taken_twice(history))
    flow = history.case.flow
    {
        "invoices": _invoices,
        "timecards": _time,
        "purchase_orders": _orders,
    }.get(flow, _masters)(history, judged)
    return judged


def _taken_twice(history: "History") -> list[str]:
    taken: Counter[tuple[str, str]] = Counter()
    for call in history.place.door.rig.calls.entries(writes=True):
        if call.operation in INSERTS:
            taken.update((call.operation, key) for key in call.taken)
    types = {number: len(kinds) for number, kinds in _types_by_number(history).items()}
    return [
        f"{operation} {key} was taken {count} times"
        for (operation, key), count in taken.items()
        if count > (types.get(key, 1) if operation in DOCUMENTS else 1)
    ]


def _types_by_number(history: "History") -> dict[str, Counter[str]]:
    """How often each number stands for each type: an invoice and its credit memo may share one
    [SP 12.2].
    """
    found: dict[str, Counter[str]] = {}
    for row in history.records("spectrum", "CR_INVOICE_HEADER_MC"):
        number = str(row["Invoice_Or_Transaction"]).strip()
        found.setdefault(number, Counter())[str(row["Transaction_Type"]).strip()] += 1
    return found


def _masters(history: "History", judged: Judged) -> None:
    sides = compare(history, history.account, history.contractor.before)
    side = sides[history.case.flow]
    # A record in Spectrum that nobody carries is a double, or one whose key is still to be given
    # back, which is told.
    for key, title in side.waiting.items():
        _not_across(history, judged, key, title)
    judged.doubled += [
        problem
        for problem in side.problems
        if "no ServiceTrade record" not in problem or not judged.waiting
    ]


def _invoices(history: "History", judged: Judged) -> None:
    side = compare_invoices(history, history.account)
    judged.doubled += [
        f"document {number} of type {kind} stands {count} times"
        for number, counts in _types_by_number(history).items()
        for kind, count in counts.items()
        if count > 1
    ]
    judged.doubled += [
        problem for problem in side.problems if problem.endswith("belongs to no invoice")
    ]
    about_one = [problem for problem in side.problems if problem not in judged.doubled]
    rows = {row["id"]: row for row in history.records("servicetrade", "invoice")}
    for invoice in history.made:
        number = str(rows[invoice]["invoiceNumber"])
        problems = [
            problem for problem in about_one if f" {number}:" in problem or f" {number} " in problem
        ]
        if problems or str(invoice) in side.waiting:
            _not_across(history, judged, str(invoice), "; ".join(problems) or number)
    if not judged.waiting and not judged.silent:
        judged.doubled += about_one  # sums that do not agree


def _time(history: "History", judged: Judged) -> None:
    side = compare_time(history, history.account)
    judged.doubled += side.problems
    for key, title in side.waiting.items():
        _not_across(history, judged, key, title)


def _orders(history: "History", judged: Judged) -> None:
    side = compare_orders(history, history.account)
    items = history.records("servicetrade", "jobitem")
    lines = sum(1 + number % 2 for number in range(len(history.made)))
    if len(items) > lines:
        judged.doubled.append(f"{len(items)} items stand for {lines} lines")
    for key, why in (side.waiting | side.conflicts).items():
        _not_across(history, judged, key, why)
    if not judged.waiting and not judged.silent:
        judged.doubled += side.problems


def _not_across(history: "History", judged: Judged, key: str, title: str) -> None:
    """Silent unless the ledger has an open entry with a reason for it."""
    stored = history.store.get(f"entries/{history.case.flow}/{quote(key, safe='')}")
    entry: dict[str, Any] = json.loads(stored.body) if stored else {}
    if entry.get("state") in OPEN and entry.get("reason"):
        judged.waiting[key] = f"{title}: {entry['state']}, {entry['reason']}"
    else:
        judged.silent.append(f"{key} {title}: {entry.get('state', 'unknown to the ledger')}")
