"""Look-ups through Get services where the answer is odd: what is absent must not be told from what
merely is not shown.
"""

import pytest

from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible

from .answers import MISSING, fault, get, get_row
from .stand_in import Answer, SpectrumStandIn

PHASE = {
    "Job_Number": "10482",
    "Phase_Code": "01-00",
    "Cost_Type": "L",
    "Description": "Labor",
    "Status_Code": "A",
}
WARNING = get_row({"Job_Number": " "}, ("W", "too many", ""))


def answer(service: str, *rows: str) -> Answer:
    return Answer(get(rows, service))


def test_complete_jobs_take_a_second_question(server: SpectrumStandIn, client: Spectrum) -> None:
    server.replies += [
        answer("GetJobMain"),
        answer("GetJobMain", get_row({"Job_Number": "  10482"})),
    ]
    assert client.find_job("10482", "C00001") == {"Job_Number": "10482"}
    assert [server.elements(n)["pStatus_Code"] for n in (-2, -1)] == ["", "C"]
    assert server.elements()["pCustomer_Code"] == "C00001"


def test_a_job_that_is_shown_is_found_even_in_a_list_that_was_cut(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = answer("GetJobMain", get_row({"Job_Number": "10482"}), WARNING)
    assert client.find_job("10482") is not None
    with pytest.raises(LookupImpossible, match="job 10483"):
        client.find_job("10483")


def test_phases_cut_off_are_not_a_short_list(server: SpectrumStandIn, client: Spectrum) -> None:
    server.otherwise = answer("GetPhase", get_row(PHASE), WARNING)
    with pytest.raises(LookupImpossible, match="phases of job 10482"):
        client.find_phases("10482")


def test_phases_of_other_jobs_are_left_out_and_dashes_dropped(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.replies += [
        answer("GetPhase", get_row(PHASE), get_row({**PHASE, "Job_Number": "104821"})),
        answer("GetPhase"),
    ]
    phases = client.find_phases("10482")
    assert list(phases) == [("0100", "L")]
    assert phases["0100", "L"]["Phase_Code"] == "0100"


def test_a_row_without_the_column_that_is_compared_is_told(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = answer("GetCustomers", get_row({"Cust_Code": "C00001"}))
    for lookup in (client.customer_codes, lambda: client.find_customer("C00001")):
        with pytest.raises(ContractBroken, match="Customer_Code"):
            lookup()


def test_a_service_that_this_release_lacks_makes_a_look_up_impossible(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = Answer(fault("Client", MISSING), status=500)
    for lookup in (
        client.find_customer,
        client.find_job,
        client.find_job_udf1,
        client.find_phases,
        client.template_phases,
    ):
        with pytest.raises(LookupImpossible):
            lookup("10482")


def test_a_service_that_we_may_not_use_is_a_right_to_be_given(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    denied = get_row(
        {"Customer_Code": " "}, ("E", "The web service is not Authorized", "Authorization_ID")
    )
    server.otherwise = answer("GetCustomers", denied)
    with pytest.raises(AccessDenied):
        client.find_customer("C00001")
