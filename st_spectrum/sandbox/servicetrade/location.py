"""Locations: the sites of a company; an office is a location of the account's own company
[ST 4.2, 9.3].
"""

from st_spectrum.sandbox.servicetrade import address, comment, company, fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes, location_keys

STATUSES = ("active", "inactive", "pending", "on_hold")

DEFAULTS: Document = {
    "status": "active",
    "refNumber": None,
    "phoneNumber": None,
    "email": None,
    "primaryContactId": None,
    "lat": None,
    "lon": None,
    # The account preference behind this default is taken to say yes (assumed) [ST 4.2].
    "taxable": True,
    "taxGroupId": None,
    "officeIds": [],
    "storeNumber": None,
    "generalManager": None,
    "tagIds": [],
    "externalIds": {},
}

FIELDS = (
    Field("name", fields.text(is_filled=True), is_required=True),
    Field("companyId", fields.one("company"), is_required=True),
    *address.FIELDS,
    Field("officeIds", fields.many("location"), is_nullable=False),
    Field("phoneNumber", fields.text()),
    Field("email", fields.text()),
    Field("storeNumber", fields.text()),
    Field("primaryContactId", fields.one("contact")),
    Field("lat", fields.number),
    Field("lon", fields.number),
    Field("status", fields.choice(STATUSES), is_nullable=False),
    Field("taxable", fields.flag, is_nullable=False),
    # These three can be set in the office app; as keys of a call they are assumed.
    Field("refNumber", fields.text()),
    Field("taxGroupId", fields.one("taxgroup")),
    Field("generalManager", fields.text()),
)


def _company_flag(key: str) -> Filter:
    def read(call: Call, value: str) -> filters.Test:
        has_role = filters.flag(key)(call, value)
        return lambda location: has_role(call.documents.get("company", location["companyId"]) or {})

    return read


def _company_status(call: Call, value: str) -> filters.Test:
    has_status = filters.one_of("status", company.STATUSES)(call, value)
    return lambda location: has_status(call.documents.get("company", location["companyId"]) or {})


FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "name": filters.containing("name"),
    "companyId": filters.ids("companyId"),
    "isCustomer": _company_flag("customer"),
    "isVendor": _company_flag("vendor"),
    "officeIds": filters.ids("officeIds"),
    "status": filters.one_of("status", STATUSES),
    "companyStatus": _company_status,
    "tag": filters.tagged,
    "refNumber": filters.exact("refNumber"),
}


def shape(shapes: Shapes, location: Document) -> Document:
    """The full location [ST 4.2]."""
    own = location_keys(shapes, location) | {
        "company": shapes.reference("company", location["companyId"]),
        "taxGroup": shapes.reference("taxgroup", location["taxGroupId"]),
        "offices": shapes.references("location", location["officeIds"]),
        "brand": None,
        "tags": shapes.references("tag", location["tagIds"]),
        "geocodeQuality": None,
        "generalManager": location["generalManager"],
        "storeNumber": location["storeNumber"],
        "remitToAddress": None,
        "remitToSource": None,
        "externalIds": shapes.external_ids(location),
    }
    return shapes.entity("location", location, own)


def _list(call: Call) -> Answer:
    # Offices hide behind this default: the own company is nobody's customer [ST 4.2].
    call.query.setdefault("isCustomer", "1")
    return paging.answer(call, "location", filters.select(call, "location", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("location")))


def _add(call: Call) -> Answer:
    changes = fields.accept(call, FIELDS, is_new=True)
    address.merge(changes, {})
    address.require(changes["address"])
    return created(call, shape(call.shapes, call.documents.insert("location", DEFAULTS | changes)))


def _change(call: Call) -> Answer:
    location = call.named("location")
    changes = fields.accept(call, FIELDS, is_new=False)
    address.merge(changes, location["address"])
    address.require(changes["address"])
    return Answer(shape(call.shapes, call.documents.change("location", location["id"], changes)))


def _remove(call: Call) -> Answer:
    """The verb is offered, yet sites in use generally cannot go: one with jobs is refused (assumed)
    [ST 4.1, 4.2].
    """
    location = call.named("location")
    if any(job["locationId"] == location["id"] for job in call.documents.all("job")):
        raise Refused(400, f"Location {location['id']} has jobs; set it inactive instead")
    call.documents.delete("location", location["id"])
    return Answer(status=GONE)


def _merge(call: Call) -> Answer:
    """All that hangs on the location moves to the replacement, and the old id is gone [ST 4.2].

    Assumed: what moves gets a new `updated`, the old external ids are lost, and the answer is the
    replacement.
    """
    location = call.named("location")
    replacement_id = fields.accept(call, (REPLACEMENT,), is_new=True)["replacementId"]
    if replacement_id == location["id"]:
        raise Refused(400, "replacementId: a location cannot replace itself")
    for kind in ("job", "servicerequest", "user", "invoice"):
        for record in call.documents.all(kind):
            if record["locationId"] == location["id"]:
                call.documents.change(kind, record["id"], {"locationId": replacement_id})
    for contact in call.documents.all("contact"):
        if location["id"] in contact["locationIds"]:
            moved = [
                replacement_id if id_ == location["id"] else id_ for id_ in contact["locationIds"]
            ]
            call.documents.change(
                "contact", contact["id"], {"locationIds": list(dict.fromkeys(moved))}
            )
    call.documents.delete("location", location["id"])
    return Answer(shape(call.shapes, call.documents.change("location", replacement_id, {})))


REPLACEMENT = Field("replacementId", fields.one("location"), is_required=True)

ENDPOINTS = (
    Endpoint("GET", "/location", _list),
    Endpoint("POST", "/location", _add, key=("name",)),
    Endpoint("GET", "/location/{id}", _read),
    Endpoint("PUT", "/location/{id}", _change),
    Endpoint("DELETE", "/location/{id}", _remove),
    Endpoint("POST", "/location/{id}/merge", _merge, key=("replacementId",)),
    Endpoint("GET", "/location/{id}/comment", comment.list_of("location")),
    Endpoint("POST", "/location/{id}/comment", comment.add_to("location")),
)
