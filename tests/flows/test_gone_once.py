"""One answer that a record does not exist closes it for as long as no list shows it; a list that
does, brings it back.
"""

import pytest

from st_spectrum.engine.report import Result
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.ledger.documents.records import GoneRecord
from st_spectrum.ledger.entry import State
from tests.world.contractor import Contractor

KINDS = {"customers": "company", "sites": "location", "jobs": "job"}


def not_found(contractor: Contractor, kind: str) -> None:
    """The next read of one such record alone answers 404."""
    contractor.control.add_fault(
        system="servicetrade", operation=f"GET /{kind}/{{id}}", kind="status", status=404
    )


def state_of(contractor: Contractor, flow: str, key: int) -> State | None:
    with contractor.session() as session:
        held = session.ledger.get(flow, str(key))
    return held.entry.state if held else None


def night(contractor: Contractor, flow: str) -> dict[Result, int]:
    done = contractor.night(flow)
    assert done.report.stopped_by is None
    return {result: count for result in Result if (count := done.report.counts()[result.value])}


@pytest.mark.parametrize("flow", list(KINDS))
def test_a_record_that_one_read_did_not_find_crosses_because_the_lists_show_it(
    contractor: Contractor, flow: str
) -> None:
    made = dict(zip(KINDS, contractor.dispatcher.chain(), strict=True))
    for before in list(KINDS)[: list(KINDS).index(flow)]:
        with contractor.session() as session:
            run_batch(session, before, [str(made[before])], "before")
    not_found(contractor, KINDS[flow])
    with contractor.session() as session:
        run_batch(session, flow, [str(made[flow])], "batch")
    assert state_of(contractor, flow, made[flow]) is State.SKIPPED

    assert night(contractor, flow)[Result.CREATED] == 1

    assert state_of(contractor, flow, made[flow]) is State.CONFIRMED
    with contractor.session() as session:
        assert session.ledger.names(GoneRecord) == ()
    assert night(contractor, flow) == {}


def test_a_record_that_is_deleted_is_not_asked_for_again(contractor: Contractor) -> None:
    location = contractor.dispatcher.location(contractor.dispatcher.company())
    contractor.office.remove(f"/location/{location}")
    with contractor.session() as session:
        run_batch(session, "sites", [str(location)], "batch")
    assert state_of(contractor, "sites", location) is State.SKIPPED
    assert night(contractor, "sites") == {}


def test_what_an_earlier_version_left_alone_for_good_is_asked_for_again(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company()
    not_found(contractor, "company")
    with contractor.session() as session:
        run_batch(session, "customers", [str(company)], "batch")
        for name in session.ledger.names(GoneRecord):
            session.ledger.discard(GoneRecord, name)

    assert night(contractor, "customers")[Result.CREATED] == 1
