"""The page of purchase orders: what people make, change and cancel there, beside what stands on the
jobs.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.server import Sandbox
from tests.world.console_page import ConsolePage

NASTY = "<script>alert('x')</script>"
HEADERS, DETAILS = "PO_PURCHASE_ORDER_HEADER_MC", "PO_PURCHASE_ORDER_DETAIL_MC"


@pytest.fixture
def page(sandbox: Sandbox) -> Iterator[ConsolePage]:
    with SpectrumCaller(sandbox.spectrum_url) as spectrum:
        spectrum.write(
            "AddJob",
            Job_Number="10482",
            Job_Description="Job",
            Price_Method_Code="F",
            Taxable_Flag="N",
        )
    with closing(ConsolePage(sandbox, "/orders")) as page:
        yield page


def make(page: ConsolePage, **typed: str) -> str:
    form = {
        "vendor": "V0001",
        "job": "10482",
        "description": "Seal kit",
        "quantity": "2",
        "unit": "EA",
        "price": "310.25",
    }
    return page.submit("Make and open it", **(form | typed))


def row(sandbox: Sandbox, table: str = DETAILS) -> dict[str, Any]:
    return sandbox.control.records("spectrum", table)[0]


def test_an_order_is_made_and_shown_with_what_is_not_yet_on_the_job(
    sandbox: Sandbox, page: ConsolePage
) -> None:
    make(page, message="Rear dock")
    assert row(sandbox, HEADERS)["Status_Flag"] == "OPEN"
    section = page.words(part="4001")
    assert "PO 4001 OPEN V0001 Chesapeake Pipe Supply · job 10482" in section
    assert "ordered 2 · received 0 · 310.2500 per ea" in section
    assert "Rear dock" in section
    assert section.count("nothing") == 2


def test_the_job_item_of_a_line_stands_beside_it(sandbox: Sandbox, page: ConsolePage) -> None:
    make(page)
    with ServiceTradeCaller(sandbox.servicetrade_url) as office:
        own = office.all("/account", "accounts")[0]["primeCompany"]["id"]
        company = office.post("/company", name="Harbor Foods", customer=True)["id"]
        location = office.post(
            "/location", name="Pier", companyId=company, addressStreet="40 Pier St"
        )["id"]
        job = office.post("/job", locationId=location, vendorId=own, type="repair")
        source = {"type": "vendor", "status": "to_be_ordered", "poNumber": "4001"}
        item = office.post(
            "/jobitem", jobId=job["id"], name="Seal kit", quantity=2, cost=310.25, source=source
        )
        office.put(f"/externalid/jobitem/{item['id']}/{EXTERNAL_SYSTEM}", value="4001|1")
    assert f"Job {job['number']}: Seal kit · 2 · 310.2500 each · to be ordered" in page.words(
        part="4001"
    )


def test_a_line_is_changed_received_and_cancelled_by_its_buttons(
    sandbox: Sandbox, page: ConsolePage
) -> None:
    make(page)
    page.submit("Save", "4001", nth=0, price="300", quantity="5")
    assert (row(sandbox)["PO_Quantity_List1"], row(sandbox)["Item_Price"]) == (5, 300)
    page.submit("Save", "4001", nth=0, price="301")
    assert (row(sandbox)["PO_Quantity_List1"], row(sandbox)["Item_Price"]) == (5, 301)
    page.submit("Received", "4001", nth=0)
    assert row(sandbox)["PO_Quantity_List2"] == 5
    page.submit("Add line", "4001", nth=0, description="Gasket", quantity="1", price="4")
    second = sandbox.control.records("spectrum", DETAILS)[1]
    assert (second["Item_Description"], second["Job_Number"].strip()) == ("Gasket", "10482")
    page.submit("Cancel line", "4001", nth=1)
    assert sandbox.control.records("spectrum", DETAILS)[1]["PO_Quantity_List1"] == 0
    page.submit("Delete line", "4001", nth=1)
    assert len(sandbox.control.records("spectrum", DETAILS)) == 1


def test_an_order_is_closed_opened_and_cancelled_by_its_buttons(
    sandbox: Sandbox, page: ConsolePage
) -> None:
    make(page)
    for button, status in (("Close", "CLOSED"), ("Open", "OPEN"), ("Cancel order", "CLOSED")):
        page.submit(button, "4001", nth=0)
        assert row(sandbox, HEADERS)["Status_Flag"] == status
    assert row(sandbox)["PO_Quantity_List1"] == 0


def test_what_spectrum_does_not_take_is_said_on_the_page(
    sandbox: Sandbox, page: ConsolePage
) -> None:
    assert "Item_Price is invalid" in make(page, price="dear")
    assert sandbox.control.records("spectrum", HEADERS) == []
    make(page)
    assert "price is no number" in page.submit("Save", "4001", nth=0, price="dear")


def test_an_order_without_a_job_is_for_the_warehouse(page: ConsolePage) -> None:
    make(page, job="")
    assert "warehouse MAIN" in page.words(part="4001")


def test_nothing_that_people_type_becomes_part_of_the_page(page: ConsolePage) -> None:
    make(page, description=NASTY, remarks="<b>bold</b>", message=NASTY)
    assert "<script" not in page.open()
    assert "<b>bold" not in page.open()
    assert "<script" not in page.open("/orders?wrong=" + NASTY)
    assert NASTY in page.words(part="4001")


def test_the_page_stands_still_unless_somebody_wants_to_watch(page: ConsolePage) -> None:
    assert 'http-equiv="refresh"' not in page.open()
    assert 'http-equiv="refresh"' in page.open("/orders?watch=1")


def test_the_console_leads_to_the_page(sandbox: Sandbox) -> None:
    assert 'href="/orders"' in httpx.get(sandbox.console_url, trust_env=False).text
