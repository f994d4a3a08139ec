"""What stands in a job item because of a purchase order line, and what the ledger remembers of it.

A person's change is told from ours by comparing what stands in ServiceTrade with what it answered
when we wrote.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from st_spectrum.ledger.documents.orders import WrittenValues, written_values
from st_spectrum.servicetrade.item_models import ItemSource, JobItem, JobItemFields

FIELDS = ("name", "quantity", "cost", "used_on", "lib_item_id", "service_line_id", "source")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class ItemValues:
    """The fields of a job item that we write [ST 7.1]. `cost` is None where our login does not see
    costs [ST 2.2].
    """

    name: str
    quantity: Decimal
    cost: Decimal | None
    used_on: int | None
    lib_item_id: int | None
    service_line_id: int | None
    source: ItemSource

    @classmethod
    def of(cls, item: JobItem) -> "ItemValues":
        """What stands in ServiceTrade."""
        return cls(
            name=item.name,
            quantity=item.quantity if item.quantity is not None else Decimal(0),
            cost=item.cost,
            used_on=item.used_on or None,
            lib_item_id=item.lib_item.id if item.lib_item else None,
            service_line_id=item.service_line.id if item.service_line else None,
            source=item.source or ItemSource(),
        )

    @property
    def total(self) -> Decimal | None:
        """What all of it costs, to the cent; None where our login does not see costs."""
        if self.cost is None:
            return None
        return (self.quantity * self.cost).quantize(CENT, ROUND_HALF_UP)

    def differs_from(self, other: "ItemValues") -> tuple[str, ...]:
        """Names of fields that differ; a cost that one of the two does not tell does not."""
        return tuple(
            name for name in FIELDS if not _is_same(getattr(self, name), getattr(other, name), name)
        )

    def text_of(self, field: str) -> str:
        """One field for people to read."""
        value = getattr(self, field)
        if isinstance(value, ItemSource):
            parts = value.as_wire()
            if value.expected_delivery is not None:
                parts["expectedDelivery"] = f"expected {_day(value.expected_delivery)}"
            return ", ".join(map(str, parts.values())) or "nothing"
        if value is None:
            return "nothing"
        if field == "used_on":
            return _day(value)
        return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)

    def as_new(self, job_id: int) -> JobItemFields:
        """The write that makes the item; what is None is not said."""
        given = {name: value for name in FIELDS if (value := getattr(self, name)) is not None}
        return JobItemFields(job_id=job_id, **given)

    def as_change(self, before: "ItemValues") -> JobItemFields:
        """The write that turns what we wrote into this; what was None both times is not said."""
        names = [
            name
            for name in FIELDS
            if getattr(self, name) is not None or getattr(before, name) is not None
        ]
        return JobItemFields(**{name: getattr(self, name) for name in names})

    def encode(self) -> str:
        """As JSON text."""
        return self.to_document().as_text()

    @classmethod
    def decode(cls, text: str) -> "ItemValues":
        """What `encode` wrote."""
        return cls.from_document(written_values(text))

    def to_document(self) -> WrittenValues:
        """As the ledger keeps them."""
        return WrittenValues(
            **{name: getattr(self, name) for name in FIELDS} | {"source": self.source.as_wire()}
        )

    @classmethod
    def from_document(cls, kept: WrittenValues) -> "ItemValues":
        """What `to_document` made."""
        return cls(**vars(kept) | {"source": ItemSource.model_validate(kept.source)})


@dataclass(frozen=True)
class Memory:
    """What the ledger keeps of one line's job item. `version` counts our writes and names the steps
    that make them; `made` is the one that made the item.

    `sent` is what the last write said, `seen` what ServiceTrade answered to it; `seen` is None
    while that answer is missing, and then `before` has what may still stand there instead.
    `item_id` is None until the item was made or found.
    """

    version: int
    made: int
    job_id: int
    sent: ItemValues
    item_id: int | None = None
    seen: ItemValues | None = None
    before: tuple[ItemValues, ...] = ()
    is_removed: bool = False

    @property
    def is_in_doubt(self) -> bool:
        """Whether an item was sent and nothing is known of it."""
        return self.item_id is None and not self.is_removed

    @property
    def next_version(self) -> int:
        """The number of the next write; the same one as long as the last was not answered."""
        return self.version + 1 if self.seen is not None or self.is_removed else self.version

    def found(self, item: JobItem) -> "Memory":
        """After an answer, or after the item was found with what we had sent."""
        return replace(self, item_id=item.id, seen=ItemValues.of(item), before=())

    def changing(self, version: int, values: ItemValues) -> "Memory":
        """Before a write of other values: until it is answered, either may stand there."""
        return replace(self, version=version, sent=values, seen=None, before=tuple(self.ours))

    def removed(self) -> "Memory":
        """After the item was taken off its job."""
        return replace(self, item_id=None, is_removed=True, seen=None, before=())

    @property
    def ours(self) -> Iterable[ItemValues]:
        """Everything that may stand in ServiceTrade by our own doing."""
        return (self.seen,) if self.seen is not None else (self.sent, *self.before)


def _day(epoch: int) -> str:
    """We write noon where the account is; a person's entry may show as the day beside it."""
    return f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d}"


def _is_same(one: Any, other: Any, field: str) -> bool:
    if field == "cost" and None in (one, other):
        return True
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        # Amounts travel as JSON numbers, so they come back with the precision of one.
        return float(one) == float(other)
    if isinstance(one, ItemSource) and isinstance(other, ItemSource):
        return one.as_wire() == other.as_wire()
    return bool(one == other)
