"""What a believable contractor would type into ServiceTrade, decided by a seeded generator and
before any call.

Offices, service lines, salespeople and so on are named by their place in the lists of the world;
who calls the API turns places into ids.
"""

from dataclasses import dataclass
from random import Random

from st_spectrum.sandbox import names


@dataclass(frozen=True)
class PlannedAddress:
    """A street address in the United States; `state` is the two-letter abbreviation."""

    street: str
    city: str
    state: str
    postal_code: str

    def as_keys(self) -> dict[str, str]:
        """The write keys of company and location [ST 4.1, 4.2]."""
        return {
            "addressStreet": self.street,
            "addressCity": self.city,
            "addressState": self.state,
            "addressPostalCode": self.postal_code,
        }


@dataclass(frozen=True)
class PlannedCompany:
    """`terms` is the place of its payment terms in the account's list, None where none are set."""

    name: str
    address: PlannedAddress
    phone: str
    status: str = "active"
    is_customer: bool = True
    is_vendor: bool = False
    terms: int | None = None


@dataclass(frozen=True)
class PlannedContact:
    """A person at a location."""

    first_name: str
    last_name: str
    phone: str
    email: str


@dataclass(frozen=True)
class PlannedLocation:
    """`company` and `office` are places in the lists; `tax_group` too, None where none is set."""

    company: int
    name: str
    address: PlannedAddress
    phone: str
    email: str
    ref_number: str
    office: int
    is_taxable: bool
    tax_group: int | None
    status: str
    contact: PlannedContact | None


@dataclass(frozen=True)
class PlannedJob:
    """`location`, `office`, `sales` and `service_lines` are places in the lists; one service
    request per service line.
    """

    location: int
    type: str
    status: str
    description: str
    customer_po: str
    office: int
    sales: int | None
    tags: tuple[str, ...]
    service_lines: tuple[int, ...]


@dataclass(frozen=True)
class Sizes:
    """How many there are to choose from."""

    offices: int
    service_lines: int
    sales: int
    tax_groups: int
    terms: int


def plan_address(random: Random) -> PlannedAddress:
    """A street in one of the contractor's cities, now and then with a suite."""
    city, state, postal_codes = random.choice(names.CITIES)
    tail = random.choice(names.STREET_TAILS)
    street = f"{random.randint(1, 9800)} {random.choice(names.STREETS)}" + (
        f", {tail}" if tail else ""
    )
    return PlannedAddress(street, city, state, random.choice(postal_codes))


def plan_phone(random: Random) -> str:
    """A made-up number in one of the ways people type it, or none."""
    area, line = random.choice(("757", "804", "919", "410")), f"{random.randint(0, 9999):04d}"
    ways = (
        f"{area}-555-{line}",
        f"({area}) 555-{line}",
        f"{area}.555.{line}",
        f"+1 {area} 555 {line} x12",
        "",
    )
    return random.choices(ways, (10, 6, 2, 1, 2))[0]


def plan_company(random: Random, sizes: Sizes, name: str = "") -> PlannedCompany:
    """A customer, nearly always active; a third of them have payment terms of their own."""
    name = name or _company_name(random)
    status = random.choices(("active", "on_hold", "inactive"), (95, 3, 2))[0]
    terms = random.randrange(sizes.terms) if sizes.terms and random.random() < 0.3 else None
    return PlannedCompany(name, plan_address(random), plan_phone(random), status, terms=terms)


def _company_name(random: Random) -> str:
    parts = (
        random.choice(names.COMPANY_HEADS),
        random.choice(names.COMPANY_TRADES),
        random.choice(names.COMPANY_TAILS),
    )
    return " ".join(part for part in parts if part)


def plan_vendor(random: Random, name: str) -> PlannedCompany:
    """A company that only sells to the contractor."""
    return PlannedCompany(
        name, plan_address(random), plan_phone(random), is_customer=False, is_vendor=True
    )


def plan_location(
    random: Random, company: int, owner: PlannedCompany, number: int, sizes: Sizes
) -> PlannedLocation:
    """The `number`th site of a company; the first is where the company has its address."""
    name = owner.name.strip()
    if number > 1:
        tail = random.choice(names.SITE_TAILS)
        name = f"{name} #{number}" if random.random() < 0.5 else f"{name} – {tail}"
    is_taxable = random.random() < 0.8
    return PlannedLocation(
        company=company,
        name=name,
        address=owner.address if number == 1 else plan_address(random),
        phone=plan_phone(random),
        email=f"site{company}.{number}@example.com" if random.random() < 0.4 else "",
        ref_number=f"{number:03d}" if random.random() < 0.7 else "",
        office=random.randrange(sizes.offices),
        is_taxable=is_taxable,
        tax_group=random.randrange(sizes.tax_groups)
        if sizes.tax_groups and is_taxable and random.random() < 0.6
        else None,
        status=random.choices(("active", "inactive"), (97, 3))[0],
        contact=_contact(random) if random.random() < 0.5 else None,
    )


def _contact(random: Random) -> PlannedContact:
    first, last = random.choice(names.FIRST_NAMES), random.choice(names.LAST_NAMES)
    return PlannedContact(
        first, last, plan_phone(random), f"contact{random.randint(1, 99999)}@example.com"
    )


def plan_job(random: Random, location: int, sizes: Sizes, status: str = "") -> PlannedJob:
    """Work at a location (its place in the list of locations), with the tags and service lines that
    people give it.
    """
    kinds, kind_weights = zip(*names.JOB_TYPES, strict=True)
    statuses, status_weights = zip(*names.JOB_STATUSES, strict=True)
    tags = tuple(
        tag
        for tag, chance in (("quoted", 0.1), ("VIP, do not call", 0.03))
        if random.random() < chance
    )
    if random.random() < 0.6:
        tags = (*tags, f"pm-{random.choice(names.PROJECT_MANAGERS)}")
    lines = random.choices((0, 1, 2, 3), (25, 55, 15, 5))[0]
    return PlannedJob(
        location=location,
        type=random.choices(kinds, kind_weights)[0],
        status=status or random.choices(statuses, status_weights)[0],
        description=random.choice(names.JOB_TEXTS),
        customer_po=f"PO-{random.randint(1000, 9999)}" if random.random() < 0.4 else "",
        office=random.randrange(sizes.offices),
        sales=random.randrange(sizes.sales) if sizes.sales and random.random() < 0.7 else None,
        tags=tags,
        service_lines=tuple(
            random.sample(range(sizes.service_lines), min(lines, sizes.service_lines))
        ),
    )
