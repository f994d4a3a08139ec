"""One contractor's account file as typed, frozen values: connections, code rules and maps.

Only the shapes and the rules that one section can check by itself; `account_file` reads YAML into them, resolves
environment references and reports every problem with its line. `accounts/sandbox.yaml` is the commented example.
"""

from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from st_spectrum.domain.decisions import CodeRange

JOB_TYPES: tuple[str, ...] = (
    *("unknown", "repair", "construction", "upgrade", "service_call", "urgent_service_call", "priority_service_call"),
    *("emergency_service_call", "cleaning", "inspection", "priority_inspection", "reinspection", "survey"),
    *(
        "preventative_maintenance",
        "planned_maintenance",
        "quality_assurance",
        "inspection_repair",
        "delivery",
        "pickup",
    ),
    *(
        "exchange",
        "sales",
        "installation",
        "warranty",
        "training",
        "testing",
        "administrative",
        "replacement",
        "design",
    ),
    *("hookup", "buildout", "retrofit", "start_up", "consultation", "monitoring"),
)
"""The job types that ServiceTrade knows; an account may show them under other names, the API keeps these [ST 5.1]."""


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            "is not a web address; expected https://host or https://host:port, with a path if there is one"
        )
    if parts.query or parts.fragment or parts.username:
        raise ValueError("must not carry a login, a ? or a #; expected scheme, host, port and path only")
    return text.rstrip("/")


def _job_type(text: str) -> str:
    if text not in JOB_TYPES:
        raise ValueError(f"{text!r} is not a ServiceTrade job type{nearest(text, JOB_TYPES)}")
    return text


def _own_folder(path: Path) -> Path:
    return path.expanduser()


def nearest(text: str, known: tuple[str, ...]) -> str:
    """`; did you mean 'repair'?` or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(text.lower(), known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


Code = str
WebAddress = Annotated[str, AfterValidator(_web_address)]
OwnPath = Annotated[Path, AfterValidator(_own_folder)]
JobType = Annotated[str, AfterValidator(_job_type)]
State = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""A two-letter postal abbreviation in capitals [SP 8]."""
TermsCode = Annotated[str, Field(min_length=1, max_length=1)]
"""AR terms code [SP 8]."""
SalesTaxCode = Annotated[str, Field(min_length=1, max_length=15)]
"""AR sales tax code [SP 8]."""
TaxClassCode = Annotated[str, Field(min_length=1, max_length=15)]
"""A job's tax class [SP 10]."""
WorkStateCode = Annotated[str, Field(min_length=1, max_length=10)]
"""Payroll work state tax code [SP 9, 10]."""
CostCenterCode = Annotated[str, Field(min_length=1, max_length=10)]
"""Cost center [SP 10]."""
ContractType = Annotated[str, Field(min_length=1, max_length=10)]
"""Spectrum's Job_Type, shown there as contract type [SP 10]."""
OfficeCode = Annotated[str, Field(min_length=1, max_length=20)]
"""What stands for an office in a job number and in UDF1, which holds 20 characters [SP 10.2]."""


class Section(BaseModel):
    """A part of the file: frozen, and an unknown key is an error rather than a silent typo."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


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

    @model_validator(mode="after")
    def _login_is_complete(self) -> Self:
        if self.auth == "oauth2" and not (self.client_id and self.client_secret.get_secret_value()):
            raise ValueError("auth oauth2 needs client_id and client_secret")
        if self.auth == "session" and not (self.username and self.password.get_secret_value()):
            raise ValueError("auth session needs username and password")
        return self


class InfoLink(Section):
    """Read-only SQL on Spectrum's tables [SP 16]; `url` is an SQLAlchemy address such as `mssql+pymssql://...`."""

    url: SecretStr
    timeout_seconds: float = Field(default=30, gt=0)

    @field_validator("url")
    @classmethod
    def _is_a_database_address(cls, url: SecretStr) -> SecretStr:
        if "://" not in url.get_secret_value():
            raise ValueError(
                "is not a database address; expected something like mssql+pymssql://user:password@host:port/name"
            )
        return url


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

    @field_validator("infolink", mode="before")
    @classmethod
    def _without_an_address_there_is_no_infolink(cls, section: Any) -> Any:
        return None if isinstance(section, dict) and section.get("url") == "" else section

    @model_validator(mode="after")
    def _bearer_has_credentials(self) -> Self:
        if self.auth == "bearer" and not (self.client_id and self.client_secret.get_secret_value()):
            raise ValueError("auth bearer needs client_id and client_secret")
        return self


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

    @model_validator(mode="after")
    def _bucket_is_named(self) -> Self:
        if self.kind == "s3" and not self.bucket:
            raise ValueError("ledger kind s3 needs a bucket")
        return self


class CodeRule(Section):
    """Prefix and number range of the codes that we allocate; ten characters at most [SP 8, 9]."""

    prefix: str = Field(default="", pattern=r"^[A-Z0-9]*$", max_length=8)
    first: int = Field(default=1, ge=0)
    last: int = Field(default=99999, ge=0)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the range is upside down: last is {self.last}, first is {self.first}")
        if len(self.prefix) + len(str(self.last)) > 10:
            raise ValueError(
                f"prefix and last together, {self.prefix}{self.last}, exceed the 10 characters of a Spectrum code"
            )
        return self

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
    tag_pattern: str = ""

    @field_validator("tag_pattern")
    @classmethod
    def _compiles_with_a_group(cls, pattern: str) -> str:
        import re

        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from None
        if pattern and compiled.groups < 1:
            raise ValueError("needs one group in brackets that holds the manager's code")
        return pattern


class Salesperson(Section):
    """Whether a job waits until its salesperson carries a Spectrum code, and where that code goes.

    AddJob has no field of its own for it [SP 10].
    """

    is_required: bool = False
    into: Literal["", "Estimator", "Superintendent"] = ""


JOB_NUMBER_FIELDS = frozenset({"number", "cost_center", "office"})


class JobRules(Section):
    """Job -> Spectrum job(s). `number_format` is a format string over `number`, `cost_center` and `office`."""

    number_format: str = "{number}"
    ignored_types: tuple[JobType, ...] = ()
    contract_type: dict[JobType, ContractType] = {}
    default_contract_type: Code = Field(default="", max_length=10)
    project_manager: ProjectManagers = ProjectManagers()
    salesperson: Salesperson = Salesperson()
    has_office_in_udf1: bool = False
    is_multi_cost_center: bool = False
    template_job: Code = Field(default="", max_length=10)
    oh_batch_code: Code = Field(default="", max_length=10)

    @field_validator("number_format")
    @classmethod
    def _format_is_known(cls, text: str) -> str:
        try:
            names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            text.format(number=10482, cost_center="100", office="NOR")
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"cannot be used as a format: {error}") from None
        if unknown := names - JOB_NUMBER_FIELDS:
            raise ValueError(f"knows number, cost_center and office, not {', '.join(sorted(unknown))}")
        if "number" not in names:
            raise ValueError("needs {number}, or two jobs would share a number")
        return text

    @model_validator(mode="after")
    def _numbers_differ_by_cost_center(self) -> Self:
        if self.is_multi_cost_center and "{cost_center" not in self.number_format:
            raise ValueError("a multi-cost-center account needs {cost_center} in number_format")
        return self


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
    retry_rejected_after_seconds: float = Field(default=3600, gt=0)


class Support(Section):
    """Who gets the digest mail, and through which server."""

    contacts: tuple[str, ...] = ()
    sender: str = "st-spectrum@localhost"
    smtp_host: str = ""
    smtp_port: int = Field(default=25, ge=1, le=65535)


class Account(Section):
    """Everything that one contractor decided, and nothing that can change while a run lasts."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    timezone: str = "America/New_York"
    servicetrade: ServiceTradeConnection
    spectrum: SpectrumConnection
    ledger: LedgerSettings = LedgerSettings()
    state_dir: OwnPath = Path(".local")
    customers: CustomerRules = CustomerRules()
    sites: SiteRules = SiteRules()
    jobs: JobRules = JobRules()
    maps: Maps
    pace: Pace = Pace()
    support: Support = Support()

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{name!r} is not an IANA time zone such as America/New_York") from None
        return name
