"""The client against the sandbox's ServiceTrade: every method, every fault, and who was called how
often.
"""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
)
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import ENTITY_TYPES
from st_spectrum.servicetrade.wire import JOB_STATUSES
from tests.world.dispatcher import ADDRESS, Dispatcher


@pytest.fixture
def connection(sandbox: Sandbox) -> ServiceTradeConnection:
    return ServiceTradeConnection(
        base_url=sandbox.servicetrade_url,
        client_id=credentials.CLIENT_ID,
        client_secret=SecretStr(credentials.CLIENT_SECRET),
        external_system=credentials.EXTERNAL_SYSTEM,
        username=credentials.USERNAME,
        password=SecretStr(credentials.PASSWORD),
        read_attempts=3,
        page_limit=3,
    )


@pytest.fixture
def client(connection: ServiceTradeConnection) -> Iterator[ServiceTrade]:
    with ServiceTrade(connection) as servicetrade:
        yield servicetrade


def test_all_companies_come_over_several_pages_whatever_their_status(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    statuses = ("active", "pending", "inactive", "on_hold")
    entered = {
        dispatcher.company(f"Company {number}", status=statuses[number % 4]) for number in range(10)
    }

    found = list(client.companies())

    assert entered | {dispatcher.look_up_own_company()} == {company.id for company in found}
    assert len(found) == 11
    assert client.calls["GET /company"] == 4
    assert all(company.external_ids == {} for company in found)


def test_only_what_changed_since_is_asked_for(dispatcher: Dispatcher, client: ServiceTrade) -> None:
    dispatcher.company()
    (newest,) = [company for company in client.companies() if company.is_customer]

    assert newest.id in {company.id for company in client.companies(updated_after=newest.updated)}
    assert list(client.companies(updated_after=newest.updated + 1)) == []
    assert list(client.companies(created_after=newest.created + 1)) == []


def test_customers_locations_come_whatever_their_companys_status(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    on_hold = dispatcher.company("Slow Payer Inc", status="on_hold")
    sites = {
        dispatcher.location(on_hold, f"Site {number}", status="inactive", taxable=False)
        for number in range(4)
    }

    found = list(client.locations())

    assert {site.id for site in found} == sites
    assert {(site.company.id, site.company.name, site.is_taxable) for site in found} == {
        (on_hold, "Slow Payer Inc", False)
    }
    assert found[0].address.street == ADDRESS["addressStreet"]


def test_jobs_come_in_every_status_canceled_ones_too(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    company = dispatcher.company()
    site = dispatcher.location(company)
    for status in JOB_STATUSES:
        dispatcher.office.post(
            "/job",
            locationId=site,
            vendorId=dispatcher.look_up_own_company(),
            type="repair",
            status=status,
        )

    jobs = list(client.jobs())

    assert sorted(job.status for job in jobs) == sorted(JOB_STATUSES)
    assert {(job.customer.id, job.location.id) for job in jobs} == {(company, site)}


@pytest.mark.parametrize("is_compound", [False, True])
def test_a_job_is_read_with_its_work_its_people_and_its_office(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade, is_compound: bool
) -> None:
    branch = dispatcher.location(dispatcher.look_up_own_company(), "Norfolk Office")
    customer = dispatcher.company("Harbor Foods LLC")
    site = dispatcher.location(customer, "Harbor Foods #3", officeIds=[branch])
    line = client.service_lines()[0]
    seller = dispatcher.office.post(
        "/user", username="sal", firstName="Sal", lastName="Seller", email="sal@example.com"
    )["id"]
    number = dispatcher.office.post(
        "/job",
        locationId=site,
        vendorId=dispatcher.look_up_own_company(),
        type="repair",
        salesId=seller,
        customerPo="PO-7781",
        description="Replace pump seal",
    )["id"]
    dispatcher.office.post(
        "/servicerequest", jobId=number, description="Repair pump", serviceLineId=line.id
    )
    dispatcher.office.post(
        "/tag", name="pm-jsmith", entityId=number, entityType=ENTITY_TYPES["job"]
    )
    sandbox.control.switch("servicetrade", compound_references=is_compound)

    job = client.job(number)

    assert job is not None
    assert (job.customer.name, job.location.name) == ("Harbor Foods LLC", "Harbor Foods #3")
    assert job.assigned_office is not None
    assert job.assigned_office.name == "Norfolk Office"
    assert [tag.name for tag in job.tags] == ["pm-jsmith"]
    assert "service_requests" in job.model_fields_set
    assert [request.description for request in job.service_requests] == ["Repair pump"]
    assert job.sales is not None
    person = client.user(job.sales.id)
    assert person is not None
    assert (person.email, person.external_ids) == ("sal@example.com", {})
    (work,) = client.service_requests(number)
    assert work.service_line is not None
    assert work.service_line.name == line.name
    assert [place.name for place in client.offices()] == ["Norfolk Office"]
    assert [found.id for found in client.jobs()] == [number]


@pytest.mark.parametrize("is_compound", [False, True])
def test_lists_are_whole_in_both_forms_of_answer(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade, is_compound: bool
) -> None:
    company = dispatcher.company("Harbor Foods LLC")
    sites = {dispatcher.location(company, f"Site {number}") for number in range(8)}
    sandbox.control.switch("servicetrade", compound_references=is_compound)

    found = list(client.locations())

    assert {site.id for site in found} == sites
    assert {site.company.name for site in found} == {"Harbor Foods LLC"}


def test_an_external_id_can_be_set_read_found_and_taken_away(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    number = dispatcher.company()
    assert client.external_id("company", number) is None
    assert client.find_by_external_id("company", "C00001") is None

    client.set_external_id("company", number, "C00001")

    assert client.external_id("company", number) == "C00001"
    assert client.find_by_external_id("company", "C00001") == number
    assert client.find_by_external_id("location", "C00001") is None
    company = client.company(number)
    assert company is not None
    assert company.external_ids == {"spectrum": "C00001"}
    client.set_external_id("company", number, "")
    assert client.external_id("company", number) is None


def test_a_value_that_another_company_has_is_rejected_with_the_reason(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    client.set_external_id("company", dispatcher.company(), "C00001")

    with pytest.raises(Rejected, match="'C00001' is already used"):
        client.set_external_id("company", dispatcher.company("Another"), "C00001")


def test_an_external_system_that_nobody_defined_is_said_and_not_taken_for_no_value(
    dispatcher: Dispatcher, connection: ServiceTradeConnection
) -> None:
    number = dispatcher.company()
    with ServiceTrade(connection.model_copy(update={"external_system": "spectrumm"})) as client:
        with pytest.raises(Rejected, match="no external system 'spectrumm'"):
            client.set_external_id("company", number, "C00001")
        with pytest.raises(ContractBroken, match="no external system 'spectrumm'"):
            client.find_by_external_id("company", "C00001")


def test_a_comment_arrives(sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade) -> None:
    number = dispatcher.company()

    client.comment(ENTITY_TYPES["company"], number, "No terms code for Net 45.")

    (comment,) = sandbox.control.records("servicetrade", "comment")
    assert (comment["content"], comment["visibility"]) == (
        "No terms code for Net 45.",
        ["schedule", "billing"],
    )


@pytest.mark.parametrize("kind", ["drop_answer", "truncate"])
def test_a_write_whose_answer_was_dropped_is_unknown_sent_once_and_can_be_looked_up(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade, kind: str
) -> None:
    number = dispatcher.company()
    sandbox.control.add_fault(system="servicetrade", operation="PUT /externalid", kind=kind)

    with pytest.raises(OutcomeUnknown):
        client.set_external_id("company", number, "C00001")

    assert client.external_id("company", number) == "C00001"
    assert len(sandbox.control.calls("servicetrade", "PUT /externalid")) == 1


def test_a_write_that_failed_before_it_was_carried_out_is_unknown_as_well(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    number = dispatcher.company()
    sandbox.control.add_fault(
        system="servicetrade", operation="PUT /externalid", kind="fail_before"
    )

    with pytest.raises(OutcomeUnknown):
        client.set_external_id("company", number, "C00001")
    assert client.external_id("company", number) is None


@pytest.mark.parametrize(
    "kind", ["fail_before", "drop_answer", "truncate", "refuse", "expire_token", "slow"]
)
def test_a_read_lives_through_every_fault_that_passes(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade, kind: str
) -> None:
    entered = {dispatcher.company(f"Company {number}") for number in range(5)}
    sandbox.control.add_fault(
        system="servicetrade",
        operation="GET /company",
        kind=kind,
        count=1,
        skip=1,
        delay=0.05,
        retry_after=0.1,
    )

    found = [company.id for company in client.companies() if company.is_customer]

    assert sorted(found) == sorted(entered)


def test_a_rate_limit_is_waited_for_by_reads_and_handed_on_by_writes(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    number = dispatcher.company()
    for operation in ("GET /company/{id}", "PUT /externalid"):
        sandbox.control.add_fault(
            system="servicetrade", operation=operation, kind="rate_limit", retry_after=1
        )

    assert client.company(number) is not None
    with pytest.raises(RateLimited):
        client.set_external_id("company", number, "C00001")
    assert client.external_id("company", number) is None


def test_a_system_that_stays_down_is_unavailable_and_back_when_it_is_back(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    number = dispatcher.company()
    assert client.company(number)
    sandbox.control.pause("servicetrade")
    try:
        with pytest.raises(Unavailable):
            client.company(number)
        with pytest.raises(Unavailable):
            client.set_external_id("company", number, "C00001")
    finally:
        sandbox.control.resume("servicetrade")

    assert client.company(number)
    assert client.external_id("company", number) is None


def test_short_lived_tokens_cost_no_call(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    sandbox.control.switch("servicetrade", token_seconds=1)
    number = dispatcher.company()
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /externalid", kind="expire_token"
    )

    for value in ("C00001", "C00002", "C00003"):
        client.set_external_id("company", number, value)
        assert client.external_id("company", number) == value


def test_a_login_that_dies_costs_one_write_which_is_not_sent_again(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    number = dispatcher.company()
    sandbox.control.add_fault(
        system="servicetrade", operation="PUT /externalid", kind="expire_token"
    )

    with pytest.raises(Unavailable, match="the next call has another"):
        client.set_external_id("company", number, "C00001")
    assert len(sandbox.control.calls("servicetrade", "PUT /externalid")) == 1
    client.set_external_id("company", number, "C00001")

    assert client.external_id("company", number) == "C00001"


@pytest.mark.parametrize("kind", ["middle_box", "middle_box_before"])
@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 429])
def test_a_firewalls_page_says_nothing_about_a_write(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade, kind: str, status: int
) -> None:
    number = dispatcher.company()
    sandbox.control.add_fault(
        system="servicetrade", operation="PUT /externalid", kind=kind, status=status, retry_after=0
    )

    with pytest.raises(ForeignAnswer):
        client.set_external_id("company", number, "C00001")

    assert client.external_id("company", number) == ("C00001" if kind == "middle_box" else None)
    assert len(sandbox.control.calls("servicetrade", "PUT /externalid")) == 1


def test_a_session_login_works_as_well(
    dispatcher: Dispatcher, connection: ServiceTradeConnection
) -> None:
    number = dispatcher.company()
    with ServiceTrade(connection.model_copy(update={"auth": "session"})) as client:
        client.set_external_id("company", number, "C00001")
        assert client.external_id("company", number) == "C00001"
        assert client.calls["POST /auth"] == 1


def test_a_wrong_secret_is_denied(connection: ServiceTradeConnection) -> None:
    wrong = connection.model_copy(update={"client_secret": SecretStr("no-such-secret")})
    with (
        ServiceTrade(wrong) as client,
        pytest.raises(AccessDenied, match="client id or client secret is refused"),
    ):
        list(client.companies())


def test_a_base_address_without_the_api_path_is_not_an_empty_system(
    connection: ServiceTradeConnection,
) -> None:
    wrong = connection.model_copy(update={"base_url": connection.base_url.removesuffix("/api")})
    with ServiceTrade(wrong) as client, pytest.raises(ContractBroken, match="404"):
        client.company(1)


def test_the_clients_own_count_agrees_with_the_sandboxes_log(
    sandbox: Sandbox, dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    number = dispatcher.company()
    sandbox.control.clear_calls()

    list(client.companies())
    client.company(number)
    client.set_external_id("company", number, "C00001")
    client.find_by_external_id("company", "C00001")

    logged = [call.operation for call in sandbox.control.calls("servicetrade")]
    assert {operation: logged.count(operation) for operation in logged} == dict(client.calls)
