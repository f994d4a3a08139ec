"""A write whose answer was lost is looked up before anything is sent again: for every operation,
and for every way to lose it.
"""

import pytest

from tests.flows.contractor import Contractor

pytestmark = pytest.mark.slow

WRITES = [
    ("spectrum", "AddCustomer"),
    ("spectrum", "AddWOSiteAddress"),
    ("spectrum", "AddJob"),
    ("spectrum", "UpdateJob"),
    ("spectrum", "UpdateJob_UDF"),
    ("spectrum", "AddPhase"),
    ("servicetrade", "PUT /externalid"),
]


@pytest.mark.parametrize(("system", "operation"), WRITES)
def test_an_answer_dropped_after_commit_costs_a_look_up_and_no_second_write(
    small: Contractor, system: str, operation: str
) -> None:
    small.sandbox.control.add_fault(system=system, operation=operation, kind="drop_answer", count=3)

    reports = small.round()

    assert not any(report.stopped_by for report in reports.values())
    assert small.sandbox.control.faults() == (), "the fault must have been met"
    assert small.committed_twice() == []
    small.assert_exact()


@pytest.mark.parametrize(("system", "operation"), WRITES)
def test_an_answer_cut_in_half_is_no_answer(small: Contractor, system: str, operation: str) -> None:
    small.sandbox.control.add_fault(system=system, operation=operation, kind="truncate", count=2)

    small.rounds_until_quiet()

    assert small.sandbox.control.faults() == ()
    assert small.committed_twice() == []
    small.assert_exact()


@pytest.mark.parametrize("kind", ["fail_before", "not_xml", "soap_fault"])
@pytest.mark.parametrize("operation", ["AddCustomer", "AddJob", "AddPhase"])
def test_a_write_that_never_happened_is_made_after_the_look_up(
    small: Contractor, operation: str, kind: str
) -> None:
    small.sandbox.control.add_fault(system="spectrum", operation=operation, kind=kind, count=2)

    small.rounds_until_quiet()

    assert small.sandbox.control.faults() == ()
    assert small.committed_twice() == []
    small.assert_exact()


def test_a_lost_answer_that_cannot_be_looked_up_is_held_until_a_person_has_looked(
    small: Contractor,
) -> None:
    small.environ["SPECTRUM_INFOLINK_URL"] = ""
    small.overrides["pace"] = {"retry_held_after_seconds": 0.001}
    small.sandbox.control.add_fault(
        system="spectrum", operation="AddWOSiteAddress", kind="drop_answer", count=1
    )

    small.rounds_until_quiet()

    held = [
        outcome for outcome in small.round()["sites"].outcomes if outcome.needs == ("a person",)
    ]
    assert len(held) == 1
    assert "cannot be looked up" in held[0].reason
    assert small.committed_twice() == []
    said = small.command("ledger", "resolve", "sites", held[0].key, "--there")
    assert said.returncode == 0, said.stderr
    small.rounds_until_quiet()
    small.assert_exact()
    assert small.committed_twice() == []


def test_a_locked_record_is_refused_and_goes_out_once_it_is_free(small: Contractor) -> None:
    small.overrides["pace"] = {"retry_rejected_after_seconds": 0.001}
    small.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="locked", count=1
    )

    first = small.round()["customers"].counts()
    small.rounds_until_quiet()

    assert first["rejected"] == 1
    assert small.sides()["customers"].waiting == {}
    small.assert_exact()


def test_what_was_refused_is_not_sent_again_before_its_pause_is_over(small: Contractor) -> None:
    small.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="locked", count=1
    )
    small.round()
    before = small.writes()

    small.round()

    assert small.writes() == before
    assert len(small.sides()["customers"].waiting) == 1
