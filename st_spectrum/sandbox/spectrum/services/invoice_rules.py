"""What an AR invoice has to satisfy and how it is stored, alike for one line by SOAP and for many
by REST [SP 12.1].
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from st_spectrum.sandbox.spectrum.call import Call, Checks
from st_spectrum.sandbox.spectrum.database import Book, Record
from st_spectrum.sandbox.spectrum.rows import Row, missing
from st_spectrum.sandbox.spectrum.services.codes import check_cost_center
from st_spectrum.sandbox.spectrum.table import Table
from st_spectrum.sandbox.spectrum.tables import (
    AR_INSTALLATION,
    CONTRACTS,
    COST_CENTERS,
    CUSTOMERS,
    GL_ACCOUNTS,
    INVOICE_DETAIL_COLUMNS,
    INVOICE_DETAILS,
    INVOICE_HEADER_COLUMNS,
    INVOICE_HEADERS,
    JOBS,
    OPEN_ITEMS,
    SALES_TAX_RATES,
    SALES_TAXES,
    SALESPEOPLE,
    TERMS,
)
from st_spectrum.sandbox.spectrum.validation import DATE_FORMAT
from st_spectrum.spectrum.services import INVOICE_DETAIL

CENT = Decimal("0.01")
KEY = ("Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")
"""A document is unique by these in its company; a reversal at the screen bears the invoice's own
number [SP 12.5, 16.3].
"""
AMOUNTS = frozenset({"Sales_Tax_Amount", "Retention_Amount", "Total_VAT_Amount", "Line_Extension"})
DATES = ("GL_Date", "Invoice_Date")

_DETAIL_NAMES = tuple(field.name for field in INVOICE_DETAIL)


class NotSetUp(Exception):
    """The AR installation has no processing dates; nothing can be entered [SP 4.7]."""


def check_header(call: Call) -> list[Row]:
    """Everything the company's tables have against the header; the form of its values is right
    already.
    """
    checks = Checks(call)
    number = call["Invoice_Or_Transaction"]
    if call.book.has(INVOICE_HEADERS, **_unique(call)):
        checks.refuse("Invoice_Or_Transaction", f"Invoice_Or_Transaction {number} already exists")
    _check_dates(checks)
    if checks.exists("Customer_Code", CUSTOMERS) and _is(
        call, CUSTOMERS, "Customer_Code", Status="N"
    ):
        checks.refuse("Customer_Code", f"Customer_Code {call['Customer_Code']} is not used")
    if (
        checks.exists("Job_Number", JOBS)
        and call["Job_Number"]
        and not call.book.has(CONTRACTS, Job_Number=call["Job_Number"])
    ):
        checks.refuse("Job_Number", f"Job_Number {call['Job_Number']} is no contract")
    if call["Job_Number"] and _is(
        call, JOBS, "Job_Number", Status_Code="C", Lock_Revenue_Entry="Y"
    ):
        checks.refuse("Job_Number", f"Job_Number {call['Job_Number']} is complete and bars revenue")
    checks.exists("Terms_Code", TERMS)
    checks.exists("Salesperson_Code", SALESPEOPLE)
    checks.exists("Sales_Tax_Code", SALES_TAXES)
    checks.exists("AR_GL_Account", GL_ACCOUNTS, "GL_Account")
    checks.exists("Asset_Cost_Center", COST_CENTERS, "Cost_Center")
    _check_cents(checks)
    return checks.rows


def _is(call: Call, table: Table, key: str, **values: str) -> bool:
    """Whether the record that the call names has these values; that the services refuse it as the
    screen does is assumed.
    """
    record = call.book.find(table, **{key: call[key]})
    return record is not None and all(
        str(record[name]).strip() == value for name, value in values.items()
    )


def check_detail(call: Call) -> list[Row]:
    """Everything the company's tables have against one line: its account above all, which may not
    be a direct cost.
    """
    checks = Checks(call)
    account = call["GL_Account"] or _installation(call)["GL_Account"].strip()
    known = call.book.find(GL_ACCOUNTS, GL_Account=account) if account else None
    if not account:
        checks.rows.append(missing("GL_Account"))
    elif known is None:
        checks.refuse("GL_Account", f"GL_Account {account} is not on file")
    elif known["Status"] != "A":
        checks.refuse("GL_Account", f"GL_Account {account} is not active")
    elif known["Direct_Cost_Flag"] != "N":
        checks.refuse("GL_Account", f"GL_Account {account} is a direct cost account")
    check_cost_center(checks, "Income_Cost_Center")
    _check_cents(checks)
    return checks.rows


def store(header: Call, details: Sequence[Call]) -> None:
    """The document with its lines, posted at once where the company does so."""
    values = _settled(header)
    lines = [_settled_line(values, line) for line in details]
    taxable, other = (
        sum(
            (
                Decimal(line["Line_Extension"])
                for line in lines
                if (line["Taxable_Flag"] == "Y") is is_taxed
            ),
            Decimal(0),
        )
        for is_taxed in (True, False)
    )
    percent = _percent(header, values["Sales_Tax_Code"])
    # A blank tax amount is worked out from the percentage; that a given one is taken as it is, is
    # assumed.
    tax = Decimal(header["Sales_Tax_Amount"] or taxable * percent / 100).quantize(
        CENT, ROUND_HALF_UP
    )
    kept = {
        **_renamed(values, INVOICE_HEADER_COLUMNS),
        "Taxable_Amount": str(taxable.quantize(CENT)),
        "Non_Taxable_Amount": str(other.quantize(CENT)),
        "Sales_Tax_Amount": str(tax),
        "Sales_Tax_Percent": str(percent),
        "Invoice_Extension": str((taxable + other + tax).quantize(CENT)),
        "Post_Flag": "N",
        "Print_Flag": "N",
        "Reversed": "N",
        "GL_Year": values["GL_Date"][-4:],
        "GL_Period": values["GL_Date"][:2],
    }
    header.book.insert(INVOICE_HEADERS, kept)
    key = {name: values[name] for name in KEY}
    for number, line in enumerate(lines, start=1):
        renamed = _renamed(line, INVOICE_DETAIL_COLUMNS)
        header.book.insert(INVOICE_DETAILS, {**renamed, **key, "Sequence": f"{number:03d}"})
    if header.switches.posts_at_once:
        post(header.book, header.book.find(INVOICE_HEADERS, **key) or {})


def post(book: Book, header: Record) -> None:
    """Update a document into the ledger: the row stays and is flagged, and there is an open item
    besides.
    """
    key = {name: header[name].strip() for name in KEY}
    book.update(INVOICE_HEADERS, {"Post_Flag": "Y", "Print_Flag": "Y"}, **key)
    total = Decimal(header["Invoice_Extension"])
    balance = str(-total if key["Transaction_Type"] == "C" else total)
    texts = {
        "Job_Number": header["Job_Number"].strip(),
        "Invoice_Description": header["Remarks"].strip(),
    }
    book.insert(OPEN_ITEMS, {**key, **texts, "Invoice_Balance": balance})


def _renamed(values: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {names.get(name, name): value for name, value in values.items()}


def _unique(call: Call) -> dict[str, str]:
    """What tells one document from all others."""
    if call.switches.has_unique_invoice_numbers:
        return {"Invoice_Or_Transaction": call["Invoice_Or_Transaction"]}
    return {name: call[name] for name in KEY}


def _check_dates(checks: Checks) -> None:
    first, last = _processing_range(checks.call)
    days = {field: datetime.strptime(checks.call[field], DATE_FORMAT).date() for field in DATES}  # noqa: DTZ007
    for field, day in days.items():
        if not first <= day <= last:
            text = f"{field} {checks.call[field]} is outside the AR processing dates"
            checks.refuse(field, f"{text} {first:{DATE_FORMAT}} to {last:{DATE_FORMAT}}")
    if (
        checks.call.switches.forces_one_gl_period
        and len({(day.year, day.month) for day in days.values()}) > 1
    ):
        checks.refuse("GL_Date", "GL_Date and Invoice_Date are not in the same GL period")


def _check_cents(checks: Checks) -> None:
    """No fractions of a cent (assumed)."""
    for field in AMOUNTS & checks.call.values.keys():
        value = checks.call[field]
        if value and Decimal(value) != Decimal(value).quantize(CENT):
            checks.refuse(field, f"{field} {value} has more than two decimals")


def _processing_range(call: Call) -> tuple[date, date]:
    installation = _installation(call)
    stored = (installation["Processing_Start_Date"], installation["Processing_End_Date"])
    switched = (call.switches.ar_first_day, call.switches.ar_last_day)
    first, last = (
        switch or str(column or "")[:10] for switch, column in zip(switched, stored, strict=True)
    )
    if not first or not last:
        raise NotSetUp
    return date.fromisoformat(first), date.fromisoformat(last)


def _installation(call: Call) -> Record:
    found = call.book.all(AR_INSTALLATION)
    if not found:
        raise NotSetUp
    return found[0]


def _settled(call: Call) -> dict[str, str]:
    """The header with its defaults [SP 12.2]; from where exactly some of them come is assumed."""
    customer = call.book.find(CUSTOMERS, Customer_Code=call["Customer_Code"]) or {}
    job = call.book.find(JOBS, Job_Number=call["Job_Number"]) if call["Job_Number"] else None
    defaults = {
        "Terms_Code": customer["Terms_Code"],
        "Salesperson_Code": customer["Salesperson"],
        "Sales_Tax_Code": (
            (job or {}).get("Sales_Tax_Code", "").strip() or customer["Sales_Tax_Code"]
        ),
        "Taxable_Flag": (
            (job or {}).get("Taxable_Flag", "").strip() or customer["Taxable_Flag"].strip() or "N"
        ),
        "Print_Job_Address_Flag": "Y",
        "AR_GL_Account": _installation(call)["AR_GL_Account"],
    }
    given = {name: _amount(name, value) for name, value in call.values.items() if value}
    return {name: value.strip() for name, value in (defaults | given).items()}


def _settled_line(header: dict[str, str], line: Call) -> dict[str, str]:
    values = {name: line.values.get(name, "") for name in _DETAIL_NAMES}
    values["GL_Account"] = values["GL_Account"] or _installation(line)["GL_Account"].strip()
    values["Taxable_Flag"] = values["Taxable_Flag"] or header["Taxable_Flag"]
    return {name: _amount(name, value) for name, value in values.items()}


def _amount(name: str, value: str) -> str:
    return str(Decimal(value).quantize(CENT)) if name in AMOUNTS and value else value


def _percent(call: Call, tax_code: str) -> Decimal:
    """The percentage of the code on the invoice date [SP 12.1]; before its first day that of the
    earliest.
    """
    day = datetime.strptime(call["Invoice_Date"], DATE_FORMAT).date().isoformat()  # noqa: DTZ007
    rates = call.book.all(SALES_TAX_RATES, order='"Effective_Date"', Sales_Tax_Code=tax_code)
    valid = [rate["Sales_Tax_Percent"] for rate in rates if rate["Effective_Date"][:10] <= day]
    earliest = [rate["Sales_Tax_Percent"] for rate in rates[:1]]
    return Decimal((valid or earliest or ["0"])[-1])
