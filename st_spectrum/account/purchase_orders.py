"""Rules of purchase orders."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from st_spectrum.account.section import Contradiction, Section
from st_spectrum.account.types import CurrencyCode, UnitFactor


class ByCoding(Section):
    """A name in ServiceTrade by item code, else by cost type, else by phase of a purchase order
    line, else `default`.
    """

    by_item_code: dict[str, str] = {}
    by_cost_type: dict[str, str] = {}
    by_phase: dict[str, str] = {}
    default: str = ""


class LibraryItems(ByCoding):
    """Library item of a job item, by code or name. `has_same_codes` takes the one with the item
    code that Spectrum uses.
    """

    has_same_codes: bool = True


class PurchaseOrderRules(Section):
    """Spectrum purchase order line -> job item.

    `custom_field` is the column in which people write the job on an order, if they do; which one is
    assumed [SP 15.1]. `receiving` says where goods are entered first: on the order itself, or on
    packing lists, as companies do whose lines move with the vendor's invoice alone [SP 15.3].
    `unit_factors` says how many units a price is for, by unit of measure [SP 15.1]. `statuses` says
    what other words than those of Spectrum's screens mean [SP 15.1].
    """

    precedence: tuple[Literal["custom_field", "line_job", "header_job"], ...] = (
        "custom_field",
        "line_job",
        "header_job",
    )
    custom_field: Literal[
        "", "remarks", "special_instructions", "comment", "ordered_by", "confirmed_by"
    ] = ""
    ignored_jobs: tuple[str, ...] = ()
    ignored_warehouses: tuple[str, ...] = ()
    library_items: LibraryItems = LibraryItems()
    service_lines: ByCoding = ByCoding()
    source: Literal["vendor", "refnumber"] = "vendor"
    unit_factors: dict[str, UnitFactor] = {"C": 100, "M": 1000}
    message_lines: Literal["skip", "note"] = "skip"
    proposed: Literal["write", "skip"] = "write"
    statuses: dict[str, Literal["open", "proposed", "closed"]] = {}
    closed_short: Literal["cut", "keep"] = "cut"
    currencies: tuple[CurrencyCode, ...] = ("USD",)
    completed_job: Literal["write", "hold", "skip"] = "write"
    invoiced_job: Literal["write", "hold", "skip"] = "hold"
    receiving: Literal["orders", "packing_lists"] = "orders"
    scan_days: int = Field(default=30, ge=1, le=3650)
    most_deleted_at_once: int = Field(default=20, ge=0)
    most_removed_at_once: int = Field(default=20, ge=0)

    def contradictions(self) -> Iterator[Contradiction]:
        """Every way to a job is named once, and at least one is."""
        if len(set(self.precedence)) < len(self.precedence):
            yield ("precedence",), "names the same thing twice"
        if not set(self.precedence) - {"custom_field"} and not self.custom_field:
            yield (
                ("precedence", "custom_field"),
                "leads to no job; name line_job or header_job, or give custom_field",
            )
        if self.custom_field and "custom_field" not in self.precedence:
            yield (
                ("custom_field", "precedence"),
                "is never used, because precedence does not name custom_field",
            )
