"""Values of the account file: addresses, codes with Spectrum's lengths, states, types, formats."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from st_spectrum.account.infolink_columns import known_column
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
"""The job types of ServiceTrade; an account may rename them, the API does not [ST 5.1]."""

ENTITY_TYPES: Mapping[int, str] = {
    3: "jobs", 4: "users", 5: "companies", 9: "quotes", 10: "deficiencies", 11: "locations", 16: "appointments",
    18: "service requests", 22: "contacts", 23: "job items",
}  # fmt: skip
"""ServiceTrade's numbers of the kinds of records that bear comments, as far as they are known
[ST 10]; invoices are not.
"""

SANDBOX_INVOICE_ENTITY_TYPE = 9001
"""The sandbox's number for invoices, made up so that nobody takes it for the real one [ST 10]."""


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
    """Whether an address is plain http to another machine: a login would travel in the clear."""
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


def _comment_entity_type(number: int) -> int:
    if records := ENTITY_TYPES.get(number):
        raise ValueError(
            f"is ServiceTrade's number for {records}, so comments would land there; ask for that of"
            " invoices"
        )
    return number


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
"""Goes behind an invoice's number; begins with a letter, or it could make another's number."""
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
KnownColumn = Annotated[str, AfterValidator(known_column)]
"""`TABLE.Column` of what is read of Info-Link [SP 16]."""
SourceKey = Literal[
    "vendorId", "poNumber", "status", "expectedDelivery", "refNumber", "warehouseId", "userId"
]
"""A key of a job item's source as it is known [ST 7.2]."""
JsonKey = Annotated[str, Field(min_length=1, max_length=60)]
"""What an installation calls it."""
ColumnName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""What an installation calls a column of Info-Link."""
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
OptionalDay = Annotated[str, AfterValidator(_optional_day)]
"""A day as `CCYY-MM-DD`, or "" for none."""
