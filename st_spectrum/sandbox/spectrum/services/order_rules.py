"""What a purchase order has to satisfy, and how it is kept [SP 15.2]. The refusals are documented,
their texts are assumed.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from st_spectrum.sandbox.spectrum.call import Call, Checks
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.order_tables import PO_DETAILS, PO_HEADERS, VENDORS, WAREHOUSES
from st_spectrum.sandbox.spectrum.rows import Row, missing
from st_spectrum.sandbox.spectrum.services.codes import check_cost_center
from st_spectrum.sandbox.spectrum.tables import COST_TYPES, GL_ACCOUNTS, JOBS, PHASES

PROPOSED, OPEN, CLOSED = "PROP", "OPEN", "CLOSED"
STATUS_OF_LETTER = {"P": PROPOSED, "O": OPEN, "C": CLOSED, "": PROPOSED}
"""How the table spells what REST calls P, O and C; only OPEN was seen [SP 15.1]."""
MESSAGE = "M"
NON_STOCK = "N"
NON_STOCK_MARK = "!"
REFUSED_COSTS = {"E": "equipment", "W": "work order"}
"""Kinds of direct cost that a line may not have [SP 15.2]."""
LINES_MOST = 999
"""Line numbers have three digits [SP 15.1]."""
FIRST_NUMBER = 4001
PER_FACTOR = {"C": Decimal(100), "M": Decimal(1000)}
"""What a price is for, by unit of measure [SP 15.1]."""
CENT = Decimal("0.01")

_HEADER_COLUMNS = {
    "PO_Order_Date": "PO_Date_List1",
    "PO_Delivery_Date": "PO_Date_List2",
    "Tax_Code": "Use_Tax_Code",
}
_DETAIL_COLUMNS = {
    "Item_ID": "Item_Code",
    "PO_Quantity": "PO_Quantity_List1",
    "Detail_Entry_Type": "Line_Type",
}
"""Fields of REST that the tables call something else; the last of each is assumed [SP 15.1]."""


def check_header(call: Call, lines: Sequence[Call]) -> list[Row]:
    """Everything the company's tables have against the header."""
    checks = Checks(call)
    number = call["PO_Number"]
    held = call.book.find(PO_HEADERS, PO_Number=number) if number else None
    if held and held["Status_Flag"] != PROPOSED:
        checks.refuse(
            "PO_Number",
            f"PO_Number {number} is {held['Status_Flag']}; only a proposed one can be replaced",
        )
    vendor = call.book.find(VENDORS, Vendor_Code=call["Vendor_Code"])
    if vendor is None:
        checks.refuse("Vendor_Code", f"Vendor_Code {call['Vendor_Code']} is not on file")
    elif vendor["Status"] == "N":
        checks.refuse("Vendor_Code", f"Vendor {call['Vendor_Code']} is not used")
    job = call.book.find(JOBS, Job_Number=call["Job_Number"]) if call["Job_Number"] else None
    if call["Job_Number"] and job is None:
        checks.refuse("Job_Number", f"Job_Number {call['Job_Number']} is not on file")
    elif job and job["Status_Code"] == "C":
        checks.refuse("Job_Number", f"Job {call['Job_Number']} is complete")
    checks.exists("Warehouse_Code", WAREHOUSES)
    check_cost_center(checks, "Cost_Center")
    if not call["Job_Number"] and any(line["Phase_Code"] or line["Cost_Type"] for line in lines):
        checks.rows.append(missing("Job_Number"))
    if not (call["Job_Number"] or call["Warehouse_Code"]):
        checks.rows.append(missing("Warehouse_Code"))
    return checks.rows


def check_detail(header: Call, line: Call) -> list[Row]:
    """Everything there is against one line; its phase and cost type must be on the job
    (assumed).
    """
    checks = Checks(line)
    if line["Detail_Entry_Type"] == MESSAGE:
        return checks.rows if line["Message"] else [missing("Message")]
    checks.rows += [missing(name) for name in ("PO_Quantity", "Item_Description") if not line[name]]
    checks.exists("Cost_Type", COST_TYPES)
    check_cost_center(checks, "Cost_Center")
    _check_account(checks)
    phase = {
        "Job_Number": header["Job_Number"],
        "Phase_Code": line["Phase_Code"],
        "Cost_Type": line["Cost_Type"],
    }
    if line["Phase_Code"] and not checks.rows and not line.book.has(PHASES, **phase):
        checks.refuse(
            "Phase_Code", f"Phase {line['Phase_Code']} {line['Cost_Type']} is not on the job"
        )
    return checks.rows


def _check_account(checks: Checks) -> None:
    line = checks.call
    account = (
        line.book.find(GL_ACCOUNTS, GL_Account=line["GL_Account"]) if line["GL_Account"] else None
    )
    if not line["GL_Account"]:
        return
    if account is None:
        checks.refuse("GL_Account", f"GL_Account {line['GL_Account']} is not on file")
    elif account["Direct_Cost_Flag"] in REFUSED_COSTS:
        kind = REFUSED_COSTS[account["Direct_Cost_Flag"]]
        checks.refuse(
            "GL_Account", f"GL_Account {line['GL_Account']} is a direct {kind} cost account"
        )
    elif account["Direct_Cost_Flag"] == "Y" and account["Cost_Type"].strip() != line["Cost_Type"]:
        checks.refuse(
            "GL_Account",
            f"GL_Account {line['GL_Account']} does not match cost type {line['Cost_Type']}",
        )


def store(header: Call, lines: Sequence[Call]) -> str:
    """Keep the order, in place of the proposed one of that number if there is one; answers the
    number.
    """
    book = header.book
    number = header["PO_Number"] or _next_number(book)
    for table in (PO_HEADERS, PO_DETAILS):
        book.delete(table, PO_Number=number)
    values = {
        **_renamed(header.values, _HEADER_COLUMNS),
        "PO_Number": number,
        "Status_Flag": STATUS_OF_LETTER[header["Status_Flag"]],
        "PO_Date_List1": header["PO_Order_Date"] or header.today,
        "PO_Method": header["PO_Method"] or "1",
        "PO_Type": header["PO_Type"] or "U",
        "Ship_To_Code": header["Ship_To_Code"] or "D",
    }
    book.insert(PO_HEADERS, values)
    for place, line in enumerate(lines, start=1):
        kind = line["Detail_Entry_Type"] or "D"
        given = _renamed(line.values, _DETAIL_COLUMNS)
        code = line["Item_ID"]
        if kind == NON_STOCK and code and not code.startswith(NON_STOCK_MARK):
            code = f"{NON_STOCK_MARK}{code}"[: PO_DETAILS.columns["Item_Code"].length]
        own = {
            "PO_Number": number,
            "Line_Number": f"{place:03d}",
            "Line_Type": kind,
            "Item_Code": code,
            "Job_Number": header["Job_Number"],
            "Warehouse_Code": "" if header["Job_Number"] else header["Warehouse_Code"],
            "Delivery_Date": line["Delivery_Date"] or header["PO_Delivery_Date"],
        }
        book.insert(PO_DETAILS, {**given, **own})
    settle(book, number)
    return number


def settle(book: Book, number: str) -> None:
    """Work out what follows from quantities and prices: extensions, open quantities, the total of
    the order (assumed).
    """
    total = Decimal(0)
    for line in book.all(PO_DETAILS, PO_Number=number):
        ordered, received = (Decimal(str(line[f"PO_Quantity_List{place}"])) for place in (1, 2))
        discounted = (
            Decimal(str(line["Item_Price"]))
            * (100 - Decimal(str(line["Item_Discount_Percent"])))
            / 100
        )
        price = discounted / PER_FACTOR.get(line["Unit_Of_Measure"].strip(), Decimal(1))
        extension = (ordered * price).quantize(CENT)
        total += extension
        derived = {
            "Line_Extension_List1": str(extension),
            "Received_Extension": str((received * price).quantize(CENT)),
            "Open_Receipt_Quantity": str(max(ordered - received, Decimal(0))),
            "Price_Per_Factor": str(PER_FACTOR.get(line["Unit_Of_Measure"].strip(), 1)),
        }
        book.update(PO_DETAILS, derived, PO_Number=number, Line_Number=line["Line_Number"])
    book.update(
        PO_HEADERS,
        {"PO_Total_Amount": str(total), "Non_Taxable_Amount": str(total)},
        PO_Number=number,
    )


def _next_number(book: Book) -> str:
    sql = (
        f'SELECT MAX(CAST(TRIM("PO_Number") AS INTEGER)) FROM "{PO_HEADERS.name}"'  # noqa: S608
        ' WHERE "Company_Code" = ?'
    )
    (highest,) = book.connection.execute(sql, (book.company,)).fetchone()
    return str(max(FIRST_NUMBER - 1, highest or 0) + 1)


def _renamed(values: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    return {columns.get(name, name): value for name, value in values.items()}
