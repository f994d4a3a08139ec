"""Codes of our range that Spectrum uses already, however they are written there and whenever they
came: the next one is taken.
"""

from dataclasses import replace
from typing import Any

import pytest

from st_spectrum.sandbox.early_spectrum import add_customer
from tests.flows.contractor import output_of
from tests.flows.little import Little


def with_codes(little: Little, flow: str, **rule: Any) -> None:
    section = getattr(little.account, flow)
    codes = section.codes.model_copy(update=rule)
    little.overrides = little.overrides | {flow: {"codes": codes}}


def take(little: Little, *codes: str, name: str = "Somebody else") -> None:
    """A person enters customers by hand in Spectrum."""
    for code in codes:
        add_customer(little.spectrum, code, name)
    little.before = replace(little.before, customers=little.before.customers | set(codes))


@pytest.mark.parametrize("has_infolink", [True, False])
def test_codes_in_the_middle_of_the_range_are_stepped_over(
    little: Little, has_infolink: bool
) -> None:
    if not has_infolink:
        little.environ["SPECTRUM_INFOLINK_URL"] = ""
    take(little, "C00001", "C00003", "C00004")
    for _ in range(4):
        little.company()

    little.rounds_until_quiet()

    assert set(little.customers()) == {"C00002", "C00005", "C00006", "C00007"}
    assert not [
        call
        for call in little.sandbox.control.calls(operation="AddCustomer")
        if not call.is_committed
    ]
    little.assert_exact({})


def test_a_code_taken_by_hand_between_our_look_and_our_write_is_given_up(little: Little) -> None:
    companies = [little.company() for _ in range(4)]
    little.overrides = {"pace": {"workers": 1}}
    with little.session() as session:
        keys = [str(company) for company in companies]
        session.engine.run("customers", keys[:1], run_id="first")
        take(little, "C00002", "C00003")
        report = session.engine.run("customers", keys, run_id="second")

    assert report.counts()["rejected"] == 0
    assert set(little.customers()) == {"C00001", "C00004", "C00005", "C00006"}
    little.rounds_until_quiet()
    little.assert_exact({})
    assert little.doubled() == []


def test_a_namesake_entered_by_hand_under_our_next_code_is_not_taken_for_ours(
    little: Little,
) -> None:
    first, second = little.company(), little.company("Harbor Foods")
    little.overrides = {"pace": {"workers": 1}}
    with little.session() as session:
        session.engine.run("customers", [str(first)], run_id="first")
        take(little, "C00002", name="Harbor Foods")
        session.engine.run("customers", [str(second)], run_id="second")

    little.rounds_until_quiet()

    assert little.carried("company", second) == "C00003"
    little.assert_exact({})


def test_a_namesake_under_our_code_after_a_lost_answer_is_put_before_a_person(
    little: Little,
) -> None:
    company = little.company("Harbor Foods")
    little.fault(system="spectrum", operation="AddCustomer", kind="fail_before")
    little.overrides = {"spectrum": {"infolink": None, "read_attempts": 1}}
    little.fault(system="spectrum", operation="GetCustomers", kind="fail_before", skip=1, count=9)
    little.round()
    little.sandbox.control.clear_faults()
    take(little, "C00001", name="Harbor Foods")
    little.overrides = {"pace": {"retry_held_after_seconds": 0.001}}

    little.rounds_until_quiet()

    entry = little.entry("customers", company)
    assert entry is not None
    assert "another spelling under C00001" in entry.reason
    assert little.customers() == {}


def test_a_range_that_runs_out_holds_what_is_left_and_says_so(little: Little) -> None:
    with_codes(little, "customers", first=1, last=3)
    little.overrides |= {"pace": {"retry_held_after_seconds": 0.001}}
    take(little, "C2")
    companies = [little.company() for _ in range(4)]

    little.rounds_until_quiet()

    assert set(little.customers()) == {"C1", "C3"}
    left = [company for company in companies if not little.carried("company", company)]
    reasons = {entry.reason for company in left if (entry := little.entry("customers", company))}
    assert reasons == {"all codes from C1 to C3 are in use"}
    with_codes(little, "customers", first=1, last=5)
    little.rounds_until_quiet()
    little.assert_exact({})
    assert little.doubled() == []


@pytest.mark.timeout(120)
def test_over_five_hundred_customers_without_info_link_are_worked_through(little: Little) -> None:
    little.environ["SPECTRUM_INFOLINK_URL"] = ""
    taken = [f"A{number:05d}" for number in range(495)] + [
        f"C{number:05d}" for number in range(1, 12)
    ]
    take(little, *taken)
    companies = [little.company() for _ in range(3)]

    little.rounds_until_quiet()

    assert all(little.carried("company", company) for company in companies)
    assert little.doubled() == []


def test_nothing_can_be_looked_up_and_everything_crosses_all_the_same(little: Little) -> None:
    little.environ["SPECTRUM_INFOLINK_URL"] = ""
    little.chain("Sprinkler")
    little.chain()

    little.rounds_until_quiet()

    little.assert_exact({})
    assert little.doubled() == []


def test_a_refusal_is_not_taken_for_a_lost_answer_where_nothing_can_be_looked_up(
    little: Little,
) -> None:
    little.environ["SPECTRUM_INFOLINK_URL"] = ""
    little.overrides = {"pace": {"retry_rejected_after_seconds": 0.001}}
    little.chain()
    little.fault(system="spectrum", operation="AddWOSiteAddress", kind="locked")

    little.rounds_until_quiet()

    little.assert_exact({})


def test_a_spectrum_that_was_not_reached_is_not_taken_for_a_lost_answer(little: Little) -> None:
    little.environ["SPECTRUM_INFOLINK_URL"] = ""
    little.overrides = {"spectrum": {"infolink": None, "read_attempts": 1}}
    little.chain()
    little.sandbox.control.pause("spectrum")
    little.round()
    little.sandbox.control.resume("spectrum")

    little.rounds_until_quiet()

    little.assert_exact({})


def test_a_code_typed_by_mistake_and_taken_away_again_is_never_used(little: Little) -> None:
    company = little.company("Harbor Foods")
    little.give("company", company, "C0OO7")
    little.rounds_until_quiet()
    assert little.customers() == {}
    little.give("company", company, "")

    little.rounds_until_quiet()

    assert little.customers() == {"C00001": "Harbor Foods"}
    little.assert_exact({})


def test_a_customer_in_small_letters_is_a_code_in_use(little: Little) -> None:
    little.insert_customer_as_it_is("c00001")
    little.company()

    little.rounds_until_quiet()

    assert "C00002" in little.customers()
    little.assert_exact({})


def test_a_company_called_like_a_place_holder_keeps_its_name(little: Little) -> None:
    little.company("{code}")

    little.rounds_until_quiet()

    assert little.customers() == {"C00001": "{code}"}
    plan = little.command("plan", "--json")
    assert output_of(plan)["writes"] == 0


def test_a_lost_job_among_more_than_a_get_service_shows_is_found_by_its_customer(
    little: Little,
) -> None:
    little.environ["SPECTRUM_INFOLINK_URL"] = ""
    little.insert_old_jobs(520)
    little.chain()
    little.fault(system="spectrum", operation="AddJob", kind="drop_answer")

    little.rounds_until_quiet()

    little.assert_exact({})
    assert little.doubled() == []
