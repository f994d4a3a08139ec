"""What an account holds before anybody has entered anything: itself, its own company, the login,
the fixed lists.

Ids are given in this order from the first one, so the own company and the login have the same ids
after every reset.
"""

from st_spectrum.sandbox.credentials import USERNAME
from st_spectrum.sandbox.servicetrade.documents import FIRST_ID, Documents

PRIME_COMPANY_ID = FIRST_ID
API_USER_ID = FIRST_ID + 1
TIMEZONE = "America/New_York"

SERVICE_LINES = (
    ("Sprinkler", "Fire Protection", "SP"),
    ("Fire Alarm", "Fire Protection", "FA"),
    ("Portable Extinguishers", "Fire Protection", "EXT"),
    ("Kitchen Hood Suppression", "Fire Protection", "KHS"),
    ("Backflow", "Fire Protection", "BF"),
    ("Fire Pump", "Fire Protection", "FP"),
    ("HVAC", "Mechanical", "HVAC"),
    ("Refrigeration", "Mechanical", "REF"),
    ("Plumbing", "Mechanical", "PLB"),
    ("Boiler", "Mechanical", "BLR"),
    ("Electrical", "Electrical", "EL"),
    ("Generator", "Electrical", "GEN"),
    ("Security", "Low Voltage", "SEC"),
    ("General Maintenance", "Facilities", "GM"),
)
"""Name, trade, abbreviation. The real catalogue is longer; these entries are assumed [ST 9.4]."""
PAYMENT_TERMS = ("Due on Receipt", "Net 10", "Net 15", "Net 30", "Net 45", "Net 60")
"""Names are assumed but for Net 30 [ST 6.4]."""


def seed(documents: Documents) -> None:
    """Fill an empty account with its fixed set-up."""
    company = documents.insert(
        "company",
        {
            "name": "Example Fire & Mechanical",
            "status": "active",
            "refNumber": None,
            "customer": False,
            "vendor": True,
            "partsVendor": False,
            "primeContractor": True,
            "address": {
                "street": "1 Depot Way",
                "city": "Norfolk",
                "state": "VA",
                "postalCode": "23510",
            },
            "phoneNumber": "757-555-0000",
            "paymentTermsId": None,
            "tagIds": [],
            "externalIds": {},
        },
    )
    documents.insert(
        "user",
        {
            "name": "Sync User",
            "firstName": "Sync",
            "lastName": "User",
            "username": USERNAME,
            "email": USERNAME,
            "phone": None,
            "status": "active",
            "timezone": TIMEZONE,
            "isTech": False,
            "isHelper": False,
            "isSales": False,
            "companyId": company["id"],
            "locationId": None,
            "managerId": None,
            "roles": ["admin"],
            "serviceLineIds": [],
            "externalIds": {},
        },
    )
    documents.insert(
        "account", {"name": company["name"], "timezone": TIMEZONE, "primeCompanyId": company["id"]}
    )
    for name, trade, abbreviation in SERVICE_LINES:
        icon = name.split(maxsplit=1)[0].lower()
        documents.insert(
            "serviceline", {"name": name, "trade": trade, "abbr": abbreviation, "icon": icon}
        )
    for index, name in enumerate(PAYMENT_TERMS):
        documents.insert("paymentterms", {"name": name, "orderIndex": index + 1})
    documents.commit()
