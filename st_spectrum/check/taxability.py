"""Who and what bears tax: locations, items and invoices of ServiceTrade and the customers of
Spectrum, against the codes of the account file and against one another.
"""

from collections.abc import Iterator, Mapping

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity, counted
from st_spectrum.check.preview import Preview
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.sites.description import SITES
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible

WHERE = "maps.sales_tax.not_taxable"
NOT_TAXABLE = ("N", "NON-TAXABLE")
"""How a customer who bears no tax is marked in the tables and by GetCustomers [SP 14]."""
MOST_NAMED = 5


def check_taxability(
    account: Account, servicetrade: ServiceTrade, preview: Preview
) -> Iterator[Finding]:
    """ServiceTrade's side; needs `preview` filled."""
    if preview.untaxable_sites and not account.maps.sales_tax.not_taxable:
        yield Finding(
            Severity.WARNING,
            WHERE,
            "ServiceTrade calls locations not taxable, and no code is named for them, so they get"
            " the tax code of the others",
            f"{counted(preview.untaxable_sites, SITES.waiting_noun)} would get it",
            "Name the AR sales tax code of what bears no tax, such as EXEMPT.",
        )
    if number := preview.taxed_though_not_taxable:
        yield Finding(
            Severity.WARNING,
            "invoices",
            "invoices bear tax at a location that ServiceTrade calls not taxable",
            f"{counted(number, INVOICES.waiting_noun)} would be posted with it",
            "Correct the location or the invoice in ServiceTrade; what the invoice says is posted.",
        )
    yield from _items(servicetrade, preview)


def _items(servicetrade: ServiceTrade, preview: Preview) -> Iterator[Finding]:
    if not preview.taxed_items:
        return
    named = {
        item.id: item.code or item.name
        for item in servicetrade.lib_items()
        if item.is_taxable is False
    }
    lines = sum(preview.taxed_items[item] for item in named)
    if lines:
        found = sorted(named[item] for item in named if preview.taxed_items[item])
        yield Finding(
            Severity.NOTE,
            "invoices",
            f"lines bear tax on items that ServiceTrade calls not taxable: {_some(found)}",
            f"{counted(lines, 'line')} would be posted with it",
            "Correct the item or the invoice in ServiceTrade; what the invoice says is posted.",
        )


def check_customers_tax(spectrum: Spectrum, preview: Preview) -> Iterator[Finding]:
    """Spectrum's side: customers who bear no tax there, and who are billed with tax."""
    if not preview.taxed_customers:
        return
    flags = _flags(spectrum)
    exempt = sorted(
        code for code in preview.taxed_customers if flags.get(code, "").upper() in NOT_TAXABLE
    )
    if exempt:
        number = sum(preview.taxed_customers[code] for code in exempt)
        yield Finding(
            Severity.WARNING,
            "maps.sales_tax",
            f"Spectrum calls customers not taxable to whom invoices bear tax: {_some(exempt)}",
            f"{counted(number, INVOICES.waiting_noun)} would be posted with it",
            "Compare the customer in Spectrum with the location in ServiceTrade, and correct the"
            " one that is wrong.",
        )


def _flags(spectrum: Spectrum) -> Mapping[str, str]:
    reader = spectrum.infolink
    if reader is not None:
        from st_spectrum.spectrum.infolink.compared_tables import all_customers

        return {row["Customer_Code"]: row["Taxable_Flag"] for row in all_customers(reader)}
    rows = spectrum.get("GetCustomers", {"pStatus": "ALL"})
    if not rows.is_complete:
        raise LookupImpossible("GetCustomers has more rows than it shows")
    return {row["Customer_Code"]: row.get("Taxable_Flag", "") for row in rows.rows}


def _some(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
