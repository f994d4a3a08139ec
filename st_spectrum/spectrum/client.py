"""The one door to Spectrum: writes, reads and look-ups, each bounded, counted and with its errors
sorted into families.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from st_spectrum.account.connections import SpectrumConnection
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.ar_documents import NUMBER, ArDocument
from st_spectrum.domain.errors import AccessDenied, ContractBroken, Problem, Rejected, SyncFault
from st_spectrum.spectrum import invoices, timecards
from st_spectrum.spectrum.lookup import Lookup
from st_spectrum.spectrum.lookups import SpectrumLookups
from st_spectrum.spectrum.pace import Pace
from st_spectrum.spectrum.request_fields import build_fields
from st_spectrum.spectrum.rest.batch_answers import Posting
from st_spectrum.spectrum.rest.transport import Rest, TokenSource
from st_spectrum.spectrum.services import SERVICES, Service
from st_spectrum.spectrum.soap.transport import Soap
from st_spectrum.spectrum.wire import SYSTEM, Receipt, Rows
from st_spectrum.transports import NETWORK, Transports

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader

T = TypeVar("T")

CALLER_VERSION = "1"
"""What we call our version in the connection test, in the format it asks for [SP 7]."""


class Spectrum(SpectrumLookups):
    """One company of one Spectrum installation; safe to use from many threads. Nothing is called
    before the first use.

    `wsdl_dir` is where service descriptions are kept between runs. Every function raises only the
    families of
    `domain.errors`, and the look-ups `LookupImpossible` besides.
    """

    def __init__(
        self, connection: SpectrumConnection, wsdl_dir: Path, transports: Transports = NETWORK
    ) -> None:
        self._company = connection.company_code
        self.timeout_seconds = connection.timeout_seconds
        self._pace = Pace(
            parallel_reads=connection.parallel_reads,
            parallel_writes=connection.parallel_writes,
            read_attempts=connection.read_attempts,
        )
        http = transports.spectrum
        is_bearer = connection.auth == "bearer"
        self._tokens = (
            TokenSource(connection, self._pace.count, transport=http) if is_bearer else None
        )
        self._soap = Soap(connection, wsdl_dir, self._pace.count, self._tokens, http)
        self._rest = Rest(connection, self._tokens, http)
        self.infolink = self._infolink_of(connection)
        self._lookup = Lookup(self.get, self.infolink)
        self._is_open = False

    def _infolink_of(self, connection: SpectrumConnection) -> "InfoLinkReader | None":
        if connection.infolink is None:
            return None
        from st_spectrum.spectrum.infolink.reader import InfoLinkReader

        return InfoLinkReader(connection.infolink, self._company, self._pace)

    @property
    def calls(self) -> Counter[str]:
        """Requests so far: by service name, "wsdl", "token", and "infolink.sites" and the like."""
        return self._pace.calls

    def write(self, service: str, fields: Mapping[str, str]) -> Receipt:
        """Call an Add or Update service once. `fields` lack Authorization_ID and GUID; absent ones
        are sent blank.

        Raises `Rejected` before anything is sent when a value cannot be right, `OutcomeUnknown`
        when it was sent and nobody knows what came of it, `Unavailable` only when it was certainly
        not carried out. After `ContractBroken` the outcome is as unknown as after `OutcomeUnknown`.
        """
        layout = _layout(service, is_read=False)
        values = build_fields(layout, fields, self._company)
        self._prepare(layout)
        return self._write(service, lambda: self._soap.put(layout, values))

    def post_invoices(self, documents: Sequence[ArDocument]) -> tuple[Posting, ...]:
        """Send AR documents in one REST message [SP 12.2], once; what became of each, in the order
        given.

        A document that cannot be right, or bears the number of an earlier one, is `Rejected` in its
        place and not sent;
        the others are. `OutcomeUnknown` in a place says that the answer is silent on that document.
        Raises the families for the batch as a whole: `OutcomeUnknown` when the answer was lost,
        `Unavailable` only when nothing was carried out.
        """
        postings: dict[int, Posting] = {}
        twice = invoices.repeated(documents)
        for place, document in enumerate(documents):
            problems = invoices.check(document, self._company)
            if place in twice:
                text = (
                    f"document {document.number}: another document of the same batch bears this"
                    " number"
                )
                problems = (*problems, Problem("I", text, NUMBER))
            if problems:
                postings[place] = Rejected(problems, system=SYSTEM, operation=invoices.OPERATION)
        sent = [document for place, document in enumerate(documents) if place not in postings]
        answers = iter(self._post_invoices(sent) if sent else ())
        return tuple(
            postings[place] if place in postings else next(answers)
            for place in range(len(documents))
        )

    def _post_invoices(self, documents: Sequence[ArDocument]) -> tuple[Posting, ...]:
        body = invoices.build_invoice_body(
            documents, self._company, self._rest.authorization_id_in_message
        )
        message = invoices.encode(body).encode()
        self._pace.retry(self._rest.prepare)
        answer = self._write(invoices.OPERATION, lambda: self._rest.post(invoices.PATH, message))
        return invoices.read_answer(answer, documents, self._rest.secrets)

    def write_invoice(self, document: ArDocument) -> Receipt:
        """Send one AR document of one line through SOAP AddARInvoice [SP 12.3]; raises as `write`
        does.
        """
        return self.write("AddARInvoice", invoices.soap_fields(document))

    def post_timecards(self, cards: Sequence[Mapping[str, str]]) -> tuple[Posting, ...]:
        """Send pre-time cards in one REST message [SP 13.3], once; what became of each, in the
        order given.

        `cards` go by the REST names; each needs a `message` of its own, by which it is known again.
        A card that cannot be
        right, or bears the message of an earlier one, is `Rejected` in its place and not sent; the
        others are.
        `OutcomeUnknown` in a place says that the answer is silent on that card. Raises the families
        for the batch as a whole: `OutcomeUnknown` when the answer was lost, `Unavailable` only when
        nothing was carried out.
        """
        postings: dict[int, Posting] = {}
        twice = timecards.repeated(cards)
        for place, card in enumerate(cards):
            problems = timecards.check(card, self._company)
            if place in twice:
                problems = (
                    *problems,
                    Problem("I", "another card of the same batch bears it", timecards.MESSAGE),
                )
            if problems:
                postings[place] = Rejected(problems, system=SYSTEM, operation=timecards.OPERATION)
        sent = [card for place, card in enumerate(cards) if place not in postings]
        answers = iter(self._post_timecards(sent) if sent else ())
        return tuple(
            postings[place] if place in postings else next(answers) for place in range(len(cards))
        )

    def _post_timecards(self, cards: Sequence[Mapping[str, str]]) -> tuple[Posting, ...]:
        body = timecards.build_body(cards, self._company, self._rest.authorization_id_in_message)
        message = invoices.encode(body).encode()
        self._pace.retry(self._rest.prepare)
        answer = self._write(timecards.OPERATION, lambda: self._rest.post(timecards.PATH, message))
        return timecards.read_answer(answer, cards, self._rest.secrets)

    def _write(self, operation: str, act: Callable[[], T]) -> T:
        try:
            return self._pace.write(operation, act)
        except ForeignAnswer:
            self._is_open = False
            raise

    def get(self, service: str, params: Mapping[str, str]) -> Rows:
        """Call a Get service; asked again a bounded number of times while Spectrum is
        unavailable.
        """
        layout = _layout(service, is_read=True)
        values = build_fields(layout, params, self._company)
        self._prepare(layout)
        rows = self._pace.read(service, lambda: self._soap.get(layout, values))
        self._is_open = True
        return rows

    def prepare(self, service: str) -> None:
        """Have a service's description at hand without calling it; raises `ServiceMissing` where
        Spectrum lacks it.
        """
        self._prepare(SERVICES[service])

    def _prepare(self, layout: Service) -> None:
        if not self._soap.is_prepared(layout):
            self._pace.retry(lambda: self._soap.prepare(layout))

    def test_connection(self) -> None:
        """Returns when Spectrum takes our Authorization ID; raises the family of what is wrong
        [SP 7].
        """
        layout = SERVICES["WSTestConnection"]
        values = build_fields(layout, {"Version": CALLER_VERSION}, self._company)
        self._prepare(layout)
        self._pace.read(layout.name, lambda: self._soap.put(layout, values))

    def prove_login(self) -> None:
        """Returns when Spectrum has answered a read since the last answer that was not its own;
        asks if not.

        An Authorization ID that may not call the connection test may still be good: then the pay
        types must be shown.
        """
        if self._is_open:
            return
        try:
            self.test_connection()
        except AccessDenied as denied:
            try:
                self.get("GetPayType", {})
            except SyncFault:
                raise denied from None
        self._is_open = True

    def close(self) -> None:
        """Give all connections back."""
        self._soap.close()
        self._rest.close()
        if self._tokens:
            self._tokens.close()
        if self.infolink:
            self.infolink.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _layout(service: str, *, is_read: bool) -> Service:
    layout = SERVICES.get(service)
    if layout is None or (layout.is_read if is_read else layout.is_write) is False:
        text = f"there is no {'Get' if is_read else 'Add or Update'} service called {service}"
        raise ContractBroken(text, system=SYSTEM, operation=service)
    return layout
