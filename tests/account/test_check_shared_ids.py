"""`check` names what several records share, and does not call a set-up wrong that it cannot see at
all.
"""

import pytest

from st_spectrum.check.finding import Severity
from st_spectrum.check.preview import Preview
from st_spectrum.check.servicetrade import shared_external_ids
from st_spectrum.servicetrade.models import Company, Job
from st_spectrum.spectrum.lookup import Lookup
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.wire import Rows
from tests.flows.records import account
from tests.flows.timecards.time_records import JOBS


def company(number: int, name: str, code: str) -> Company:
    carried = {"externalIds": {"spectrum": code}} if code else {}
    return Company.model_validate({"id": number, "name": name, "customer": True} | carried)


def job(number: int, carried: str) -> Job:
    numbered = {"id": number, "number": number, "externalIds": {"spectrum": carried}}
    return Job.model_validate(JOBS[0] | numbered)


def test_two_companies_of_one_code_are_noted_and_two_jobs_of_one_number_warned_of() -> None:
    preview = Preview(account())
    preview.read_companies(
        [company(1, "North", "C1"), company(2, "South", "C1"), company(3, "East", "C2")]
    )
    preview.read_jobs([job(7, "5001"), job(8, "5001")], lambda _: ())

    found = list(shared_external_ids(preview))

    assert [finding.severity for finding in found] == [Severity.NOTE, Severity.WARNING]
    assert "external id C1: North, South" in found[0].problem
    assert "job 7, job 8" in found[1].problem
    assert "they wait, with their time and invoices" in found[1].advice


def test_two_jobs_of_one_number_are_only_noted_where_the_account_says_that_they_may_be_one() -> (
    None
):
    preview = Preview(account(jobs={"may_share_numbers": True}))
    preview.read_jobs([job(7, "5001"), job(8, "5001")], lambda _: ())

    assert [finding.severity for finding in shared_external_ids(preview)] == [Severity.NOTE]


def test_one_of_several_numbers_that_a_job_carries_is_seen_on_another_job_too() -> None:
    preview = Preview(account())
    preview.read_jobs([job(7, "5001-10|5001-20"), job(8, "5001-20")], lambda _: ())

    found = list(shared_external_ids(preview))

    assert ["5001-20: job 7, job 8" in finding.problem for finding in found] == [True]


@pytest.mark.parametrize("read", [Lookup.employees, Lookup.pay_types])
def test_a_list_that_shows_nothing_at_all_is_not_told_as_every_code_missing(read: object) -> None:
    lookup = Lookup(lambda *_: Rows((), is_complete=True), None)
    with pytest.raises(LookupImpossible, match="at all"):
        read(lookup)  # type: ignore[operator]
