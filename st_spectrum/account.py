"""One contractor's account file as typed, frozen values: connections, code rules and maps.

Only the shapes and the rules that one section can check by itself; `account_file` reads YAML into them, resolves
environment references and reports every problem with its line. `accounts/sandbox.yaml` is the commented example.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from st_spectrum.account_types import (
    SANDBOX_INVOICE_ENTITY_TYPE,
    Activity,
    CommentEntityType,
    ContractType,
    CostCenterCode,
    CostTypeCode,
    DatabaseAddress,
    DepartmentCode,
    EmailAddress,
    GlAccount,
    InvoiceNumberFormat,
    InvoiceSuffix,
    JobType,
    NumberFormat,
    OfficeCode,
    OptionalDay,
    OptionalGlAccount,
    OwnPath,
    PayRateCode,
    PayType,
    PhaseCode,
    SalesTaxCode,
    State,
    TagPattern,
    TaxClassCode,
    TermsCode,
    TimeOfDay,
    TimeZone,
    UnitFactor,
    WebAddress,
    Weekday,
    WorkStateCode,
)
from st_spectrum.domain.decisions import CodeRange

Code = str

INVOICE_NUMBER_LENGTH = 10
"""Spectrum's Invoice_Or_Transaction [SP 12.2]."""

Contradiction = tuple[tuple[str, ...], str]
"""The keys that do not go together, the first being the one to look at, and what is wrong with them."""


class Section(BaseModel):
    """A part of the file: frozen, and an unknown key is an error rather than a silent typo."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not go together among the keys of this section."""
        yield from ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if found := [text for _, text in self.contradictions()]:
            raise ValueError("; ".join(found))
        return self


class ServiceTradeConnection(Section):
    """How to reach ServiceTrade [ST 1, 2]. `external_system` is the name under which external ids are kept [ST 11]."""

    base_url: WebAddress
    auth: Literal["oauth2", "session"] = "oauth2"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    username: str = ""
    password: SecretStr = SecretStr("")
    external_system: str = Field(default="spectrum", pattern=r"^[a-z][a-z0-9_]*$")
    timeout_seconds: float = Field(default=30, gt=0)
    parallel_requests: int = Field(default=4, ge=1, le=32)
    read_attempts: int = Field(default=4, ge=1, le=10)
    page_limit: int = Field(default=1000, ge=1, le=2000)

    def contradictions(self) -> Iterator[Contradiction]:
        """A login must be complete."""
        if self.auth == "oauth2" and not (self.client_id and self.client_secret.get_secret_value()):
            yield ("auth", "client_id", "client_secret"), "oauth2 needs client_id and client_secret"
        if self.auth == "session" and not (self.username and self.password.get_secret_value()):
            yield ("auth", "username", "password"), "session needs username and password"


class InfoLink(Section):
    """Read-only SQL on Spectrum's tables [SP 16]; `url` is an SQLAlchemy address such as `mssql+pymssql://...`."""

    url: DatabaseAddress
    timeout_seconds: float = Field(default=30, gt=0)


class SpectrumConnection(Section):
    """How to reach Spectrum's Data Exchange [SP 1]. Without `infolink`, what has no Get service cannot be looked up."""

    base_url: WebAddress
    company_code: str = Field(min_length=1, max_length=3)
    authorization_id: SecretStr = Field(min_length=1, max_length=20)
    auth: Literal["basic", "bearer"] = "basic"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    infolink: InfoLink | None = None
    timeout_seconds: float = Field(default=60, gt=0)
    parallel_writes: int = Field(default=2, ge=1, le=16)
    parallel_reads: int = Field(default=3, ge=1, le=16)
    read_attempts: int = Field(default=4, ge=1, le=10)

    def contradictions(self) -> Iterator[Contradiction]:
        """A login must be complete."""
        if self.auth == "bearer" and not (self.client_id and self.client_secret.get_secret_value()):
            yield ("auth", "client_id", "client_secret"), "bearer needs client_id and client_secret"


class LedgerSettings(Section):
    """Where the ledger lives. `lease_seconds` is how long a claim of a worker that went silent is respected."""

    kind: Literal["sqlite", "s3"] = "sqlite"
    path: OwnPath = Path(".local/ledger.sqlite")
    bucket: str = ""
    prefix: str = ""
    endpoint_url: str = ""
    region: str = ""
    access_key_id: str = ""
    secret_access_key: SecretStr = SecretStr("")
    timeout_seconds: float = Field(default=20, gt=0)
    lease_seconds: float = Field(default=300, gt=0)

    def contradictions(self) -> Iterator[Contradiction]:
        """A ledger on S3 lives in a bucket."""
        if self.kind == "s3" and not self.bucket:
            yield ("kind", "bucket"), "s3 needs a bucket"


class CodeRule(Section):
    """Prefix and number range of the codes that we allocate; ten characters at most [SP 8, 9]."""

    prefix: str = Field(default="", pattern=r"^[A-Z0-9]*$", max_length=8)
    first: int = Field(default=1, ge=0)
    last: int = Field(default=99999, ge=0)

    def contradictions(self) -> Iterator[Contradiction]:
        """The range goes upwards and its codes fit into Spectrum's ten characters."""
        if self.last < self.first:
            yield ("last", "first"), f"the range is upside down: last is {self.last}, first is {self.first}"
        if len(self.prefix) + len(str(self.last)) > 10:
            yield ("last", "prefix"), f"{self.prefix}{self.last} exceeds the 10 characters of a Spectrum code"

    def as_range(self, kind: str) -> CodeRange:
        """The range as the engine's allocator wants it; numbers are padded to the width of the last one."""
        return CodeRange(kind, self.prefix, self.first, self.last, len(str(self.last)))


class CustomerRules(Section):
    """Company -> AR customer. `type` is an optional customer type code."""

    codes: CodeRule = CodeRule(prefix="C")
    type: Code = Field(default="", max_length=10)


class SiteRules(Section):
    """Location -> work-order site."""

    codes: CodeRule = CodeRule(prefix="S")


class CostCenters(Section):
    """Cost center by office or by service line name, in the order of `precedence`; `default` when neither knows one."""

    precedence: tuple[Literal["service_line", "office"], ...] = ("service_line", "office")
    by_service_line: dict[str, CostCenterCode] = {}
    by_office: dict[str, CostCenterCode] = {}
    default: Code = Field(default="", max_length=10)
    price_method: dict[CostCenterCode, Literal["F", "T", "C", "U"]] = {}
    default_price_method: Literal["F", "T", "C", "U"] = "F"


class ProjectManagers(Section):
    """The project manager from job tags: what follows `tag_prefix`, or group 1 of `tag_pattern`; upper-cased."""

    tag_prefix: str = ""
    tag_pattern: TagPattern = ""


class Salesperson(Section):
    """Whether a job waits until its salesperson carries a Spectrum code, and where that code goes.

    AddJob has no field of its own for it [SP 10].
    """

    is_required: bool = False
    into: Literal["", "Estimator", "Superintendent"] = ""


class JobRules(Section):
    """Job -> Spectrum job(s). `number_format` is a format string over `number`, `cost_center` and `office`."""

    number_format: NumberFormat = "{number}"
    ignored_types: tuple[JobType, ...] = ()
    contract_type: dict[JobType, ContractType] = {}
    default_contract_type: Code = Field(default="", max_length=10)
    project_manager: ProjectManagers = ProjectManagers()
    salesperson: Salesperson = Salesperson()
    has_office_in_udf1: bool = False
    is_multi_cost_center: bool = False
    template_job: Code = Field(default="", max_length=10)
    oh_batch_code: Code = Field(default="", max_length=10)

    def contradictions(self) -> Iterator[Contradiction]:
        """One Spectrum job per cost center needs a number per cost center."""
        if self.is_multi_cost_center and "{cost_center" not in self.number_format:
            yield ("number_format", "is_multi_cost_center"), "a multi-cost-center account needs {cost_center} here"


class InvoiceNumbers(Section):
    """The Spectrum number of an invoice, always made the same way from the same invoice.

    `format` may name `invoice_number`, `id` and `job`. The suffixes tell the credit memo of a split invoice, and what offsets
    a void, from the invoice itself; number and suffix together have ten characters at most [SP 12.2].
    """

    format: InvoiceNumberFormat = "{invoice_number}"
    credit_suffix: InvoiceSuffix = "C"
    void_suffix: InvoiceSuffix = "V"
    void_credit_suffix: InvoiceSuffix = "W"
    is_written_back: bool = True

    def contradictions(self) -> Iterator[Contradiction]:
        """Four documents of one invoice need four numbers, and each must stay the same and fit."""
        suffixes = {name: getattr(self, name) for name in ("credit_suffix", "void_suffix", "void_credit_suffix")}
        if len(set(suffixes.values())) < len(suffixes):
            yield tuple(suffixes), "the three suffixes must differ"
        longest = max(suffixes, key=lambda name: len(suffixes[name]))
        shortest = self._made("1") + suffixes[longest]
        if len(shortest) > INVOICE_NUMBER_LENGTH:
            limit = f"longer than the {INVOICE_NUMBER_LENGTH} characters of Spectrum"
            yield ("format", longest), f"makes numbers such as {shortest!r} with {longest}, {limit}"
        if self.is_written_back and self._made(self._made("1")) != self._made("1"):
            text = (
                "would grow, as what is written back is the next invoice_number; write {invoice_number} alone, or {id}"
            )
            yield ("format", "is_written_back"), text

    def _made(self, invoice_number: str) -> str:
        return self.format.format(invoice_number=invoice_number, id=1, job=1)


class InvoiceGl(Section):
    """Income GL account of a line, in the order of `precedence`; without dashes [SP 1.8]."""

    precedence: tuple[Literal["cost_center", "job_type"], ...] = ("cost_center", "job_type")
    by_cost_center: dict[CostCenterCode, GlAccount] = {}
    by_job_type: dict[JobType, GlAccount] = {}
    default: OptionalGlAccount = ""

    def contradictions(self) -> Iterator[Contradiction]:
        """Every map has its turn."""
        if len(set(self.precedence)) < len(self.precedence):
            yield ("precedence",), "names the same thing twice"
        for name, by_name in (("cost_center", self.by_cost_center), ("job_type", self.by_job_type)):
            if by_name and name not in self.precedence:
                yield (f"by_{name}", "precedence"), f"is never used, because precedence does not name {name}"


class InvoiceRules(Section):
    """Approved invoice -> AR invoice, voided invoice -> AR credit memo.

    `target` says whether the site authorises the REST service or only SOAP AddARInvoice, which takes one line [SP 12].
    `comment_entity_type` is ServiceTrade's number for invoices in comments, which is not known in public [ST 10].
    """

    target: Literal["rest", "soap"] = "rest"
    number: InvoiceNumbers = InvoiceNumbers()
    batch: Literal["week_ending", "day"] = "week_ending"
    batch_week_ends_on: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = (
        "saturday"
    )
    gl_date: Literal["invoice_date", "posting_date"] = "invoice_date"
    gl: InvoiceGl = InvoiceGl()
    has_income_cost_center: bool = False
    is_job_required: bool = True
    salesperson: Literal["none", "if_known", "required"] = "none"
    zero_amount: Literal["close", "hold"] = "close"
    tolerance_cents: int = Field(default=0, ge=0, le=100)
    rounding_gl_account: OptionalGlAccount = ""
    comment_entity_type: CommentEntityType = SANDBOX_INVOICE_ENTITY_TYPE

    def contradictions(self) -> Iterator[Contradiction]:
        """A tolerated difference must be posted somewhere, and beside the other lines."""
        if self.tolerance_cents and not self.rounding_gl_account:
            yield ("tolerance_cents", "rounding_gl_account"), "a tolerance needs a rounding_gl_account to post it to"
        if self.tolerance_cents and self.target == "soap":
            text = "soap takes one line, which leaves none for a tolerated difference; set it to 0, or target to rest"
            yield ("tolerance_cents", "target"), text


class ByCoding(Section):
    """A name in ServiceTrade by item code, else by cost type, else by phase of a purchase order line, else `default`."""

    by_item_code: dict[str, str] = {}
    by_cost_type: dict[str, str] = {}
    by_phase: dict[str, str] = {}
    default: str = ""


class LibraryItems(ByCoding):
    """Library item of a job item, by code or name. `has_same_codes` takes the one with the item code that Spectrum uses."""

    has_same_codes: bool = True


class PurchaseOrderRules(Section):
    """Spectrum purchase order line -> job item.

    `custom_field` is the column in which people write the job on an order, if they do; which one is assumed [SP 15.1].
    `unit_factors` says how many units a price is for, by unit of measure [SP 15.1].
    """

    precedence: tuple[Literal["custom_field", "line_job", "header_job"], ...] = (
        "custom_field",
        "line_job",
        "header_job",
    )
    custom_field: Literal["", "remarks", "special_instructions", "comment", "ordered_by", "confirmed_by"] = ""
    ignored_jobs: tuple[str, ...] = ()
    ignored_warehouses: tuple[str, ...] = ()
    library_items: LibraryItems = LibraryItems()
    service_lines: ByCoding = ByCoding()
    source: Literal["vendor", "refnumber"] = "vendor"
    unit_factors: dict[str, UnitFactor] = {"C": 100, "M": 1000}
    message_lines: Literal["skip", "note"] = "skip"
    proposed: Literal["write", "skip"] = "write"
    closed_short: Literal["cut", "keep"] = "cut"
    completed_job: Literal["write", "hold", "skip"] = "write"
    invoiced_job: Literal["write", "hold", "skip"] = "hold"
    scan_days: int = Field(default=30, ge=1, le=3650)
    most_deleted_at_once: int = Field(default=20, ge=0)

    def contradictions(self) -> Iterator[Contradiction]:
        """Every way to a job is named once, and at least one is."""
        if len(set(self.precedence)) < len(self.precedence):
            yield ("precedence",), "names the same thing twice"
        if not set(self.precedence) - {"custom_field"} and not self.custom_field:
            yield ("precedence", "custom_field"), "leads to no job; name line_job or header_job, or give custom_field"
        if self.custom_field and "custom_field" not in self.precedence:
            yield ("custom_field", "precedence"), "is never used, because precedence does not name custom_field"


class PayTypes(Section):
    """Pay type of an entry [SP 13.2]: of labor by library item code, of clock time by activity, of the rest by its name."""

    by_lib_item: dict[str, PayType] = {}
    by_activity: dict[Activity, PayType] = {}
    by_generic_name: dict[str, PayType] = {}


class Departments(Section):
    """Payroll department by the name of the office, with a default; `without_job` is for time that books on no job.

    Those in `non_direct` carry no job at all [SP 13.1].
    """

    by_office: dict[str, DepartmentCode] = {}
    default: Code = Field(default="", max_length=6)
    without_job: Code = Field(default="", max_length=6)
    non_direct: tuple[DepartmentCode, ...] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        """A department that is not direct is one that something leads to."""
        known = {*self.by_office.values(), self.default, self.without_job}
        for code in self.non_direct:
            if code not in known:
                yield (
                    ("non_direct", "by_office", "default", "without_job"),
                    f"names {code!r}, but no office leads to it",
                )


class CostCodes(Section):
    """Cost code (phase) and cost type by service line name, with defaults [SP 13.1]."""

    phase_by_service_line: dict[str, PhaseCode] = {}
    default_phase: Code = Field(default="", max_length=20)
    cost_type_by_service_line: dict[str, CostTypeCode] = {}
    default_cost_type: Code = Field(default="", max_length=3)


class PayRates(Section):
    """What is said of the rate: `none` leaves it to Spectrum, `code` sends a rate code by library item, `amount` an hourly rate."""

    send: Literal["none", "code", "amount"] = "none"
    code_by_lib_item: dict[str, PayRateCode] = {}

    def contradictions(self) -> Iterator[Contradiction]:
        """Codes are sent, or they are not."""
        if self.send == "code" and not self.code_by_lib_item:
            yield ("send", "code_by_lib_item"), "code needs code_by_lib_item"
        if self.send != "code" and self.code_by_lib_item:
            yield ("code_by_lib_item", "send"), f"is never used, because send is {self.send}"


class TimeOff(Section):
    """Jobs that stand for time off, by type or service line: their time is paid, but never reaches job cost [ST 8.3]."""

    job_types: tuple[JobType, ...] = ()
    service_lines: tuple[str, ...] = ()


class Absences(Section):
    """Whether absences become paid time [ST 9.2]: so many hours at most on each of the weekdays, under `name` unless they bear one."""

    are_paid: bool = False
    name: str = Field(default="PTO", min_length=1)
    hours_per_day: Decimal = Field(default=Decimal(8), gt=0, le=24)
    weekdays: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")


class Reconciliation(Section):
    """When the week before is gone through once more, in the account's time zone."""

    weekday: Weekday = "monday"
    at: TimeOfDay = "6:00"


class TimecardRules(Section):
    """Approved time -> pre-time cards. `adapter` says which resource of ServiceTrade the time is read from [ST 8.3].

    `batch_prefix` and the end of the payroll week as YYMMDD make the batch code of eight characters [SP 13.1].
    """

    adapter: Literal["timecard", "jobitem", "clock"] = "timecard"
    target: Literal["soap", "rest"] = "soap"
    week_starts_on: Weekday = "sunday"
    batch_prefix: str = Field(default="ST", pattern=r"^[A-Z0-9]*$", max_length=2)
    card_rows: tuple[Literal["labor", "clock", "other"], ...] = ("labor", "other")
    unpaid_activities: tuple[Activity, ...] = ("onbreak",)
    unpaid_names: tuple[str, ...] = ()
    has_cost_center: bool = False
    closed_through: OptionalDay = ""
    pay_types: PayTypes = PayTypes()
    departments: Departments = Departments()
    cost_codes: CostCodes = CostCodes()
    pay_rates: PayRates = PayRates()
    time_off: TimeOff = TimeOff()
    absences: Absences = Absences()
    reconciliation: Reconciliation = Reconciliation()

    def contradictions(self) -> Iterator[Contradiction]:
        """Nothing is paid twice or both paid and unpaid, and codes fit the target."""
        for activity in self.unpaid_activities:
            if activity in self.pay_types.by_activity:
                keys = (f"pay_types.by_activity.{activity}", "unpaid_activities")
                yield keys, "is never used, because the activity is listed under unpaid_activities"
        if self.adapter == "timecard" and self.absences.are_paid:
            text = "would be paid beside the time cards, whose rows hold the time off already; set it to false"
            yield ("absences.are_paid", "adapter"), text
        if self.adapter == "timecard" and {"labor", "clock"} <= set(self.card_rows):
            yield ("card_rows", "adapter"), "names labor and clock, which are the same hours; keep one of the two"
        costs = self.cost_codes
        cost_types = ("target", "cost_codes.cost_type_by_service_line", "cost_codes.default_cost_type")
        for code in sorted({*costs.cost_type_by_service_line.values(), costs.default_cost_type}):
            if self.target == "rest" and len(code) > 1:
                yield cost_types, f"rest takes cost types of one character, and cost_codes has {code!r}; set it to soap"


class SalesTax(Section):
    """Sales tax code: `fixed` for everybody, else by tax group code, else by state, else `default`.

    `not_taxable` is for what bears none.
    """

    fixed: Code = Field(default="", max_length=15)
    by_tax_group: dict[str, SalesTaxCode] = {}
    by_state: dict[State, SalesTaxCode] = {}
    default: Code = Field(default="", max_length=15)
    not_taxable: Code = Field(default="", max_length=15)


class TaxClass(Section):
    """A job's tax class by tax group code, else by state, else `default`."""

    by_tax_group: dict[str, TaxClassCode] = {}
    by_state: dict[State, TaxClassCode] = {}
    default: Code = Field(default="", max_length=15)


class PaymentTerms(Section):
    """ServiceTrade payment terms name -> AR terms code (one character), with a default."""

    by_name: dict[str, TermsCode] = {}
    default: TermsCode


class Maps(Section):
    """What is called one thing there and another here; used by several flows."""

    payment_terms: PaymentTerms
    sales_tax: SalesTax = SalesTax()
    tax_class: TaxClass = TaxClass()
    work_state: dict[State, WorkStateCode] = {}
    cost_centers: CostCenters = CostCenters()
    offices: dict[str, OfficeCode] = {}


class Pace(Section):
    """How often and how much: poll interval, overlap of change windows, batch size, re-drive attempts."""

    poll_seconds: int = Field(default=4, ge=1)
    overlap_seconds: int = Field(default=300, ge=0)
    tick_budget_seconds: float = Field(default=20, gt=0, lt=60)
    batch_size: int = Field(default=250, ge=1, le=5000)
    workers: int = Field(default=6, ge=1, le=32)
    attempts_before_a_person: int = Field(default=8, ge=1)
    retry_held_after_seconds: float = Field(default=30, gt=0)
    retry_rejected_after_seconds: float = Field(default=3600, gt=0)


class Support(Section):
    """Who gets mails about what does not go on, how often, and through which server.

    `dagster_url` is where people open Dagster, so that a mail can link to a run.
    """

    contacts: tuple[EmailAddress, ...] = ()
    sender: EmailAddress = "st-spectrum@localhost"
    smtp_host: str = ""
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_timeout_seconds: float = Field(default=20, gt=0)
    digest_hours: int = Field(default=24, ge=1)
    dagster_url: str = Field(default="", pattern=r"^(https?://\S+)?$")

    def contradictions(self) -> Iterator[Contradiction]:
        """A login must be complete, and no password crosses the network in the clear."""
        if bool(self.smtp_user) != bool(self.smtp_password.get_secret_value()):
            yield ("smtp_user", "smtp_password"), "smtp_user and smtp_password are given together or not at all"
        if self.smtp_user and self.smtp_security == "none":
            yield ("smtp_security", "smtp_user"), "a login needs starttls or tls, or its password would travel readable"


class Account(Section):
    """Everything that one contractor decided, and nothing that can change while a run lasts."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    timezone: TimeZone = "America/New_York"
    servicetrade: ServiceTradeConnection
    spectrum: SpectrumConnection
    ledger: LedgerSettings = LedgerSettings()
    state_dir: OwnPath = Path(".local")
    customers: CustomerRules = CustomerRules()
    sites: SiteRules = SiteRules()
    jobs: JobRules = JobRules()
    invoices: InvoiceRules = InvoiceRules()
    timecards: TimecardRules = TimecardRules()
    purchase_orders: PurchaseOrderRules = PurchaseOrderRules()
    maps: Maps
    pace: Pace = Pace()
    support: Support = Support()
