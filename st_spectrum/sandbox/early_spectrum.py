"""What a contractor already keeps in Spectrum before anything crosses: customers of old, and the
template job.
"""

from collections.abc import Iterable

from st_spectrum.sandbox import names
from st_spectrum.sandbox.callers import SpectrumCaller

TEMPLATE_JOB = "TEMPLATE"

OLD_CUSTOMERS = (
    "Bayside Marine Supply",
    "Granite Hospitality",
    "Ghent Bakery",
    "Colley Avenue Clinic",
    "Suffolk Peanut Company",
    "Portsmouth Naval Lodge",
    "Wards Corner Bank",
    "Kempsville Dental",
)


def add_old_customers(spectrum: SpectrumCaller, codes: Iterable[str]) -> None:
    """Customers that nobody in ServiceTrade knows; their codes are taken."""
    for place, code in enumerate(codes):
        add_customer(spectrum, code, OLD_CUSTOMERS[place % len(OLD_CUSTOMERS)])


def add_customer(spectrum: SpectrumCaller, code: str, name: str) -> None:
    """One AR customer with the least that Spectrum wants; no commas, 30 characters [SP 8]."""
    fitted = " ".join(name.replace(",", " ").split())[:30].strip()
    spectrum.write(
        "AddCustomer",
        Customer_Code=code,
        Name=fitted,
        Terms_Code="3",
        Sales_Tax_Code="VA",
        State="VA",
    )


def add_template(spectrum: SpectrumCaller, phases: int) -> None:
    """The job whose phases are copied: labor on every phase, material on every second, one with a
    subcontractor.
    """
    spectrum.write(
        "AddJob",
        Job_Number=TEMPLATE_JOB,
        Job_Description="Template do not post",
        Taxable_Flag="N",
        Price_Method_Code="F",
    )
    for place, (code, text) in enumerate(names.PHASES[:phases]):
        cost_types = "L" + ("M" if place % 2 else "") + ("S" if place == phases - 1 else "")
        for cost_type in cost_types:
            spectrum.write(
                "AddPhase",
                Job_Number=TEMPLATE_JOB,
                Phase_Code=code,
                Description=text[:25],
                Cost_Type=cost_type,
                Original_Est_Hours="8" if cost_type == "L" else "",
                Unit_of_Measure="HR" if cost_type == "L" else "LS",
                Price_Method_Code="J",
            )
