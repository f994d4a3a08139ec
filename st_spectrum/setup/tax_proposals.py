"""The taxes of an account file that follow from the history of both systems."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from st_spectrum.setup.evidence import ENOUGH, Evidence, Proposal, at, from_counts
from st_spectrum.setup.history import History

RATE_NEAR = Decimal("0.0005")
"""Half of a tenth of a percent: amounts of small invoices round."""


def taxes(history: History) -> Iterator[Proposal]:
    """Sales tax by tax group and by state, then tax class and work state."""
    groups = history.evidence("invoices")
    exempt = Counter[str]()
    for job, row, number in history.with_jobs(history.tax_codes):
        place = history.place_of(job)
        if place is None or not row["Sales_Tax_Code"]:
            continue
        if not place.is_taxable:
            exempt[row["Sales_Tax_Code"]] += number
            continue
        if place.tax_group:
            groups.add(place.tax_group.code, row["Sales_Tax_Code"], number)
    yield from _tax_groups(history, groups)
    where = at("maps.sales_tax")
    # A customer has a state and no tax group: what was given to those of a state goes on.
    states = Evidence("customers", 0)
    for customer in history.customers.values():
        states.add(customer["State"].upper(), customer["Sales_Tax_Code"])
    yield from states.propose((*where, "by_state"), sorted(_states_of_companies(history)), {})
    if exempt:
        yield from_counts((*where, "not_taxable"), exempt, "invoices", history.since.year)
    yield from _states(history)


def _tax_groups(history: History, groups: Evidence) -> Iterator[Proposal]:
    """By the invoices of jobs on both sides; where these are silent, by the percent of the codes in
    use, in the group's states alone.
    """
    used = Counter(
        place.tax_group.code for place in history.systems.locations.values() if place.tax_group
    )
    for group in sorted(history.systems.tax_groups, key=lambda group: group.code):
        where = (*at("maps.sales_tax.by_tax_group"), group.code)
        counter = groups.counts.get(group.code, Counter())
        if counter.total() >= ENOUGH:
            yield from_counts(where, counter, "invoices", history.since.year)
            continue
        if not used[group.code]:
            continue
        same = [
            tax
            for tax in history.taxes
            if group.combined_rate is not None and abs(tax.rate - group.combined_rate) < RATE_NEAR
        ]
        same = [tax for tax in same if tax.code in _codes_of_states(history, group.id)] or same
        if len(same) == 1 and same[0].documents >= ENOUGH:
            (tax,) = same
            why = f"the only code in use of {tax.rate * 100:.3g} %, {tax.documents:,} invoices"
            yield Proposal(where, tax.code, why)
        elif counter or same:
            candidates = {tax.code: tax.documents for tax in same} | dict(counter)
            yield from_counts(where, candidates, "invoices", history.since.year)
        else:
            yield Proposal(
                where, "", f"{used[group.code]:,} sites have it, and no invoice in Spectrum"
            )


def _codes_of_states(history: History, group: int) -> set[str]:
    states = {
        place.address.state
        for place in history.systems.locations.values()
        if place.tax_group and place.tax_group.id == group
    }
    return {row["Sales_Tax_Code"] for row in history.customers.values() if row["State"] in states}


def _states_of_companies(history: History) -> set[str]:
    return {
        company.address.state.upper()
        for company in history.systems.companies.values()
        if company.is_customer
    } - {""}


def _states(history: History) -> Iterator[Proposal]:
    classes, work = history.evidence("jobs"), history.evidence("jobs")
    for job, row in history.pairs:
        place = history.place_of(job)
        if place is not None:
            state = place.address.state.upper()
            work.add(state, row["Work_State_Tax_Code"])
            if place.is_taxable:
                classes.add(state, row["Tax_Class_Code"])
    states = sorted(
        {place.address.state.upper() for place in history.systems.locations.values()} - {""}
    )
    for evidence, where in (
        (classes, at("maps.tax_class.by_state")),
        (work, at("maps.work_state")),
    ):
        if evidence.counts:
            yield from evidence.propose(where, states, {})
