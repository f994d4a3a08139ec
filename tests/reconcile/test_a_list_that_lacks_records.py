"""ServiceTrade answers a list without records that it has: nothing is concluded from it, and no
month is signed.
"""

from collections.abc import Iterator

import pytest

from st_spectrum.domain.period_comparison import PeriodComparison
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
