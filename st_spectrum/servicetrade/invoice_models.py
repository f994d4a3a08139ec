"""ServiceTrade's invoices, what stands on them, and the comments that people and integrations leave
on records.

Read by the rules of `models`. Amounts are exact decimals. An amount that is null reads as zero, one
that is absent makes the record unreadable: money is never invented for an answer that came in
another shape.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from st_spectrum.servicetrade.models import Address, Record, Reference, ServiceLine, TaxGroup
from st_spectrum.servicetrade.value_types import (
    Epoch,
    ExternalIds,
    Money,
    NullIsEmptyList,
    NullIsEmptyObject,
    Text,
)


def _zero(value: object) -> object:
    return Decimal(0) if value is None else value


Amount = Annotated[Money, BeforeValidator(_zero)]
"""An amount that may be null on the wire [ST 1, 6.1]."""


class Party(Record):
    """The customer or location of an invoice; unlike elsewhere they carry their external ids here
    [ST 3, 6.1].
    """

    name: Text = Field(default="", description="[ST 3]")
    status: Text = Field(default="", description="[ST 3]")
    ref_number: Text = Field(default="", alias="refNumber", description="locations only [ST 3]")
    address: Annotated[Address, NullIsEmptyObject] = Field(
        default=Address(), description="locations only [ST 3]"
    )
    is_taxable: bool | None = Field(
        default=None, alias="taxable", description="locations only [ST 3]; None when it is not said"
    )
    external_ids: ExternalIds = Field(default={}, alias="externalIds", description="[ST 6.1, 11]")


class JobReference(Record):
    """The job that an invoice bills; without external ids: read the job for those [ST 3, 6.1]."""

    number: int | None = Field(default=None, description="what people call the job [ST 3]")
    name: Text = Field(default="", description="[ST 3]")
    type: Text = Field(default="", description="repair, inspection ... [ST 3]")


class LibItem(Record):
    """The entry of the item catalogue that a line was made from [ST 3, 7.4]."""

    name: Text = Field(default="", description="[ST 7.4]")
    type: Text = Field(default="", description="part, material, labor ... [ST 7.4]")
    code: Text = Field(default="", description="item code, unique in the account [ST 7.4]")
    is_taxable: bool | None = Field(
        default=None,
        alias="taxable",
        description="[ST 7.4]; None on an invoice, where the short form stands",
    )
    service_line: ServiceLine | None = Field(
        default=None, alias="serviceLine", description="[ST 7.4]"
    )
    external_ids: ExternalIds = Field(default={}, alias="externalIds", description="[ST 3, 7.4]")


class JobItemRef(Record):
    """The use on the job that a line bills; cost lives here and not on the line [ST 3, 6.3]."""

    description: Text = Field(default="", description="[ST 3]")
    cost: Money | None = Field(default=None, description="per unit [ST 7.1]")
    used_on: Epoch = Field(default=0, alias="usedOn", description="[ST 7.1]")


class InvoiceItem(Record):
    """One line [ST 6.3]. Its tax rate is left out: percent and fraction both occur, the amount is
    what counts.
    """

    description: Text = Field(default="", description="[ST 6.3]")
    order_index: int | None = Field(default=None, alias="orderIndex", description="[ST 6.3]")
    quantity: Amount = Field(description="[ST 6.3]")
    price: Amount = Field(description="per unit [ST 6.3]")
    subtotal: Amount = Field(description="quantity times price, before tax [ST 6.3]")
    tax_amount: Amount = Field(alias="taxAmount", description="[ST 6.3]")
    total_price: Amount = Field(alias="totalPrice", description="with tax [ST 6.3]")
    tax_group: TaxGroup | None = Field(default=None, alias="taxGroup", description="[ST 6.3, 9.6]")
    lib_item: LibItem | None = Field(default=None, alias="libItem", description="[ST 6.3]")
    service_line: ServiceLine | None = Field(
        default=None, alias="serviceLine", description="[ST 6.3]"
    )
    job_item: JobItemRef | None = Field(default=None, alias="jobItem", description="[ST 6.3]")


class Invoice(Record):
    """An invoice with its lines [ST 6.1]. It has no external ids; our own ledger links it."""

    name: Text = Field(default="", description="[ST 6.1]")
    invoice_number: Text = Field(
        default="", alias="invoiceNumber", description="letters allowed [ST 6.1]"
    )
    ref_number: Text = Field(default="", alias="refNumber", description="[ST 6.1]")
    type: Text = Field(default="", description="invoice, vendorbill, external [ST 6.1]")
    status: str = Field(description="pending_accounting, processed, failed, void ... [ST 6.2]")
    transaction_date: Epoch = Field(
        default=0,
        alias="transactionDate",
        description="invoice date, epoch seconds; 0 when it has none [ST 6.1]",
    )
    payment_terms: Reference | None = Field(
        default=None, alias="paymentTerms", description="[ST 6.1, 6.4]; its inner shape is assumed"
    )
    subtotal: Amount = Field(description="before tax [ST 6.1]")
    tax_amount: Amount = Field(alias="taxAmount", description="[ST 6.1]")
    total_price: Amount = Field(alias="totalPrice", description="with tax [ST 6.1]")
    customer: Party = Field(description="the bill-to [ST 6.1]")
    location: Party | None = Field(default=None, description="the site [ST 6.1]")
    job: JobReference | None = Field(
        default=None, description="None when not made from a job [ST 6.1]"
    )
    assigned_office: Reference | None = Field(
        default=None, alias="assignedOffice", description="the branch [ST 6.1]"
    )
    customer_po: Text = Field(default="", alias="customerPo", description="[ST 6.1]")
    notes: Text = Field(default="", description="[ST 6.1]")
    items: Annotated[tuple[InvoiceItem, ...], NullIsEmptyList] = Field(description="[ST 6.1, 6.3]")
    created: Epoch = Field(default=0, description="[ST 6.1]")
    updated: Epoch = Field(default=0, description="[ST 6.1]")


class Comment(Record):
    """A remark on a record [ST 10]."""

    content: Text = Field(default="", description="[ST 10]")
    author: Reference | None = Field(default=None, description="a user [ST 10]")
    visibility: Annotated[tuple[str, ...], NullIsEmptyList] = Field(
        default=(), description="tech, schedule, billing, public [ST 10]"
    )
    created: Epoch = Field(default=0, description="[ST 10]")
