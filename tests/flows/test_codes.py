"""Codes of our range that Spectrum uses already, however they are written there and whenever they
came: the next one is taken.
"""

from dataclasses import replace
from typing import Any

import pytest

from st_spectrum.sandbox.early_spectrum import add_customer
from tests.world.contractor import Contractor, output_of


def with_codes(contractor: Contractor, flow: str, **rule: Any) -> None:
    section = getattr(contractor.account, flow)
    codes = section.codes.model_copy(update=rule)
    contractor.overrides = contractor.overrides | {flow: {"codes": codes}}


def take(contractor: Contractor, *codes: str, name: str = "Somebody else") -> None:
    """A person enters customers by hand in Spectrum."""
    for code in codes:
        add_customer(contractor.controller.spectrum, code, name)
    contractor.before = replace(
        contractor.before, customers=contractor.before.customers | set(codes)
    )


@pytest.mark.parametrize("has_infolink", [True, False])
def test_codes_in_the_middle_of_the_range_are_stepped_over(
    contractor: Contractor, has_infolink: bool
) -> None:
    if not has_infolink:
        contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    take(contractor, "C00001", "C00003", "C00004")
    for _ in range(4):
        contractor.dispatcher.company()

    contractor.rounds_until_quiet()

    assert set(contractor.customers()) == {"C00002", "C00005", "C00006", "C00007"}
    assert not [
        call for call in contractor.control.calls(operation="AddCustomer") if not call.is_committed
    ]
    contractor.assert_exact({})


def test_a_code_taken_by_hand_between_our_look_and_our_write_is_given_up(
    contractor: Contractor,
) -> None:
    companies = [contractor.dispatcher.company() for _ in range(4)]
    contractor.overrides = {"pace": {"workers": 1}}
    with contractor.session() as session:
        keys = [str(company) for company in companies]
        session.engine.run("customers", keys[:1], run_id="first")
        take(contractor, "C00002", "C00003")
        report = session.engine.run("customers", keys, run_id="second")

    assert report.counts()["rejected"] == 0
    assert set(contractor.customers()) == {"C00001", "C00004", "C00005", "C00006"}
    contractor.rounds_until_quiet()
    contractor.assert_exact({})
    assert contractor.doubled() == []


def test_a_namesake_entered_by_hand_under_our_next_code_is_not_taken_for_ours(
    contractor: Contractor,
) -> None:
    first, second = contractor.dispatcher.company(), contractor.dispatcher.company("Harbor Foods")
    contractor.overrides = {"pace": {"workers": 1}}
    with contractor.session() as session:
        session.engine.run("customers", [str(first)], run_id="first")
        take(contractor, "C00002", name="Harbor Foods")
        session.engine.run("customers", [str(second)], run_id="second")

    contractor.rounds_until_quiet()

    assert contractor.dispatcher.external_id("company", second) == "C00003"
    contractor.assert_exact({})


def test_a_namesake_under_our_code_after_a_lost_answer_is_put_before_a_person(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.fault(system="spectrum", operation="AddCustomer", kind="fail_before")
    contractor.overrides = {"spectrum": {"infolink": None, "read_attempts": 1}}
    contractor.fault(
        system="spectrum", operation="GetCustomers", kind="fail_before", skip=2, count=9
    )
    contractor.round()
    contractor.control.clear_faults()
    take(contractor, "C00001", name="Harbor Foods")
    contractor.overrides = {"pace": {"retry_held_after_seconds": 0.001}}

    contractor.rounds_until_quiet()

    entry = contractor.entry_of("customers", company)
    assert "another spelling under C00001" in entry.reason
    assert contractor.customers() == {}


def test_a_range_that_runs_out_holds_what_is_left_and_says_so(contractor: Contractor) -> None:
    with_codes(contractor, "customers", first=1, last=3)
    contractor.overrides |= {"pace": {"retry_held_after_seconds": 0.001}}
    take(contractor, "C2")
    companies = [contractor.dispatcher.company() for _ in range(4)]

    contractor.rounds_until_quiet()

    assert set(contractor.customers()) == {"C1", "C3"}
    left = [
        company
        for company in companies
        if not contractor.dispatcher.external_id("company", company)
    ]
    reasons = {
        entry.reason for company in left if (entry := contractor.entry("customers", company))
    }
    assert reasons == {"all codes from C1 to C3 are in use"}
    with_codes(contractor, "customers", first=1, last=5)
    contractor.rounds_until_quiet()
    contractor.assert_exact({})
    assert contractor.doubled() == []


@pytest.mark.timeout(120)
def test_over_five_hundred_customers_without_info_link_are_worked_through(
    contractor: Contractor,
) -> None:
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    taken = [f"A{number:05d}" for number in range(495)] + [
        f"C{number:05d}" for number in range(1, 12)
    ]
    take(contractor, *taken)
    companies = [contractor.dispatcher.company() for _ in range(3)]

    contractor.rounds_until_quiet()

    assert all(contractor.dispatcher.external_id("company", company) for company in companies)
    assert contractor.doubled() == []


def test_nothing_can_be_looked_up_and_everything_crosses_all_the_same(
    contractor: Contractor,
) -> None:
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    contractor.dispatcher.chain("Sprinkler")
    contractor.dispatcher.chain()

    contractor.rounds_until_quiet()

    contractor.assert_exact({})
    assert contractor.doubled() == []


def test_a_refusal_is_not_taken_for_a_lost_answer_where_nothing_can_be_looked_up(
    contractor: Contractor,
) -> None:
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    contractor.overrides = {"pace": {"retry_rejected_after_seconds": 0.001}}
    contractor.dispatcher.chain()
    contractor.fault(system="spectrum", operation="AddWOSiteAddress", kind="locked")

    contractor.rounds_until_quiet()

    contractor.assert_exact({})


def test_a_spectrum_that_was_not_reached_is_not_taken_for_a_lost_answer(
    contractor: Contractor,
) -> None:
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    contractor.overrides = {"spectrum": {"infolink": None, "read_attempts": 1}}
    contractor.dispatcher.chain()
    contractor.control.pause("spectrum")
    contractor.round()
    contractor.control.resume("spectrum")

    contractor.rounds_until_quiet()

    contractor.assert_exact({})


def test_a_code_typed_by_mistake_and_taken_away_again_is_never_used(contractor: Contractor) -> None:
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.dispatcher.set_external_id("company", company, "C0OO7")
    contractor.rounds_until_quiet()
    assert contractor.customers() == {}
    contractor.dispatcher.set_external_id("company", company, "")

    contractor.rounds_until_quiet()

    assert contractor.customers() == {"C00001": "Harbor Foods"}
    contractor.assert_exact({})


def test_a_customer_in_small_letters_is_a_code_in_use(contractor: Contractor) -> None:
    contractor.controller.add_old_customer("c00001")
    contractor.dispatcher.company()

    contractor.rounds_until_quiet()

    assert "C00002" in contractor.customers()
    contractor.assert_exact({})


def test_a_company_called_like_a_place_holder_keeps_its_name(contractor: Contractor) -> None:
    contractor.dispatcher.company("{code}")

    contractor.rounds_until_quiet()

    assert contractor.customers() == {"C00001": "{code}"}
    plan = contractor.command("plan", "--json")
    assert output_of(plan)["writes"] == 0


def test_a_lost_job_among_more_than_a_get_service_shows_is_found_by_its_customer(
    contractor: Contractor,
) -> None:
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    contractor.controller.add_old_jobs(520)
    contractor.dispatcher.chain()
    contractor.fault(system="spectrum", operation="AddJob", kind="drop_answer")

    contractor.rounds_until_quiet()

    contractor.assert_exact({})
    assert contractor.doubled() == []
