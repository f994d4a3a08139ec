"""The numbers that new jobs would get are compared with those that stand in Spectrum."""

from st_spectrum.check.finding import Severity
from st_spectrum.check.job_numbers import beside, form

OLD = [f"24-{number}" for number in range(1001, 1012)]


def test_numbers_of_the_companys_own_form_are_no_finding() -> None:
    assert list(beside({"24-2001", "25-00001"}, OLD)) == []


def test_numbers_of_another_form_are_told_before_the_first_job() -> None:
    (finding,) = beside({"10019", "10020"}, OLD)

    assert (finding.severity, finding.where) == (Severity.NOTE, "jobs.number_format")
    assert finding.sentence == (
        "it makes numbers such as 10019, and no job in Spectrum has one of this form: there are"
        " 24-1001, 24-1002, 24-1003, 24-1004, 24-1005, ...; 2 open jobs"
    )


def test_of_a_few_jobs_nothing_is_concluded() -> None:
    assert list(beside({"10019"}, ["TEMPLATE"])) == []


def test_a_number_that_is_in_use_is_told_with_what_to_do() -> None:
    (finding,) = beside({"24-1001", "24-2001"}, OLD)

    assert finding.problem.startswith("24-1001 stands in Spectrum already")
    assert finding.used_by == "1 open job would wait"


def test_a_form_tells_letters_from_digits() -> None:
    assert form("S4-1001") == "A9-9"
