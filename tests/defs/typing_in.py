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
