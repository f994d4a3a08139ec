"""Job -> Spectrum job(s), rule by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import Create, Hold, Skip, Update
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.jobs.rules import JobBundle, TemplatePhase, decide_job
from st_spectrum.spectrum.request_fields import build_fields
from st_spectrum.spectrum.services import SERVICES
from tests.flows.records import CROSSED, STANDS, account, company, job, location, salesperson

TEMPLATE = (TemplatePhase("001", "L", "Labor", "HR", "J"), TemplatePhase("001", "M", "Labor"))


def bundle_of(**changes):
    known = {
        "job": job(),
        "company": company(**CROSSED),
        "location": location(**STANDS),
        "service_lines": ("Sprinkler",),
    }
    return JobBundle(**(known | changes))


def decide(rules=None, **changes):
    return decide_job(bundle_of(**changes), rules or account())


def fields_of(decision, number=0):
    assert isinstance(decision, Create | Update), decision
    return decision.steps[number].calls[0].fields


def with_jobs(**rules):
    return account(jobs=rules)


def test_a_job_carries_customer_site_address_tax_and_cost_center():
    sent = fields_of(decide())

    assert sent["Job_Number"] == "10482"
    assert (sent["Customer_Code"], sent["WO_Site"]) == ("C00001", "S00001")
    assert (sent["Address_1"], sent["City"], sent["State"]) == ("40 Pier St", "Norfolk", "VA")
    assert (sent["Tax_Class_Code"], sent["Work_State_Tax_Code"], sent["Taxable_Flag"]) == (
        "VACLASS",
        "VA",
        "Y",
    )
    assert (sent["Cost_Center"], sent["Price_Method_Code"]) == ("100", "F")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("{number}", "10482"),
        ("J{number}", "J10482"),
        ("{number:07d}", "0010482"),
        ("{office}{number}", "NOR10482"),
    ],
)
def test_the_number_follows_the_format_of_the_account(text, number):
    assert fields_of(decide(with_jobs(number_format=text)))["Job_Number"] == number


def test_a_number_longer_than_ten_characters_holds_instead_of_being_cut():
    decision = decide(with_jobs(number_format="JOB-{number:08d}"))

    assert isinstance(decision, Hold)
    assert "12 characters" in decision.reason


@pytest.mark.parametrize(
    ("changes", "need"),
    [
        ({"company": company()}, "customers/1201"),
        ({"location": location()}, "sites/3310"),
    ],
)
def test_a_job_waits_for_its_customer_and_its_site(changes, need):
    decision = decide(**changes)

    assert isinstance(decision, Hold)
    assert decision.needs == (need,)


def test_a_job_waits_for_its_salesperson_only_where_the_account_says_so():
    sold = job(sales={"id": 70, "name": "Sam Sales"})
    strict = with_jobs(salesperson={"is_required": True, "into": "Estimator"})

    held = decide(strict, job=sold, salesperson=salesperson())
    sent = fields_of(
        decide(strict, job=sold, salesperson=salesperson(externalIds={"spectrum": "SAM"}))
    )

    assert isinstance(held, Hold)
    assert "Sam Sales" in held.reason
    assert sent["Estimator"] == "SAM"
    assert isinstance(decide(job=sold, salesperson=salesperson()), Create)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "canceled"}, "canceled before it ever crossed"),
        ({"type": "administrative"}, "job type administrative is ignored by the account file"),
        ({"externalIds": {"spectrum": "77"}}, "already carries a Spectrum job number"),
    ],
)
def test_what_is_not_to_cross_is_skipped_and_says_why(changes, reason):
    decision = decide(with_jobs(ignored_types=["administrative"]), job=job(**changes))

    assert isinstance(decision, Skip)
    assert decision.reason == reason


def test_a_job_canceled_after_it_crossed_is_left_alone_and_told():
    decision = decide(
        job=job(status="canceled"), progress=Progress(target_key="10482", is_confirmed=True)
    )

    assert isinstance(decision, Skip)
    assert "canceled in ServiceTrade after it crossed" in decision.notes[0]


def test_a_job_canceled_half_way_is_completed_rather_than_left_without_phases():
    half_way = Progress(target_key="10482", done_steps=("job 10482",))

    assert isinstance(
        decide(job=job(status="canceled"), template=TEMPLATE, progress=half_way), Create
    )


def test_a_job_that_became_an_ignored_type_after_crossing_is_left_alone():
    rules = with_jobs(ignored_types=["training"])
    decision = decide(
        rules, job=job(type="training"), progress=Progress(target_key="10482", is_confirmed=True)
    )

    assert decision == Skip("already a Spectrum job", "10482")


def test_the_cost_center_goes_by_service_line_before_office_and_the_price_method_follows_it():
    alarm = fields_of(decide(service_lines=("Alarm",)))
    unmapped_line = fields_of(decide(service_lines=("Plumbing",)))

    assert (alarm["Cost_Center"], alarm["Price_Method_Code"]) == ("200", "T")
    assert unmapped_line["Cost_Center"] == "300"


def test_a_job_of_an_unmapped_office_and_line_is_held():
    decision = decide(
        job=job(assignedOffice={"id": 5, "name": "Elsewhere"}), service_lines=("Plumbing",)
    )

    assert isinstance(decision, Hold)
    assert "maps.cost_centers" in decision.advice


MULTI = {"is_multi_cost_center": True, "number_format": "{number}-{cost_center}"}


def test_a_multi_cost_center_job_becomes_one_spectrum_job_for_each_center():
    decision = decide(with_jobs(**MULTI), service_lines=("Sprinkler", "Alarm"), template=TEMPLATE)

    assert decision.target_key == "10482-100|10482-200"
    assert [step.name for step in decision.steps] == [
        "job 10482-100", "phases 10482-100", "job 10482-200", "phases 10482-200", "external id 10482-100|10482-200",
    ]  # fmt: skip


def test_a_service_line_added_later_adds_only_the_missing_spectrum_job():
    crossed = Progress(target_key="10482-100", done_steps=("job 10482-100",), is_confirmed=True)
    decision = decide(with_jobs(**MULTI), service_lines=("Sprinkler", "Alarm"), progress=crossed)

    assert isinstance(decision, Update)
    assert [step.name for step in decision.steps] == [
        "job 10482-200",
        "external id 10482-100|10482-200",
    ]


def test_a_half_made_job_whose_cost_center_changed_is_held_for_a_person():
    half_way = Progress(target_key="10482-100", done_steps=("job 10482-100",))
    decision = decide(with_jobs(**MULTI), service_lines=("Alarm",), progress=half_way)

    assert isinstance(decision, Hold)
    assert "10482-100" in decision.reason


def test_overhead_office_and_template_phases_follow_the_job_in_this_order():
    rules = with_jobs(oh_batch_code="OHSTD", has_office_in_udf1=True, template_job="TEMPLATE")
    decision = decide(rules, template=TEMPLATE)

    assert [(step.name, step.calls[0].operation) for step in decision.steps] == [
        ("job 10482", "AddJob"),
        ("overhead 10482", "UpdateJob"),
        ("office 10482", "UpdateJob_UDF"),
        ("phases 10482", "AddPhase"),
        ("external id 10482", "externalid"),
    ]
    assert fields_of(decision, 1) == {"Job_Number": "10482", "Job_Oh_Batch_Code": "OHSTD"}
    assert fields_of(decision, 2) == {"Job_Number": "10482", "UDF1": "NOR"}
    assert [call.key for call in decision.steps[3].calls] == ["10482|001|L", "10482|001|M"]


def test_a_template_job_without_phases_holds_instead_of_making_jobs_without_phases():
    decision = decide(with_jobs(template_job="TEMPLATE"), template=None)

    assert isinstance(decision, Hold)
    assert "TEMPLATE" in decision.reason


@pytest.mark.parametrize(
    ("rule", "tags", "manager"),
    [
        ({"tag_prefix": "pm-"}, ["vip", "PM-jsmith"], "JSMITH"),
        ({"tag_prefix": "pm-"}, ["vip"], ""),
        ({"tag_pattern": r"manager:\s*(\w+)"}, ["manager: kdoe"], "KDOE"),
        ({"tag_prefix": "pm-"}, ["pm-zoe", "pm-amy"], "AMY"),
        ({}, ["pm-amy"], ""),
    ],
)
def test_the_project_manager_is_read_from_the_tags(rule, tags, manager):
    tagged = job(tags=[{"id": number, "name": name} for number, name in enumerate(tags)])

    assert (
        fields_of(decide(with_jobs(project_manager=rule), job=tagged))["Project_Manager"] == manager
    )


def test_the_contract_type_goes_by_job_type_with_a_default():
    rules = with_jobs(contract_type={"repair": "TM"}, default_contract_type="STD")

    assert fields_of(decide(rules))["Job_Type"] == "TM"
    assert fields_of(decide(rules, job=job(type="inspection")))["Job_Type"] == "STD"


@given(
    name=st.text(max_size=80),
    street=st.text(max_size=120),
    tag=st.text(max_size=40),
    office=st.text(max_size=40),
)
def test_whatever_people_type_fits_the_layouts_or_holds(name, street, tag, office):
    typed = job(
        name=name, tags=[{"id": 1, "name": f"pm-{tag}"}], assignedOffice={"id": 1, "name": office}
    )
    rules = with_jobs(project_manager={"tag_prefix": "pm-"}, has_office_in_udf1=True)
    decision = decide(
        rules, job=typed, location=location(address={"street": street, "state": "VA"}, **STANDS)
    )

    assert isinstance(decision, Create)
    for step in decision.steps[:-1]:
        for call in step.calls:
            build_fields(SERVICES[call.operation], call.fields, "001")


def test_an_address_without_a_state_takes_the_accounts_default_work_state():
    nowhere = {"street": "Offshore", "city": "Norfolk", "state": "", "postalCode": "K1A 0B1"}
    there = location(address=nowhere, **STANDS)
    maps = {"tax_class": {"default": "OTHER"}}

    assert fields_of(decide(account(maps=maps), location=there))["Work_State_Tax_Code"] == ""
    assert (
        fields_of(decide(account(maps=maps | {"default_work_state": "VA"}), location=there))[
            "Work_State_Tax_Code"
        ]
        == "VA"
    )
    misspelled = location(address=nowhere | {"state": "Virginja"}, **STANDS)
    assert isinstance(decide(account(maps=maps), location=misspelled), Hold)


def test_a_job_goes_out_without_a_postal_code_that_spectrum_would_refuse():
    decision = decide(location=location(address={"state": "VA", "postalCode": "K1A 0B1"}, **STANDS))

    assert fields_of(decision)["Zip_Code"] == ""
    assert any("K1A 0B1" in note for note in decision.notes)
