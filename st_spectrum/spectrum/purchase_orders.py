"""Purchase orders as Spectrum's tables hold them [SP 15.1]; read through Info-Link alone, for no
service answers them.

There is no column that tells when an order was changed last, so changes are told by comparing the
digests of `PoHeader`.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CLOSED = ("C", "CLOSED")
"""Status_Flag of a closed order: the tables presumably spell it out, REST has the letter; assumed
[SP 15.1, 15.2].
"""
CLOSED_LETTER = "C"
"""A closed order's Status_Flag begins with it: a view spells it in mixed case, REST has the letter;
assumed [SP 15.1, 15.2].
"""
OPEN_LETTER = "O"
PROPOSED_LETTER = "P"
"""A proposed order's Status_Flag begins with it; assumed [SP 15.1]."""
MESSAGE_TYPE = "M"
"""Line_Type of a line that holds a text alone; the letter is REST's, and that the column has it is
assumed [SP 15.2].
"""
SHARE = Decimal("0.0001")
NON_STOCK_MARK = "!"
"""What the code of an item begins with that is not kept in stock [SP 15.1]."""


class _WithStatus:
    """What the letter of an order's status says."""

    status: str

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is expected of the order; it may have been cancelled."""
        return self.status[:1].upper() == CLOSED_LETTER

    @property
    def is_known(self) -> bool:
        """Whether its status is one of the three that there are; a blank one counts as open."""
        return self.status[:1].upper() in ("", OPEN_LETTER, CLOSED_LETTER, PROPOSED_LETTER)

    @property
    def is_proposed(self) -> bool:
        """Whether the order has not been placed yet."""
        return self.status[:1].upper() == PROPOSED_LETTER


@dataclass(frozen=True)
class PoHeader(_WithStatus):
    """What one poll sees of an order. `digest` is another one as soon as anything of the order or
    its lines is.

    Remember the digest that was seen *before* the order was read with its lines: what changes in
    between then shows in the next poll.
    """

    number: str
    status: str
    vendor_code: str
    job_number: str
    warehouse_code: str
    order_date: date | None
    line_count: int
    digest: str


@dataclass(frozen=True)
class PurchaseOrderLine:
    """One line. Quantities are in `unit_of_measure`; `price` is per unit, per 100 with C and per
    1,000 with M [SP 15.1].

    `discount_percent` comes off the price. Codes and texts are trimmed and "" when blank.
    `extension` is the money of the line and `received_extension` how much of it came [SP 15.1]; a
    return has negative quantities.
    """

    number: int
    line_type: str
    item_code: str
    description: str
    unit_of_measure: str
    ordered: Decimal
    received: Decimal
    price: Decimal
    discount_percent: Decimal
    job_number: str
    phase_code: str
    cost_type: str
    gl_account: str
    warehouse_code: str
    work_order: str
    delivery_date: date | None
    message: str
    extension: Decimal = field(default=Decimal(0), repr=False)
    received_extension: Decimal = field(default=Decimal(0), repr=False)
    packed: Decimal = field(default=Decimal(0), repr=False)
    """What came by packing lists [SP 15.3]; 0 where none are read. Assumed to stay there once it is
    invoiced.
    """

    @property
    def is_message(self) -> bool:
        """Whether the line is a text and nothing is bought by it."""
        if self.line_type.upper() == MESSAGE_TYPE:
            return True
        bought = (self.item_code, self.description, self.ordered, self.price, self.extension)
        return bool(self.message) and not any(bought)

    @property
    def arrived(self) -> Decimal:
        """What came of it by the order or by packing lists, whichever says more: both are the same
        goods [SP 15.3].
        """
        return max(self.came, self.packed, key=abs)

    @property
    def came(self) -> Decimal:
        """What was received on the order: a lump sum never gets a quantity, so there its money
        tells [SP 15.1].
        """
        if self.received or not (self.received_extension and self.extension):
            return self.received
        return (self.ordered * self.received_extension / self.extension).quantize(
            SHARE, ROUND_HALF_UP
        )


@dataclass(frozen=True)
class PurchaseOrder(_WithStatus):
    """An order with its lines in the order of their numbers. Codes and texts are trimmed and ""
    when blank.

    `delivery_date` is taken from the second of the order's three dates, which is assumed [SP 15.1].
    """

    number: str
    status: str
    vendor_code: str
    vendor_name: str
    job_number: str
    warehouse_code: str
    order_date: date | None
    delivery_date: date | None
    remarks: str
    special_instructions: str
    comment: str
    ordered_by: str
    confirmed_by: str
    cost_center: str
    lines: tuple[PurchaseOrderLine, ...]
    currency: str = ""
    unreadable: str = ""
    """What of it cannot be read, "" for nothing; then its lines have no amounts and dates to go by.
    """
