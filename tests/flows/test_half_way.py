"""Records that change while they are half-way across, as rules: what was begun is completed, and no
person is overruled.
"""

import pytest

from st_spectrum.domain.decisions import Create, Hold, Skip, Update
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.customers.rules import CustomerBundle, decide_customer
from st_spectrum.flows.jobs.rules import JobBundle, decide_job
from st_spectrum.flows.sites.rules import SiteBundle, decide_site
from tests.flows.records import account, company, job, location

CARRIED = {"externalIds": {"spectrum": "C00001"}}
SITE = {"externalIds": {"spectrum": "S00001"}}
MULTI = {"jobs": {"is_multi_cost_center": True, "number_format": "{number}-{cost_center}"}}


def decide(
    progress: Progress, *lines: str, rules: dict[str, object] | None = None, **changes: object
):
    bundle = JobBundle(
        job(**changes), company(**CARRIED), location(**SITE), service_lines=lines, progress=progress
    )
    return decide_job(bundle, account(**(rules or MULTI)))


@pytest.mark.parametrize(
    "progress", [Progress("C00004", ("customer",)), Progress("C00004", (), ("customer",))]
)
def test_a_customer_code_typed_half_way_is_not_written_over(progress: Progress) -> None:
    other = company(externalIds={"spectrum": "ACME"})

    decision = decide_customer(CustomerBundle(other, progress), account())

    assert isinstance(decision, Hold)
    assert "ACME" in decision.reason
    assert "C00004" in decision.reason


def test_our_own_code_on_a_half_way_customer_is_no_obstacle() -> None:
    ours = company(externalIds={"spectrum": "C00004"})

    assert isinstance(
        decide_customer(CustomerBundle(ours, Progress("C00004", ("customer",))), account()), Create
    )


def test_a_site_id_typed_half_way_is_not_written_over() -> None:
    bundle = SiteBundle(
        location(externalIds={"spectrum": "S9"}), company(**CARRIED), Progress("S00004", ("site",))
    )

    assert isinstance(decide_site(bundle, account()), Hold)


def test_a_job_number_typed_half_way_is_not_written_over() -> None:
    decision = decide(
        Progress("10482-100", ("job 10482-100",)), "Sprinkler", externalIds={"spectrum": "77"}
    )

    assert isinstance(decision, Hold)


def test_the_first_of_two_numbers_is_no_obstacle_to_the_second() -> None:
    done = ("job 10482-100", "external id 10482-100")
    decision = decide(
        Progress("10482-100|10482-200", done, ("job 10482-200",)),
        "Sprinkler", "Alarm", externalIds={"spectrum": "10482-100"},
    )  # fmt: skip

    assert isinstance(decision, Create)
    assert decision.target_key == "10482-100|10482-200"
    assert decision.steps[0].name == "job 10482-200"


@pytest.mark.parametrize(
    "progress", [Progress("S00009", ("site",)), Progress("S00009", (), ("site",))]
)
def test_what_was_begun_and_then_vanished_is_named(progress: Progress) -> None:
    decision = decide_site(SiteBundle(None, None, progress), account())

    assert isinstance(decision, Skip)
    assert "S00009" in decision.reason


def test_a_site_of_a_company_that_is_no_customer_waits_for_it_to_become_one() -> None:
    decision = decide_site(
        SiteBundle(location(), company(customer=False, name="We Ourselves")), account()
    )

    assert isinstance(decision, Hold)
    assert decision.reason == "its company We Ourselves is not a customer in ServiceTrade"
    assert decision.needs == ("customers/1201",)


def test_a_line_that_went_after_its_job_was_complete_stays_when_another_is_half_made() -> None:
    done = ("job 10482-100", "external id 10482-100")
    decision = decide(Progress("10482-100|10482-200", done, ("job 10482-200",)), "Alarm")

    assert isinstance(decision, Create)
    assert decision.target_key == "10482-100|10482-200"


def test_a_second_job_that_was_never_begun_may_be_dropped_again() -> None:
    decision = decide(Progress("10482-100|10482-200", ("job 10482-100",)), "Sprinkler")

    assert isinstance(decision, Create)
    assert decision.target_key == "10482-100"


def test_a_second_job_that_was_begun_may_not() -> None:
    decision = decide(
        Progress("10482-100|10482-200", ("job 10482-100",), ("job 10482-200",)), "Sprinkler"
    )

    assert isinstance(decision, Hold)
    assert "10482-200" in decision.reason


def test_another_number_format_adds_no_second_jobs_to_what_crossed() -> None:
    rules = {"jobs": {"is_multi_cost_center": True, "number_format": "{cost_center}{number}"}}
    crossed = Progress("10482-100", ("job 10482-100", "external id 10482-100"), is_confirmed=True)

    decision = decide(crossed, "Sprinkler", rules=rules)

    assert isinstance(decision, Hold)
    assert "number format" in decision.reason


def test_the_same_number_format_adds_what_is_missing() -> None:
    crossed = Progress("10482-100", ("job 10482-100", "external id 10482-100"), is_confirmed=True)

    assert isinstance(decide(crossed, "Sprinkler", "Alarm"), Update)


def test_a_state_written_out_is_named_where_a_code_is_missing() -> None:
    spelled = company(
        address={"street": "1 A St", "city": "Norfolk", "state": "Virginia", "postalCode": "23510"}
    )

    decision = decide_customer(CustomerBundle(spelled), account())

    assert isinstance(decision, Hold)
    assert "'Virginia'" in decision.reason
