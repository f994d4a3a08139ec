"""Job items, which is what was used or bought for a job, where they come from, and the library they
are made from.

Read by the rules of `models`. What ServiceTrade calls the parts of a source in JSON, and which keys
a write of a job item
takes, is assumed [ST 7.1, 7.2]; all of it stands in this file and nowhere else.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from st_spectrum.servicetrade.invoice_models import LibItem
from st_spectrum.servicetrade.models import Record, Reference, ServiceLine, Shape
from st_spectrum.servicetrade.value_types import Epoch, ExternalIds, Flag, Money, Text

VENDOR = "vendor"
REFERENCE_NUMBER = "refnumber"
TO_BE_ORDERED = "to_be_ordered"
ORDERED = "ordered"
RECEIVED = "received"
"""Part statuses of a vendor source; the spelling is assumed [ST 7.2]."""


def _epoch_or_none(value: object) -> object:
    return None if value in (0, "") else value


class ItemSource(Shape):
    """Where a job item comes from [ST 7.2]. Everything but `type` belongs to one type or another
    and is blank otherwise.
    """

    type: Text = Field(
        default="", description="vendor, refnumber, warehouse, tech; assumed but for tech [ST 7.2]"
    )
    ref_number: Text = Field(
        default="", alias="refNumber", description="of a refnumber source; assumed [ST 7.2]"
    )
    vendor_id: int | None = Field(
        default=None,
        alias="vendorId",
        description="of a vendor source: a company with partsVendor; assumed [ST 7.2]",
    )
    po_number: Text = Field(
        default="", alias="poNumber", description="of a vendor source; assumed [ST 7.2]"
    )
    status: Text = Field(
        default="", description="of a vendor source: the part status; assumed [ST 7.2]"
    )
    expected_delivery: Annotated[int | None, BeforeValidator(_epoch_or_none)] = Field(
        default=None,
        alias="expectedDelivery",
        description="of a vendor source: epoch seconds; assumed [ST 7.2]",
    )
    user_id: int | None = Field(
        default=None, alias="userId", description="of a tech source [ST 7.2]"
    )
    warehouse_id: int | None = Field(
        default=None, alias="warehouseId", description="of a warehouse source; assumed [ST 7.2]"
    )

    @model_validator(mode="before")
    @classmethod
    def _nested(cls, value: Any) -> Any:
        """An object where an id is expected is taken too, since the other references of an item are
        objects [ST 3].
        """
        if not isinstance(value, Mapping):
            return value
        found = dict(value)
        for name in ("vendor", "user", "warehouse"):
            nested = found.get(name)
            if isinstance(nested, Mapping) and nested.get("id") is not None:
                found.setdefault(f"{name}Id", nested["id"])
        return found

    @classmethod
    def of_vendor(
        cls,
        *,
        po_number: str,
        status: str,
        vendor_id: int | None = None,
        expected_delivery: int | None = None,
    ) -> Self:
        """Bought from a vendor; all but the status may be missing [ST 7.2]."""
        return cls(
            type=VENDOR,
            po_number=po_number,
            status=status,
            vendor_id=vendor_id,
            expected_delivery=expected_delivery,
        )

    @classmethod
    def of_reference(cls, ref_number: str) -> Self:
        """Only a text that says where it comes from; without vendor, status and date [ST 7.2]."""
        return cls(type=REFERENCE_NUMBER, ref_number=ref_number)

    def as_wire(self) -> dict[str, object]:
        """The JSON of a write: the keys that belong to the type, and of those what is known."""
        keys = ("type", *_KEYS_OF_TYPE.get(self.type, _ALL_KEYS))
        values = self.model_dump(by_alias=True)
        return {key: values[key] for key in keys if values[key] not in (None, "")}


_KEYS_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    VENDOR: ("vendorId", "poNumber", "status", "expectedDelivery"),
    REFERENCE_NUMBER: ("refNumber",),
    "warehouse": ("warehouseId",),
    "tech": ("userId",),
}
_ALL_KEYS = tuple(key for keys in _KEYS_OF_TYPE.values() for key in keys)


class JobItem(Record):
    """Something used on a job [ST 7.1]. It is changed by `JobItemFields`, and never by writing this
    one back.
    """

    name: Text = Field(default="", description="the shown text [ST 7.1]")
    quantity: Money | None = Field(default=None, description="[ST 7.1]")
    cost: Money | None = Field(
        default=None, description="per unit; None when it is not set or hidden [ST 2.2, 7.1]"
    )
    used_on: Epoch = Field(default=0, alias="usedOn", description="[ST 7.1]")
    job: Reference | None = Field(default=None, description="[ST 7.1]")
    lib_item: LibItem | None = Field(default=None, alias="libItem", description="[ST 7.1]")
    service_line: ServiceLine | None = Field(
        default=None, alias="serviceLine", description="[ST 7.1]"
    )
    service_request: Reference | None = Field(
        default=None, alias="serviceRequest", description="[ST 7.1]"
    )
    user: Reference | None = Field(default=None, description="who added it [ST 7.1]")
    source: ItemSource | None = Field(default=None, description="[ST 7.1, 7.2]")
    external_ids: ExternalIds = Field(default={}, alias="externalIds", description="[ST 7.1, 11]")
    created: Epoch = Field(default=0, description="[ST 7.1]")
    updated: Epoch = Field(default=0, description="[ST 7.1]")


class LibraryItem(LibItem):
    """An entry of the item catalogue in full [ST 7.4]."""

    is_active: Flag = Field(
        default=True, alias="active", description="items are retired, not deleted [ST 7.4]"
    )
    cost: Money | None = Field(default=None, description="standard cost [ST 7.4]")


class JobItemFields(Shape):
    """What a POST or PUT of a job item says; what is not given is not sent, and a PUT leaves it as
    it is [ST 1, 7.1].

    None clears what may be empty. A new item needs `name` and `job_id`. External ids are set in a
    call of their own.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", description="[ST 7.1]")
    job_id: int | None = Field(
        default=None, alias="jobId", description="only when it is new; assumed [ST 7.1]"
    )
    quantity: Decimal | None = Field(default=None, description="assumed [ST 7.1]")
    cost: Decimal | None = Field(default=None, description="per unit; assumed [ST 7.1]")
    used_on: int | None = Field(
        default=None, alias="usedOn", description="epoch seconds; assumed [ST 7.1]"
    )
    lib_item_id: int | None = Field(default=None, alias="libItemId", description="assumed [ST 7.1]")
    service_line_id: int | None = Field(
        default=None, alias="serviceLineId", description="assumed [ST 7.1]"
    )
    service_request_id: int | None = Field(
        default=None, alias="serviceRequestId", description="assumed [ST 7.1]"
    )
    source: ItemSource | None = Field(default=None, description="assumed [ST 7.1, 7.2]")

    def as_wire(self) -> dict[str, object]:
        """The JSON of the write; amounts as numbers, which is how they are read [ST 1]."""
        given = {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name in self.model_fields_set
        }
        return {
            type(self).model_fields[name].alias or name: _wire(value)
            for name, value in given.items()
        }


def _wire(value: object) -> object:
    if isinstance(value, ItemSource):
        return value.as_wire()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
