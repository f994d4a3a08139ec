"""The billing clerk: makes invoices in ServiceTrade and hands them over to accounting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from st_spectrum.sandbox.callers import ServiceTradeCaller

APPROVED = "pending_accounting"

Line = Mapping[str, Any]


@dataclass
class BillingClerk:
    """Somebody who bills in ServiceTrade. An invoice is named by its id, as the flow's key."""

    office: ServiceTradeCaller

    def draft(self, *lines: Line, **fields: Any) -> str:
        """An invoice, which nobody has approved unless its fields say so."""
        items = [
            {"description": "Labor", "quantity": 1, "price": 100, **line} for line in lines or ({},)
        ]
        return str(self.office.post("/invoice", **{"items": items, **fields})["id"])

    def approved(self, *lines: Line, **fields: Any) -> str:
        """An invoice that is handed over to accounting."""
        return self.draft(*lines, **{"status": APPROVED, **fields})

    def submit(self, *invoices: str) -> None:
        """Hand them over to accounting, for the first time or again."""
        for invoice in invoices:
            self.change(invoice, status=APPROVED)

    def seen(self, key: str) -> dict[str, Any]:
        """An invoice as ServiceTrade shows it."""
        return dict(self.office.get(f"/invoice/{key}"))

    def number(self, key: str) -> str:
        return str(self.seen(key)["invoiceNumber"])

    def change(self, key: str, **values: Any) -> None:
        self.office.put(f"/invoice/{key}", **values)

    def correct(self, key: str, place: int = 0, **values: Any) -> None:
        """One line anew, as the clerk leaves it."""
        line = self.seen(key)["items"][place]
        given = {name: line[name] for name in ("description", "quantity", "price")}
        self.office.put(f"/invoiceitem/{line['id']}", **(given | values))
