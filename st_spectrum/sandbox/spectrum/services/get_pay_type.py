"""GetPayType: the pay types of Payroll [SP 14]."""

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.payroll_tables import PAY_TYPES
from st_spectrum.sandbox.spectrum.services.listing import search


def _rows(call: Call) -> list[dict[str, str]]:
    """That T sorts by text is assumed."""
    order = ("Pay_Type_Desc", "Pay_Type") if call["pSort_By"] else ("Pay_Type",)
    found = search(call, PAY_TYPES, {"Pay_Type": call["pPay_Type"]}, {}, order)
    return [{name: pay_type[name] for name in call.service.returns} for pay_type in found]


HANDLER = Read(_rows)
