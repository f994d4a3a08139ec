"""Where ServiceTrade calls keys of a job item's source otherwise, the account file names them."""

import httpx

from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import ItemSource, JobItemFields
from tests.world.buyer import Buyer

OURS, THERE = b'"poNumber"', b'"purchaseOrder"'


class CalledOtherwise(httpx.HTTPTransport):
    """ServiceTrade, where an order's number is called otherwise both ways."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        assert OURS not in content
        headers = {k: v for k, v in request.headers.items() if k != "content-length"}
        asked = httpx.Request(
            request.method, request.url, headers=headers, content=content.replace(THERE, OURS)
        )
        answer = super().handle_request(asked)
        body = answer.read().replace(OURS, THERE)
        return httpx.Response(
            answer.status_code, headers={"content-type": "application/json"}, content=body
        )


def test_an_item_is_written_and_read_back_under_the_keys_there(buyer: Buyer) -> None:
    connection = buyer.contractor.account.servicetrade.model_copy(
        update={"item_source_keys": {"poNumber": "purchaseOrder"}}
    )
    source = ItemSource.of_vendor(po_number="P-77", status="ordered")
    with ServiceTrade(connection, transport=CalledOtherwise()) as servicetrade:
        job = next(servicetrade.jobs())
        fields = JobItemFields(name="Valve", job_id=job.id, source=source)
        added = servicetrade.add_job_item(fields)
        read = servicetrade.job_item(added.id)
        changed = servicetrade.change_job_item(added.id, JobItemFields(source=source))
        (listed,) = [item for item in servicetrade.job_items(job.id) if item.id == added.id]

    (stands,) = [item for item in buyer.items() if item["id"] == added.id]
    assert stands["source"]["poNumber"] == "P-77"
    assert read is not None
    for item in (added, read, changed, listed):
        assert item.source is not None and item.source.po_number == "P-77"
