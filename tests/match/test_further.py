"""Sites, jobs and employees: matched within what is linked, or never surely."""

from dataclasses import replace

from st_spectrum.match.further import (
    NumberedJob,
    Person,
    linked_customers,
    match_employees,
    match_jobs,
    match_sites,
)
from st_spectrum.match.normalize import Party
from st_spectrum.match.verdicts import Match, Verdict

SITE = Party("70", "Main Office", "12 Granby Street", postal_code="23510", owner="5000")
THERE = Party("S00003", "MAIN OFFICE", "12 GRANBY ST", postal_code="23510", owner="C1")
JOB = NumberedJob(Party("90", "Repair", owner="5000"), frozenset({"4711"}))
SPECTRUM_JOB = Party("4711", "REPAIR", owner="C1")
ANN = Person(Party("3", "Ann Nash", phone="757-555-0134"), frozenset({"anash"}), "ann@example.com")
EMPLOYEE = Person(Party("E17", "NASH, ANN"), frozenset({"e17"}))


def verdicts(matches: list[Match]) -> list[tuple[str, str, Verdict]]:
    return [
        (one.here.key if one.here else "", one.there.key if one.there else "", one.verdict)
        for one in matches
    ]


def test_a_company_is_linked_when_it_carries_a_customer_or_this_list_is_sure() -> None:
    company, customer = Party("5000", "Acme"), Party("C1", "ACME")
    other = Party("5001", "Zed", linked_to="C2")
    sure = Match(Verdict.SURE, company, customer)
    look = Match(Verdict.LOOK, Party("5002", "Umbra"), Party("C3", "UMBRA"))
    assert linked_customers([company, other], [sure, look]) == {"5000": "C1", "5001": "C2"}


def test_a_site_is_one_only_within_its_customer() -> None:
    assert verdicts(match_sites([SITE], [THERE], {"5000": "C1"})) == [
        ("70", "S00003", Verdict.SURE)
    ]
    assert verdicts(match_sites([SITE], [replace(THERE, owner="C2")], {"5000": "C1"})) == [
        ("70", "", Verdict.ONLY_HERE)
    ]


def test_a_site_of_a_customer_that_is_not_linked_is_left_out() -> None:
    assert match_sites([SITE], [THERE], {}) == []


def test_a_job_is_sure_when_number_and_customer_agree() -> None:
    assert verdicts(match_jobs([JOB], [SPECTRUM_JOB], {"5000": "C1"})) == [
        ("90", "4711", Verdict.SURE)
    ]


def test_a_job_of_another_customer_or_of_one_not_linked_is_looked_at() -> None:
    (other,) = match_jobs([JOB], [SPECTRUM_JOB], {"5000": "C2"})
    assert (other.verdict, "the customers differ" in other.reasons) == (Verdict.LOOK, True)
    (unlinked,) = match_jobs([JOB], [SPECTRUM_JOB], {})
    assert "its company is not linked yet" in unlinked.reasons


def test_a_job_number_that_two_jobs_may_have_is_looked_at() -> None:
    other = NumberedJob(Party("91", "Repair", owner="5000"), frozenset({"17", "4711"}))
    seen = match_jobs([JOB, other], [SPECTRUM_JOB], {"5000": "C1"})
    assert {one.verdict for one in seen} == {Verdict.LOOK}


def test_a_job_of_another_number_is_no_row() -> None:
    assert match_jobs([JOB], [replace(SPECTRUM_JOB, key="4712")], {"5000": "C1"}) == []


def test_an_employee_is_found_by_name_and_never_sure() -> None:
    (seen,) = match_employees([ANN], [EMPLOYEE])
    assert seen.verdict is Verdict.LOOK
    assert seen.reasons[0] == "equal name"


def test_an_employee_is_found_by_code_and_by_mail_whatever_the_name() -> None:
    by_code = replace(EMPLOYEE, party=Party("ANASH", "Smith"), codes=frozenset({"anash"}))
    by_mail = replace(EMPLOYEE, party=Party("E9", "Miller"), mail="ann@example.com")
    (code,), (mail,) = match_employees([ANN], [by_code]), match_employees([ANN], [by_mail])
    assert (code.reasons[0], mail.reasons[0]) == ("equal code", "equal mail")
    assert {code.verdict, mail.verdict} == {Verdict.LOOK}


def test_an_employee_who_belongs_to_another_user_says_so() -> None:
    taken = replace(EMPLOYEE, party=replace(EMPLOYEE.party, linked_to="4"))
    (seen,) = match_employees([ANN], [taken])
    assert "E17 belongs to user 4 already" in seen.reasons


def test_a_user_who_carries_a_code_is_no_row() -> None:
    linked = replace(ANN, party=replace(ANN.party, linked_to="E17"))
    assert match_employees([linked], [EMPLOYEE]) == []
