"""The contractor of the world with ten years of history: offices, lines of work, and the codes that
its controller has given them in Spectrum. Nothing of it is told to the product.
"""

from st_spectrum.sandbox import names
from st_spectrum.sandbox.servicetrade import libitem, location, user
from st_spectrum.sandbox.servicetrade.documents import Documents
from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID
from st_spectrum.sandbox.spectrum import order_tables, payroll_tables, tables
from st_spectrum.sandbox.spectrum.database import Book

OFFICES = {
    "Denver Office": ("4850 Brighton Blvd", "Denver", "CO", "80216"),
    "Fort Collins Office": ("1220 Lincoln Ave", "Fort Collins", "CO", "80524"),
    "Colorado Springs Office": ("615 Wahsatch Ave", "Colorado Springs", "CO", "80903"),
    "Cheyenne Office": ("2100 Central Ave", "Cheyenne", "WY", "82001"),
}
OFFICE_OF_CITY = {
    "Denver": "Denver Office",
    "Boulder": "Denver Office",
    "Fort Collins": "Fort Collins Office",
    "Colorado Springs": "Colorado Springs Office",
    "Pueblo": "Colorado Springs Office",
    "Cheyenne": "Cheyenne Office",
}
DEPARTMENTS = {
    "Denver Office": "DEN",
    "Fort Collins Office": "FTC",
    "Colorado Springs Office": "COS",
    "Cheyenne Office": "CHY",
}
LINES = {
    "Sprinkler": ("410", "1000"),
    "Backflow": ("410", "1100"),
    "Fire Alarm": ("420", "2000"),
    "HVAC": ("430", "3000"),
    "Refrigeration": ("430", "3100"),
    "Plumbing": ("440", "4000"),
}
"""Cost center and phase of each service line that the contractor sells."""
COST_CENTERS = {
    "410": ("Water based fire protection", "4210", "T"),
    "420": ("Alarm", "4220", "T"),
    "430": ("Mechanical", "4230", "F"),
    "440": ("Plumbing", "4240", "F"),
}
"""Text, income account and price method."""
CONTRACT_TYPES = {
    "service_call": "SVC",
    "emergency_service_call": "SVC",
    "repair": "SVC",
    "inspection": "INSP",
    "preventative_maintenance": "PM",
    "installation": "CONTRACT",
}
NEVER_THERE = ("administrative", "training")
"""Types of jobs that nobody types into Spectrum."""
TAXES = {
    "Denver": ("CODEN", "CO-DENVER", "8.8100"),
    "Boulder": ("COBLD", "CO-BOULDER", "9.0450"),
    "Fort Collins": ("COFTC", "CO-LARIMER", "7.5500"),
    "Colorado Springs": ("COSPR", "CO-ELPASO", "8.2000"),
    "Pueblo": ("COPUE", "CO-PUEBLO", "7.6000"),
    "Cheyenne": ("WYLAR", "WY-LARAMIE", "6.0000"),
}
"""Sales tax code, code of ServiceTrade's tax group, and percent, by the city."""
STATES = {"CO": "Colorado", "WY": "Wyoming"}
TEMPLATE = "TEMPLATE"
TECHNICIANS = 14


def set_up_spectrum(book: Book) -> None:
    """Codes of every kind, the template job, and the technicians as employees."""
    for code, (text, account, _) in COST_CENTERS.items():
        book.insert(tables.COST_CENTERS, {"Cost_Center": code, "Description": text})
        row = {"GL_Account": account, "Description": f"Income {text}"[:30], "Status": "A"}
        row |= {"Account_Type_Code": "I", "Direct_Cost_Flag": "N"}
        book.insert(tables.GL_ACCOUNTS, row)
    for state, name in STATES.items():
        row = {"Tax_Class_Code": state, "Description": f"Taxable in {name}"}
        book.insert(tables.TAX_CLASSES, row)
        book.insert(tables.WORK_TAXES, {"Tax_Code": state, "Description": name})
    for city, (code, _, percent) in TAXES.items():
        row = {"Sales_Tax_Code": code, "Description": city, "GL_Account": "2200"}
        book.insert(tables.SALES_TAXES, {**row, "Sales_Tax_Percent": percent})
        row = {"Sales_Tax_Code": code, "Effective_Date": "01/01/2000"}
        book.insert(tables.SALES_TAX_RATES, {**row, "Sales_Tax_Percent": percent})
    for office, code in DEPARTMENTS.items():
        row = {"Department": code, "Department_Description": office, "Direct_Flag": "Y"}
        book.insert(payroll_tables.DEPARTMENTS, row)
    for number in range(TECHNICIANS):
        first, last = person(number)
        row = {"Employee_Code": f"{2001 + number}", "First_Name": first, "Last_Name": last}
        row |= {"Employee_Name": f"{first} {last}", "Employment_Status": "A"}
        row["Department_Code"] = list(DEPARTMENTS.values())[number % len(DEPARTMENTS)]
        book.insert(payroll_tables.EMPLOYEES, row)
    keeper = {"Employee_Code": "2900", "Employee_Name": "Walt Shop", "First_Name": "Walt"}
    keeper |= {"Last_Name": "Shop", "Employment_Status": "A", "Department_Code": "SHOP"}
    book.insert(payroll_tables.EMPLOYEES, keeper)
    _template(book)
    book.insert(
        order_tables.VENDORS,
        {"Vendor_Code": "V0100", "Vendor_Name": "Front Range Pipe", "Status": "A"},
    )


def _template(book: Book) -> None:
    job = {"Job_Number": TEMPLATE, "Job_Description": "Template do not post", "Status_Code": "A"}
    book.insert(tables.JOBS, {**job, "Taxable_Flag": "N", "Price_Method_Code": "F"})
    for line, (_, phase) in LINES.items():
        for cost_type in "LM":
            row = {"Job_Number": TEMPLATE, "Phase_Code": phase, "Description": line}
            row |= {"Cost_Type": cost_type, "Price_Method_Code": "J", "Status_Code": "A"}
            book.insert(tables.PHASES, row)


def set_up_servicetrade(documents: Documents) -> dict[str, int]:
    """Offices, tax groups, technicians and library items; ids by name or code."""
    made: dict[str, int] = {}
    for name, (street, city, state, postal_code) in OFFICES.items():
        address = {"street": street, "city": city, "state": state, "postalCode": postal_code}
        row = location.DEFAULTS | {"name": name, "companyId": PRIME_COMPANY_ID, "address": address}
        made[name] = documents.insert("location", row)["id"]
    for city, (_, code, percent) in TAXES.items():
        row = {"name": city, "code": code, "combinedRate": round(float(percent) / 100, 6)}
        made[code] = documents.insert("taxgroup", row)["id"]
    for number in range(TECHNICIANS):
        first, last = person(number)
        login = f"{first}.{last}@example.com".lower()
        row = user.DEFAULTS | {"firstName": first, "lastName": last, "name": f"{first} {last}"}
        row |= {"username": login, "email": login, "isTech": True, "timezone": "America/Denver"}
        made[login] = documents.insert("user", row)["id"]
    for name, kind, code in names.LIB_ITEMS:
        row = libitem.DEFAULTS | {"name": name, "type": kind, "code": code}
        made[code] = documents.insert("libitem", row)["id"]
    made |= {one["name"]: one["id"] for one in documents.all("serviceline")}
    made |= {one["name"]: one["id"] for one in documents.all("paymentterms")}
    own = documents.all("account")[0]
    documents.change("account", own["id"], {"timezone": "America/Denver"})
    return made


def person(number: int) -> tuple[str, str]:
    """The same on both sides."""
    first = names.FIRST_NAMES[number % len(names.FIRST_NAMES)]
    return first, names.LAST_NAMES[(3 * number + 1) % len(names.LAST_NAMES)]
