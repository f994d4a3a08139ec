"""GetCustomers: AR customers with their primary contact [SP 14]."""

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.database import Record
from st_spectrum.sandbox.spectrum.services.listing import search
from st_spectrum.sandbox.spectrum.tables import CONTACTS, CUSTOMERS

STATUSES = {"": ("A",), "I": ("A", "I"), "ALL": ("A", "I", "N")}
STATUS_WORDS = {"A": "Active", "I": "Inactive", "N": "Not Used"}
TAXABLE_WORDS = {"Y": "Taxable", "N": "Non-Taxable"}


def _rows(call: Call) -> list[dict[str, str]]:
    found = search(call, CUSTOMERS, {}, {"Status": STATUSES[call["pStatus"]]}, ("Customer_Code",))
    return [_row(call, customer) for customer in found]


def _row(call: Call, customer: Record) -> dict[str, str]:
    """Without a contact, phone and e-mail are the customer's own (assumed)."""
    contact = call.book.find(CONTACTS, Customer_Code=customer["Customer_Code"], Contact_ID="1") or {
        "First_Name": "",
        "Last_Name": "",
        "Phone_Number": customer["Phone"],
        "Email1": customer["Customer_Email"],
    }
    words = {
        "Taxable_Flag": TAXABLE_WORDS.get(customer["Taxable_Flag"], "No Default"),
        "Status": STATUS_WORDS[customer["Status"]],
    }
    row = {**customer, **contact, **words}
    return {name: row[name] for name in call.service.returns}


HANDLER = Read(_rows)
