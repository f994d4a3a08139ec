"""AddCustomer: a new AR customer, active, with its contacts [SP 8]."""

from st_spectrum.sandbox.spectrum.call import Call, Checks, Write
from st_spectrum.sandbox.spectrum.rows import Row
from st_spectrum.sandbox.spectrum.tables import (
    CONTACT_FIELDS,
    CONTACTS,
    CUSTOMER_UDFS,
    CUSTOMERS,
    SALES_TAXES,
    TERMS,
)


def _check(call: Call) -> list[Row]:
    checks = Checks(call)
    checks.is_new("Customer_Code", CUSTOMERS)
    checks.exists("Terms_Code", TERMS)
    checks.exists("Sales_Tax_Code", SALES_TAXES)
    return checks.rows


def _store(call: Call) -> list[Row]:
    code = call["Customer_Code"]
    defaults = {
        "Alpha_Sort": call["Alpha_Sort"] or _alpha_sort(call["Name"]),
        "Statement_Flag": call["Statement_Flag"] or "Y",
        "Date_Created": call["Date_Created"] or call.today,
    }
    made = {"Status": "A", "Cost_Center_Flag": "S", "Primary_Contact": call["Contact_1"]}
    call.book.insert(CUSTOMERS, {**call.values, **defaults, **made})
    for number, field in enumerate(CONTACT_FIELDS, start=1):
        if call[field]:
            _store_contact(call, number, call[field])
    if any(call.udfs.values()):
        call.book.insert(CUSTOMER_UDFS, {"Customer_Code": code, **call.udfs})
    return []


def _store_contact(call: Call, number: int, name: str) -> None:
    """How one name becomes two, and that the first contact gets the customer's phone and e-mail, is
    assumed.
    """
    first, _, last = name.rpartition(" ")
    contact = {
        "Customer_Code": call["Customer_Code"],
        "Contact_ID": str(number),
        "First_Name": first,
        "Last_Name": last,
    }
    if number == 1:
        contact |= {"Phone_Number": call["Phone"], "Email1": call["Customer_Email"]}
    call.book.insert(CONTACTS, contact)


def _alpha_sort(name: str) -> str:
    """Generated when blank [SP 8]; by which rule is assumed."""
    return "".join(letter for letter in name.upper() if letter.isalnum())[:8]


HANDLER = Write(_check, _store)
