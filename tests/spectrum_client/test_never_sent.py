"""Which mishaps of a write prove that nothing was sent: those before the first byte of the request,
and no other.

What is proven may be sent again at once. What is not may stand in Spectrum or ServiceTrade already.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.errors import OutcomeUnknown, SyncFault, Unavailable
from st_spectrum.servicetrade.transport import Transport
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.transports import Transports

from .answers import envelope
from .conftest import connection_to
from .stand_in import Answer, SpectrumStandIn, good_wsdl, stand_in
from .test_spectrum_token import BEARER, grant

PHASE = {"Job_Number": "10482", "Phase_Code": "0100", "Cost_Type": "L", "Price_Method_Code": "J"}
TAKEN = Answer(envelope("AddPhase", "<returnArray/>"))
HEADER = {
    "Invoice_Or_Transaction": "10482",
    "GL_Date": "11/04/2025",
    "Batch_Code": "20251108",
    "Customer_Code": "HARBOR",
    "Transaction_Type": "I",
    "Invoice_Date": "11/04/2025",
}
LINE = {"Detail_Description": "Pump seal kit", "Line_Extension": "500.10", "GL_Account": "400000"}
INVOICE = ArDocument(HEADER, (LINE,))

PROVEN: dict[type[httpx.RequestError], str] = {
    httpx.ConnectError: "no connection",
    httpx.ConnectTimeout: "no connection within the time-out",
    httpx.PoolTimeout: "no connection within the time-out",
    httpx.ProxyError: "the proxy gives no connection",
    httpx.UnsupportedProtocol: "the request could not be made (UnsupportedProtocol)",
    httpx.LocalProtocolError: "the request could not be made (LocalProtocolError)",
}
UNKNOWN = {
    httpx.CloseError,
    httpx.DecodingError,
    httpx.NetworkError,
    httpx.ProtocolError,
    httpx.ReadError,
    httpx.ReadTimeout,
    httpx.RemoteProtocolError,
    httpx.RequestError,
    httpx.TimeoutException,
    httpx.TooManyRedirects,
    httpx.TransportError,
    httpx.WriteError,
    httpx.WriteTimeout,
}


def kinds_of(kind: type[httpx.RequestError]) -> set[type[httpx.RequestError]]:
    return {kind}.union(*(kinds_of(subclass) for subclass in kind.__subclasses__()))


class Failing(httpx.BaseTransport):
    """Answers reads, and raises at a write; `writes` counts them."""

    def __init__(self, kind: type[httpx.RequestError]) -> None:
        self.kind = kind
        self.writes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/wsdls/"):
            return httpx.Response(200, content=good_wsdl("AddPhase").body)
        if request.url.path == "/api/oauth2/token":
            return httpx.Response(
                200, json={"access_token": "t", "refresh_token": "r", "expires_in": 3600}
            )
        self.writes += 1
        raise self.kind("it happened")


def by_soap(failing: Failing, folder: Path) -> None:
    with Spectrum(
        connection_to("http://127.0.0.1:1"), folder, Transports(spectrum=failing)
    ) as spectrum:
        spectrum.write("AddPhase", PHASE)


def by_rest(failing: Failing, folder: Path) -> None:
    with Spectrum(
        connection_to("http://127.0.0.1:1"), folder, Transports(spectrum=failing)
    ) as spectrum:
        spectrum.post_invoices([INVOICE])


def to_servicetrade(failing: Failing, folder: Path) -> None:
    connection = ServiceTradeConnection(
        base_url="http://127.0.0.1:1/api", client_id="a", client_secret=SecretStr("hush-hush")
    )
    client = Transport(connection, 1.0, failing)
    try:
        client.write("PUT /externalid", "PUT", "/externalid/company/1/spectrum", {"value": "C1"})
    finally:
        client.close()


WAYS = {"soap": by_soap, "rest": by_rest, "servicetrade": to_servicetrade}
Way = Callable[[Failing, Path], None]


def fault_of(way: Way, kind: type[httpx.RequestError], folder: Path) -> SyncFault:
    failing = Failing(kind)
    with pytest.raises(SyncFault) as raised:
        way(failing, folder)
    assert failing.writes == 1, "a write goes out once"
    return raised.value


def test_every_exception_of_httpx_is_decided_on() -> None:
    assert kinds_of(httpx.RequestError) == {*PROVEN, *UNKNOWN}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("kind", PROVEN, ids=lambda kind: kind.__name__)
def test_what_happens_before_a_request_leaves_proves_that_nothing_was_sent(
    way: Way, kind: type[httpx.RequestError], tmp_path: Path, no_waiting: None
) -> None:
    fault = fault_of(way, kind, tmp_path)
    assert type(fault) is Unavailable
    if way is by_soap:
        assert str(fault).endswith(PROVEN[kind])


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    "kind", sorted(UNKNOWN, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__
)
def test_whatever_else_happens_to_a_write_leaves_its_outcome_unknown(
    way: Way, kind: type[httpx.RequestError], tmp_path: Path, no_waiting: None
) -> None:
    assert type(fault_of(way, kind, tmp_path)) is OutcomeUnknown


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port that does `answer` with each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def refused_by(url: str, folder: Path, **changes: object) -> str:
    with (
        Spectrum(connection_to(url, **{"read_attempts": 1, **changes}), folder) as spectrum,
        pytest.raises(Unavailable) as raised,
    ):
        spectrum.write("AddPhase", PHASE)
    return str(raised.value)


def test_a_server_that_speaks_no_tls_was_sent_nothing(tmp_path: Path) -> None:
    heard: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listening(answer) as port:
        assert "no connection by TLS (" in refused_by(f"https://127.0.0.1:{port}", tmp_path)
    assert b"AddPhase" not in heard[0]


def test_a_server_that_is_silent_at_the_handshake_was_sent_nothing(tmp_path: Path) -> None:
    with listening(lambda _: time.sleep(0.5)) as port:
        text = refused_by(f"https://127.0.0.1:{port}", tmp_path, timeout_seconds=0.2)
    assert text.endswith("no connection within the time-out")


def test_a_certificate_that_nobody_vouches_for_is_told_in_words(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime.now(UTC) - timedelta(days=1))
    made = made.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    own_address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(own_address, critical=False).sign(key, hashes.SHA256())
    file = tmp_path / "server.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)

    def answer(connection: socket.socket) -> None:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_side=True)

    with listening(answer) as port:
        text = refused_by(f"https://127.0.0.1:{port}", tmp_path)
    assert text.endswith("the certificate is not accepted (self-signed certificate)")


def test_a_proxy_that_opens_no_tunnel_was_given_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
        )

    with listening(answer) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        text = refused_by("https://spectrum.example.com", tmp_path)
    assert text.endswith("the proxy gives no connection")
    assert heard[0].startswith(b"CONNECT spectrum.example.com:443")


def test_a_token_that_cannot_stand_in_a_header_is_not_sent(
    server: SpectrumStandIn, tmp_path: Path, no_waiting: None
) -> None:
    with Spectrum(connection_to(server.url, **BEARER), tmp_path) as spectrum:
        for token in ("line\nbreak", "caf\u00e9\u20ac"):
            server.token_reply = grant(token)
            with pytest.raises(Unavailable, match="the request could not be made"):
                spectrum.write("AddPhase", PHASE)
            spectrum._tokens._token = ""  # type: ignore[union-attr]
    assert [path for path in server.paths() if path != "/connect/token"] == []


def test_a_connection_that_the_server_closed_meanwhile_is_used_for_no_write(
    server: SpectrumStandIn, tmp_path: Path, no_waiting: None
) -> None:
    with Spectrum(connection_to(server.url), tmp_path) as spectrum:
        server.otherwise = Answer(TAKEN.body, cut_after=10**6)
        for _ in range(3):
            spectrum.write("AddPhase", PHASE)
            time.sleep(0.05)
    assert server.paths().count("/ws/AddPhase") == 3


LOCATIONS = [
    "{other}/ws/AddPhase",
    "//127.0.0.1/login",
    "mailto:it@example.com",
    "http://xn--a/",
    "/" + "a" * 65_535,
]


@pytest.mark.parametrize("place", LOCATIONS, ids=lambda place: place[:24])
def test_an_answer_that_leads_elsewhere_is_not_followed_and_proves_nothing(
    server: SpectrumStandIn, tmp_path: Path, no_waiting: None, place: str
) -> None:
    with stand_in() as other, Spectrum(connection_to(server.url), tmp_path) as spectrum:
        other.otherwise = server.otherwise = TAKEN
        spectrum.write("AddPhase", PHASE)
        server.otherwise = Answer(
            b"", status=307, headers={"Location": place.format(other=other.url)}
        )
        with pytest.raises(ForeignAnswer):
            spectrum.write("AddPhase", PHASE)
        with pytest.raises(ForeignAnswer):
            spectrum.post_invoices([INVOICE])
        assert other.seen == []
        assert server.paths().count("/ws/AddPhase") == 2


@pytest.mark.parametrize("place", LOCATIONS, ids=lambda place: place[:24])
def test_servicetrade_is_not_left_for_another_address_either(
    tmp_path: Path, no_waiting: None, place: str
) -> None:
    class Elsewhere(Failing):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/api/oauth2/token":
                return super().handle_request(request)
            self.writes += 1
            return httpx.Response(302, headers={"Location": place}, content=b"moved")

    box = Elsewhere(httpx.RequestError)
    with pytest.raises(OutcomeUnknown):
        to_servicetrade(box, tmp_path)
    assert box.writes == 1
