"""What the ledger keeps of purchase orders: the job item of each line, and the digests of the
orders.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from st_spectrum.ledger.documents.form import FIRST, Document, adapter


@dataclass(frozen=True)
class WrittenValues:
    """The fields of a job item that we write [ST 7.1]: cost in dollars for one piece, None where
    our login does not see costs;
    `used_on` in epoch seconds, `source` as it stands on the wire [ST 7.2].
    """

    name: str
    quantity: Decimal
    cost: Decimal | None
    used_on: int | None
    lib_item_id: int | None
    service_line_id: int | None
    source: Mapping[str, Any]

    def as_text(self) -> str:
        """As it stands, a text of its own, in form 1."""
        amounts = {
            "quantity": str(self.quantity),
            "cost": None if self.cost is None else str(self.cost),
        }
        return json.dumps(
            vars(self) | amounts | {"source": dict(self.source)}, sort_keys=True, ensure_ascii=False
        )


def written_values(text: str) -> WrittenValues:
    """What `WrittenValues.as_text` wrote."""
    return adapter(WrittenValues).validate_python(json.loads(text))


@dataclass(frozen=True)
class WrittenItem(Document):
    """The job item of one purchase order line, by `order|line`. `version` counts our writes, `made`
    is the one that made the item.

    `sent` is what the last write said, `seen` what ServiceTrade answered to it; `seen` is None
    while that answer is missing, and then `before` has what may still stand there instead.
    `item_id` is None until the item was made or found.
    """

    place = "kept/po-items/{order|line}"
    since = FIRST
    numbered_as = "v"

    version: int
    made: int
    job_id: int
    sent: WrittenValues
    item_id: int | None
    seen: WrittenValues | None
    before: tuple[WrittenValues, ...]
    is_removed: bool

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """The values are texts of their own in it."""
        seen = json.loads(found["seen"]) if found["seen"] else None
        before = [json.loads(text) for text in found["before"]]
        return found | {"sent": json.loads(found["sent"]), "seen": seen, "before": before}

    def as_text(self) -> str:
        """Form 1."""
        fields = {
            "v": 1,
            "version": self.version,
            "made": self.made,
            "job_id": self.job_id,
            "item_id": self.item_id,
            "is_removed": self.is_removed,
            "sent": self.sent.as_text(),
            "seen": self.seen.as_text() if self.seen else None,
            "before": [values.as_text() for values in self.before],
        }
        return json.dumps(fields, ensure_ascii=False)


@dataclass(frozen=True)
class SeenOrders(Document):
    """The digest of each purchase order by its number, as it was last carried through. Forgotten it
    costs reads.
    """

    place = "cursors/purchase-orders"
    since = FIRST
    numbered_as = "v"

    digests: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """They are called `seen` in it."""
        return {"digests": found["seen"]}

    def as_text(self) -> str:
        """Form 1, compact."""
        return json.dumps(
            {"v": 1, "seen": dict(self.digests)}, separators=(",", ":"), sort_keys=True
        )

    def after(self, carried: Mapping[str, str | None]) -> "SeenOrders":
        """With these digests; None forgets the order."""
        kept = {number: digest for number, digest in self.digests.items() if number not in carried}
        return SeenOrders(
            kept | {number: digest for number, digest in carried.items() if digest is not None}
        )
