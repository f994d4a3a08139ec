"""What one value of the account file may look like: addresses, codes with Spectrum's lengths,
states, job types, formats.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter, ascii_uppercase, digits
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from st_spectrum.account.section import Contradiction, Section

# fmt: off
JOB_TYPES: tuple[str, ...] = (
    "unknown", "repair", "construction", "upgrade", "service_call", "urgent_service_call", "priority_service_call",
    "emergency_service_call", "cleaning", "inspection", "priority_inspection", "reinspection", "survey",
    "preventative_maintenance", "planned_maintenance", "quality_assurance", "inspection_repair", "delivery", "pickup",
    "exchange", "sales", "installation", "warranty", "training", "testing", "administrative", "replacement", "design",
    "hookup", "buildout", "retrofit", "start_up", "consultation", "monitoring",
)
# fmt: on
"""The job types of ServiceTrade; an account may show them under other names, the API keeps these
[ST 5.1].
"""

JOB_NUMBER_FIELDS = frozenset({"number", "cost_center", "office"})
"""What `jobs.number_format` may name."""

INVOICE_NUMBER_FIELDS = frozenset({"invoice_number", "id", "job"})
"""What `invoices.number.format` may name."""

INVOICE_NUMBER_CHARACTERS = frozenset(ascii_uppercase + digits + "-")
"""What an AR invoice number consists of."""

ENTITY_TYPES: Mapping[int, str] = {
    3: "jobs", 4: "users", 5: "companies", 9: "quotes", 10: "deficiencies", 11: "locations", 16: "appointments",
    18: "service requests", 22: "contacts", 23: "job items",
}  # fmt: skip
"""ServiceTrade's numbers of the kinds of records that bear comments, as far as they are known
[ST 10]; invoices are not.
"""

SANDBOX_INVOICE_ENTITY_TYPE = 9001
"""The sandbox's number for invoices, made up so that nobody takes it for the real one [ST 10]."""


LONGEST_FORMAT = 200
WIDE = re.compile(r"[1-9]\d{2}|\{")
"""A width or precision of three digits, or one that comes from a field: what it makes has no bound
worth having.
"""


def nearest(text: str, known: tuple[str, ...]) -> str:
    """The most similar of `known` as `; did you mean 'repair'?`, or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(text.lower(), known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _web_address(text: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or any(character.isspace() for character in text):
        raise ValueError(
            "is not a web address; expected https://host or https://host:port, and a path if there"
            " is one"
        )
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            "must not carry a login, a ? or a #; expected scheme, host, port and path only"
        )
    return text.rstrip("/")


def is_readable_on_the_way(address: str) -> bool:
    """Whether an address is plain http to another machine than this one, so that a login would
    travel in the clear.
    """
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


def plain_http_refused(connection: Section, key: str) -> Iterator[Contradiction]:
    """The contradiction of a connection whose address would show its login to whoever listens."""
    # A section that is being read may lack the key.
    if not getattr(connection, "allow_plain_http", False) and is_readable_on_the_way(
        getattr(connection, key, "")
    ):
        text = (
            "is plain http, so the login would travel readable; write https, or allow_plain_http:"
            " true if that is meant"
        )
        yield (key, "allow_plain_http"), text


def _database_address(url: SecretStr) -> SecretStr:
    if "://" not in url.get_secret_value():
        raise ValueError(
            "is not a database address; expected one like"
            " mssql+pymssql://user:password@host:port/name"
        )
    return url


def _job_type(text: str) -> str:
    if text not in JOB_TYPES:
        raise ValueError(f"{text!r} is not a ServiceTrade job type{nearest(text, JOB_TYPES)}")
    return text


def _tag_pattern(pattern: str) -> str:
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if pattern and compiled.groups < 1:
        raise ValueError("needs one group in brackets that holds the manager's code")
    return pattern


def _number_format(text: str) -> str:
    names = _fields_of(text, JOB_NUMBER_FIELDS, "{number}, {cost_center} and {office}")
    if "number" not in names:
        raise ValueError("needs {number}, or two jobs would share a number")
    _bounded(text)
    return _tried(text, number=10482, cost_center="100", office="NOR")


def _invoice_number_format(text: str) -> str:
    names = _fields_of(text, INVOICE_NUMBER_FIELDS, "{invoice_number}, {id} and {job}")
    if not names & {"invoice_number", "id"}:
        raise ValueError(
            "needs {invoice_number} or {id}, or two invoices of a job would share a number"
        )
    _keeps_invoices_apart(text)
    _bounded(text)
    return text


def _keeps_invoices_apart(text: str) -> None:
    """A number that two invoices share would let the second pass for posted, so only forms that
    cannot do so are allowed.
    """
    before = ""
    for literal, name, spec, conversion in Formatter().parse(text):
        if set(literal) - INVOICE_NUMBER_CHARACTERS:
            raise ValueError(
                "may hold capital letters, digits and - beside its fields, and nothing else"
            )
        if name is None:
            break
        if conversion or (
            spec and not (name == "id" and spec[0] == "0" and spec.isascii() and spec.isdigit())
        ):
            raise ValueError(
                f"must take {{{name}}} as it is; only {{id}} may be filled up with zeros, as in"
                " {id:08}"
            )
        if before and not set(literal) - set(digits):
            raise ValueError(
                f"needs - between {{{before}}} and {{{name}}}, or two invoices could share a number"
            )
        before = name


def _comment_entity_type(number: int) -> int:
    if records := ENTITY_TYPES.get(number):
        raise ValueError(
            f"is ServiceTrade's number for {records}, so comments would land there; ask for that of"
            " invoices"
        )
    return number


def _fields_of(text: str, known: frozenset[str], listed: str) -> set[str]:
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ValueError(f"cannot be used as a format: {error}") from None
    if unknown := names - known:
        unknown_names = ", ".join(sorted(name or "{}" for name in unknown))
        raise ValueError(f"may name {listed}, not {unknown_names}")
    return names


def _bounded(text: str) -> None:
    """Judged before anything is made of it: one field can ask for a billion characters."""
    if len(text) > LONGEST_FORMAT or any(
        WIDE.search(spec or "") for _, _, spec, _ in Formatter().parse(text)
    ):
        raise ValueError(
            "makes texts longer than any number; a field may be filled up to 99 characters, no more"
        )


def _tried(text: str, **sample: object) -> str:
    try:
        text.format(**sample)
    except (ValueError, KeyError, IndexError, TypeError, OverflowError, MemoryError) as error:
        raise ValueError(f"cannot be used as a format: {error}") from None
    return text


def _time_zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not an IANA time zone such as America/New_York") from None
    return name


def _phase_code(text: str) -> str:
    if not text.isascii() or not text.isalnum() or text != text.upper():
        raise ValueError(
            f"{text!r} is not a phase code: capital letters and digits only, without the dashes of"
            " its mask"
        )
    return text


def _time_of_day(text: str) -> str:
    hours, colon, minutes = text.partition(":")
    is_clock = (
        bool(colon)
        and len(minutes) == 2
        and all(part.isascii() and part.isdigit() for part in (hours, minutes))
    )
    if not is_clock or len(hours) > 2 or int(hours) > 23 or int(minutes) > 59:
        raise ValueError(f"{text!r} is not a time of day such as 6:00 or 18:30")
    return text


def _optional_day(text: str) -> str:
    from datetime import date

    try:
        if text and (len(text) != 10 or not date.fromisoformat(text)):
            raise ValueError
    except ValueError:
        raise ValueError(f"{text!r} is not a day such as 2026-01-31") from None
    return text


def _own_path(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(
            "starts with ~, but there is no home folder here; write the folder out"
        ) from None


WebAddress = Annotated[str, AfterValidator(_web_address)]
OptionalWebAddress = Annotated[
    str, AfterValidator(lambda text: _web_address(text) if text else text)
]
"""The same, or "" for none."""
DatabaseAddress = Annotated[SecretStr, AfterValidator(_database_address)]
OwnPath = Annotated[Path, AfterValidator(_own_path)]
"""A file or folder; relative ones start at the current folder, `~` is the home folder."""
TimeZone = Annotated[str, AfterValidator(_time_zone)]
JobType = Annotated[str, AfterValidator(_job_type)]
NumberFormat = Annotated[str, AfterValidator(_number_format)]
InvoiceNumberFormat = Annotated[str, AfterValidator(_invoice_number_format)]
TagPattern = Annotated[str, AfterValidator(_tag_pattern)]
State = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""A postal abbreviation of two capitals [SP 8]."""
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
"""What stands for an office in a job number, and in UDF1 with its 20 characters [SP 10.2]."""
EmailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
GlAccount = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,12}$")]
"""GL account without dashes [SP 1.8, 12.2]."""
OptionalGlAccount = Annotated[str, Field(pattern=r"^[A-Z0-9]{0,12}$")]
"""The same, or "" for none."""
InvoiceSuffix = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]?$")]
"""What is put behind an invoice's number. Begins with a letter, or the result could be the number
of another invoice.
"""
CommentEntityType = Annotated[int, Field(ge=1), AfterValidator(_comment_entity_type)]
"""The number that stands for invoices in comments [ST 10]."""
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""A currency as ISO 4217 names it; that Spectrum's Currency_Code holds these is assumed [SP 15.1].
"""
UnitFactor = Annotated[int, Field(ge=1, le=1_000_000)]
"""How many units a price is for [SP 15.1]."""
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Activity = Literal["onsite", "enroute", "offsite", "onbreak"]
"""What a technician can be clocked in for [ST 8.1]."""
PayType = Annotated[str, Field(min_length=1, max_length=10)]
"""Pay type of a pre-time card, such as R, O, D or V [SP 13.2]."""
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A month, such as 2026-10."""
EmployeeStatus = Annotated[str, Field(min_length=1, max_length=1)]
"""Status code of an employee, which each company defines [SP 14]."""
PayRateCode = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9"]
"""Which of an employee's pay rates counts [SP 13.1]."""
DepartmentCode = Annotated[str, Field(min_length=1, max_length=6)]
"""Payroll department [SP 13.1]."""
PhaseCode = Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_phase_code)]
"""Cost code of a job, without dashes [SP 1.8, 13.1]."""
CostTypeCode = Annotated[str, Field(min_length=1, max_length=3)]
"""Cost type of a job's phase [SP 13.1]."""
SoughtTable = Literal["sales_tax_codes", "tax_classes", "cost_centers", "oh_batches", "departments"]
"""What stands in a table of Info-Link whose name nobody has published [SP 16.5]."""
TableName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
"""A table of Info-Link."""
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
OptionalDay = Annotated[str, AfterValidator(_optional_day)]
"""A day as `CCYY-MM-DD`, or "" for none."""
