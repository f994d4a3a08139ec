"""AR documents over REST, when the network or the server does what it should not."""

import base64
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.errors import (
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.wire import Receipt

from .answers import put
from .conftest import connection_to
from .stand_in import Answer, SpectrumStandIn
from .test_spectrum_token import BEARER, grant

PATH = "/customer/invoice"
HEADER = {
    "GL_Date": "11/04/2025",
    "Batch_Code": "20251108",
    "Customer_Code": "HARBOR",
    "Transaction_Type": "I",
    "Invoice_Date": "11/04/2025",
}
LINE = {"Detail_Description": "Pump seal kit", "Line_Extension": "500.10", "GL_Account": "400000"}
HTML = b"<html><body>Sign in TOP-SECRET-ID</body></html>"


def document(number: str, **header: str) -> ArDocument:
    return ArDocument({**HEADER, "Invoice_Or_Transaction": number, **header}, (LINE,))


def answer(*numbers: str) -> Answer:
    return Answer(
        json.dumps(
            {"arInvoices": [{"Invoice_Or_Transaction": n, "status": "S"} for n in numbers]}
        ).encode()
    )


TAKEN = answer("A")


def messages(server: SpectrumStandIn) -> list[dict[str, Any]]:
    return [json.loads(body) for _, path, _, body in server.seen if path == PATH]


def test_documents_go_out_in_one_message_with_company_and_id_as_login(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = answer("B", "A")

    postings = client.post_invoices([document("A"), document("B")])

    assert all(isinstance(posting, Receipt) for posting in postings)
    ((method, path, headers, body),) = server.seen
    assert (method, path, headers["content-type"]) == (
        "POST",
        PATH,
        "application/json; charset=utf-8",
    )
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")) == b"001:TOP-SECRET-ID"
    assert [sent["Invoice_Or_Transaction"] for sent in messages(server)[0]["arInvoices"]] == [
        "A",
        "B",
    ]
    assert b'"Line_Extension":500.10' in body
    assert b"TOP-SECRET-ID" not in body
    assert client.calls == {"POST /customer/invoice": 1}


def test_one_that_cannot_be_right_is_refused_in_its_place_and_the_others_are_sent(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = answer("A", "C")

    first, second, third = client.post_invoices(
        [document("A"), document("B", Invoice_Date="today"), document("C")]
    )

    assert isinstance(first, Receipt)
    assert isinstance(third, Receipt)
    assert isinstance(second, Rejected)
    assert "Invoice_Date: document B: must be a date" in str(second)
    assert [sent["Invoice_Or_Transaction"] for sent in messages(server)[0]["arInvoices"]] == [
        "A",
        "C",
    ]


def test_two_documents_under_one_number_never_go_out_both(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = TAKEN

    first, second = client.post_invoices([document("A"), document("A", Customer_Code="OTHER")])

    assert isinstance(first, Receipt)
    assert isinstance(second, Rejected)
    assert second.blames_only("Invoice_Or_Transaction")
    assert [sent["Customer_Code"] for sent in messages(server)[0]["arInvoices"]] == ["HARBOR"]


@pytest.mark.parametrize("documents", [[], [document("A", Batch_Code="")]])
def test_nothing_to_send_is_no_call(
    server: SpectrumStandIn, client: Spectrum, documents: list[ArDocument]
) -> None:
    assert len(client.post_invoices(documents)) == len(documents)
    assert server.seen == []


@pytest.mark.parametrize(
    "reply",
    [
        Answer(cut_after=0),
        Answer(TAKEN.body, cut_after=20),
        Answer(TAKEN.body, cut_after=len(TAKEN.body) + 10),
        Answer(TAKEN.body[:-9]),
        Answer(b""),
        Answer(HTML),
        Answer(TAKEN.body, status=500),
        Answer(
            b'{"error": "There was an error processing your request. It has been logged"}',
            status=500,
        ),
        Answer(HTML, status=502),
        Answer(b"", status=408),
        Answer(TAKEN.body, delay=1.4),
    ],
    ids=[
        "silence",
        "cut head",
        "cut body",
        "half json",
        "empty",
        "html",
        "500",
        "500 json",
        "502",
        "408",
        "too slow",
    ],
)
def test_a_lost_answer_leaves_the_whole_batch_unknown_and_is_not_repeated(
    server: SpectrumStandIn, tmp_path: Path, no_waiting: None, reply: Answer
) -> None:
    server.replies.append(reply)
    server.otherwise = TAKEN
    with Spectrum(connection_to(server.url, timeout_seconds=1), tmp_path) as client:
        with pytest.raises(OutcomeUnknown) as raised:
            client.post_invoices([document("A")])
        assert raised.value.operation == "POST /customer/invoice"
        assert "TOP-SECRET-ID" not in str(raised.value)
        assert len(server.seen) == 1


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 407, 429])
@pytest.mark.parametrize(
    "body", [HTML, b'{"error": "not ours, TOP-SECRET-ID"}'], ids=["page", "json"]
)
def test_what_a_middle_box_answers_to_a_message_proves_nothing_and_nothing_is_sent_again(
    server: SpectrumStandIn, client: Spectrum, status: int, body: bytes
) -> None:
    server.replies.append(
        Answer(body, status=status, headers={"Retry-After": "7", "Location": "/login"})
    )
    server.otherwise = TAKEN

    with pytest.raises(OutcomeUnknown) as raised:
        client.post_invoices([document("A")])

    assert "TOP-SECRET-ID" not in str(raised.value)
    assert len(server.seen) == 1
    assert isinstance(raised.value, ForeignAnswer) or (status == 200 and body != HTML)


def test_a_server_that_is_not_there_certainly_took_nothing(
    tmp_path: Path, no_waiting: None
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Spectrum(connection_to(f"http://127.0.0.1:{port}"), tmp_path) as client:
        with pytest.raises(Unavailable, match="no connection") as raised:
            client.post_invoices([document("A")])
        assert type(raised.value) is Unavailable
        assert client.calls["POST /customer/invoice"] == 1


def test_a_document_the_answer_is_silent_on_is_unknown_and_the_other_is_not(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = TAKEN

    first, second = client.post_invoices([document("A"), document("B")])

    assert isinstance(first, Receipt)
    assert isinstance(second, OutcomeUnknown)


def test_messages_share_the_bound_on_writes(server: SpectrumStandIn, tmp_path: Path) -> None:
    server.otherwise = Answer(TAKEN.body, delay=0.05)
    with (
        Spectrum(connection_to(server.url, parallel_writes=2), tmp_path) as client,
        ThreadPoolExecutor(6) as pool,
    ):
        list(pool.map(lambda _: client.post_invoices([document("A")]), range(6)))
    assert server.most_at_once == 2


@pytest.fixture
def bearer(server: SpectrumStandIn, tmp_path: Path, no_waiting: None) -> Iterator[Spectrum]:
    server.token_reply, server.otherwise = grant("first"), TAKEN
    with Spectrum(connection_to(server.url, **BEARER), tmp_path) as spectrum:
        yield spectrum


def test_with_enhanced_authentication_a_token_is_the_login_and_the_id_is_in_the_message(
    server: SpectrumStandIn, bearer: Spectrum
) -> None:
    bearer.post_invoices([document("A")])

    assert [
        headers.get("authorization") for _, path, headers, _ in server.seen if path == PATH
    ] == ["Bearer first"]
    assert messages(server)[0]["arInvoices"][0]["Authorization_ID"] == "TOP-SECRET-ID"


def test_a_message_that_met_a_dead_token_is_not_sent_again_and_the_next_has_a_new_one(
    server: SpectrumStandIn, bearer: Spectrum
) -> None:
    bearer.post_invoices([document("A")])
    server.token_reply = grant("second")
    server.replies.append(Answer(b"", status=401))

    with pytest.raises(OutcomeUnknown):
        bearer.post_invoices([document("A")])
    bearer.post_invoices([document("A")])

    logins = [headers.get("authorization") for _, path, headers, _ in server.seen if path == PATH]
    assert logins == ["Bearer first", "Bearer first", "Bearer second"]
    assert bearer.calls == {"token": 2, "POST /customer/invoice": 3}


def test_a_token_that_is_hard_to_get_costs_no_message(
    server: SpectrumStandIn, bearer: Spectrum
) -> None:
    server.token_reply = Answer(b"", status=500)

    with pytest.raises(Unavailable):
        bearer.post_invoices([document("A")])

    assert messages(server) == []
    assert bearer.calls["token"] == 4


def test_a_document_of_one_line_can_go_by_soap(server: SpectrumStandIn, client: Spectrum) -> None:
    server.otherwise = Answer(put(service="AddARInvoice"))

    receipt = client.write_invoice(document("A"))

    assert receipt.service == "AddARInvoice"
    sent = server.elements()
    assert (sent["Invoice_Or_Transaction"], sent["Line_Extension"], sent["Company_Code"]) == (
        "A",
        "500.10",
        "001",
    )


def test_a_document_of_several_lines_does_not_go_by_soap(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    with pytest.raises(Rejected, match="has 2 lines and AddARInvoice takes one"):
        client.write_invoice(ArDocument(document("A").header, (LINE, LINE)))
    assert server.seen == []


def test_without_infolink_invoices_accounts_and_terms_cannot_be_looked_up(client: Spectrum) -> None:
    for lookup in (lambda: client.find_ar_documents(["A"]), client.gl_accounts, client.ar_terms):
        with pytest.raises(LookupImpossible, match="Without Info-Link"):
            lookup()
