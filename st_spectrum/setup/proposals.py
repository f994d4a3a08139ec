"""The lines of an account file that follow from the history of both systems."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from st_spectrum.domain.errors import SyncFault
from st_spectrum.servicetrade.models import Job
from st_spectrum.setup.evidence import (
    ENOUGH,
    Evidence,
    Proposal,
    at,
    by_name,
    from_counts,
    numbering_of,
)
from st_spectrum.setup.history import History
from st_spectrum.setup.tax_proposals import taxes
from st_spectrum.spectrum.lookup_answers import LookupImpossible

TEMPLATE_WORD = "TEMPL"
"""What the number or the text of a template job has in it."""


def proposals(history: History, unread: list[str]) -> Iterator[Proposal]:
    """All of them, in the order of the account file's sections. A part that cannot be read is named
    in `unread`, and the next ones go on.
    """
    for part in (_codes, _jobs, _income, _time, _terms, taxes, _cost_centers):
        try:
            yield from list(part(history))
        except LookupImpossible as impossible:
            unread.append(f"{impossible.message}. {impossible.advice}")
        except SyncFault as fault:
            unread.append(f"{fault}. {fault.advice}")


def _pairs(
    history: History, noun: str, tell: Callable[[Job, Mapping[str, str]], tuple[str, str]]
) -> Evidence:
    """What jobs on both sides say: `tell` gives the one side and the other."""
    found = history.evidence(noun)
    for job, row in history.pairs:
        found.add(*tell(job, row))
    return found


def _codes(history: History) -> Iterator[Proposal]:
    """The ranges of codes go on behind the highest that stands there."""
    sites = history.systems.spectrum.site_ids().codes
    for where, codes, letter in (
        ("customers.codes", history.customers, "C"),
        ("sites.codes", sites, "S"),
    ):
        place = at(where)
        form = numbering_of(codes)
        if form is None:
            yield Proposal((*place, "prefix"), letter, "none in use looks like a series of numbers")
            yield Proposal((*place, "first"), "1", "")
            yield Proposal((*place, "last"), "99999", "")
            continue
        like = f"{form.prefix}{form.highest:0{form.width}d}"
        why = f"as {form.count:,} of {len(codes):,} in use"
        yield Proposal((*place, "prefix"), form.prefix or '""', why)
        yield Proposal((*place, "first"), str(form.highest + 1), f"the highest in use is {like}")
        yield Proposal((*place, "last"), "9" * form.width, "")


def _jobs(history: History) -> Iterator[Proposal]:
    form, since = history.form_of_numbers, history.since.year
    if form.uses >= ENOUGH:
        why = f"{form.uses:,} jobs of Spectrum are numbered so after one of ServiceTrade"
        yield Proposal(at("jobs.number_format"), form.as_format, why)
    else:
        yield Proposal(
            at("jobs.number_format"), "", "no job of Spectrum bears ServiceTrade's number"
        )
    here = Counter(job.type for job in history.recent_jobs)
    there = Counter(job.type for job, _ in history.pairs)
    never = sorted(kind for kind in here if here[kind] >= ENOUGH and not there[kind])
    if never:
        shown = ", ".join(f"{kind} 0 of {here[kind]:,}" for kind in never)
        value = f"[{', '.join(never)}]"
        yield Proposal(at("jobs.ignored_types"), value, f"in Spectrum: {shown} since {since}")
    kinds = _pairs(history, "jobs", lambda job, row: (job.type, row["Job_Type"]))
    if kinds.counts:
        place = at("jobs.contract_type")
        yield from kinds.propose(place, sorted(kinds.counts))
        for kind in sorted(here.keys() - kinds.counts.keys() - set(never)):
            why = f"none of {here[kind]} jobs stands in Spectrum; or list it in ignored_types"
            yield Proposal((*place, kind), "", why)
    if most := kinds.most():
        code, number = most.most_common(1)[0]
        why = f"for every other type; {number:,} of {most.total():,} jobs since {since}"
        yield Proposal(at("jobs.default_contract_type"), code, why)
    yield from _template(history)
    batches = Counter(row["Job_Oh_Batch_Code"] for _, row in history.pairs)
    blank = batches.pop("", 0)
    if batches.total() > blank:
        counts = {**batches, **({"none": blank} if blank else {})}
        yield from_counts(at("jobs.oh_batch_code"), counts, "jobs", since)


def _template(history: History) -> Iterator[Proposal]:
    found = [
        number
        for number, row in history.spectrum_jobs.items()
        if TEMPLATE_WORD in number.upper() or TEMPLATE_WORD in row["Job_Description"].upper()
    ]
    if len(found) == 1:
        phases = history.systems.spectrum.template_phases(found[0])
        text = history.spectrum_jobs[found[0]]["Job_Description"]
        yield Proposal(at("jobs.template_job"), found[0], f"{len(phases)} phases; {text}")
    elif found:
        yield Proposal(at("jobs.template_job"), "", f"one of {', '.join(sorted(found))}")


def _income(history: History) -> Iterator[Proposal]:
    place = at("invoices.gl")
    lines = history.evidence("lines")
    for row, number in history.income:
        lines.add(row["Cost_Center"], row["GL_Account"], number)
    found = list(lines.propose((*place, "by_cost_center"), sorted(lines.counts)))
    yield from found
    if found and all(one.is_decided for one in found):
        return
    kinds = history.evidence("lines")
    for job, row, number in history.with_jobs(history.income):
        kinds.add(job.type, row["GL_Account"], number)
    # Where the cost center says little, a type of job may say all.
    yield from (
        one
        for one in kinds.propose((*place, "by_job_type"), sorted(kinds.counts))
        if one.is_decided
    )


def _time(history: History) -> Iterator[Proposal]:
    offices, phases = history.evidence("cards"), history.evidence("cards")
    cost_types, without = Counter[str](), Counter[str]()
    for job, row, number in history.with_jobs(history.paid_time):
        cost_types[row["Cost_Type"]] += number
        phases.add(history.only_line_of(job), row["Phase_Code"], number)
        if job.assigned_office:
            offices.add(job.assigned_office.name, row["Department_Code"], number)
    for row, number in history.paid_time:
        if not row["Job_Number"] and row["Department_Code"]:
            without[row["Department_Code"]] += number
    since = history.since.year
    yield from _pay_types(history)
    place = at("timecards.departments")
    names = [office.name for office in history.systems.offices]
    yield from offices.propose((*place, "by_office"), names, _texts(history, "departments"))
    if without:
        yield from_counts((*place, "without_job"), without, "cards without a job", since)
    place = at("timecards.cost_codes")
    yield from phases.propose(
        (*place, "phase_by_service_line"), _lines_in_use(history), _phases(history)
    )
    if cost_types:
        yield from_counts((*place, "default_cost_type"), cost_types, "cards of jobs", since)


def _pay_types(history: History) -> Iterator[Proposal]:
    """No record of Spectrum says which labor item it came from: names alone can tell."""
    texts = history.systems.spectrum.pay_types()
    place = at("timecards.pay_types.by_lib_item")
    for item in sorted(history.systems.library_items, key=lambda item: item.code):
        if item.type == "labor" and item.is_active and item.code:
            yield by_name((*place, item.code), _bare(item.name), texts)


def _bare(name: str) -> str:
    """What is left of "Labor - Regular" once it is known to be labor."""
    return name.casefold().replace("labor", "").strip(" -:,")


def _terms(history: History) -> Iterator[Proposal]:
    place = at("maps.payment_terms")
    found = history.evidence("customers")
    seen: set[tuple[int, str]] = set()
    for job, row in history.pairs:
        company = history.systems.companies.get(job.customer.id)
        customer = history.customers.get(row["Customer_Code"])
        if company and customer and (company.id, row["Customer_Code"]) not in seen:
            seen.add((company.id, row["Customer_Code"]))
            name = company.payment_terms.name if company.payment_terms else ""
            found.add(name, customer["Terms_Code"])
    texts = history.systems.codes_of("terms").codes
    for terms in history.systems.terms:
        where = (*place, "by_name", terms.name)
        counter = found.counts.get(terms.name)
        if counter and sum(counter.values()) >= ENOUGH:
            yield from_counts(where, counter, "customers", history.since.year)
        else:
            yield by_name(where, terms.name, texts)
    every = Counter(row["Terms_Code"] for row in history.customers.values())
    if every:
        code, number = every.most_common(1)[0]
        why = f"{texts.get(code, code)}, of {number:,} of {every.total():,} customers"
        yield Proposal((*place, "default"), code, why)
    else:
        yield Proposal((*place, "default"), "", "no customer in Spectrum has terms")


def _cost_centers(history: History) -> Iterator[Proposal]:
    where = at("maps.cost_centers")
    lines = _pairs(
        history, "jobs", lambda job, row: (history.only_line_of(job), row["Cost_Center"])
    )
    offices = _pairs(
        history,
        "jobs",
        lambda job, row: (
            job.assigned_office.name if job.assigned_office else "",
            row["Cost_Center"],
        ),
    )
    texts = _texts(history, "cost_centers")
    names = [office.name for office in history.systems.offices]
    by_line = list(lines.propose((*where, "by_service_line"), _lines_in_use(history), texts))
    by_office = list(offices.propose((*where, "by_office"), names, texts))
    is_by_line = _weight(by_line, lines) >= _weight(by_office, offices)
    chosen, other = (by_line, by_office) if is_by_line else (by_office, by_line)
    order = "[service_line, office]" if is_by_line else "[office, service_line]"
    if chosen:
        yield Proposal((*where, "precedence"), order, "the first of them tells it nearly always")
    yield from chosen
    yield from (one for one in other if one.is_decided)
    prices = history.evidence("jobs")
    for _, row in history.pairs:
        prices.add(row["Cost_Center"], row["Price_Method_Code"])
    yield from prices.propose((*where, "price_method"), sorted(prices.counts))
    if most := prices.most():
        code, number = most.most_common(1)[0]
        why = f"{number:,} of {most.total():,} jobs since {history.since.year}"
        yield Proposal((*where, "default_price_method"), code, why)


def _lines_in_use(history: History) -> list[str]:
    """Service lines of recent jobs, whether or not these stand in Spectrum."""
    lines = history.systems.lines_of_jobs
    return sorted({name for job in history.recent_jobs for name in lines.get(job.id, ())})


def _texts(history: History, kind: str) -> Mapping[str, str]:
    """What Spectrum calls the codes of a kind."""
    return history.systems.codes_of(kind).codes


def _phases(history: History) -> Mapping[str, str]:
    """What the phases of the template job are called."""
    template = next((one.value for one in _template(history) if one.is_decided), "")
    rows = history.systems.spectrum.template_phases(template) if template else ()
    return {row["Phase_Code"]: row["Description"] for row in rows}


def _weight(found: Iterable[Proposal], evidence: Evidence) -> int:
    """How many records the decided ones speak for."""
    return sum(evidence.counts[one.place[-1]].total() for one in found if one.is_decided)
