"""Writes what a read cannot settle, step by step, each with a person's word: what a success and a
refusal look like, and what is refused the second time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from st_spectrum.domain.errors import Rejected, SyncFault
from st_spectrum.flows.purchase_orders.job_item import NAME_LENGTH
from st_spectrum.record.exchanges import RecordingTransport
from st_spectrum.record.write_material import NAME, NO_SUCH_CODE, Material
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import ORDERED, ItemSource, JobItem, JobItemFields
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.timecards import REST_NAMES

EXTERNAL_SYSTEM = "spectrum_test"
TAKEN, REFUSED = "taken", "refused"
NOT_CARRIED_OUT = frozenset({REFUSED, "AccessDenied", "Unavailable", "RateLimited"})
"""Outcomes after which nothing that builds on a step is tried."""

Confirm = Callable[[str], bool]


@dataclass(frozen=True)
class Step:
    """One write. `needs` are steps that it builds on; `leaves` is what stays behind."""

    name: str
    sentence: str
    act: Callable[[], object]
    needs: tuple[str, ...] = ()
    leaves: str = ""


@dataclass
class WriteTest:
    """One test in one company and on one ServiceTrade job, whose id is `job_id`.

    `outcomes` are what became of each step, several of a batch; `left` what nobody but a person can
    remove; `item` the fields that came back of a job item, beside those that were sent.
    """

    spectrum: Spectrum
    servicetrade: ServiceTrade
    material: Material
    job_id: int
    recordings: Sequence[RecordingTransport] = ()
    tell: Callable[[str], None] = lambda _text: None
    outcomes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    item: JobItem | None = None
    sent: JobItemFields | None = None
    _external_id: str | None = None

    def run(self, confirm: Confirm) -> None:
        """Every step that the person confirms; what can be removed is removed at the end."""
        try:
            for step in (*self._spectrum_steps(), *self._servicetrade_steps()):
                if all(map(self._may_be_there, step.needs)) and confirm(step.sentence):
                    self._take(step)
        finally:
            self._remove()

    def _may_be_there(self, name: str) -> bool:
        """Whether what a step makes was taken, or answered in a way that leaves it open."""
        return bool(set(self.outcomes.get(name, ())) - NOT_CARRIED_OUT)

    def _take(self, step: Step) -> None:
        for recording in self.recordings:
            recording.name_probe(f"write {step.name}")
        try:
            found = step.act()
        except SyncFault as fault:
            self.outcomes[step.name] = (word_of(fault),)
        else:
            several = found if isinstance(found, tuple) else (found,)
            self.outcomes[step.name] = tuple(map(word_of, several))
        for recording in self.recordings:
            recording.name_probe("")
        self.tell(f"{step.name}: {', '.join(self.outcomes[step.name])}")
        if step.leaves and self._may_be_there(step.name):
            self.left.append(step.leaves)
            self.tell(f"  left behind: {step.leaves}")

    def _spectrum_steps(self) -> Iterator[Step]:
        material = self.material
        code = material.code
        for service, noun, fields, needs in (
            ("AddCustomer", "customer", material.customer, ()),
            ("AddWOSiteAddress", "site", material.site, ("AddCustomer",)),
            ("AddJob", "job", material.job, ("AddCustomer",)),
            ("AddPhase", "phase", material.job_phase, ("AddJob",)),
        ):
            yield self._write(service, f"Add the {noun} {code} by {service}", fields, needs, noun)
            again = f"{service} again"
            text = f"Send the same {noun} once more, to see what a second one is answered"
            second = "" if service == "AddPhase" else f"perhaps a second {noun}"
            yield self._write(service, text, fields, (service,), second, again)
        yield from self._documents()
        yield from self._cards()

    def _write(
        self,
        service: str,
        sentence: str,
        fields: Mapping[str, str],
        needs: tuple[str, ...],
        noun: str,
        name: str = "",
    ) -> Step:
        leaves = f"Spectrum: {noun} {self.material.code}" if noun else ""
        return Step(
            name or service, sentence, lambda: self.spectrum.write(service, fields), needs, leaves
        )

    def _documents(self) -> Iterator[Step]:
        spectrum, material, needs = self.spectrum, self.material, ("AddJob",)
        first, good, bad = (f"{material.code}{end}" for end in "123")
        left = "Spectrum: AR document {}, one dollar, to be deleted before it is posted"
        one, memo = material.document(first), material.document(first, "C")
        yield Step(
            "AddARInvoice",
            f"Add the AR invoice {first} of one dollar by AddARInvoice",
            lambda: spectrum.write_invoice(one),
            needs,
            left.format(first),
        )
        yield Step(
            "AddARInvoice again",
            "Send the same invoice once more, to see that its number is refused",
            lambda: spectrum.write_invoice(one),
            ("AddARInvoice",),
            left.format(f"{first}, perhaps a second one"),
        )
        yield Step(
            "credit memo",
            f"Add a credit memo of one dollar under the invoice's own number, {first}",
            lambda: spectrum.write_invoice(memo),
            ("AddARInvoice",),
            left.format(f"{first} (credit memo)"),
        )
        batch = [material.document(good), material.document(bad, gl_account=NO_SUCH_CODE)]
        yield Step(
            "POST /customer/invoice",
            f"Post two invoices by REST: {good}, which is right, and {bad}, whose account is none",
            lambda: spectrum.post_invoices(batch),
            needs,
            left.format(f"{good}, and perhaps {bad}"),
        )

    def _cards(self) -> Iterator[Step]:
        spectrum, material, needs = self.spectrum, self.material, ("AddPhase",)
        left = "Spectrum: pre-time card {}, one hour, to be deleted before payroll"
        messages = [f"{material.code}T{end}" for end in "123"]
        yield Step(
            "PreTimeCard",
            f"Add a pre-time card of one hour for employee {material.employee} by PreTimeCard",
            lambda: spectrum.write("PreTimeCard", material.card(messages[0])),
            needs,
            left.format(messages[0]),
        )
        cards = [
            {REST_NAMES[name]: value for name, value in card.items()}
            for card in (
                material.card(messages[1]),
                material.card(messages[2], pay_type=NO_SUCH_CODE),
            )
        ]
        yield Step(
            "POST /timecard/timecards",
            "Post two pre-time cards by REST: one that is right, and one whose pay type is none",
            lambda: spectrum.post_timecards(cards),
            needs,
            left.format(f"{messages[1]}, and perhaps {messages[2]}"),
        )

    def _servicetrade_steps(self) -> Iterator[Step]:
        source, code, job = self.servicetrade, self.material.code, self.job_id
        yield Step(
            "external id",
            f"Give ServiceTrade job {job} the external id {code} in {EXTERNAL_SYSTEM}",
            self._set_external_id,
        )
        yield Step(
            "external id again",
            "Set the same external id once more",
            lambda: source.set_external_id("job", job, code),
            ("external id",),
        )
        yield Step(
            "job item",
            f"Put an item on ServiceTrade job {job}, read it back, and take it off again",
            self._add_item,
        )

    def _set_external_id(self) -> None:
        """What stood there before is put back at the end."""
        source, job = self.servicetrade, self.job_id
        self._external_id = source.external_id("job", job) or ""
        source.set_external_id("job", job, self.material.code)

    def _add_item(self) -> None:
        source = self.servicetrade
        lines, items = source.service_lines(), source.lib_items()
        requests = source.service_requests(self.job_id)
        midnight = datetime.combine(self.material.today, datetime.min.time(), UTC)
        vendors = (company.id for company in source.companies() if company.is_parts_vendor)
        fields = {
            "name": f"{NAME} ".ljust(NAME_LENGTH, "x"),
            "job_id": self.job_id,
            "quantity": Decimal("1.5"),
            "cost": Decimal("2.25"),
            "used_on": int(midnight.timestamp()),
            "source": ItemSource.of_vendor(
                po_number=self.material.code, status=ORDERED, vendor_id=next(vendors, None)
            ),
        }
        fields |= {"lib_item_id": items[0].id} if items else {}
        fields |= {"service_line_id": lines[0].id} if lines else {}
        fields |= {"service_request_id": requests[0].id} if requests else {}
        self.sent = JobItemFields.model_validate(fields)
        added = source.add_job_item(self.sent)
        self.item = added
        self.item = source.job_item(added.id)

    def _remove(self) -> None:
        """What can be removed; what could not is left to a person."""
        if self._external_id is not None:
            try:
                self.servicetrade.set_external_id("job", self.job_id, self._external_id)
            except SyncFault:
                self.left.append(f"ServiceTrade: external id of job {self.job_id}")
        if self.item is not None:
            item = self.item.id
            try:
                self.servicetrade.delete_job_item(item)
            except SyncFault:
                self.left.append(f"ServiceTrade: item {item} of job {self.job_id}")


def word_of(outcome: object) -> str:
    """What became of one write, in a word."""
    if isinstance(outcome, Rejected):
        return REFUSED
    return type(outcome).__name__ if isinstance(outcome, SyncFault) else TAKEN


def find_job(servicetrade: ServiceTrade, number: int) -> int | None:
    """The id of the job that people call so."""
    with suppress(SyncFault):
        for job in servicetrade.jobs_numbered(number):
            return job.id
    return None
