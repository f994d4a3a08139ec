"""Library items: what the contractor sells, and what the lines of an invoice were made from
[ST 7.4].
"""

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes, money

TYPES = (
    *("part", "material", "labor", "equipment", "inspection", "service", "subcontractor", "fee"),
    *("general conditions", "other"),
)
"""The blank in the ninth is how the import spells it; whether the API does too is assumed."""

DEFAULTS: Document = {
    "code": None,
    "active": True,
    "isGeneric": False,
    "taxable": True,
    "cost": None,
    "serviceLineId": None,
    "externalIds": {},
}

# The verbs are known, which keys a write takes is assumed.
FIELDS = (
    Field("name", fields.text(255, is_filled=True), is_required=True),
    Field("type", fields.choice(TYPES), is_required=True),
    Field("code", fields.text(100)),
    Field("active", fields.flag, is_nullable=False),
    Field("isGeneric", fields.flag, is_nullable=False),
    Field("taxable", fields.flag, is_nullable=False),
    Field("cost", fields.number),
    Field("serviceLineId", fields.one("serviceline")),
)

FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "active": filters.flag("active"),
    "type": filters.one_of("type", TYPES),
    "code": filters.exact("code"),
    "name": filters.containing("name"),
}


def shape(shapes: Shapes, item: Document) -> Document:
    """The full item; a price belongs to a contract and is never told here."""
    own = {
        "name": item["name"],
        "code": item["code"],
        "type": item["type"],
        "active": item["active"],
        "isGeneric": item["isGeneric"],
        "taxable": item["taxable"],
        "cost": money(item, "cost"),
        "price": None,
        "serviceLine": shapes.reference("serviceline", item["serviceLineId"]),
        "externalIds": shapes.external_ids(item),
    }
    return shapes.entity("libitem", item, own)


def _list(call: Call) -> Answer:
    return paging.answer(call, "libitem", filters.select(call, "libitem", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("libitem")))


def _add(call: Call) -> Answer:
    item = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    _refuse_code_twice(call, item["code"])
    return created(call, shape(call.shapes, call.documents.insert("libitem", item)))


def _change(call: Call) -> Answer:
    """An item that is no longer sold is retired by `active` [ST 7.4]."""
    item = call.named("libitem")
    changes = fields.accept(call, FIELDS, is_new=False)
    _refuse_code_twice(call, changes.get("code"), item["id"])
    return Answer(shape(call.shapes, call.documents.change("libitem", item["id"], changes)))


def _delete(call: Call) -> Answer:
    """What was made from it stays without it (assumed)."""
    call.documents.delete("libitem", call.named("libitem")["id"])
    return Answer(status=GONE)


def _refuse_code_twice(call: Call, code: str | None, own: int = 0) -> None:
    """A code is unique in the account [ST 7.4]; that a second one is refused with 400 is
    assumed.
    """
    if code and any(
        held["code"] == code and held["id"] != own for held in call.documents.all("libitem")
    ):
        raise Refused(400, f"code: there is a library item {code!r} already")


ENDPOINTS = (
    Endpoint("GET", "/libitem", _list),
    Endpoint("POST", "/libitem", _add, key=("name",)),
    Endpoint("GET", "/libitem/{id}", _read),
    Endpoint("PUT", "/libitem/{id}", _change),
    Endpoint("DELETE", "/libitem/{id}", _delete),
)
