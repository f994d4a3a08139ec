"""A write whose answer was lost is looked up before anything is sent again. For every operation of
every flow, and for every way to lose it, `tests/histories/test_every_write_in_trouble.py` shows it
without sockets; here are those whose connections are real.
"""

import pytest

from tests.world.contractor import Contractor

pytestmark = pytest.mark.slow

WRITES = [
    ("spectrum", "AddJob"),
    ("servicetrade", "PUT /externalid"),
]


@pytest.mark.parametrize(("system", "operation"), WRITES)
def test_an_answer_dropped_after_commit_costs_a_look_up_and_no_second_write(
    small_contractor: Contractor, system: str, operation: str
) -> None:
    small_contractor.sandbox.control.add_fault(
        system=system, operation=operation, kind="drop_answer", count=3
    )

    reports = small_contractor.round()

    assert not any(report.stopped_by for report in reports.values())
    assert small_contractor.sandbox.control.faults() == (), "the fault must have been met"
    assert small_contractor.committed_twice() == []
    small_contractor.assert_exact()


@pytest.mark.parametrize(("system", "operation"), WRITES)
def test_an_answer_cut_in_half_is_no_answer(
    small_contractor: Contractor, system: str, operation: str
) -> None:
    small_contractor.sandbox.control.add_fault(
        system=system, operation=operation, kind="truncate", count=2
    )

    small_contractor.rounds_until_quiet()

    assert small_contractor.sandbox.control.faults() == ()
    assert small_contractor.committed_twice() == []
    small_contractor.assert_exact()


@pytest.mark.parametrize("kind", ["fail_before", "not_xml", "soap_fault"])
def test_a_write_that_never_happened_is_made_after_the_look_up(
    small_contractor: Contractor, kind: str
) -> None:
    small_contractor.sandbox.control.add_fault(
        system="spectrum", operation="AddJob", kind=kind, count=2
    )

    small_contractor.rounds_until_quiet()

    assert small_contractor.sandbox.control.faults() == ()
    assert small_contractor.committed_twice() == []
    small_contractor.assert_exact()


def test_a_lost_answer_that_cannot_be_looked_up_is_held_until_a_person_has_looked(
    small_contractor: Contractor,
) -> None:
    small_contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    small_contractor.overrides["pace"] = {"retry_held_after_seconds": 0.001}
    small_contractor.sandbox.control.add_fault(
        system="spectrum", operation="AddWOSiteAddress", kind="drop_answer", count=1
    )

    small_contractor.rounds_until_quiet()

    held = [
        outcome
        for outcome in small_contractor.round()["sites"].outcomes
        if outcome.needs == ("a person",)
    ]
    assert len(held) == 1
    assert "cannot be looked up" in held[0].reason
    assert small_contractor.committed_twice() == []
    said = small_contractor.command("ledger", "resolve", "sites", held[0].key, "--there")
    assert said.returncode == 0, said.stderr
    small_contractor.rounds_until_quiet()
    small_contractor.assert_exact()
    assert small_contractor.committed_twice() == []


def test_a_locked_record_is_refused_and_goes_out_once_it_is_free(
    small_contractor: Contractor,
) -> None:
    small_contractor.overrides["pace"] = {"retry_rejected_after_seconds": 0.001}
    small_contractor.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="locked", count=1
    )

    first = small_contractor.round()["customers"].counts()
    small_contractor.rounds_until_quiet()

    assert first["rejected"] == 1
    assert small_contractor.sides()["customers"].waiting == {}
    small_contractor.assert_exact()


def test_what_was_refused_is_not_sent_again_before_its_pause_is_over(
    small_contractor: Contractor,
) -> None:
    small_contractor.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="locked", count=1
    )
    small_contractor.round()
    before = small_contractor.writes()

    small_contractor.round()

    assert small_contractor.writes() == before
    assert len(small_contractor.sides()["customers"].waiting) == 1
