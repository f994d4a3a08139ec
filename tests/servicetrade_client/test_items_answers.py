"""Answers about job items that are not as they should be."""

from decimal import Decimal

import pytest

from st_spectrum.domain.errors import ContractBroken, OutcomeUnknown
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import JobItemFields
from tests.servicetrade_client.servicetrade_standin import Reply, StandIn, envelope

SEAL = JobItemFields(name="Seal kit", job_id=10482, quantity=Decimal("2.5"), cost=Decimal(310))


@pytest.mark.parametrize(
    "data", [{}, None, {"name": "Seal kit"}, {"id": "x"}, {"id": 1, "cost": "dear"}]
)
def test_a_new_item_that_the_answer_does_not_tell_of_is_unknown(
    standin: StandIn, servicetrade: ServiceTrade, data: object
) -> None:
    standin.on("POST", "/jobitem", Reply(body=envelope(data)))
    with pytest.raises(OutcomeUnknown):
        servicetrade.add_job_item(SEAL)
    (request,) = standin.seen("POST", "/jobitem")
    assert request.json == {"name": "Seal kit", "jobId": 10482, "quantity": 2.5, "cost": 310}


def test_an_item_that_cannot_be_read_is_a_broken_contract_and_not_an_absent_one(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", "/jobitem/71002", Reply(body=envelope({"id": 71002, "source": "PO 4412"})))
    with pytest.raises(ContractBroken, match="source"):
        servicetrade.job_item(71002)


def test_a_removal_is_sent_without_a_body(standin: StandIn, servicetrade: ServiceTrade) -> None:
    standin.on("DELETE", "/jobitem/71002", Reply(204, b""))
    servicetrade.delete_job_item(71002)
    (request,) = standin.seen("DELETE", "/jobitem/71002")
    assert request.body == b""
