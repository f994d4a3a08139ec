"""Moving invoices and commenting on them, when ServiceTrade answers oddly."""

import pytest

from st_spectrum.domain.errors import ContractBroken, OutcomeUnknown, Rejected
from st_spectrum.servicetrade.client import ServiceTrade
from tests.servicetrade_client.servicetrade_standin import (
    Reply,
    StandIn,
    Trouble,
    envelope,
    refusal,
)

PATH = "/invoice/88001"
DONE = Reply(body=envelope({"id": 88001, "status": "processed", "invoiceNumber": "10482-1"}))


def move(client: ServiceTrade) -> None:
    client.set_invoice_status(88001, "processed", invoice_number="10482-1")


def test_status_and_number_are_put_and_nothing_else(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("PUT", PATH, DONE)

    move(servicetrade)
    after = servicetrade.set_invoice_status(88001, "processed")

    assert after["invoiceNumber"] == "10482-1"
    assert [request.json for request in standin.seen("PUT", PATH)] == [
        {"status": "processed", "invoiceNumber": "10482-1"},
        {"status": "processed"},
    ]


@pytest.mark.parametrize(
    "reply", [Reply(204), Reply(body=envelope({"id": 88001})), Reply(body=envelope(None))]
)
def test_a_success_that_says_little_is_a_success(
    standin: StandIn, servicetrade: ServiceTrade, reply: Reply
) -> None:
    standin.on("PUT", PATH, reply)

    move(servicetrade)


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_refused_move_is_a_rejection_in_servicetrades_words(
    standin: StandIn, servicetrade: ServiceTrade, status: int
) -> None:
    standin.on("PUT", PATH, Reply(status, refusal("Invoice is already processed")))

    with pytest.raises(Rejected, match="Invoice is already processed"):
        move(servicetrade)
    assert len(standin.seen("PUT", PATH)) == 1


def test_a_refusal_that_hides_in_a_success_is_a_rejection(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("PUT", PATH, Reply(200, refusal("Invoice is void")))
    standin.on("POST", "/comment", Reply(200, refusal("entityType is not known")))

    with pytest.raises(Rejected, match="Invoice is void"):
        move(servicetrade)
    with pytest.raises(Rejected, match="entityType is not known"):
        servicetrade.comment(9001, 88001, "Hello")


def test_an_invoice_that_stands_otherwise_afterwards_is_noticed(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on(
        "PUT",
        PATH,
        Reply(body=envelope({"status": "pending_accounting", "invoiceNumber": "10482"})),
    )

    with pytest.raises(Rejected) as caught:
        move(servicetrade)

    assert {problem.field: problem.text for problem in caught.value.problems} == {
        "status": "was to be 'processed' and is 'pending_accounting'",
        "invoiceNumber": "was to be '10482-1' and is '10482'",
    }


@pytest.mark.parametrize(
    "lost",
    [
        Reply(trouble=Trouble.SILENCE),
        Reply(body=DONE.body, trouble=Trouble.CUT),
        Reply(body=DONE.body, trouble=Trouble.HALF_JSON),
        Reply(503, refusal("Busy")),
    ],
    ids=["silence", "cut", "half json", "503"],
)
@pytest.mark.parametrize("write", ["move", "comment"])
def test_a_write_whose_answer_is_lost_is_unknown_and_not_repeated(
    standin: StandIn, servicetrade: ServiceTrade, lost: Reply, write: str
) -> None:
    standin.on("PUT", PATH, lost, DONE)
    standin.on("POST", "/comment", lost, DONE)

    with pytest.raises(OutcomeUnknown):
        move(servicetrade) if write == "move" else servicetrade.comment(9001, 88001, "Hello")
    assert len(standin.seen("PUT", PATH)) + len(standin.seen("POST", "/comment")) == 1


def test_an_invoice_in_a_list_that_lacks_its_amounts_is_never_skipped(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    page = {
        "invoices": [
            {"id": 88001, "status": "pending_accounting", "customer": {"id": 1}, "items": []}
        ]
    }
    standin.on("GET", "/invoice", Reply(body=envelope(page)))

    with pytest.raises(ContractBroken, match=r"Invoice 88001: .*subtotal"):
        list(servicetrade.invoices("pending_accounting"))


def test_statuses_are_asked_for_as_given(standin: StandIn, servicetrade: ServiceTrade) -> None:
    standin.on("GET", "/invoice", Reply(body=envelope({"invoices": []})))

    assert list(servicetrade.invoices("void,processed", updated_after=7)) == []

    (request,) = standin.seen("GET", "/invoice")
    assert request.query == {
        "status": "void,processed",
        "updatedAfter": "7",
        "limit": "2",
        "page": "1",
    }


def test_comments_are_asked_for_by_the_number_of_their_kind(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    comment = {"id": 1, "content": "Tax?", "author": None, "visibility": ["billing"], "created": 5}
    standin.on("GET", "/comment", Reply(body=envelope({"comments": [comment]})))

    (found,) = servicetrade.comments(9001, 88001)

    assert (found.content, found.visibility) == ("Tax?", ("billing",))
    (request,) = standin.seen("GET", "/comment")
    assert (request.query["entityType"], request.query["entityId"]) == ("9001", "88001")
