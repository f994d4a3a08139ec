"""The SOAP transport: messages built from the WSDL, posted as they are, answers handed to `wire`
[SP 3, 4].

Decides one question for every mishap: was the call certainly not carried out (`Unavailable`, may be
sent again) or does nobody know (`OutcomeUnknown` for a write)? Only Spectrum's own rows and faults
prove that a write was not carried out. No exception of zeep, httpx or lxml leaves this module.
"""

import socket
import ssl
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from st_spectrum.account.connections import SpectrumConnection
from st_spectrum.domain.answer_size import TooLarge, read_bounded
from st_spectrum.domain.answers import FROM_A_GATEWAY, ForeignAnswer, asked_pause, retry_after
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    RateLimited,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum import envelope, wire
from st_spectrum.spectrum.rest.transport import DEFAULT_RETRY_AFTER_SECONDS, TokenSource
from st_spectrum.spectrum.services import Service
from st_spectrum.spectrum.soap.wsdl import Contracts
from st_spectrum.spectrum.wire import SYSTEM, Receipt, Rows, ServiceMissing
from st_spectrum.transports import (
    IDLE_SECONDS,
    NEVER_SENT,
    headers_of,
    headers_of_posts,
    open_client,
    post_of,
    time_limit,
)

ARRIVED_IN_PART = frozenset({408, 425})
"""HTTP codes of a request that did not arrive whole; a read is asked again."""

NO_REQUEST = "the request could not be made ({})"


@dataclass(frozen=True)
class Answered:
    """An answer that was read whole; `url` is what was asked."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    url: httpx.URL | str


@dataclass(frozen=True)
class _Outgoing:
    """What is asked of a service; without a body, for its WSDL."""

    service: Service
    url: httpx.URL | str
    headers: httpx.Headers
    body: bytes | None = None

    @property
    def is_for_wsdl(self) -> bool:
        return self.body is None

    @property
    def is_write(self) -> bool:
        return self.body is not None and self.service.is_write


@dataclass(frozen=True)
class _Success:
    """The last answer of a service that says nothing but that it took the call, and what it was
    read as. Spectrum says that in the same bytes each time, which are then not read again.
    """

    content: bytes
    receipt: Receipt


class Soap:
    """One installation's SOAP services; safe to use from many threads. `tokens` is None in basic
    mode [SP 1.4].

    `on_request` hears of the requests besides the call itself: "wsdl", and a read that had to be
    sent anew because a token had
    died.
    """

    def __init__(
        self,
        connection: SpectrumConnection,
        wsdl_dir: Path,
        on_request: Callable[[str], None],
        tokens: TokenSource | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base_url = connection.base_url.rstrip("/")
        self._authorization_id = connection.authorization_id.get_secret_value()
        self._secrets = (self._authorization_id, connection.client_secret.get_secret_value())
        self._on_request = on_request
        self._tokens = tokens
        kept = connection.parallel_reads + connection.parallel_writes
        # No bound on connections: how many calls run at once is the business of `Pace`.
        limits = httpx.Limits(
            max_connections=None, max_keepalive_connections=kept, keepalive_expiry=IDLE_SECONDS
        )
        self._http = open_client(time_limit(connection.timeout_seconds), transport, limits=limits)
        self._contracts = Contracts(wsdl_dir, self._base_url, self._download)
        self._successes: dict[str, _Success] = {}
        self._ways: dict[tuple[str, str], tuple[httpx.URL, httpx.Headers]] = {}

    def is_prepared(self, service: Service) -> bool:
        """Whether there is nothing to `prepare`; never in bearer mode, where a token may have
        died.
        """
        return self._tokens is None and self._contracts.has(service)

    def prepare(self, service: Service) -> None:
        """Have the WSDL and, in bearer mode, a token at hand; a read, so that a write that follows
        is one request only.
        """
        if self._tokens:
            self._tokens.token()
        self._contracts.of(service)

    def put(self, service: Service, fields: Mapping[str, str]) -> Receipt:
        """Call an Add, Update or test service once with complete `fields` of `build_fields`. Raises
        the families.
        """
        answer = self._ask(service, fields)
        read_before = self._successes.get(service.name)
        if read_before is not None and read_before.content == answer:
            return read_before.receipt
        receipt = wire.parse_put(answer, service, self._secrets)
        if not receipt.notes:
            self._successes[service.name] = _Success(answer, receipt)
        return receipt

    def get(self, service: Service, fields: Mapping[str, str]) -> Rows:
        """Call a Get service once."""
        return wire.parse_get(self._ask(service, fields), service, self._secrets)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _ask(self, service: Service, fields: Mapping[str, str]) -> bytes:
        """Post one message and give back the body that is worth reading; raises what the HTTP
        status decides alone.
        """
        contract = self._contracts.of(service)
        # A fresh group for every call: a reused one has been seen to answer nothing, and it
        # protects from nothing [SP 1.6].
        group = {"GUID": str(uuid.uuid4())} if service.has_guid else {}
        body = contract.message({"Authorization_ID": self._authorization_id, **group, **fields})
        url, headers = self._way_of(contract.path, contract.action)
        answer = self._request(_Outgoing(service, url, headers, body))
        if answer.status_code < 300 and not wire.is_page(answer.content):
            return answer.content
        if wire.parse_fault(answer.content) is not None or wire.has_refusal(answer.content):
            # Spectrum's own words count whatever the status; a success beside a bad one is not
            # believed.
            return answer.content
        if not service.is_write and answer.status_code < 300:
            return answer.content
        raise self._unexplained(answer, service)

    def _download(self, service: Service) -> bytes:
        """The WSDL of a service. Fetching it is a read, even for a service that writes."""
        self._on_request("wsdl")
        url = f"{self._base_url}/wsdls/{service.name}.jws"
        answer = self._request(_Outgoing(service, url, self._http.headers))
        if 200 <= answer.status_code < 300:
            return answer.content
        if answer.status_code >= 500:
            text = f"answered the WSDL of {service.name} with HTTP {answer.status_code}"
            raise Unavailable(text, system=SYSTEM, operation=service.name)
        raise self._turned_away(answer, service)

    def _address(self, path: str) -> httpx.URL:
        """The configured address with the WSDL's path: a site may be reached under another name
        than it gives itself.

        Host and port are the account file's, whatever stands in the path: the login goes nowhere
        else.
        """
        base = httpx.URL(self._base_url)
        own = base.path.rstrip("/")
        inside = path.removeprefix(own) if path.startswith(f"{own}/") else path
        # As text and back: only then are its characters those of an address.
        return httpx.URL(str(base.copy_with(path=f"{own}/{inside.lstrip('/')}")))

    def _way_of(self, path: str, action: str) -> tuple[httpx.URL, httpx.Headers]:
        """Where the messages of a service go, and what goes before every one but for the token."""
        if (known := self._ways.get((path, action))) is None:
            own = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
            url = self._address(path)
            known = url, headers_of_posts(url, headers_of(self._http, own))
            self._ways[path, action] = known
        return known

    def _request(self, outgoing: _Outgoing) -> Answered:
        """One request; in bearer mode a read is asked again after 401, with another token. A write
        never goes out again.
        """
        token = self._tokens.token() if self._tokens else ""
        answer = self._send(outgoing, token)
        if answer.status_code != 401 or self._tokens is None:
            return answer
        if outgoing.is_write:
            # The next call gets a token that may be better.
            with suppress(SyncFault):
                self._tokens.renew(token)
            return answer
        self._on_request("wsdl" if outgoing.is_for_wsdl else outgoing.service.name)
        return self._send(outgoing, self._tokens.renew(token))

    def _send(self, outgoing: _Outgoing, token: str) -> Answered:
        service = outgoing.service
        try:
            headers = outgoing.headers
            if token:
                # Only `update` refuses a token that is no ASCII; an assignment would send it.
                headers = headers.copy()
                headers.update({"Authorization": f"Bearer {token}"})
            request = (
                httpx.Request("GET", outgoing.url, headers=headers)
                if outgoing.body is None
                else post_of(outgoing.url, headers, outgoing.body)
            )
        except (httpx.InvalidURL, ValueError) as error:
            text = f"{self._base_url}: {NO_REQUEST.format(type(error).__name__)}"
            raise Unavailable(text, system=SYSTEM, operation=service.name) from None
        try:
            answer = self._http.send(request, stream=True)
            with closing(answer):
                content = read_bounded(answer.iter_bytes())
            return Answered(answer.status_code, answer.headers, content, outgoing.url)
        except TooLarge as error:
            if not outgoing.is_write:
                raise ContractBroken(str(error), system=SYSTEM, operation=service.name) from None
            raise wire.lost_answer(service, f"gave no answer that can be read: {error}") from None
        except NEVER_SENT as error:
            text = f"{self._base_url}: {_why_never_sent(error)}"
            raise Unavailable(text, system=SYSTEM, operation=service.name) from None
        except httpx.RequestError as error:
            if outgoing.is_for_wsdl:
                text = f"gave no answer to the request for its WSDL ({type(error).__name__})"
                raise Unavailable(text, system=SYSTEM, operation=service.name) from None
            raise wire.lost_answer(service, f"gave no answer ({type(error).__name__})") from None

    def _unexplained(self, answer: Answered, service: Service) -> SyncFault:
        """What an answer means in which Spectrum does not speak: for a write nobody knows what
        became of it.
        """
        status = answer.status_code
        text = f"HTTP {status} and {envelope.describe(answer.content)}"
        is_from_a_gateway = service.is_write and status in FROM_A_GATEWAY
        if (status >= 500 and not is_from_a_gateway) or (
            status in ARRIVED_IN_PART and not service.is_write
        ):
            return wire.lost_answer(service, f"answered with {text}")
        if not service.is_write:
            return self._turned_away(answer, service)
        return ForeignAnswer(
            f"the answer does not come from Spectrum: {text}",
            retry_after=asked_pause(answer.headers),
            system=SYSTEM,
            operation=service.name,
        )

    def _turned_away(self, answer: Answered, service: Service) -> SyncFault:
        """The family of an HTTP status from 300 to 499 to a read."""
        wire.raise_fault(wire.parse_fault(answer.content), service, self._secrets)
        status = answer.status_code
        if status in (401, 403):
            text = f"Spectrum at {self._base_url} turns the login away (HTTP {status})"
            return AccessDenied(text, system=SYSTEM, operation=service.name)
        if status == 404:
            text = (
                f"Spectrum at {self._base_url} has no service {service.name}:"
                f" {urlsplit(str(answer.url)).path} was not found"
            )
            return ServiceMissing(text, system=SYSTEM, operation=service.name)
        if status == 429:
            wait = retry_after(answer.headers, DEFAULT_RETRY_AFTER_SECONDS)
            return RateLimited(
                "asks to come back later", retry_after=wait, system=SYSTEM, operation=service.name
            )
        if 300 <= status < 400:
            text = (
                f"Spectrum at {self._base_url} sends us to another address (HTTP {status}); correct"
                " the base address"
            )
            return ContractBroken(text, system=SYSTEM, operation=service.name)
        text = (
            f"Spectrum answered {service.name} with HTTP {status} and"
            f" {envelope.describe(answer.content)}"
        )
        return ContractBroken(text, system=SYSTEM, operation=service.name)


def _why_never_sent(error: httpx.RequestError) -> str:
    """Why a request certainly did not leave, for an exception of `NEVER_SENT`."""
    match error:
        case httpx.ProxyError():
            return "the proxy gives no connection"
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return "no connection within the time-out"
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return NO_REQUEST.format(type(error).__name__)
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, socket.gaierror):
            return "the name is not known"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not accepted ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return f"no connection by TLS ({cause.reason or 'no reason given'})"
        cause = cause.__cause__ or cause.__context__
    return "no connection"
