"""Trouble on the way meets people at their screens as it meets the integration: they are told."""

import pytest

from st_spectrum.sandbox.callers import CallRefused, ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.server import Sandbox

BY_HAND = {"Customer_Code": "BYHAND", "Name": "By hand", "Terms_Code": "3", "Sales_Tax_Code": "VA"}


def test_an_answer_that_lost_its_tail_is_told_and_what_was_written_stands(sandbox: Sandbox) -> None:
    sandbox.control.add_fault(system="spectrum", operation="AddCustomer", kind="truncate")

    with (
        SpectrumCaller(sandbox.spectrum_url) as screen,
        pytest.raises(CallRefused, match=r"AddCustomer .* unreadable answer"),
    ):
        screen.write("AddCustomer", **BY_HAND)

    assert sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")


def test_a_page_of_a_box_on_the_way_in_place_of_a_list_is_told(sandbox: Sandbox) -> None:
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /company", kind="middle_box", status=200
    )

    with (
        ServiceTradeCaller(sandbox.servicetrade_url) as office,
        pytest.raises(CallRefused, match="GET /company: unreadable answer"),
    ):
        office.all("/company", "companies")
