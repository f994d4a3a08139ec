"""No call goes out more often for one record and one payload than the account allows before a
person decides.
"""

from typing import Any

import pytest

from st_spectrum.commands.ledger import retry_in
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.ledger.entry import State
from tests.world.ar_clerk import POST, ArClerk
from tests.world.contractor import Contractor

MOST = 3
AT_ONCE = {
    "attempts_before_a_person": MOST,
    "retry_held_after_seconds": 0.001,
    "retry_rejected_after_seconds": 0.001,
    "workers": 1,
}
LOST = {"kind": "not_xml"}
REFUSED = {"kind": "locked"}
"""A lock that never opens: of SOAP it is a refusal like any other."""


def test_an_invoice_whose_answer_is_lost_each_time_and_that_is_never_there_is_put_before_a_person(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.overrides["pace"] = AT_ONCE
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="not_xml", count=99)
    key = ar_clerk.invoice({"price": 12})

    for _ in range(5):
        ar_clerk.round()

    assert len(ar_clerk.control.calls(operation=POST)) == MOST
    entry = ar_clerk.entry(key)
    assert (entry.state, entry.needs) == (State.HELD, ("a person",))
    assert f"went out {MOST} times" in entry.reason
    assert f"`st-spectrum retry invoices {key}`" in entry.advice
    ar_clerk.control.clear_faults()
    assert ar_clerk.round().writes == 0
    with ar_clerk.contractor.session() as session:
        assert retry_in(session.ledger, "invoices", (key,)).startswith("1 record")
    assert ar_clerk.round().counts()["completed"] + ar_clerk.round().counts()["created"] == 1
    assert ar_clerk.contractor.posted_twice() == []


@pytest.mark.parametrize("rule", [LOST, REFUSED])
@pytest.mark.parametrize(
    ("system", "operation", "flow", "place"),
    [
        ("spectrum", "AddCustomer", "customers", 0),
        ("spectrum", "AddWOSiteAddress", "sites", 1),
        ("spectrum", "AddJob", "jobs", 2),
        ("spectrum", "UpdateJob", "jobs", 2),
        ("spectrum", "AddPhase", "jobs", 2),
    ],
)
def test_a_call_that_never_comes_to_anything_goes_out_so_often_and_no_more(
    contractor: Contractor, rule: dict[str, Any], system: str, operation: str, flow: str, place: int
) -> None:
    contractor.overrides["pace"] = AT_ONCE
    record = contractor.dispatcher.chain()[place]
    contractor.fault(system=system, operation=operation, count=99, **rule)

    for _ in range(MOST + 2):
        with contractor.session() as session:
            run_round(session, ("customers", "sites", "jobs"), "again")

    calls = contractor.control.calls(operation=operation)
    assert 0 < len({call.key for call in calls}) <= 2
    assert (
        max(sum(call.key == key for call in calls) for key in {call.key for call in calls}) == MOST
    )
    entry = contractor.entry_of(flow, record)
    assert (entry.state, entry.needs) == (State.HELD, ("a person",))


def test_a_record_that_is_corrected_starts_anew(contractor: Contractor) -> None:
    contractor.overrides["pace"] = AT_ONCE
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.fault(system="spectrum", operation="AddCustomer", count=MOST, kind="locked")
    for _ in range(MOST + 1):
        contractor.round()

    assert contractor.dispatcher.external_id("company", company) == ""
    contractor.dispatcher.change("company", company, name="Harbor Foods LLC")
    contractor.round()

    assert contractor.dispatcher.external_id("company", company)


def test_a_system_that_is_down_for_long_puts_nothing_before_a_person(
    contractor: Contractor,
) -> None:
    contractor.overrides["pace"] = AT_ONCE
    company = contractor.dispatcher.company()
    contractor.fault(
        system="servicetrade", operation="PUT /externalid", kind="fail_before", count=3 * MOST
    )
    for _ in range(3 * MOST + 1):
        contractor.round()

    assert contractor.dispatcher.external_id("company", company)
