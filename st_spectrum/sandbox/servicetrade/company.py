"""Companies: customers, vendors and the account's own company in one record type; none is ever
deleted [ST 4.1].
"""

from typing import Any

from st_spectrum.sandbox.servicetrade import address, fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes

STATUSES = ("active", "pending", "inactive", "on_hold")
DEFAULT_STATUS = "active"
"""Status of a new company (assumed), and what a list shows when it is not asked for a status
[ST 4.1].
"""

DEFAULTS: Document = {
    "status": DEFAULT_STATUS,
    "refNumber": None,
    "customer": False,
    "vendor": False,
    "partsVendor": False,
    "primeContractor": False,
    "phoneNumber": None,
    "paymentTermsId": None,
    "tagIds": [],
    "externalIds": {},
}

FIELDS = (
    Field("name", fields.text(is_filled=True), is_required=True),
    Field("status", fields.choice(STATUSES), is_nullable=False),
    Field("refNumber", fields.text()),
    Field("customer", fields.flag, is_nullable=False),
    Field("vendor", fields.flag, is_nullable=False),
    Field("partsVendor", fields.flag, is_nullable=False),
    Field("phoneNumber", fields.text()),
    # Terms of a company are found on no page; the key is assumed and shown only where it is set.
    Field("paymentTermsId", fields.one("paymentterms")),
    *address.FIELDS,
)


def _served_by(call: Call, value: str) -> filters.Test:
    """Companies with a location that one of these offices serves (assumed)."""
    serves = filters.ids("officeIds")(call, value)
    served = {
        location["companyId"] for location in call.documents.all("location") if serves(location)
    }
    return lambda company: company["id"] in served


FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "name": filters.containing("name"),
    "refNumber": filters.exact("refNumber"),
    "status": filters.one_of("status", STATUSES),
    "isCustomer": filters.flag("customer"),
    "isVendor": filters.flag("vendor"),
    "city": filters.in_address("city"),
    "state": filters.in_address("state"),
    "postalCode": filters.in_address("postalCode"),
    "tag": filters.tagged,
    "officeId": _served_by,
}


def shape(shapes: Shapes, company: Document) -> Document:
    """The full company [ST 4.1]."""
    own: dict[str, Any] = {
        "name": company["name"],
        "status": company["status"],
        "refNumber": company["refNumber"],
        "customer": company["customer"],
        "vendor": company["vendor"],
        "partsVendor": company["partsVendor"],
        "primeContractor": company["primeContractor"],
        "address": company["address"],
        "phoneNumber": company["phoneNumber"],
        "managingAccount": None,
        "shareId": None,
        "logo": None,
        "defaultBrand": None,
        "serviceLinesProvided": [],
        "tags": shapes.references("tag", company["tagIds"]),
        "externalIds": shapes.external_ids(company),
    }
    if company["paymentTermsId"] is not None:
        own["paymentTerms"] = shapes.reference("paymentterms", company["paymentTermsId"])
    return shapes.entity("company", company, own)


def _list(call: Call) -> Answer:
    call.query.setdefault("status", DEFAULT_STATUS)
    return paging.answer(call, "company", filters.select(call, "company", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("company")))


def _add(call: Call) -> Answer:
    changes = fields.accept(call, FIELDS, is_new=True)
    address.merge(changes, {})
    return created(call, shape(call.shapes, call.documents.insert("company", DEFAULTS | changes)))


def _change(call: Call) -> Answer:
    company = call.named("company")
    changes = fields.accept(call, FIELDS, is_new=False)
    address.merge(changes, company["address"])
    return Answer(shape(call.shapes, call.documents.change("company", company["id"], changes)))


ENDPOINTS = (
    Endpoint("GET", "/company", _list),
    Endpoint("POST", "/company", _add, key=("name",)),
    Endpoint("GET", "/company/{id}", _read),
    Endpoint("PUT", "/company/{id}", _change),
)
