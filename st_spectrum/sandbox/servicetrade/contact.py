"""Contacts: people of companies and locations [ST 4.3]."""

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import REFERENCES, Shapes

STATUSES = ("public", "private", "inactive")

DEFAULTS: Document = {
    "firstName": None,
    "lastName": None,
    "phone": None,
    "mobile": None,
    "alternatePhone": None,
    "email": None,
    "types": [],
    "status": "public",
    "companyIds": [],
    "locationIds": [],
    "externalIds": {},
}

# No page lists the write keys; these follow the rule for references and are assumed [ST 3, 4.3].
FIELDS = (
    *(
        Field(name, fields.text())
        for name in ("firstName", "lastName", "phone", "mobile", "alternatePhone", "email")
    ),
    Field("types", fields.choices(), is_nullable=False),
    Field("status", fields.choice(STATUSES), is_nullable=False),
    Field("companyIds", fields.many("company"), is_nullable=False),
    Field("locationIds", fields.many("location"), is_nullable=False),
)

FILTERS: dict[str, Filter] = {
    "companyId": filters.ids("companyIds"),
    "locationId": filters.ids("locationIds"),
    "search": filters.containing("firstName", "lastName", "email"),
    "status": filters.one_of("status", STATUSES),
}


def shape(shapes: Shapes, contact: Document) -> Document:
    """The full contact, with the deprecated singular forms of its companies and locations
    [ST 4.3].
    """
    companies = shapes.references("company", contact["companyIds"])
    locations = shapes.references("location", contact["locationIds"])
    own = REFERENCES["contact"](shapes, contact) | {
        "status": contact["status"],
        "companies": companies,
        "company": companies[0] if companies else None,
        "locations": locations,
        "location": locations[0] if locations else None,
        "externalIds": shapes.external_ids(contact),
    }
    return shapes.entity("contact", contact, own)


def _list(call: Call) -> Answer:
    return paging.answer(call, "contact", filters.select(call, "contact", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("contact")))


def _add(call: Call) -> Answer:
    contact = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    _require_name(contact)
    return created(call, shape(call.shapes, call.documents.insert("contact", contact)))


def _change(call: Call) -> Answer:
    contact = call.named("contact")
    changes = fields.accept(call, FIELDS, is_new=False)
    _require_name(contact | changes)
    return Answer(shape(call.shapes, call.documents.change("contact", contact["id"], changes)))


def _remove(call: Call) -> Answer:
    contact = call.named("contact")
    for location in call.documents.all("location"):
        if location["primaryContactId"] == contact["id"]:
            call.documents.change("location", location["id"], {"primaryContactId": None})
    call.documents.delete("contact", contact["id"])
    return Answer(status=GONE)


def _require_name(contact: Document) -> None:
    """A contact needs a name of some kind (assumed)."""
    if not (contact["firstName"] or contact["lastName"]):
        raise Refused(400, "firstName or lastName is required")


ENDPOINTS = (
    Endpoint("GET", "/contact", _list),
    Endpoint("POST", "/contact", _add, key=("firstName", "lastName")),
    Endpoint("GET", "/contact/{id}", _read),
    Endpoint("PUT", "/contact/{id}", _change),
    Endpoint("DELETE", "/contact/{id}", _remove),
)
