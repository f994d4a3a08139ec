"""The sandbox as a whole: up, down, up again."""

import smtplib
import socket
import threading
import time
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from st_spectrum.alerts.links import record_link
from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.calls import CallEntry
from st_spectrum.sandbox.server import Sandbox


def add_company(url: str, name: str) -> int:
    with ServiceTradeCaller(url) as servicetrade:
        return int(servicetrade.post("/company", name=name, customer=True)["id"])


def add_customer(url: str, code: str) -> None:
    with SpectrumCaller(url) as spectrum:
        spectrum.write(
            "AddCustomer",
            Customer_Code=code,
            Name="Harbor Foods",
            Terms_Code="3",
            Sales_Tax_Code="VA",
        )


def await_call(sandbox: Sandbox, operation: str) -> CallEntry:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if entries := sandbox.control.calls(operation=operation):
            return entries[0]
        time.sleep(0.02)
    raise AssertionError(f"{operation} was never called")


def test_what_both_systems_hold_survives_a_stop_and_a_start_on_the_same_ports(
    tmp_path: Path,
) -> None:
    with Sandbox(tmp_path) as first:
        add_company(first.servicetrade_url, "Harbor Foods")
        add_customer(first.spectrum_url, "C00001")
        addresses, counts = first.addresses, first.control.counts()
    sandbox = first
    sandbox.start()
    try:
        assert sandbox.addresses == addresses
        assert sandbox.control.counts() == counts
        names = [record["name"] for record in sandbox.control.records("servicetrade", "company")]
        assert "Harbor Foods" in names
    finally:
        sandbox.stop()


def test_a_port_that_is_taken_is_named_and_leaves_nothing_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        sandbox = Sandbox(tmp_path, ports=(0, port, 0))
        with pytest.raises(OSError, match=str(port)):
            sandbox.start()
    sandbox.start()
    sandbox.stop()
    assert set(threading.enumerate()) <= before


def test_a_link_to_a_record_opens_a_page(sandbox: Sandbox) -> None:
    company = add_company(sandbox.servicetrade_url, "Harbor <Foods>")
    link = record_link(sandbox.servicetrade_url, "customers", str(company))
    page = httpx.get(link, follow_redirects=True)
    assert (page.status_code, "Harbor &lt;Foods&gt;" in page.text) == (200, True)
    assert str(page.url) == f"{sandbox.console_url}/records/company/{company}"
    assert httpx.get(link + "9").status_code == 404
    assert httpx.get(link.replace("/company/", "/nothing/")).status_code == 404


def test_a_paused_system_refuses_connections_and_goes_on_where_it_was(sandbox: Sandbox) -> None:
    add_customer(sandbox.spectrum_url, "C00001")
    wsdl = sandbox.spectrum_url + "/wsdls/AddCustomer.jws"
    with httpx.Client(trust_env=False) as client:
        assert client.get(wsdl).status_code == 200
        sandbox.control.pause("spectrum")
        with pytest.raises(httpx.ConnectError):
            client.get(wsdl)
        with httpx.Client(trust_env=False) as other, pytest.raises(httpx.ConnectError):
            other.get(wsdl)
        sandbox.control.resume("spectrum")
        assert client.get(wsdl).status_code == 200
    codes = [
        row["Customer_Code"].strip()
        for row in sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    ]
    assert codes == ["C00001"]


def test_pausing_cuts_a_call_in_progress_which_is_carried_out_all_the_same(
    sandbox: Sandbox,
) -> None:
    sandbox.control.latency(spectrum=0.4)
    outcome: list[BaseException] = []

    def write() -> None:
        try:
            add_customer(sandbox.spectrum_url, "C00001")
        except httpx.HTTPError as error:
            outcome.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    await_call(sandbox, "GET /wsdls/AddCustomer.jws")
    time.sleep(0.1)
    sandbox.control.pause("spectrum")
    thread.join(5)
    assert len(outcome) == 1
    entry = await_call(sandbox, "AddCustomer")
    assert entry.is_committed
    assert not entry.is_answered
    assert sandbox.control.counts()["spectrum"]["CR_CUSTOMER_MASTER_MC"] == 1


def test_a_reset_empties_both_systems_opens_them_and_forgets_all_that_was_set(
    sandbox: Sandbox,
) -> None:
    fresh = sandbox.control.counts()
    add_company(sandbox.servicetrade_url, "Harbor Foods")
    add_customer(sandbox.spectrum_url, "C00001")
    switches = sandbox.control.switches()
    sandbox.control.switch("spectrum", success_shape="g_row")
    sandbox.control.add_fault(system="spectrum", kind="refuse")
    sandbox.control.latency(servicetrade=1, spectrum=1)
    sandbox.control.pause("servicetrade")
    sandbox.control.reset()
    assert sandbox.control.counts() == fresh
    assert sandbox.control.switches() == switches
    assert sandbox.control.faults() == ()
    assert sandbox.control.calls() == []
    started = time.monotonic()
    add_company(sandbox.servicetrade_url, "Harbor Foods")
    assert time.monotonic() - started < 1


def test_an_answer_does_not_wait_for_a_delayed_acknowledgement(sandbox: Sandbox) -> None:
    seconds = []
    with ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade:
        for _ in range(20):
            started = time.monotonic()
            servicetrade.get("/account")
            seconds.append(time.monotonic() - started)
    assert min(seconds) < 0.03


def test_mails_are_kept_with_both_of_their_texts(sandbox: Sandbox) -> None:
    mail = EmailMessage()
    mail["Subject"] = "3 jobs wait – for Café Émile"
    mail["From"] = "st-spectrum@example.com"
    mail["To"] = "controller@example.com"
    mail.set_content("Three jobs wait.")
    mail.add_alternative("<p>Three jobs <b>wait</b>.</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port) as server:
        server.send_message(mail, to_addrs=["controller@example.com", "boss@example.com"])
    (kept,) = sandbox.control.mails()
    assert kept.subject == "3 jobs wait – for Café Émile"
    assert kept.sender == "st-spectrum@example.com"
    assert kept.recipients == ("controller@example.com", "boss@example.com")
    assert kept.text.strip() == "Three jobs wait."
    assert "<b>wait</b>" in kept.html
    sandbox.control.clear_mails()
    assert sandbox.control.mails() == []
