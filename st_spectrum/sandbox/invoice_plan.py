"""What invoices a believable contractor writes: few lines mostly, credits and odd cents now and
then, some that cannot go out.

Decided by a seeded generator of its own and before any call, like the rest of the world in `plan`;
the same seed writes the same invoices whatever else the world holds.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from st_spectrum.sandbox import names

ZONE = ZoneInfo("America/New_York")
"""Time zone of the sandbox account, in which its days begin and end."""

FIRST_DAY, DAYS = date(2026, 4, 1), 180
"""Invoice dates go over half a year, from a fixed day on, so that a world does not depend on when
it is built.
"""

CLOSED_DAY = date(2024, 12, 17)
"""A day before the AR processing range that the sandbox company starts with."""

UNKNOWN_SERVICE_LINE = "Security"
"""In ServiceTrade's catalogue, but nothing that the contractor sells."""

READY = "pending_accounting"


class Make(StrEnum):
    """How the amounts of an invoice are made up."""

    PLAIN = "plain"
    MIXED = "mixed signs"
    CREDIT = "wholly negative"
    ZERO_LINES = "some lines of zero"
    ZERO = "nothing but zero"
    CANCELS = "plus and minus the same"


class Broken(StrEnum):
    """Which prerequisite an invoice lacks. Whether it is held for that is up to the account file,
    but for the customer.
    """

    NOTHING = ""
    CUSTOMER = "the customer is inactive and never crossed"
    TAX_GROUP = "nobody knows the tax group, and the state neither"
    SERVICE_LINE = "nobody knows the service line, and there is no office"
    CLOSED = "the invoice date lies in a closed period"
    CENT = "the header is a cent off its lines"


MAKES = {
    Make.PLAIN: 80,
    Make.MIXED: 8,
    Make.CREDIT: 4,
    Make.ZERO_LINES: 4,
    Make.ZERO: 3,
    Make.CANCELS: 1,
}
LINE_COUNTS = {(1, 1): 25, (2, 4): 45, (5, 10): 22, (11, 20): 6, (21, 40): 2}
"""How many lines, and how often."""
BROKEN_IN_TURN = (Broken.CUSTOMER, Broken.TAX_GROUP, Broken.SERVICE_LINE)


@dataclass(frozen=True)
class PlannedLine:
    """`item` is a place in `names.LIB_ITEMS`, `service_line` one in the account's lines; None where
    there is none.
    """

    description: str
    quantity: Decimal
    price: Decimal
    item: int
    service_line: int | None
    has_tax: bool

    @property
    def subtotal(self) -> Decimal:
        return (self.quantity * self.price).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class PlannedInvoice:
    """`place` picks a job out of those that can be billed. `tax_group` does so out of those of the
    site's state.

    `is_to_be_void` marks the invoices that somebody cancels later on; when, is up to whoever uses
    the world.
    """

    place: int
    make: Make
    status: str
    at: int
    lines: tuple[PlannedLine, ...]
    tax_group: int
    notes: str
    is_to_be_void: bool
    broken: Broken

    @property
    def subtotal(self) -> Decimal:
        """Sum of the lines before tax."""
        return sum((line.subtotal for line in self.lines), Decimal(0))

    @property
    def is_ready(self) -> bool:
        """Whether it is handed over to accounting."""
        return self.status == READY


def plan_invoices(
    seed: int, count: int, service_lines: int, *, closed: int = 0, off_by_a_cent: int = 0
) -> list[PlannedInvoice]:
    """`count` invoices, 3 % of them with a broken prerequisite and 10 % to be void, then those
    asked for on top.
    """
    random = Random(f"invoices of world {seed}")  # noqa: S311  a reproducible world, no secret
    broken_count = round(count * 0.03)
    planned = [plan_invoice(random, service_lines) for _ in range(count)]
    for turn, place in enumerate(sorted(random.sample(range(count), broken_count))):
        kind = BROKEN_IN_TURN[turn % len(BROKEN_IN_TURN)]
        planned[place] = _break(random, planned[place], kind, service_lines)
    sound = [
        place for place, invoice in enumerate(planned) if invoice.is_ready and not invoice.broken
    ]
    for place in random.sample(sound, min(len(sound), round(count * 0.1))):
        planned[place] = replace(planned[place], is_to_be_void=True)
    for kind, more in ((Broken.CLOSED, closed), (Broken.CENT, off_by_a_cent)):
        planned += [
            _break(random, plan_invoice(random, service_lines), kind, service_lines)
            for _ in range(more)
        ]
    return planned


def plan_invoice(
    random: Random, service_lines: int, *, at: int | None = None, status: str = ""
) -> PlannedInvoice:
    """One invoice with nothing broken; `at` is its date in epoch seconds."""
    make = random.choices(tuple(MAKES), tuple(MAKES.values()))[0]
    least, most = random.choices(tuple(LINE_COUNTS), tuple(LINE_COUNTS.values()))[0]
    count = random.randint(least, most)
    if make in (Make.MIXED, Make.ZERO_LINES, Make.CANCELS):
        count = max(2, count)
    lines = [_line(random, service_lines) for _ in range(count)]
    return PlannedInvoice(
        place=random.randrange(1_000_000),
        make=make,
        status=status
        or random.choices((READY, "ok", "draft", "internal_review"), (94, 3, 2, 1))[0],
        at=_moment(random) if at is None else at,
        lines=_made(random, make, lines),
        tax_group=random.randrange(1_000_000),
        notes=random.choice(names.INVOICE_NOTES),
        is_to_be_void=False,
        broken=Broken.NOTHING,
    )


def _moment(random: Random, day: date | None = None) -> int:
    """Some time of a local day; late in the evening the day in Greenwich is another one."""
    day = day or FIRST_DAY + timedelta(days=random.randrange(DAYS))
    hour = random.choices((0, 8, 12, 16, 20, 23), (5, 20, 30, 25, 10, 10))[0]
    return int(datetime.combine(day, time(hour, random.randrange(60)), ZONE).timestamp())


def _line(random: Random, service_lines: int) -> PlannedLine:
    item = random.randrange(len(names.LIB_ITEMS))
    name, kind, _ = names.LIB_ITEMS[item]
    text = random.choice(names.LINE_TEXTS)
    is_labor = kind == "labor"
    return PlannedLine(
        description=f"{name} {text}".strip(),
        quantity=Decimal(random.randint(1, 40)) / 4
        if is_labor
        else Decimal(random.choice((1, 1, 1, 2, 3, 6, 12))),
        price=Decimal(random.choice(names.LABOR_RATES)) if is_labor else _price(random),
        item=item,
        service_line=random.randrange(service_lines)
        if service_lines and random.random() < 0.8
        else None,
        has_tax=kind in ("part", "material") or random.random() < 0.1,
    )


def _price(random: Random) -> Decimal:
    """Mostly small, seldom large, to the cent."""
    most = random.choices((499, 9_999, 99_999, 2_499_999), (30, 45, 22, 3))[0]
    return Decimal(random.randint(37, most)) / 100


def _made(random: Random, make: Make, lines: list[PlannedLine]) -> tuple[PlannedLine, ...]:
    """The lines with the signs and zeros that the make asks for."""
    match make:
        case Make.PLAIN:
            pass
        case Make.MIXED:
            turned = set(random.sample(range(len(lines)), random.randint(1, len(lines) - 1)))
            lines = [_minus(line) if place in turned else line for place, line in enumerate(lines)]
        case Make.CREDIT:
            lines = [_minus(line) for line in lines]
        case Make.ZERO_LINES:
            free = set(random.sample(range(len(lines)), random.randint(1, len(lines) - 1)))
            lines = [
                replace(line, price=Decimal(0)) if place in free else line
                for place, line in enumerate(lines)
            ]
        case Make.ZERO:
            lines = [replace(line, price=Decimal(0)) for line in lines]
        case Make.CANCELS:
            half = lines[: max(1, len(lines) // 2)]
            lines = [
                *half,
                *(
                    _minus(replace(line, description=f"Credit: {line.description}"))
                    for line in half
                ),
            ]
    return tuple(lines)


def _minus(line: PlannedLine) -> PlannedLine:
    return replace(line, price=-line.price)


def _break(
    random: Random, invoice: PlannedInvoice, kind: Broken, service_lines: int
) -> PlannedInvoice:
    """A plain invoice that is ready but for one thing, which its first line must show."""
    lines = tuple(
        replace(line, has_tax=True)
        for line in (_line(random, service_lines) for _ in invoice.lines[:5])
    )
    at = _moment(random, CLOSED_DAY) if kind is Broken.CLOSED else invoice.at
    return replace(invoice, make=Make.PLAIN, status=READY, lines=lines, at=at, broken=kind)
