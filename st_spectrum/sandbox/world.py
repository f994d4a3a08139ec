"""Fills both systems with one believable contractor, through their own APIs and nothing else.

    built = build_world(World.small(), sandbox.servicetrade_url, sandbox.spectrum_url)

What is created depends on the seed and the sizes alone. ServiceTrade numbers its records in the
order of creation, so
companies, locations and jobs are made one after another; what hangs on them goes out in parallel.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Self

from st_spectrum.sandbox import names
from st_spectrum.sandbox.billing import Billable, Billing, billables
from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.early_spectrum import (
    TEMPLATE_JOB,
    add_customer,
    add_old_customers,
    add_template,
)
from st_spectrum.sandbox.entering import Account, Entering, Made, enter_account, side_by_side
from st_spectrum.sandbox.invoice_plan import PlannedInvoice, plan_invoices
from st_spectrum.sandbox.plan import (
    PlannedCompany,
    PlannedLocation,
    plan_company,
    plan_job,
    plan_location,
    plan_vendor,
)
from st_spectrum.sandbox.purchasing import Bought, buy
from st_spectrum.transports import NETWORK, Transports


@dataclass(frozen=True)
class World:
    """How much of everything. `vendors` and `linked_companies` are among the `companies`, whose own
    company is extra.
    """

    seed: int = 1
    offices: int = 3
    service_lines: int = 4
    technicians: int = 6
    salespeople: int = 3
    companies: int = 24
    vendors: int = 3
    linked_companies: int = 2
    """Companies that carry an external id from the start, each with its customer in Spectrum."""
    locations: int = 40
    jobs: int = 60
    template_phases: int = 12
    old_customers: int = 6
    """Customers that Spectrum has held for years, on codes that the account would otherwise give
    out first.
    """
    invoices: int = 0
    """Invoices on jobs that can cross; 3 % lack a prerequisite, 10 % are meant to be void one day.
    """
    invoices_in_closed_period: int = 0
    """Invoices on top, dated before Spectrum's AR processing range."""
    invoices_off_by_a_cent: int = 0
    """Invoices on top, whose header and lines differ by a cent."""
    purchase_orders: int = 0
    """Orders of 1 to 30 lines on jobs that people keep in both systems; one in ten of those jobs is
    in Spectrum alone.
    """
    code_prefix: str = "C"
    code_width: int = 5

    @classmethod
    def small(cls, seed: int = 1) -> Self:
        """For tests: filled in a second or two."""
        return cls(
            seed,
            companies=10,
            vendors=2,
            linked_companies=1,
            locations=14,
            jobs=20,
            technicians=2,
            template_phases=3,
            old_customers=3,
        )

    @classmethod
    def demo(cls, seed: int = 1) -> Self:
        """For people: enough to look around in."""
        return cls(seed, offices=4, invoices=40)

    @classmethod
    def load(cls, seed: int = 1) -> Self:
        """A first load: 300 companies, 500 locations, 1,000 jobs and a template of 12 phases."""
        return cls(
            seed,
            offices=4,
            service_lines=6,
            technicians=25,
            salespeople=8,
            companies=300,
            vendors=12,
            linked_companies=6,
            locations=500,
            jobs=1000,
            old_customers=20,
        )


@dataclass(frozen=True)
class Built:
    """What stands in the two systems now: ServiceTrade ids in the order of creation, each with what
    was asked for.
    """

    world: World
    servicetrade_url: str
    spectrum_url: str
    account: Account
    companies: tuple[Made[PlannedCompany], ...]
    locations: tuple[Made[PlannedLocation], ...]
    jobs: tuple[int, ...]
    template_job: str
    old_codes: tuple[str, ...]
    invoices: tuple[Made[PlannedInvoice], ...] = ()
    billed: tuple[Billable, ...] = ()
    """The jobs that invoices are written for."""
    bought: Bought = field(default_factory=Bought)

    def void(self, invoice: int) -> None:
        """Cancel an invoice in ServiceTrade, as a person would; those meant for it have
        `planned.is_to_be_void`.
        """
        with ServiceTradeCaller(self.servicetrade_url, parallel=1) as servicetrade:
            servicetrade.put(f"/invoice/{invoice}", status="void")


def build_world(
    world: World,
    servicetrade_url: str,
    spectrum_url: str,
    parallel: int = 4,
    transports: Transports = NETWORK,
) -> Built:
    """Create everything in two empty systems; CallRefused when one of them does not take it.

    `transports` lead there where the systems are not reached over the network.
    """
    random = Random(world.seed)  # noqa: S311  a reproducible world, no secret
    with (
        ServiceTradeCaller(servicetrade_url, parallel, transports.servicetrade) as servicetrade,
        SpectrumCaller(spectrum_url, transports.spectrum) as spectrum,
    ):
        old_codes = _codes_in_the_way(random, world)
        add_old_customers(spectrum, old_codes)
        add_template(spectrum, world.template_phases)
        account = enter_account(
            servicetrade,
            random,
            offices=world.offices,
            service_lines=world.service_lines,
            technicians=world.technicians,
            salespeople=world.salespeople,
        )
        entering = Entering(servicetrade, account)
        companies = tuple(
            entering.company(planned) for planned in _plan_companies(random, world, account)
        )
        _link_old_ones(entering, spectrum, companies, world.linked_companies)
        locations = tuple(
            entering.location(planned, companies)
            for planned in _plan_locations(random, world, account, companies)
        )
        jobs = [
            entering.job(
                plan_job(random, random.randrange(len(locations)), account.sizes), locations
            )
            for _ in range(world.jobs)
        ]
        side_by_side([work for job in jobs for work in entering.work_of(job)], parallel)
        jobs_to_bill = billables(companies, locations, jobs)
        invoices = _bill(world, servicetrade, account, companies, jobs_to_bill)
        jobs_to_buy_for = [job.id for job in jobs if job.planned.status != "canceled"]
        bought = buy(
            world.seed,
            world.purchase_orders,
            servicetrade,
            spectrum,
            jobs_to_buy_for,
            (*old_codes, "")[0],
        )
    return Built(
        world,
        servicetrade_url,
        spectrum_url,
        account,
        companies,
        locations,
        tuple(job.id for job in jobs),
        TEMPLATE_JOB,
        old_codes,
        invoices,
        tuple(jobs_to_bill),
        bought,
    )


def _bill(
    world: World,
    servicetrade: ServiceTradeCaller,
    account: Account,
    companies: tuple[Made[PlannedCompany], ...],
    jobs: list[Billable],
) -> tuple[Made[PlannedInvoice], ...]:
    """One call for each invoice, in order, because ServiceTrade numbers the invoices of a job in
    the order they come.
    """
    planned = plan_invoices(
        world.seed,
        world.invoices,
        len(account.service_lines),
        closed=world.invoices_in_closed_period,
        off_by_a_cent=world.invoices_off_by_a_cent,
    )
    if not planned:
        return ()
    billing = Billing(servicetrade, account, jobs)
    billing.set_up(
        next(
            company.id
            for company in companies
            if company.planned.is_customer and company.planned.status == "active"
        )
    )
    return tuple(billing.write(invoice) for invoice in planned)


def _codes_in_the_way(random: Random, world: World) -> tuple[str, ...]:
    """The first code of the range, and others scattered among those that would be next."""
    others = random.sample(range(2, 3 * world.old_customers + 2), max(0, world.old_customers - 1))
    numbers = [1, *sorted(others)][: world.old_customers]
    return tuple(f"{world.code_prefix}{number:0{world.code_width}d}" for number in numbers)


def _plan_companies(random: Random, world: World, account: Account) -> list[PlannedCompany]:
    """Customers with an awkward name now and then, vendors at the end."""
    customers = world.companies - world.vendors
    step = max(2, customers // len(names.AWKWARD_COMPANIES))
    planned = []
    for place in range(customers):
        turn, rest = divmod(place, step)
        is_awkward = rest == 1 and turn < len(names.AWKWARD_COMPANIES)
        planned.append(
            plan_company(random, account.sizes, names.AWKWARD_COMPANIES[turn] if is_awkward else "")
        )
    for place in range(world.vendors):
        again, which = divmod(place, len(names.VENDORS))
        planned.append(
            plan_vendor(random, names.VENDORS[which] + (f" {again + 1}" if again else ""))
        )
    return planned


def _plan_locations(
    random: Random, world: World, account: Account, companies: tuple[Made[PlannedCompany], ...]
) -> list[PlannedLocation]:
    """One for each customer first, the rest where chance puts them; some customers have many."""
    customers = [place for place, made in enumerate(companies) if made.planned.is_customer]
    owners = customers[: world.locations]
    owners += [
        customers[int(len(customers) * random.random() ** 2)]
        for _ in range(world.locations - len(owners))
    ]
    counts: dict[int, int] = {}
    planned = []
    for owner in owners:
        counts[owner] = counts.get(owner, 0) + 1
        planned.append(
            plan_location(random, owner, companies[owner].planned, counts[owner], account.sizes)
        )
    return planned


def _link_old_ones(
    entering: Entering,
    spectrum: SpectrumCaller,
    companies: tuple[Made[PlannedCompany], ...],
    count: int,
) -> None:
    """Companies that somebody linked long ago, on codes outside the range."""
    customers = [made for made in companies if made.planned.is_customer]
    for number, made in enumerate(
        customers[:: max(1, len(customers) // count)][:count] if count else [], start=1
    ):
        code = f"OLD{number:03d}"
        add_customer(spectrum, code, made.planned.name)
        entering.external_id("company", made.id, code)
