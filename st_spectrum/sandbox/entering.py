"""Types planned records into ServiceTrade, as its users would; used by the world builder and by the
living world.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

from st_spectrum.sandbox import names
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.plan import PlannedCompany, PlannedJob, PlannedLocation, Sizes

JOB_ENTITY = 3
"""Entity type number of jobs, for tags [ST 10]."""

Planned = TypeVar("Planned")


@dataclass(frozen=True)
class Made(Generic[Planned]):
    """A record that exists: its id, and what was asked for."""

    id: int
    planned: Planned


@dataclass(frozen=True)
class Account:
    """Ids of what the contractor's office set up once."""

    own_company: int
    offices: tuple[int, ...]
    service_lines: tuple[int, ...]
    tax_groups: tuple[int, ...]
    terms: tuple[int, ...]
    technicians: tuple[int, ...]
    salespeople: tuple[int, ...]

    @property
    def sizes(self) -> Sizes:
        return Sizes(
            offices=len(self.offices),
            service_lines=len(self.service_lines),
            sales=len(self.salespeople),
            tax_groups=len(self.tax_groups),
            terms=len(self.terms),
        )


def enter_account(
    servicetrade: ServiceTradeCaller,
    random: Random,
    *,
    offices: int,
    service_lines: int,
    technicians: int,
    salespeople: int,
) -> Account:
    """Offices, tax groups and people; service lines and payment terms are chosen from what there
    is.
    """
    own = int(servicetrade.all("/account", "accounts")[0]["primeCompany"]["id"])
    lines = {
        line["name"]: int(line["id"]) for line in servicetrade.all("/serviceline", "servicelines")
    }
    terms = servicetrade.all("/paymentterms", "paymentTerms")
    office_ids = tuple(_office(servicetrade, own, office) for office in names.OFFICES[:offices])
    groups = [
        servicetrade.post("/taxgroup", name=name, code=code, combinedRate=rate)
        for name, code, rate in names.TAX_GROUPS
    ]
    technician_ids = [
        _user(
            servicetrade, random, f"tech{number}", isTech=True, locationId=random.choice(office_ids)
        )
        for number in range(1, technicians + 1)
    ]
    sales_ids = [
        _user(
            servicetrade,
            random,
            f"sales{number}",
            isSales=True,
            locationId=random.choice(office_ids),
        )
        for number in range(1, salespeople + 1)
    ]
    for user, code in zip(sales_ids, names.SALES_CODES, strict=False):
        servicetrade.put(f"/externalid/user/{user}/{EXTERNAL_SYSTEM}", value=code)
    return Account(
        own_company=own,
        offices=office_ids,
        service_lines=tuple(lines[name] for name in names.SERVICE_LINES[:service_lines]),
        tax_groups=tuple(int(group["id"]) for group in groups),
        terms=tuple(int(term["id"]) for term in terms),
        technicians=tuple(technician_ids),
        salespeople=tuple(sales_ids),
    )


def _office(
    servicetrade: ServiceTradeCaller, own_company: int, office: tuple[str, str, str, str, str]
) -> int:
    name, street, city, state, postal_code = office
    address = {"street": street, "city": city, "state": state, "postalCode": postal_code}
    return int(
        servicetrade.post("/location", name=name, companyId=own_company, address=address)["id"]
    )


def _user(servicetrade: ServiceTradeCaller, random: Random, username: str, **fields: object) -> int:
    """A person; the user name keeps two of the same name apart."""
    first, last = random.choice(names.FIRST_NAMES), random.choice(names.LAST_NAMES)
    email = f"{username}@example.com"
    made = servicetrade.post(
        "/user", firstName=first, lastName=last, username=email, email=email, **fields
    )
    return int(made["id"])


class Entering:
    """Enters companies, locations and jobs of one account."""

    def __init__(self, servicetrade: ServiceTradeCaller, account: Account) -> None:
        self._servicetrade = servicetrade
        self._account = account

    def company(self, planned: PlannedCompany) -> Made[PlannedCompany]:
        terms = (
            {} if planned.terms is None else {"paymentTermsId": self._account.terms[planned.terms]}
        )
        made = self._servicetrade.post(
            "/company",
            name=planned.name,
            status=planned.status,
            customer=planned.is_customer,
            vendor=planned.is_vendor,
            phoneNumber=planned.phone or None,
            **planned.address.as_keys(),
            **terms,
        )
        return Made(int(made["id"]), planned)

    def location(
        self, planned: PlannedLocation, companies: Sequence[Made[PlannedCompany]]
    ) -> Made[PlannedLocation]:
        """A site of one of `companies`, with its contact if it has one."""
        contact = planned.contact and self._servicetrade.post(
            "/contact",
            firstName=planned.contact.first_name,
            lastName=planned.contact.last_name,
            phone=planned.contact.phone or None,
            email=planned.contact.email,
        )
        group = None if planned.tax_group is None else self._account.tax_groups[planned.tax_group]
        made = self._servicetrade.post(
            "/location",
            name=planned.name,
            companyId=companies[planned.company].id,
            officeIds=[self._account.offices[planned.office]],
            phoneNumber=planned.phone or None,
            email=planned.email or None,
            refNumber=planned.ref_number or None,
            primaryContactId=int(contact["id"]) if contact else None,
            status=planned.status,
            taxable=planned.is_taxable,
            taxGroupId=group,
            **planned.address.as_keys(),
        )
        return Made(int(made["id"]), planned)

    def job(
        self, planned: PlannedJob, locations: Sequence[Made[PlannedLocation]]
    ) -> Made[PlannedJob]:
        """The bare job; `work_of` lists what is still to be entered on it."""
        sales = None if planned.sales is None else self._account.salespeople[planned.sales]
        office = self._account.offices[planned.office]
        made = self._servicetrade.post(
            "/job",
            locationId=locations[planned.location].id,
            vendorId=self._account.own_company,
            type=planned.type,
            status=planned.status,
            description=planned.description,
            customerPo=planned.customer_po or None,
            salesId=sales,
            officeIds=[office],
            assignedOfficeId=office,
        )
        return Made(int(made["id"]), planned)

    def work_of(self, job: Made[PlannedJob]) -> list[Callable[[], object]]:
        """One call for each tag and each service request of a job."""

        def tag(name: str) -> Callable[[], object]:
            return lambda: self._servicetrade.post(
                "/tag", name=name, entityId=job.id, entityType=JOB_ENTITY
            )

        def request(place: int, text: str) -> Callable[[], object]:
            line = self._account.service_lines[place]
            return lambda: self._servicetrade.post(
                "/servicerequest", description=text, serviceLineId=line, jobId=job.id
            )

        texts = zip(job.planned.service_lines, names.REQUEST_TEXTS, strict=False)
        return [*map(tag, job.planned.tags), *(request(place, text) for place, text in texts)]

    def external_id(self, kind: str, record: int, value: str) -> None:
        self._servicetrade.put(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}", value=value)


def side_by_side(calls: Iterable[Callable[[], object]], parallel: int) -> None:
    """Make the calls in any order, `parallel` at a time; the first one that fails is raised."""
    with ThreadPoolExecutor(parallel) as pool:
        for _ in pool.map(lambda call: call(), calls):
            pass
