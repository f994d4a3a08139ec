"""ServiceTrade answers a list without records that it has: nothing is concluded from it, and no
month is signed.
"""

import re
from collections.abc import Iterator

import pytest

from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.domain.period_comparison import PeriodComparison
from st_spectrum.flows.unlisted import (
    ListRead,
    are_masters_lacking,
    fault_of_list,
    lacking_masters,
)
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from tests.reconcile.planting import Month
from tests.world.contractor import output_of

KINDS = {"customers": "company", "sites": "location", "jobs": "job", "invoices": "invoice"}


@pytest.fixture
def lists_lack(month: Month) -> Iterator[Month]:
    yield month
    month.contractor.control.clear_faults()


@pytest.mark.parametrize("flow", KINDS)
def test_an_empty_list_is_not_taken_for_records_that_are_gone(lists_lack: Month, flow: str) -> None:
    lists_lack.contractor.control.add_fault(
        system="servicetrade", operation=f"GET /{KINDS[flow]}", kind="empty_list", count=50
    )

    compared = lists_lack.compared()[flow]

    assert [one.words for one in compared.differences] == []
    assert "ServiceTrade does not list" in compared.not_seen


@pytest.mark.parametrize("flow", KINDS)
def test_plain_reconcile_says_that_a_list_is_empty_where_the_ledger_knows_records(
    lists_lack: Month, flow: str
) -> None:
    whole = lists_lack.contractor.command("reconcile", flow)
    assert (whole.returncode, whole.stderr) == (0, "")
    before = lists_lack.contractor.writes()
    lists_lack.contractor.control.add_fault(
        system="servicetrade", operation=f"GET /{KINDS[flow]}", kind="empty_list", count=50
    )

    ended = lists_lack.contractor.command("reconcile", flow)

    assert ended.returncode == 1
    said = re.search(rf"does not list any of (\d+) {flow} that the ledger knows", ended.stderr)
    assert said and int(said[1]) >= len(lists_lack.confirmed(flow)) > 5
    assert "the list is empty" in ended.stderr
    assert "Look at some of them in ServiceTrade" in ended.stderr
    assert lists_lack.contractor.writes() == before


def test_plain_reconcile_in_json_names_the_list_that_is_not_whole(lists_lack: Month) -> None:
    lists_lack.contractor.control.add_fault(
        system="servicetrade", operation="GET /company", kind="empty_list", count=50
    )

    ended = lists_lack.contractor.command("reconcile", "--json")

    found = output_of(ended)
    assert (ended.returncode, found["is_complete"]) == (1, False)
    assert "the ledger knows to have crossed" in str(found["flows"]["customers"])
    assert found["flows"]["sites"]["stopped_by"] is None, "the other flows go on"


def test_a_list_that_lacks_a_merged_record_is_believed_by_plain_reconcile() -> None:
    ledger = Ledger(MemoryStore(), "one", 60)
    for key in range(40):
        confirm(ledger, "customers", str(key))

    def doubt(missing: int) -> UnsafePlan | None:
        read = ListRead(ledger.now(), 40 - missing, frozenset(map(str, range(missing))))
        return fault_of_list(lacking_masters(ledger, "customers", read))

    assert doubt(0) is doubt(3) is None
    assert "not list 15 of 40 customers" in str(doubt(15))


def confirm(ledger: Ledger, flow: str, key: str) -> None:
    ledger.settle(ledger.claim(flow, key, run_id="run"), State.CONFIRMED, target_key=key)


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
    assert are_masters_lacking(gone, asked) is is_not_whole


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
