"""The console's way in a real browser: made, billed, voided; broken, held, mended."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.world.browser import browser_page, fill_form
from tests.world.contractor import Contractor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def page() -> Iterator[Any]:
    with browser_page(width=1400, timeout_seconds=30) as page:
        yield page


def do(page: Any, console: str, button: str, **typed: str) -> str:
    """Fill in the form of a button and press it; what the page says then."""
    page.goto(f"{console}/do")
    fill_form(page, button, typed).get_by_role("button").click()
    return str(page.locator("[role=status], [role=alert]").inner_text())


def test_a_clerk_makes_bills_voids_breaks_and_mends(page: Any, contractor: Contractor) -> None:
    console = contractor.sandbox.console_url
    do(page, console, "Make a company", name="Harbor Foods")
    do(page, console, "Make a location", name="Dock 4")
    do(page, console, "Make a job", description="New pump")
    contractor.rounds_until_quiet()
    page.goto(f"{console}/flows/Jobs")
    page.get_by_text("all crossed").wait_for()

    do(page, console, "Make an invoice", price="250.00")
    contractor.rounds_until_quiet()
    page.goto(f"{console}/flows/Invoices?q=harbor")
    page.get_by_text("all crossed").wait_for()
    assert "is void" in do(page, console, "Void the invoice")
    contractor.rounds_until_quiet()
    assert contractor.posted_twice() == []
    contractor.assert_invoices_exact()

    said = do(
        page, console, "Let it go wrong", fault="fail_before", operation="AddCustomer", count="50"
    )
    assert "50 calls will go wrong" in said
    do(page, console, "Make a company", name="Bay Foods")
    contractor.round()
    page.goto(f"{console}/?show=waiting")
    page.get_by_text("not in Spectrum").first.wait_for()
    failed = page.locator("#Calls a[href^='/calls/']").first
    failed.click()
    page.get_by_text("What ServiceTrade answered").wait_for()

    assert "Nothing goes wrong" in do(page, console, "Mend everything")
    contractor.retry_at_once()
    contractor.rounds_until_quiet()
    page.goto(f"{console}/flows/Customers?q=bay")
    page.get_by_text("all crossed").wait_for()
    contractor.assert_exact()


def test_what_one_reads_stays_open_until_one_looks_again(page: Any, contractor: Contractor) -> None:
    console = contractor.sandbox.console_url
    do(page, console, "Make a company", name="Harbor Foods")
    page.goto(console)
    page.evaluate("window.scrollTo(0, 300)")
    contractor.dispatcher.company("Bay Foods")

    page.get_by_text("calls since: look again").wait_for()
    assert page.get_by_text("Bay Foods").count() == 0
    page.get_by_text("calls since: look again").click()

    page.get_by_text("Bay Foods").first.wait_for()
