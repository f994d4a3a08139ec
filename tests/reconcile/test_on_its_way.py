"""What was entered seconds ago is named as on its way; after a quarter of an hour it is missing."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.domain.period_comparison import PeriodComparison
from st_spectrum.sandbox.callers import ServiceTradeCaller
from tests.reconcile.planting import Month
from tests.world.contractor import output_of
from tests.world.dispatcher import Dispatcher

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def missing(seconds: float) -> Difference:
    """Of a record that old."""
    return Difference(
        "invoices", "7", "Invoice 7", "", Verdict.MISSING,
        changed_at=NOW - timedelta(seconds=seconds),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-2, "Invoice 7 (7): entered 0 seconds ago, on its way"),
        (1, "Invoice 7 (7): entered 1 second ago, on its way"),
        (12, "Invoice 7 (7): entered 12 seconds ago, on its way"),
        (840, "Invoice 7 (7): missing; entered 14 minutes ago, and usually noticed by now"),
        (900, "Invoice 7 (7): missing"),
    ],
)
def test_how_old_it_is_says_whether_it_is_on_its_way(seconds: float, said: str) -> None:
    assert missing(seconds).words_at(NOW) == said
    assert missing(seconds).is_on_its_way(NOW) == (seconds < 900)


def test_of_what_nobody_knows_the_age_is_missing_at_once() -> None:
    unknown = Difference("purchase_orders", "7|1", "PO 7", "", Verdict.MISSING)
    assert (unknown.is_on_its_way(NOW), unknown.words_at(NOW)) == (False, unknown.words)


def test_no_period_is_signed_without_what_is_on_its_way() -> None:
    period = PeriodComparison.of(FlowCompared("invoices", 1, (missing(1),)), "2026-11")
    assert not period.is_equal


@pytest.fixture
def clock(month: Month) -> Iterator[Month]:
    yield month
    month.contractor.control.switch("servicetrade", frozen_time=0)


def enter_a_company(month: Month, name: str) -> None:
    with ServiceTradeCaller(month.contractor.sandbox.servicetrade_url, parallel=1) as office:
        Dispatcher(office).company(name)


def test_a_company_entered_just_now_is_listed_and_no_fault_until_it_is_old(clock: Month) -> None:
    enter_a_company(clock, "Harbor Foods LLC")

    young = clock.contractor.command("reconcile", "customers", "--both-sides")
    as_json = output_of(
        clock.contractor.command("reconcile", "customers", "--both-sides", "--json")
    )

    assert young.returncode == 0, young.stdout
    assert re.search(
        r"Harbor Foods LLC \(\d+\): entered \d+ seconds? ago, on its way", young.stdout
    )
    (listed,) = as_json["customers"]["differences"]
    assert (listed["is_on_its_way"], listed["is_repairable"]) == (True, True)

    clock.contractor.control.switch("servicetrade", frozen_time=int(time.time()) - 1000)
    enter_a_company(clock, "Cape Motel LLC")
    old = clock.contractor.command("reconcile", "customers", "--both-sides")

    assert old.returncode == 1
    assert re.search(r"Cape Motel LLC \(\d+\): missing\n", old.stdout)
