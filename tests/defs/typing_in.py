"""What a person types into ServiceTrade."""

from st_spectrum.sandbox.callers import ServiceTradeCaller

ADDRESS = {
    "addressStreet": "12 Granby St",
    "addressCity": "Norfolk",
    "addressState": "VA",
    "addressPostalCode": "23510",
}


def add_company(office: ServiceTradeCaller, name: str, state: str = "VA") -> str:
    """An active customer; answers its id."""
    address = {**ADDRESS, "addressState": state}
    company = office.post("/company", name=name, **address, phoneNumber="757-555-0100")
    office.put(f"/company/{company['id']}", customer=True, status="active")
    return str(company["id"])


def add_location(office: ServiceTradeCaller, company: str, name: str) -> str:
    """A location of a company; answers its id."""
    return str(office.post("/location", name=name, companyId=int(company), **ADDRESS)["id"])


def add_invoice(office: ServiceTradeCaller, company: str, location: str, price: float) -> str:
    """An invoice of one line that nobody has approved yet, without a job; answers its id."""
    line = {"description": "Labor", "quantity": 1, "price": price}
    made = office.post("/invoice", customerId=int(company), locationId=int(location), items=[line])
    return str(made["id"])


def submit(office: ServiceTradeCaller, *invoices: str) -> None:
    """Hand them over to accounting, for the first time or again."""
    for invoice in invoices:
        office.put(f"/invoice/{invoice}", status="pending_accounting")


def correct(office: ServiceTradeCaller, invoice: str, price: float) -> None:
    """Another price for the first line."""
    line = office.get(f"/invoice/{invoice}")["items"][0]["id"]
    office.put(f"/invoiceitem/{line}", price=price)
