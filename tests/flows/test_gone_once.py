"""One answer that a record does not exist closes it for as long as no list shows it; a list that
does, brings it back.
"""

import pytest

from st_spectrum.engine.carrying import run_batch
from st_spectrum.engine.reconciliation import run_reconciliation
from st_spectrum.engine.report import Result
from st_spectrum.ledger.documents.records import GoneRecord
from st_spectrum.ledger.entry import State
from tests.flows.little import Little

KINDS = {"customers": "company", "sites": "location", "jobs": "job"}


def not_found(little: Little, kind: str) -> None:
    """The next read of one such record alone answers 404."""
    little.sandbox.control.add_fault(
        system="servicetrade", operation=f"GET /{kind}/{{id}}", kind="status", status=404
    )


def state_of(little: Little, flow: str, key: int) -> State | None:
    with little.session() as session:
        held = session.ledger.get(flow, str(key))
    return held.entry.state if held else None


def night(little: Little, flow: str) -> dict[Result, int]:
    with little.session() as session:
        (done,) = run_reconciliation(session, [flow], "night")
    assert done.report.stopped_by is None
    return {result: count for result in Result if (count := done.report.counts()[result.value])}


@pytest.mark.parametrize("flow", list(KINDS))
def test_a_record_that_one_read_did_not_find_crosses_because_the_lists_show_it(
    little: Little, flow: str
) -> None:
    made = dict(zip(KINDS, little.chain(), strict=True))
    for before in list(KINDS)[: list(KINDS).index(flow)]:
        with little.session() as session:
            run_batch(session, before, [str(made[before])], "before")
    not_found(little, KINDS[flow])
    with little.session() as session:
        run_batch(session, flow, [str(made[flow])], "batch")
    assert state_of(little, flow, made[flow]) is State.SKIPPED

    assert night(little, flow)[Result.CREATED] == 1

    assert state_of(little, flow, made[flow]) is State.CONFIRMED
    with little.session() as session:
        assert session.ledger.names(GoneRecord) == ()
    assert night(little, flow) == {}


def test_a_record_that_is_deleted_is_not_asked_for_again(little: Little) -> None:
    location = little.location(little.company())
    little.servicetrade.remove(f"/location/{location}")
    with little.session() as session:
        run_batch(session, "sites", [str(location)], "batch")
    assert state_of(little, "sites", location) is State.SKIPPED
    assert night(little, "sites") == {}


def test_what_an_earlier_version_left_alone_for_good_is_asked_for_again(little: Little) -> None:
    company = little.company()
    not_found(little, "company")
    with little.session() as session:
        run_batch(session, "customers", [str(company)], "batch")
        for name in session.ledger.names(GoneRecord):
            session.ledger.discard(GoneRecord, name)

    assert night(little, "customers")[Result.CREATED] == 1
