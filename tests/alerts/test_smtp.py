"""Handing a mail to real servers on loopback: encrypted or not, with and without login, willing,
unwilling and silent.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from st_spectrum.account import Support
from st_spectrum.account.connections import LedgerSettings
from st_spectrum.alerts.digest import Letter
from st_spectrum.alerts.outbox import send_waiting, write_down
from st_spectrum.alerts.smtp import MailRefused, ServerDown, deliver, to_message
from st_spectrum.ledger.ledger import open_ledger

LETTER = Letter("A subject", "text\n", "<p>text</p>")
SECRET = "correct horse"


@dataclass
class PostOffice:
    """What arrived, and what is refused."""

    arrived: list[bytes] = field(default_factory=list)
    refused: frozenset[str] = frozenset()
    answer: str = "250 taken"
    unwanted: bytes = b"\0"

    # The names are aiosmtpd's.
    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.unwanted in envelope.content:
            return "554 not this one"
        self.arrived.append(envelope.content)
        return self.answer


class OnFreePort(Controller):
    """Listens where the system says; the stock controller wants to know the port beforehand."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


Opened = Callable[..., Support]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path_factory.mktemp("smtp") / "server.pem"
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + pem)
    return file


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def opened(
    office: PostOffice, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opened]:
    """Opens a server of a kind and answers the settings for it."""
    running: list[Controller] = []

    def open_server(
        security: str = "none",
        *,
        wants_login: bool = False,
        is_trusted: bool = True,
        **settings: Any,
    ) -> Support:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        if is_trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        options: dict[str, Any] = {}
        if security == "tls":
            options["ssl_context"] = context
        if security == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        if wants_login:
            options |= {
                "auth_required": True,
                "auth_require_tls": security == "starttls",
                "authenticator": knows,
            }
        server = OnFreePort(office, hostname="127.0.0.1", port=0, ready_timeout=10, **options)
        server.start()
        running.append(server)
        base: dict[str, Any] = {
            "contacts": ("ann@example.com", "bob@example.com"),
            "sender": "st-spectrum@example.com",
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_security": security,
        }
        return Support(**(base | settings))

    yield open_server
    for server in running:
        server.stop()


def knows(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
    is_right = (login.login, login.password) == (b"st", SECRET.encode())
    return AuthResult(success=is_right, handled=is_right)


def send(support: Support, seconds: float = 5) -> tuple[str, ...]:
    return deliver(to_message(LETTER, "new-1", datetime.now(UTC), support), support, seconds)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_mail_goes_out_over_each_kind_of_connection(
    opened: Opened, office: PostOffice, security: str
) -> None:
    assert send(opened(security)) == ()
    (content,) = office.arrived
    assert b"Subject: A subject" in content


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_is_made_where_the_account_file_has_one(
    opened: Opened, office: PostOffice, security: str
) -> None:
    send(opened(security, wants_login=True, smtp_user="st", smtp_password=SecretStr(SECRET)))
    assert len(office.arrived) == 1


def test_a_wrong_login_is_one_sentence_without_the_password(
    opened: Opened, office: PostOffice
) -> None:
    support = opened(
        "starttls", wants_login=True, smtp_user="st", smtp_password=SecretStr("wrong password")
    )
    with pytest.raises(
        ServerDown, match=r"refuses the login \(535\); see smtp_user and smtp_password"
    ) as raised:
        send(support)
    assert "wrong password" not in str(raised.value)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_with_an_unknown_certificate_gets_nothing(
    opened: Opened, office: PostOffice, security: str
) -> None:
    with pytest.raises(ServerDown, match="certificate verify failed"):
        send(opened(security, is_trusted=False))
    assert office.arrived == []


def test_a_server_that_cannot_encrypt_gets_nothing_when_it_should(
    opened: Opened, office: PostOffice
) -> None:
    support = opened("none").model_copy(update={"smtp_security": "starttls"})
    with pytest.raises(ServerDown, match="cannot do what the account file asks: STARTTLS"):
        send(support)
    assert office.arrived == []


def test_one_unknown_recipient_does_not_keep_the_mail_from_the_others(
    opened: Opened, office: PostOffice
) -> None:
    office.refused = frozenset({"bob@example.com"})
    assert send(opened()) == ("bob@example.com",)
    assert len(office.arrived) == 1


def test_a_mail_that_nobody_may_get_is_refused(opened: Opened, office: PostOffice) -> None:
    office.refused = frozenset({"ann@example.com", "bob@example.com"})
    with pytest.raises(MailRefused, match="takes mail for none of ann@example"):
        send(opened())


@pytest.mark.parametrize("answer", ["554 looks like spam", "451 try again later"])
def test_a_mail_that_the_server_does_not_want_is_refused_in_its_words(
    opened: Opened, office: PostOffice, answer: str
) -> None:
    office.answer = answer
    with pytest.raises(MailRefused, match=answer[4:]):
        send(opened())


def test_a_mail_that_is_refused_waits_and_lets_the_others_pass(
    opened: Opened, office: PostOffice, tmp_path: Path
) -> None:
    support, now = opened(), datetime.now(UTC)
    office.unwanted = b"Subject: first"
    with open_ledger(LedgerSettings(path=tmp_path / "ledger.sqlite")) as ledger:
        for number, subject in enumerate(("first", "second")):
            write_down(ledger, subject, Letter(subject, "x", "x"), now + timedelta(seconds=number))
        done = send_waiting(ledger, support, lambda: now, timeout_seconds=5)
        assert (done.sent, done.waiting) == (("second",), 1)
        assert "not this one" in done.trouble[0]
        office.unwanted = b"\0"
        assert send_waiting(ledger, support, lambda: now, timeout_seconds=5).sent == ("first",)


def test_a_silent_server_costs_no_more_than_the_time_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        support = Support(
            contacts=("a@x",), smtp_host="127.0.0.1", smtp_port=silent.getsockname()[1]
        )
        began = time.monotonic()
        with pytest.raises(ServerDown, match="timed out"):
            send(support, 0.3)
        assert time.monotonic() - began < 3


def test_a_server_that_hangs_up_after_the_mail_leaves_it_in_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=hang_up_after_data, args=(server,))
        thread.start()
        support = Support(
            contacts=("a@x",), smtp_host="127.0.0.1", smtp_port=server.getsockname()[1]
        )
        with pytest.raises(ServerDown, match="cannot be used"):
            send(support)
        thread.join(5)


def hang_up_after_data(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as wire:
        answers = {
            b"ehlo": b"250 hello",
            b"mail": b"250 ok",
            b"rcpt": b"250 ok",
            b"data": b"354 go on",
        }
        wire.write(b"220 here\r\n")
        wire.flush()
        for line in wire:
            if line == b".\r\n":
                return
            if answer := answers.get(line[:4].lower()):
                wire.write(answer + b"\r\n")
                wire.flush()
