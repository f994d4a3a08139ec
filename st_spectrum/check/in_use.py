"""Codes for which neither a service nor a table is known: compared with what Spectrum's own records
use.

That nothing uses a code proves little, so it is told only where the records use most of what the
account file names: then the one that none of them uses is more likely a slip than new.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.account.types import nearest
from st_spectrum.check.finding import Finding, Severity, counted
from st_spectrum.check.preview import Preview
from st_spectrum.flows import FLOWS
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible

ENOUGH = 10
"""So many records must use codes of a kind before anything is concluded from them."""

SHOWN = 12
ADVICE = (
    "Correct the code; or see on Spectrum's own screen that it is set up, for a wrong one is"
    " refused record by record."
)


@dataclass(frozen=True)
class Kind:
    """One kind of code: where the account file names it, which table and column of Spectrum use it,
    and who would send it.
    """

    noun: str
    table: str
    column: str
    named: Mapping[str, str]
    sent: Mapping[str, Counter[str]]
    """By flow: how many records of it would send each code."""


def check_codes_in_use(account: Account, spectrum: Spectrum, preview: Preview) -> Iterator[Finding]:
    """Cost centers, tax classes, overhead batches and sales tax codes; needs Info-Link."""
    if spectrum.infolink is None:
        raise LookupImpossible(
            "without Info-Link nobody can see which codes Spectrum's records use"
        )
    for kind in _kinds(account, preview):
        if kind.named:
            yield from unused(kind, spectrum.infolink.counts(kind.table, kind.column))


def unused(kind: Kind, used: Counter[str]) -> Iterator[Finding]:
    """A finding for each code of the account file that no record uses, if that tells anything."""
    known = {code: number for code, number in used.items() if code}
    codes = set(kind.named.values())
    if sum(known.values()) < ENOUGH or (
        len(codes) > 1 and 2 * len(codes & known.keys()) < len(codes)
    ):
        return
    shown = ", ".join(sorted(known)[:SHOWN]) + (", ..." if len(known) > SHOWN else "")
    for place, code in kind.named.items():
        if code not in known:
            text = (
                f"no record of Spectrum uses {kind.noun} {code!r}; in use are"
                f" {shown}{nearest(code, tuple(known))}"
            )
            flows = [
                counted(numbers[code], FLOWS[flow].waiting_noun)
                for flow, numbers in kind.sent.items()
                if numbers[code]
            ]
            used_by = f"{' and '.join(flows)} would send it" if flows else ""
            yield Finding(Severity.WARNING, place, text, used_by, ADVICE)


def _kinds(account: Account, preview: Preview) -> Iterator[Kind]:
    maps, jobs = account.maps, "JC_JOB_MASTER_MC"
    centers, classes, taxes = maps.cost_centers, maps.tax_class, maps.sales_tax
    where = "maps.cost_centers"
    named = _named(f"{where}.by_office", centers.by_office) | _named(
        f"{where}.by_service_line", centers.by_service_line
    )
    named |= _one(f"{where}.default", centers.default)
    yield Kind(
        "cost center", jobs, "Cost_Center", named, {"jobs": preview.codes["jobs", "Cost_Center"]}
    )
    where = "maps.tax_class"
    named = _named(f"{where}.by_tax_group", classes.by_tax_group) | _named(
        f"{where}.by_state", classes.by_state
    )
    named |= _one(f"{where}.default", classes.default)
    yield Kind(
        "tax class",
        jobs,
        "Tax_Class_Code",
        named,
        {"jobs": preview.codes["jobs", "Tax_Class_Code"]},
    )
    batch = account.jobs.oh_batch_code
    every = Counter({batch: preview.records["jobs"]})
    yield Kind(
        "overhead batch",
        jobs,
        "Job_Oh_Batch_Code",
        _one("jobs.oh_batch_code", batch),
        {"jobs": every},
    )
    where = "maps.sales_tax"
    named = _named(f"{where}.by_tax_group", taxes.by_tax_group) | _named(
        f"{where}.by_state", taxes.by_state
    )
    named |= _one(f"{where}.fixed", taxes.fixed) | _one(f"{where}.default", taxes.default)
    sent = {flow: preview.codes[flow, "Sales_Tax_Code"] for flow in ("customers", "sites")}
    yield Kind("sales tax code", "CR_CUSTOMER_MASTER_MC", "Sales_Tax_Code", named, sent)


def _named(place: str, table: Mapping[str, str]) -> dict[str, str]:
    return {f"{place}.{name!r}": code for name, code in table.items()}


def _one(place: str, code: str) -> dict[str, str]:
    return {place: code} if code else {}
