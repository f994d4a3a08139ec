"""What both systems hold that an account file may name, each with how many records use it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from st_spectrum.domain.errors import SyncFault
from st_spectrum.setup.both_systems import BothSystems
from st_spectrum.spectrum.infolink.code_tables import KNOWN, CodesFound
from st_spectrum.spectrum.lookup_answers import LookupImpossible

PRICE_METHODS = {"F": "Fixed price", "T": "Time and material", "C": "Cost plus", "U": "Unit price"}
"""The fixed letters of Spectrum [SP 10]."""


@dataclass(frozen=True)
class CodeRow:
    """One code or name; `used` is None where nobody can count it."""

    code: str
    text: str
    used: int | None


@dataclass(frozen=True)
class CodeList:
    """All of one kind. `counted` says which records `used` counts, `note` what is not known."""

    kind: str
    system: str
    rows: tuple[CodeRow, ...]
    counted: str = ""
    note: str = ""
    is_failed: bool = False


@dataclass(frozen=True)
class _Kind:
    system: str
    counted: str
    read: Callable[[BothSystems], tuple[Iterable[CodeRow], str]]


def list_codes(systems: BothSystems, kinds: Iterable[str]) -> Iterator[CodeList]:
    """One list for each kind of `KINDS`; one that cannot be read says why, and the next goes on."""
    for name in kinds:
        kind = _KINDS[name]
        try:
            rows, note = kind.read(systems)
        except LookupImpossible as impossible:
            yield CodeList(name, kind.system, (), "", f"{impossible.message}. {impossible.advice}")
        except SyncFault as fault:
            yield CodeList(name, kind.system, (), "", f"{fault}. {fault.advice}", is_failed=True)
        else:
            yield CodeList(name, kind.system, tuple(rows), kind.counted, note)


def _joined(texts: Mapping[str, str], used: Counter[str]) -> list[CodeRow]:
    """Codes that are set up and codes that are used, the set-up ones with their texts."""
    return [
        CodeRow(code, texts.get(code, ""), used[code]) for code in sorted({*texts, *used} - {""})
    ]


def _spectrum(
    kind: str, table: str, column: str
) -> Callable[[BothSystems], tuple[Iterable[CodeRow], str]]:
    def read(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
        found = systems.codes_of(kind)
        return _joined(found.codes, systems.counts(table, column)), _note(kind, found)

    return read


def _note(kind: str, found: CodesFound) -> str:
    if found.table:
        return "" if kind in KNOWN else f"from {found.table}"
    if kind in KNOWN:
        return f"only codes in use: {KNOWN[kind][0]} is not granted"
    if not found.candidates:
        text = "only codes in use: no table of them was found"
        return f"{text}; if you know its name, write it into spectrum.infolink.tables.{kind}"
    names = " or ".join(found.candidates)
    verb = "is not granted" if len(found.candidates) == 1 else "may hold them"
    return f"only codes in use: {names} {verb}; name one in spectrum.infolink.tables.{kind}"


def _price_methods(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    return _joined(PRICE_METHODS, systems.counts("JC_JOB_MASTER_MC", "Price_Method_Code")), ""


def _contract_types(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    note = "only those in use: Spectrum shows no table of them"
    return _joined({}, systems.counts("JC_JOB_MASTER_MC", "Job_Type")), note


def _phases(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    template = systems.account.jobs.template_job
    used = systems.counts("JC_PHASE_MASTER_MC", "Phase_Code")
    if not template:
        return _joined({}, used), "of all jobs, for jobs.template_job names none"
    phases = systems.spectrum.template_phases(template)
    texts = {phase["Phase_Code"]: phase["Description"] for phase in phases}
    return [row for row in _joined(texts, used) if row.code in texts], f"of job {template}"


def _pay_types(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    used = systems.counts("PR_TIME_CARD_HISTORY_MC", "Pay_Type")
    return _joined(systems.spectrum.pay_types(), used), ""


def _employees(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    used = systems.counts("PR_TIME_CARD_HISTORY_MC", "Employee_Code")
    if systems.spectrum.infolink is not None:
        return _joined(systems.infolink.employees(), used), ""
    shown = systems.spectrum.employees()
    note = "" if shown.is_complete else "GetEmployee shows no more"
    return [CodeRow(code, person.name, None) for code, person in shown.by_code.items()], note


def _offices(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    used = Counter(job.assigned_office.name for job in systems.jobs if job.assigned_office)
    return [CodeRow(one.name, one.address.city, used[one.name]) for one in systems.offices], ""


def _service_lines(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    used = Counter(line for lines in systems.lines_of_jobs.values() for line in lines)
    return [CodeRow(one.name, one.trade, used[one.name]) for one in systems.lines], ""


def _job_types(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    return _joined({}, Counter(job.type for job in systems.jobs)), "only those in use"


def _tax_groups(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    used = Counter(
        location.tax_group.id for location in systems.locations.values() if location.tax_group
    )
    rows = [
        CodeRow(
            group.code,
            group.name
            + ("" if group.combined_rate is None else f", {group.combined_rate * 100:.4g} %"),
            used[group.id],
        )
        for group in systems.tax_groups
    ]
    return rows, "" if rows else "the account has none"


def _payment_terms(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    used = Counter(
        company.payment_terms.id for company in systems.companies.values() if company.payment_terms
    )
    return [CodeRow(one.name, "", used[one.id]) for one in systems.terms], ""


def _users(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    used = Counter(job.sales.id for job in systems.jobs if job.sales)
    ours = systems.account.servicetrade.external_system
    rows = []
    for user in systems.users:
        roles = {"technician": user.is_tech, "helper": user.is_helper, "sales": user.is_sales}
        words = [role for role, has in roles.items() if has]
        words += [f"{ours}: {user.external_ids[ours]}"] if ours in user.external_ids else []
        words += ["inactive"] if user.status == "inactive" else []
        rows.append(CodeRow(user.name, ", ".join(words), used[user.id]))
    return rows, ""


def _library_items(systems: BothSystems) -> tuple[Iterable[CodeRow], str]:
    used = systems.uses_of_items
    return [
        CodeRow(item.code or item.name, item.name if item.code else item.type, used[item.id])
        for item in systems.library_items
        if item.is_active
    ], "active ones"


JOBS = "JC_JOB_MASTER_MC"
CUSTOMERS = "CR_CUSTOMER_MASTER_MC"
_S, _T = "spectrum", "servicetrade"
_KINDS: Mapping[str, _Kind] = {
    "terms": _Kind(_S, "customers", _spectrum("terms", CUSTOMERS, "Terms_Code")),
    "sales_tax_codes": _Kind(
        _S, "customers", _spectrum("sales_tax_codes", CUSTOMERS, "Sales_Tax_Code")
    ),
    "tax_classes": _Kind(_S, "jobs", _spectrum("tax_classes", JOBS, "Tax_Class_Code")),
    "cost_centers": _Kind(_S, "jobs", _spectrum("cost_centers", JOBS, "Cost_Center")),
    "gl_accounts": _Kind(
        _S, "AR lines", _spectrum("gl_accounts", "CR_INVOICE_DETAIL_MC", "GL_Account")
    ),
    "price_methods": _Kind(_S, "jobs", _price_methods),
    "contract_types": _Kind(_S, "jobs", _contract_types),
    "oh_batches": _Kind(_S, "jobs", _spectrum("oh_batches", JOBS, "Job_Oh_Batch_Code")),
    "departments": _Kind(
        _S, "employees", _spectrum("departments", "PR_EMPLOYEE_MASTER_1_MC", "Department_Code")
    ),
    "phases": _Kind(_S, "phases of jobs", _phases),
    "cost_types": _Kind(
        _S, "phases of jobs", _spectrum("cost_types", "JC_PHASE_MASTER_MC", "Cost_Type")
    ),
    "pay_types": _Kind(_S, "paid cards", _pay_types),
    "employees": _Kind(_S, "paid cards", _employees),
    "offices": _Kind(_T, "jobs", _offices),
    "service_lines": _Kind(_T, "jobs", _service_lines),
    "job_types": _Kind(_T, "jobs", _job_types),
    "tax_groups": _Kind(_T, "locations", _tax_groups),
    "payment_terms": _Kind(_T, "companies", _payment_terms),
    "users": _Kind(_T, "jobs sold", _users),
    "library_items": _Kind(_T, "job items of a year", _library_items),
}
KINDS = tuple(_KINDS)
