"""ServiceTrade's records as typed, frozen values; each field names the section of the reference it
comes from.

Every class reads the vendor's spelling (`refNumber`) and our own (`ref_number`), ignores keys it
does not know [ST 1], and takes a bare id where a nested object is expected [ST 1.6]. Texts that are
null or absent become "", lists become (), so that a rule never meets None unless "not known" and
"none" differ; there the type says so.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from st_spectrum.servicetrade.value_types import (
    Epoch,
    ExternalIds,
    Flag,
    Money,
    NullIsEmptyList,
    NullIsEmptyObject,
    Text,
)

ENTITY_TYPES: Mapping[str, int] = {
    "asset": 2,
    "job": 3,
    "user": 4,
    "company": 5,
    "quote": 9,
    "deficiency": 10,
    "location": 11,
    "account": 13,
    "appointment": 16,
    "servicerequest": 18,
    "contact": 22,
    "jobitem": 23,
}
"""Numbers by which comments and attachments name what they belong to [ST 10]. The invoice's number
is not known.
"""


def _yes_when_silent(value: object) -> object:
    return True if value is None else value


def _name_of(value: object) -> object:
    return value.get("name") if isinstance(value, Mapping) else value


JOB_ACTIVITY = frozenset({"completed_on", "latest_clock_in", "appointments"})
"""Fields of a job that tell when it was worked on: they decide whether a job crosses that is older
than go-live, and are no part of what is compared to see whether it changed.
"""


class Shape(BaseModel):
    """How all of ServiceTrade's objects are read."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Address(Shape):
    """A postal address; ServiceTrade has one street line only [ST 3]."""

    street: Text = Field(default="", description="[ST 3]")
    city: Text = Field(default="", description="[ST 3]")
    state: Text = Field(default="", description="[ST 3]")
    postal_code: Text = Field(default="", alias="postalCode", description="[ST 3]")


LARGEST_ID = 2**63 - 1
"""Ids are below 2^53 [ST 1]; what does not even fit into 64 bits is none."""


class Record(Shape):
    """Anything with an id, which may be as large as 2^53 [ST 1]. A bare integer stands for an
    object with only an id.

    Some accounts answer with such compound documents without being asked [ST 1.6].
    """

    id: int = Field(description="[ST 1]")

    @model_validator(mode="before")
    @classmethod
    def _bare_id(cls, value: Any) -> Any:
        return {"id": value} if isinstance(value, int) and not isinstance(value, bool) else value


class Unreadable(Record):
    """A record of a list that has not the shape of its kind; `problem` names the fields. A negative
    id is ours: it has none.

    `content` is a digest of all that came, so that a correction shows as a change.
    """

    problem: str = Field(description="ours, not the vendor's")
    content: str = Field(description="ours, not the vendor's")
    external_ids: dict[str, str] = Field(default={}, description="none can be trusted")
    created: int = Field(default=0, description="[ST 1.3]; 0 when that cannot be read either")
    updated: int = Field(default=0, description="[ST 1.3]; 0 when that cannot be read either")
    begins: int = Field(
        default=0,
        description="a time card's periodStart, assumed [ST 8.4]; 0 when it has none to read",
    )


OnUnreadable = Callable[[Unreadable], None] | None
"""Hears of the records of a list that cannot be read, so that the others can be; without it the
list fails as a whole.
"""


class Reference(Record):
    """The short form in which one record points to another [ST 3]. No external ids: read the record
    for those.
    """

    name: Text = Field(default="", description="[ST 3]; empty when only the id came")
    status: Text = Field(default="", description="companies, locations, users only [ST 3]")
    ref_number: Text = Field(default="", alias="refNumber", description="locations only [ST 3]")


class Tag(Record):
    """A label on a company, location or job [ST 9.5]."""

    name: Text = Field(default="", description="[ST 9.5]")


class TaxGroup(Record):
    """A tax group of the account [ST 9.6]."""

    name: Text = Field(default="", description="[ST 9.6]")
    code: Text = Field(default="", description="natural key for a Spectrum tax code [ST 6.3, 9.6]")
    combined_rate: Money | None = Field(
        default=None, alias="combinedRate", description="a fraction, 0.0725 [ST 9.6]"
    )


class ServiceLine(Record):
    """A line of business such as "Sprinkler" [ST 9.4]."""

    name: Text = Field(default="", description="[ST 9.4]")
    trade: Text = Field(default="", description="[ST 9.4]")
    abbr: Text = Field(default="", description="[ST 9.4]")


class Contact(Record):
    """A person at a company or location [ST 3, 4.3]."""

    first_name: Text = Field(default="", alias="firstName", description="[ST 3]")
    last_name: Text = Field(default="", alias="lastName", description="[ST 3]")
    phone: Text = Field(default="", description="[ST 3]")
    mobile: Text = Field(default="", description="[ST 3]")
    alternate_phone: Text = Field(default="", alias="alternatePhone", description="[ST 3]")
    email: Text = Field(default="", description="[ST 3]")

    @property
    def name(self) -> str:
        """First and last name with one blank between; either may be missing."""
        return " ".join(part for part in (self.first_name.strip(), self.last_name.strip()) if part)


class ServiceRequest(Record):
    """One piece of work on a job [ST 5.3]; inside a job only `id`, `description` and `status` are
    sure [ST 3].
    """

    description: Text = Field(default="", description="[ST 5.3]")
    status: Text = Field(default="", description="[ST 5.3]")
    service_line: ServiceLine | None = Field(
        default=None, alias="serviceLine", description="[ST 5.3]"
    )
    job: Reference | None = Field(default=None, description="[ST 5.3]")
    location: Reference | None = Field(default=None, description="[ST 5.3]")
    estimated_price: Money | None = Field(
        default=None, alias="estimatedPrice", description="[ST 5.3]"
    )


class Company(Record):
    """A customer, a vendor, or the account's own company; several at once may hold [ST 4.1]."""

    name: str = Field(description="[ST 4.1]")
    status: Text = Field(default="", description="active, pending, inactive, on_hold [ST 4.1]")
    ref_number: Text = Field(default="", alias="refNumber", description="free text [ST 4.1]")
    is_customer: Flag = Field(default=False, alias="customer", description="[ST 4.1]")
    is_vendor: Flag = Field(default=False, alias="vendor", description="[ST 4.1]")
    is_parts_vendor: Flag = Field(default=False, alias="partsVendor", description="[ST 4.1]")
    is_prime_contractor: Flag = Field(
        default=False, alias="primeContractor", description="[ST 4.1]"
    )
    address: Annotated[Address, NullIsEmptyObject] = Field(
        default=Address(), description="[ST 4.1]"
    )
    phone_number: Text = Field(default="", alias="phoneNumber", description="[ST 4.1]")
    tags: Annotated[tuple[Tag, ...], NullIsEmptyList] = Field(default=(), description="[ST 4.1]")
    payment_terms: Reference | None = Field(
        default=None,
        alias="paymentTerms",
        description="assumed key: terms are only seen on invoices [ST 6.1, 6.4]",
    )
    external_ids: ExternalIds = Field(default={}, alias="externalIds", description="[ST 4.1, 11]")
    created: Epoch = Field(default=0, description="[ST 4.1]")
    updated: Epoch = Field(default=0, description="[ST 4.1]")


class Location(Record):
    """A site of one company; an office is a location of the account's own company [ST 4.2]."""

    name: str = Field(description="[ST 3, 4.2]")
    status: Text = Field(default="", description="active, inactive, pending, on_hold [ST 4.2]")
    ref_number: Text = Field(default="", alias="refNumber", description="[ST 3]")
    company: Reference = Field(description="the bill-to [ST 4.2]")
    address: Annotated[Address, NullIsEmptyObject] = Field(default=Address(), description="[ST 3]")
    phone_number: Text = Field(default="", alias="phoneNumber", description="[ST 3]")
    email: Text = Field(default="", description="[ST 3]")
    primary_contact: Contact | None = Field(
        default=None, alias="primaryContact", description="[ST 3]"
    )
    is_taxable: Annotated[bool, BeforeValidator(_yes_when_silent)] = Field(
        default=True, alias="taxable", description="[ST 4.2]; assumed taxable where nothing is said"
    )
    tax_group: TaxGroup | None = Field(default=None, alias="taxGroup", description="[ST 4.2]")
    offices: Annotated[tuple[Reference, ...], NullIsEmptyList] = Field(
        default=(), description="[ST 4.2]"
    )
    tags: Annotated[tuple[Tag, ...], NullIsEmptyList] = Field(default=(), description="[ST 4.2]")
    lat: float | None = Field(default=None, description="degrees [ST 3]")
    lon: float | None = Field(default=None, description="degrees [ST 3]")
    external_ids: ExternalIds = Field(default={}, alias="externalIds", description="[ST 4.2, 11]")
    created: Epoch = Field(default=0, description="[ST 4.2]")
    updated: Epoch = Field(default=0, description="[ST 4.2]")


class User(Record):
    """A person with a login [ST 9.1]. No employee number, only external ids."""

    name: Text = Field(default="", description="[ST 9.1]")
    status: Text = Field(default="", description="active, inactive [ST 9.1]")
    username: Text = Field(default="", description="[ST 9.1]")
    email: Text = Field(default="", description="[ST 9.1]")
    phone: Text = Field(default="", description="[ST 9.1]")
    timezone: Text = Field(default="", description="IANA name [ST 1, 9.1]")
    is_tech: Flag = Field(default=False, alias="isTech", description="[ST 9.1]")
    is_helper: Flag = Field(default=False, alias="isHelper", description="[ST 9.1]")
    is_sales: Flag = Field(default=False, alias="isSales", description="[ST 9.1]")
    external_ids: ExternalIds = Field(default={}, alias="externalIds", description="[ST 9.1, 11]")
    created: Epoch = Field(default=0, description="[ST 9.1]")
    updated: Epoch = Field(default=0, description="[ST 9.1]")

    @property
    def is_working(self) -> bool:
        """Whether it is a technician's or helper's login that was not deactivated [ST 9.1]."""
        return self.status != "inactive" and (self.is_tech or self.is_helper)


class Appointment(Record):
    """A visit as a job names it [ST 3]."""

    status: Text = Field(default="", description="scheduled, completed ... [ST 5.2]")
    window_start: Epoch = Field(default=0, alias="windowStart", description="[ST 3, 5.2]")
    window_end: Epoch = Field(default=0, alias="windowEnd", description="[ST 3, 5.2]")

    @property
    def is_called_off(self) -> bool:
        """Whether nobody comes: canceled by one of the two sides [ST 5.2]."""
        return self.status.startswith("canceled")


class Job(Record):
    """Work at a location for a customer [ST 5.1]. `sales` and `owner` are short forms without
    external ids.
    """

    number: int = Field(description="what people call the job; unique in the account [ST 5.1]")
    name: Text = Field(default="", description="[ST 5.1]")
    custom_name: Text = Field(default="", alias="customName", description="[ST 5.1]")
    ref_number: Text = Field(default="", alias="refNumber", description="[ST 5.1]")
    type: Text = Field(default="", description="one of the job types such as repair [ST 5.1]")
    status: Text = Field(
        default="", description="new, scheduled, canceled, bidding, completed ... [ST 5.1]"
    )
    substatus: Text = Field(default="", description="[ST 5.1]")
    description: Text = Field(default="", description="[ST 5.1]")
    customer_po: Text = Field(
        default="", alias="customerPo", description="up to 40 characters [ST 5.1]"
    )
    estimated_price: Money | None = Field(
        default=None, alias="estimatedPrice", description="[ST 5.1]"
    )
    customer: Reference = Field(description="the bill-to [ST 5.1]")
    location: Reference = Field(description="the site [ST 5.1]")
    vendor: Reference | None = Field(
        default=None, description="who does the work, usually the account [ST 5.1]"
    )
    owner: Reference | None = Field(default=None, description="[ST 5.1]")
    sales: Reference | None = Field(default=None, description="the salesperson, a user [ST 5.1]")
    assigned_office: Reference | None = Field(
        default=None, alias="assignedOffice", description="the branch [ST 5.1]"
    )
    offices: Annotated[tuple[Reference, ...], NullIsEmptyList] = Field(
        default=(), description="[ST 5.1]"
    )
    contract: Reference | None = Field(default=None, description="the pricing contract [ST 5.1]")
    tags: Annotated[tuple[Tag, ...], NullIsEmptyList] = Field(default=(), description="[ST 5.1]")
    service_line: Annotated[str | None, BeforeValidator(_name_of)] = Field(
        default=None,
        alias="serviceLine",
        description="one text throughout an account; not to be used [ST 5.1]",
    )
    service_requests: Annotated[tuple[ServiceRequest, ...], NullIsEmptyList] = Field(
        default=(),
        alias="serviceRequests",
        description="only when one job is read by its id [ST 5.1]",
    )
    completed_on: Epoch = Field(default=0, alias="completedOn", description="[ST 5.1]")
    latest_clock_in: Epoch = Field(default=0, alias="latestClockIn", description="[ST 5.1]")
    appointments: Annotated[tuple[Appointment, ...], NullIsEmptyList] = Field(
        default=(), description="[ST 5.1], in the short form; assumed to be all of the job's"
    )
    is_project: Flag = Field(default=False, alias="isProject", description="[ST 5.1, 9.9]")
    external_ids: ExternalIds = Field(default={}, alias="externalIds", description="[ST 5.1, 11]")
    created: Epoch = Field(default=0, description="[ST 5.1]")
    updated: Epoch = Field(default=0, description="[ST 5.1]")

    @property
    def newest_work_at(self) -> int:
        """When something was last done on it or is to be: made, completed, clocked in for, or
        visited; epoch seconds.
        """
        visits = (
            visit.window_end or visit.window_start
            for visit in self.appointments
            if not visit.is_called_off
        )
        return max(self.created, self.completed_on, self.latest_clock_in, *visits)


class ServiceTradeAccount(Record):
    """The contractor's account; `prime_company` owns the offices [ST 9.10, 4.2]."""

    name: Text = Field(default="", description="[ST 9.10]")
    timezone: Text = Field(default="", description="IANA name [ST 1, 9.10]")
    prime_company: Reference | None = Field(
        default=None, alias="primeCompany", description="[ST 9.10]"
    )

    def is_called(self, wanted: str) -> bool:
        """Whether a name or an id is that of this account; "" is everybody's."""
        text = wanted.strip().casefold()
        return not text or text in (str(self.id), self.name.strip().casefold())

    @property
    def words(self) -> str:
        """How people are told of it."""
        return f"account {self.name!r} (id {self.id}, {self.timezone or 'no time zone'})"
