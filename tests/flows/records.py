"""Records of one small contractor, for rules to be tried on."""

from typing import Any

from st_spectrum.account import Account
from st_spectrum.servicetrade.models import Company, Job, Location, User

MINIMAL: dict[str, Any] = {
    "name": "harbor",
    "servicetrade": {
        "base_url": "http://127.0.0.1:1/api",
        "client_id": "id",
        "client_secret": "secret",
    },
    "spectrum": {
        "base_url": "http://127.0.0.1:1",
        "company_code": "001",
        "authorization_id": "auth",
    },
    "maps": {
        "payment_terms": {"by_name": {"Net 30": "3"}, "default": "1"},
        "sales_tax": {
            "by_state": {"VA": "VAST", "NC": "NCST"},
            "by_tax_group": {"VANORF": "NORF"},
            "not_taxable": "EXEMPT",
        },
        "tax_class": {"by_state": {"VA": "VACLASS"}, "default": "OTHER"},
        "work_state": {"VA": "VA", "NC": "NC"},
        "cost_centers": {
            "by_service_line": {"Sprinkler": "100", "Alarm": "200"},
            "by_office": {"Norfolk Office": "300"},
            "price_method": {"200": "T"},
            "default_price_method": "F",
        },
        "offices": {"Norfolk Office": "NOR"},
    },
}


def account(**sections: Any) -> Account:
    """The contractor's account with whole sections replaced; maps are merged one level deep."""
    maps = MINIMAL["maps"] | sections.pop("maps", {})
    return Account.model_validate(MINIMAL | {"maps": maps} | sections)


def company(**changes: Any) -> Company:
    """An active customer in Norfolk."""
    known = {
        "id": 1201,
        "name": "Harbor Foods LLC",
        "status": "active",
        "customer": True,
        "address": {
            "street": "12 Dock Rd",
            "city": "Norfolk",
            "state": "VA",
            "postalCode": "23510",
        },
        "phoneNumber": "757-555-0100",
    }
    return Company.model_validate(known | changes)


def location(**changes: Any) -> Location:
    """One of its sites."""
    known = {
        "id": 3310,
        "name": "Harbor Foods #3",
        "status": "active",
        "company": {"id": 1201, "name": "Harbor Foods LLC"},
        "address": {
            "street": "40 Pier St",
            "city": "Norfolk",
            "state": "VA",
            "postalCode": "23510",
        },
        "taxable": True,
    }
    return Location.model_validate(known | changes)


def job(**changes: Any) -> Job:
    """A repair there."""
    known = {
        "id": 2500000000010482,
        "number": 10482,
        "name": "Repair Job #10482",
        "type": "repair",
        "status": "scheduled",
        "customer": {"id": 1201, "name": "Harbor Foods LLC"},
        "location": {"id": 3310, "name": "Harbor Foods #3"},
        "assignedOffice": {"id": 901, "name": "Norfolk Office"},
        "tags": [{"id": 5, "name": "pm-jsmith"}],
    }
    return Job.model_validate(known | changes)


def salesperson(**changes: Any) -> User:
    """Somebody who sells."""
    return User.model_validate({"id": 70, "name": "Sam Sales", "isSales": True} | changes)


CROSSED = {"externalIds": {"spectrum": "C00001"}}
STANDS = {"externalIds": {"spectrum": "S00001"}}
