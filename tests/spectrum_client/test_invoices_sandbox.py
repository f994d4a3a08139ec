"""AR documents through the client, against the stateful stand-in of Spectrum."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.errors import OutcomeUnknown, Rejected, SyncFault
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.control_client import ControlRefused
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.setup import INACTIVE_GL_ACCOUNT
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.infolink.reader import GlAccount
from st_spectrum.spectrum.invoices import is_locked
from st_spectrum.spectrum.rest.batch_answers import Posting
from st_spectrum.spectrum.rest.group import Group
from st_spectrum.spectrum.wire import Receipt

from .conftest import connection_to

CUSTOMER = {
    "Customer_Code": "HARBOR",
    "Name": "Harbor Foods LLC",
    "Terms_Code": "3",
    "Sales_Tax_Code": "VA",
}
HEADER = {
    "GL_Date": "05/04/2026",
    "Batch_Code": "20260509",
    "Customer_Code": "HARBOR",
    "Transaction_Type": "I",
    "Invoice_Date": "05/04/2026",
    "Sales_Tax_Code": "VA",
    "Sales_Tax_Amount": "36.25",
}
LINE = {
    "Detail_Description": "Pump seal kit",
    "Line_Extension": "500.10",
    "GL_Account": "4010",
    "Taxable_Flag": "Y",
}
POST = "POST /customer/invoice"

Connect = Callable[..., Spectrum]


def document(number: str, *lines: dict[str, str], **header: str) -> ArDocument:
    details = tuple({**LINE, **line} for line in lines or ({},))
    return ArDocument({**HEADER, "Invoice_Or_Transaction": number, **header}, details)


def kinds(postings: tuple[Posting, ...]) -> list[str]:
    return [type(posting).__name__ for posting in postings]


@pytest.fixture
def connect(sandbox: Sandbox, tmp_path: Path, no_waiting: None) -> Iterator[Connect]:
    opened: list[Spectrum] = []

    def open_one(**changes: Any) -> Spectrum:
        values = {
            "authorization_id": SecretStr(credentials.AUTHORIZATION_ID),
            "infolink": InfoLink(url=SecretStr(sandbox.infolink_url)),
            **changes,
        }
        opened.append(Spectrum(connection_to(sandbox.spectrum_url, **values), tmp_path / "wsdl"))
        return opened[-1]

    yield open_one
    for spectrum in opened:
        spectrum.close()


@pytest.fixture
def spectrum(connect: Connect) -> Spectrum:
    client = connect()
    client.write("AddCustomer", CUSTOMER)
    return client


def test_invoices_and_credit_memos_are_stored_to_the_cent_and_found_again(
    spectrum: Spectrum,
) -> None:
    lines = ({"Line_Extension": "1250.00"}, {"Line_Extension": "0.07", "Message": "Night call"})
    invoice, credit = (
        document("10482-1", *lines),
        document("10482-1C", Transaction_Type="C", Sales_Tax_Amount="0.10"),
    )

    assert kinds(spectrum.post_invoices([invoice, credit])) == ["Receipt", "Receipt"]

    first, second = sorted(
        spectrum.find_ar_documents(["10482-1", "10482-1C", "10482-2"]),
        key=lambda document: document.number,
    )
    assert (first.kind, first.customer_code, first.before_tax, first.tax) == (
        "I", "HARBOR", Decimal("1250.07"), Decimal("36.25"),
    )  # fmt: skip
    assert (second.kind, second.before_tax, second.tax) == ("C", Decimal("500.10"), Decimal("0.10"))
    assert spectrum.find_ar_documents(["10482-2"]) == ()


def test_an_invoice_stays_in_the_header_table_when_it_is_posted(
    sandbox: Sandbox, spectrum: Spectrum
) -> None:
    spectrum.post_invoices([document("10482-1")])
    (waiting,) = spectrum.find_ar_documents(["10482-1"])
    sandbox.control.ar_document("10482-1", "post")

    (posted,) = spectrum.find_ar_documents(["10482-1"])

    assert (waiting.is_posted, posted.is_posted) == (False, True)
    assert (posted.before_tax, posted.kind) == (Decimal("500.10"), "I")
    assert len(sandbox.control.records("spectrum", "CR_INVOICE_HEADER_MC")) == 1


def test_a_reversal_at_the_screen_is_a_credit_memo_with_the_number_of_the_invoice(
    sandbox: Sandbox, spectrum: Spectrum
) -> None:
    spectrum.post_invoices([document("10482-1")])
    sandbox.control.ar_document("10482-1", "post")
    sandbox.control.ar_document("10482-1", "reverse")

    found = {document.kind: document for document in spectrum.find_ar_documents(["10482-1"])}

    assert found["I"].is_reversed
    assert (found["C"].before_tax, found["C"].customer_code, found["C"].is_posted) == (
        Decimal("500.10"),
        "HARBOR",
        False,
    )
    with pytest.raises(ControlRefused, match="credit memo 10482-1 already"):
        sandbox.control.ar_document("10482-1", "reverse")


def test_in_one_batch_the_good_ones_are_taken_and_each_bad_one_says_why(
    sandbox: Sandbox, spectrum: Spectrum
) -> None:
    postings = spectrum.post_invoices(
        [
            document("A"),
            document("B", {}, {"GL_Account": "5100"}),
            document("C", Customer_Code="NOBODY"),
            document("D", Invoice_Date="1/5/26"),
            document("E", {"GL_Account": INACTIVE_GL_ACCOUNT}),
            document("F"),
        ]
    )

    assert kinds(postings) == ["Receipt", "Rejected", "Rejected", "Rejected", "Rejected", "Receipt"]
    complaints = {
        place: str(posting)
        for place, posting in enumerate(postings)
        if isinstance(posting, Rejected)
    }
    assert "GL_Account: line 2: GL_Account 5100 is a direct cost account" in complaints[1]
    assert "Customer_Code: Customer_Code NOBODY" in complaints[2]
    assert "Invoice_Date: document D: must be a date written MM/DD/YYYY" in complaints[3]
    assert "is not active" in complaints[4]
    stored = sandbox.control.records("spectrum", "CR_INVOICE_HEADER_MC")
    assert sorted(row["Invoice_Or_Transaction"].strip() for row in stored) == ["A", "F"]
    assert spectrum.calls[POST] == 1


def test_a_second_document_under_a_number_is_refused_on_the_number(spectrum: Spectrum) -> None:
    spectrum.post_invoices([document("A")])

    again, other = spectrum.post_invoices([document("A"), document("B")])

    assert isinstance(again, Rejected)
    assert again.blames_only("Invoice_Or_Transaction")
    assert not is_locked(again)
    assert isinstance(other, Receipt)


def test_a_record_that_a_person_has_open_is_told_from_one_that_exists(
    sandbox: Sandbox, spectrum: Spectrum
) -> None:
    sandbox.control.add_fault(system="spectrum", operation=POST, kind="locked")

    (posting,) = spectrum.post_invoices([document("A")])

    assert isinstance(posting, Rejected)
    assert is_locked(posting)
    assert kinds(spectrum.post_invoices([document("A")])) == ["Receipt"]


@pytest.mark.parametrize("kind", ["drop_answer", "truncate"])
def test_a_batch_whose_answer_is_lost_was_stored_once_and_every_number_can_be_found(
    sandbox: Sandbox, spectrum: Spectrum, kind: str
) -> None:
    sandbox.control.add_fault(system="spectrum", operation=POST, kind=kind)

    with pytest.raises(OutcomeUnknown):
        spectrum.post_invoices(
            [document("A"), document("B", Customer_Code="NOBODY"), document("C")]
        )

    assert {document.number for document in spectrum.find_ar_documents("ABC")} == {"A", "C"}
    assert spectrum.calls[POST] == 1
    assert len(sandbox.control.calls("spectrum", POST)) == 1


@pytest.mark.parametrize(
    ("rule", "family"),
    [
        ({"kind": "fail_before"}, OutcomeUnknown),
        ({"kind": "not_xml"}, ForeignAnswer),
        ({"kind": "refuse"}, OutcomeUnknown),
        ({"kind": "rate_limit", "retry_after": 9}, ForeignAnswer),
        ({"kind": "status", "status": 403}, ForeignAnswer),
        ({"kind": "middle_box_before", "status": 401}, ForeignAnswer),
    ],
)
def test_every_fault_on_a_batch_has_its_family_and_is_not_repeated(
    sandbox: Sandbox, spectrum: Spectrum, rule: dict[str, Any], family: type[SyncFault]
) -> None:
    sandbox.control.add_fault(system="spectrum", operation=POST, **rule)

    with pytest.raises(family) as raised:
        spectrum.post_invoices([document("A")])

    assert type(raised.value) is family
    assert len(sandbox.control.calls("spectrum", POST)) == 1
    assert spectrum.find_ar_documents("A") == ()


def test_the_servers_no_to_a_wrong_login_proves_nothing_about_the_message_and_a_read_tells_it_before(
    connect: Connect,
) -> None:
    for wrong in ({"authorization_id": SecretStr("WRONG-SECRET-ID")}, {"company_code": "999"}):
        with pytest.raises(ForeignAnswer) as raised:
            connect(**wrong).post_invoices([document("A")])
        assert "WRONG-SECRET-ID" not in str(raised.value)


def test_with_enhanced_authentication_a_token_that_dies_is_replaced_and_nothing_is_stored_twice(
    sandbox: Sandbox, spectrum: Spectrum, connect: Connect
) -> None:
    sandbox.control.switch("spectrum", auth_mode="bearer")
    bearer = connect(
        auth="bearer",
        client_id=credentials.SPECTRUM_CLIENT_ID,
        client_secret=SecretStr(credentials.SPECTRUM_CLIENT_SECRET),
    )
    assert kinds(bearer.post_invoices([document("A")])) == ["Receipt"]
    sandbox.control.add_fault(system="spectrum", operation=POST, kind="expire_token")

    with pytest.raises(OutcomeUnknown):
        bearer.post_invoices([document("B")])
    assert kinds(bearer.post_invoices([document("B")])) == ["Receipt"]

    assert bearer.calls["token"] == 2
    assert len(sandbox.control.records("spectrum", "CR_INVOICE_HEADER_MC")) == 2
    with pytest.raises(OutcomeUnknown):
        spectrum.post_invoices([document("C")])


def test_one_line_by_soap_is_stored_as_by_rest(sandbox: Sandbox, spectrum: Spectrum) -> None:
    spectrum.post_invoices([document("A")])
    spectrum.write_invoice(document("B"))

    by_rest, by_soap = sorted(
        spectrum.find_ar_documents("AB"), key=lambda document: document.number
    )

    assert replace(by_rest, number="B") == by_soap
    with pytest.raises(Rejected) as refusal:
        spectrum.write_invoice(document("B"))
    assert refusal.value.blames_only("Invoice_Or_Transaction")


def test_accounts_and_terms_are_told_with_what_matters_for_invoices(spectrum: Spectrum) -> None:
    accounts = spectrum.gl_accounts()

    assert accounts["4010"] == GlAccount("4010", is_direct_cost=False, status="A")
    assert accounts["5100"].is_direct_cost
    assert accounts[INACTIVE_GL_ACCOUNT].status == "I"
    assert "3" in spectrum.ar_terms()


cents = st.integers(0, 10**9).map(lambda number: f"{number // 100}.{number % 100:02}")


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(amounts=st.lists(cents, min_size=1, max_size=12), tax=cents)
def test_any_amounts_arrive_exactly(spectrum: Spectrum, amounts: list[str], tax: str) -> None:
    number = f"N{sum(spectrum.calls.values())}"
    lines = [{"Line_Extension": amount} for amount in amounts]

    assert kinds(spectrum.post_invoices([document(number, *lines, Sales_Tax_Amount=tax)])) == [
        "Receipt"
    ]

    (found,) = spectrum.find_ar_documents([number])
    assert found.before_tax == sum(map(Decimal, amounts))
    assert found.tax == Decimal(tax)


def test_many_threads_share_messages_and_every_document_is_stored_once(
    sandbox: Sandbox, spectrum: Spectrum
) -> None:
    group: Group[ArDocument, Receipt] = Group(spectrum.post_invoices, most=10, wait_seconds=0.05)

    def post(number: int) -> str:
        header = {"Customer_Code": "NOBODY"} if number % 5 == 0 else {}
        try:
            return type(group.call(document(f"N{number}", **header))).__name__
        except SyncFault as fault:
            return type(fault).__name__

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(post, range(60)))

    assert results == ["Rejected" if number % 5 == 0 else "Receipt" for number in range(60)]
    stored = Counter(
        row["Invoice_Or_Transaction"].strip()
        for row in sandbox.control.records("spectrum", "CR_INVOICE_HEADER_MC")
    )
    assert stored == {f"N{number}": 1 for number in range(60) if number % 5}
    assert 6 <= spectrum.calls[POST] < 60
