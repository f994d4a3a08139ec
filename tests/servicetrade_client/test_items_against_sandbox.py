"""Job items through the client, against the sandbox: put on a job, found again, changed, taken off,
and lost answers.
"""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import OutcomeUnknown, Rejected, Unavailable
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import ORDERED, RECEIVED, ItemSource, JobItemFields
from tests.world.dispatcher import ADDRESS, Dispatcher


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[ServiceTrade]:
    connection = ServiceTradeConnection(
        base_url=sandbox.servicetrade_url,
        client_id=credentials.CLIENT_ID,
        client_secret=SecretStr(credentials.CLIENT_SECRET),
        timeout_seconds=5,
        read_attempts=3,
        page_limit=2,
    )
    with ServiceTrade(connection) as servicetrade:
        yield servicetrade


@pytest.fixture
def job(dispatcher: Dispatcher) -> int:
    return dispatcher.chain()[2]


def seal(job: int, name: str = "Seal kit") -> JobItemFields:
    return JobItemFields(name=name, job_id=job, quantity=Decimal(2), cost=Decimal("310.25"))


def test_an_item_is_put_on_a_job_with_everything_that_is_known_of_it(
    client: ServiceTrade, office: ServiceTradeCaller, job: int
) -> None:
    vendor = office.post(
        "/company", name="Chesapeake Pipe", vendor=True, partsVendor=True, **ADDRESS
    )["id"]
    part = office.post("/libitem", name="Seal kit", type="part", code="SK-20")["id"]
    line = client.service_lines()[0].id
    source = ItemSource.of_vendor(
        po_number="4412", status=ORDERED, vendor_id=vendor, expected_delivery=1762400000
    )
    fields = seal(job).model_copy(
        update={"lib_item_id": part, "service_line_id": line, "source": source}
    )
    made = client.add_job_item(
        JobItemFields(**{name: getattr(fields, name) for name in fields.model_fields_set})
    )
    seen = client.job_item(made.id)
    assert seen == made
    assert (seen.name, seen.quantity, seen.cost) == ("Seal kit", Decimal(2), Decimal("310.25"))
    assert seen.job and seen.job.id == job
    assert seen.lib_item and seen.lib_item.code == "SK-20"
    assert seen.service_line and seen.service_line.id == line
    assert seen.source == source


def test_items_are_listed_by_job_and_over_all_pages(client: ServiceTrade, job: int) -> None:
    made = [client.add_job_item(seal(job, f"Part {number}")).id for number in range(5)]
    assert [item.id for item in client.job_items(job_id=job)] == made
    assert [item.id for item in client.job_items()] == made
    last = client.job_item(made[-1])
    assert last
    assert made[-1] in [item.id for item in client.job_items(updated_after=last.updated)]
    assert list(client.job_items(updated_after=last.updated + 60)) == []


def test_a_change_leaves_the_rest_of_the_item_alone(client: ServiceTrade, job: int) -> None:
    made = client.add_job_item(seal(job))
    source = ItemSource.of_vendor(po_number="4412", status=RECEIVED)
    changed = client.change_job_item(made.id, JobItemFields(quantity=Decimal("2.5"), source=source))
    assert (changed.quantity, changed.cost, changed.name) == (
        Decimal("2.5"),
        Decimal("310.25"),
        "Seal kit",
    )
    assert changed.source == source
    assert client.change_job_item(made.id, JobItemFields(source=None)).source is None


def test_an_item_is_found_by_its_order_and_line(client: ServiceTrade, job: int) -> None:
    made = client.add_job_item(seal(job))
    assert client.find_by_external_id("jobitem", "4412|1") is None
    client.set_external_id("jobitem", made.id, "4412|1")
    assert client.find_by_external_id("jobitem", "4412|1") == made.id
    seen = client.job_item(made.id)
    assert seen and seen.external_ids == {"spectrum": "4412|1"}
    other = client.add_job_item(seal(job))
    with pytest.raises(Rejected):
        client.set_external_id("jobitem", other.id, "4412|1")


def test_an_item_that_is_taken_off_is_gone_and_taking_it_off_again_is_no_error(
    client: ServiceTrade, job: int
) -> None:
    made = client.add_job_item(seal(job))
    client.delete_job_item(made.id)
    assert client.job_item(made.id) is None
    client.delete_job_item(made.id)


def test_an_item_that_is_on_an_invoice_cannot_be_taken_off(
    client: ServiceTrade, office: ServiceTradeCaller, job: int
) -> None:
    made = client.add_job_item(seal(job))
    office.post(
        "/invoice",
        jobId=job,
        items=[{"description": "x", "quantity": 1, "price": 5, "jobItemId": made.id}],
    )
    with pytest.raises(Rejected, match="is on invoice"):
        client.delete_job_item(made.id)


def test_what_servicetrade_refuses_is_rejected_with_its_reason(
    client: ServiceTrade, job: int
) -> None:
    with pytest.raises(Rejected, match="name is required"):
        client.add_job_item(JobItemFields(job_id=job))
    with pytest.raises(Rejected, match="there is no job 1"):
        client.add_job_item(seal(1))
    with pytest.raises(Rejected):
        client.change_job_item(1, JobItemFields(quantity=Decimal(1)))


@pytest.mark.parametrize("kind", ["drop_answer", "truncate"])
def test_an_item_whose_answer_was_lost_is_unknown_is_there_once_and_is_not_sent_again(
    sandbox: Sandbox, client: ServiceTrade, job: int, kind: str
) -> None:
    list(client.job_items(job_id=job))
    sandbox.control.add_fault(system="servicetrade", operation="POST /jobitem", kind=kind)
    with pytest.raises(OutcomeUnknown):
        client.add_job_item(seal(job))
    assert len(list(client.job_items(job_id=job))) == 1
    assert client.calls["POST /jobitem"] == 1


@pytest.mark.parametrize("operation", ["PUT /jobitem/{id}", "DELETE /jobitem/{id}"])
def test_a_change_or_removal_whose_answer_was_lost_is_unknown(
    sandbox: Sandbox, client: ServiceTrade, job: int, operation: str
) -> None:
    made = client.add_job_item(seal(job))
    sandbox.control.add_fault(system="servicetrade", operation=operation, kind="drop_answer")
    with pytest.raises(OutcomeUnknown):
        if operation.startswith("PUT"):
            client.change_job_item(made.id, JobItemFields(quantity=Decimal(9)))
        else:
            client.delete_job_item(made.id)
    assert client.calls[operation] == 1


def test_an_item_is_not_sent_when_servicetrade_is_not_there(
    sandbox: Sandbox, client: ServiceTrade, job: int
) -> None:
    list(client.job_items(job_id=job))
    sandbox.control.pause("servicetrade")
    try:
        with pytest.raises((Unavailable, OutcomeUnknown)):
            client.add_job_item(seal(job))
    finally:
        sandbox.control.resume("servicetrade")
    assert list(client.job_items(job_id=job)) == []


def test_the_library_is_listed_with_what_is_retired(
    client: ServiceTrade, office: ServiceTradeCaller
) -> None:
    part = office.post("/libitem", name="Seal kit", type="part", code="SK-20", cost=12.5)["id"]
    office.post("/libitem", name="Lift rental", type="equipment")
    office.post("/libitem", name="Head", type="part", code="HD")
    office.put(f"/libitem/{part}", active=False)
    found = {item.code: item for item in client.lib_items()}
    assert set(found) == {"SK-20", "", "HD"}
    assert (found["SK-20"].is_active, found["SK-20"].cost) == (False, Decimal("12.5"))
    assert found["HD"].is_active
