"""ServiceTrade answers a list without records that it has: nothing is concluded from it, and no
month is signed.
"""

from collections.abc import Iterator

import pytest

from st_spectrum.domain.period_comparison import PeriodComparison
from st_spectrum.flows.master_sides import _is_not_whole
from tests.reconcile.planting import Month


@pytest.fixture
def lists_lack(month: Month) -> Iterator[Month]:
    yield month
    month.contractor.control.clear_faults()


@pytest.mark.parametrize("flow", ["customers", "sites", "jobs", "invoices"])
def test_an_empty_list_is_not_taken_for_records_that_are_gone(lists_lack: Month, flow: str) -> None:
    kind = {"customers": "company", "sites": "location", "jobs": "job", "invoices": "invoice"}[flow]
    lists_lack.contractor.control.add_fault(
        system="servicetrade", operation=f"GET /{kind}", kind="empty_list", count=50
    )

    compared = lists_lack.compared()[flow]

    assert [one.words for one in compared.differences] == []
    assert "ServiceTrade does not list" in compared.not_seen


def test_no_month_is_signed_while_its_invoices_are_not_listed(lists_lack: Month) -> None:
    lists_lack.contractor.control.add_fault(
        system="servicetrade", operation="GET /invoice", kind="empty_list", count=50
    )

    period = PeriodComparison.of(lists_lack.compared()["invoices"], "2026-03")

    assert not period.is_equal
    assert "does not list" in period.verdict


def test_an_invoice_that_one_list_lacks_is_read_by_itself_and_compared(lists_lack: Month) -> None:
    before = lists_lack.compared()["invoices"].compared
    lists_lack.contractor.control.add_fault(
        system="servicetrade", operation="GET /invoice", kind="shifted_list", count=1
    )

    compared = lists_lack.compared()["invoices"]

    assert compared.compared == before
    assert [one.words for one in compared.differences] == []
    assert compared.not_seen == ""


@pytest.mark.parametrize(
    ("gone", "asked", "is_not_whole"),
    [(1, 3, False), (2, 3, True), (11, 100, True), (11, 500, False), (0, 0, False)],
)
def test_what_people_merge_over_years_is_no_list_that_lacks_records(
    gone: int, asked: int, *, is_not_whole: bool
) -> None:
    assert _is_not_whole(gone, asked) is is_not_whole


def test_an_invoice_that_servicetrade_does_not_have_any_more_is_extra(lists_lack: Month) -> None:
    key, numbers = sorted(lists_lack.confirmed("invoices"))[-1]
    documents = lists_lack.contractor.system("servicetrade").documents
    with documents.lock:
        documents.delete("invoice", int(key))
        documents.commit()

    found = [one for one in lists_lack.differences() if one.flow == "invoices"]

    assert {(one.key, one.target_key, str(one.verdict)) for one in found} == {
        (key, number, "extra") for number in numbers.split("|")
    }
