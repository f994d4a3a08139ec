"""What the ledger keeps of one record cannot be read: that record waits and says so. What a newer
version wrote ends the run.
"""

import json

import pytest

from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.form import NewerForm
from st_spectrum.ledger.documents.invoices import PostedInvoice
from st_spectrum.ledger.documents.records import Cursor, ReservedCode
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.layout import entry_path
from tests.ledger.texts import put_at, put_text
from tests.world.ar_clerk import ArClerk
from tests.world.contractor import Contractor


def test_a_reservation_that_cannot_be_read_holds_its_record_and_the_others_cross(
    contractor: Contractor,
) -> None:
    bad, good = contractor.dispatcher.company("Bad"), contractor.dispatcher.company("Good")
    with contractor.session() as session:
        put_text(session.ledger, "rubbish", ReservedCode, "customers", str(bad))

    reports = contractor.round()

    assert not any(report.stopped_by or report.mistake for report in reports.values())
    assert contractor.dispatcher.external_id("company", good)
    held = contractor.entry_of("customers", bad)
    assert held.state is State.HELD
    assert held.reason.startswith(
        f"codes-of/customers/{bad} is damaged at the text: JSONDecodeError"
    )
    assert held.reason.endswith("found: rubbish")
    assert held.cause == "a document of the ledger is damaged"
    assert "backup" in held.advice


def test_what_was_posted_and_cannot_be_read_holds_its_void_alone(ar_clerk: ArClerk) -> None:
    bad, good = ar_clerk.invoice(), ar_clerk.invoice()
    ar_clerk.ask(bad, good)
    with ar_clerk.contractor.session() as session:
        put_text(session.ledger, '[{"base": "1"}]', PostedInvoice, bad)
    for key in (bad, good):
        ar_clerk.change(key, status="void")

    outcomes = ar_clerk.ask(bad, good)

    assert outcomes[good].result == "voided"
    assert outcomes[bad].result == "held"
    assert f"posted-invoices/{bad} is damaged at documents.0.header" in ar_clerk.entry(bad).reason
    assert ar_clerk.net(bad) != 0


@pytest.mark.parametrize("kind", ["entry", "cursor", "reservation"])
def test_a_worker_that_meets_what_a_newer_one_wrote_stops_with_one_sentence(
    contractor: Contractor, kind: str
) -> None:
    company = contractor.dispatcher.company()
    contractor.dispatcher.location(company)
    with contractor.session() as session:
        ledger = session.ledger
        if kind == "entry":
            put_at(ledger, entry_path("customers", str(company)), json.dumps({"schema": 2}))
        elif kind == "cursor":
            put_text(ledger, '{"v": 3}', Cursor, "customers")
        else:
            put_text(ledger, '{"form": 3, "code": "X"}', ReservedCode, "customers", str(company))
        before = contractor.writes()
        reports = run_round(session, FLOWS, "old")

    assert list(reports) == ["customers"], "the other flows would meet the same"
    stopped = reports["customers"].stopped_by
    assert isinstance(stopped, NewerForm)
    assert "was written by a newer version" in stopped.message
    assert "Update this worker" in stopped.advice
    assert contractor.writes() == before
