"""Whether orders are received as the file says: on the order or on packing lists [SP 15.3]."""

from collections.abc import Iterator

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity, counted
from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.infolink.order_tables import METHOD, RECEIVED_BY

TWO_STEPS = "2"
"""`PO_Method` of an order with packing lists before the vendor's invoice [SP 15.1]."""


def check_receiving(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    """Orders of two steps whose packing lists nobody reads; needs Info-Link."""
    if spectrum.infolink is None or account.purchase_orders.receiving == "packing_lists":
        return
    try:
        number = spectrum.infolink.counts(METHOD.name, RECEIVED_BY)[TWO_STEPS]
    except (AccessDenied, ContractBroken):
        return  # what is missing is told with the columns
    if number:
        text = (
            f"{counted(number, 'order')}, received in two steps: only what stands on the order"
            " itself is read"
        )
        used_by = "their items stay ordered until the vendor's invoice is entered"
        advice = (
            "Set purchase_orders.receiving to packing_lists, and have PO_PACK_LIST_DETAIL_MC"
            " granted."
        )
        yield Finding(Severity.WARNING, "purchase_orders.receiving", text, used_by, advice)
