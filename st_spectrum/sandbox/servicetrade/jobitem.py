"""Job items: everything used on a job, with its cost; the lines of an invoice bill them [ST 7.1]."""

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes, money

DEFAULTS: Document = {
    # One of it, unless something else is said (assumed).
    "quantity": 1,
    "cost": None,
    "usedOn": None,
    "orderIndex": 1,
    "libItemId": None,
    "serviceLineId": None,
    "serviceRequestId": None,
    "externalIds": {},
}

# `name` is known to be required; `jobId` and all that follows is assumed [ST 7.1].
FIELDS = (
    Field("name", fields.text(is_filled=True), is_required=True),
    Field("jobId", fields.one("job"), is_required=True, on_put=False),
    Field("libItemId", fields.one("libitem")),
    Field("serviceLineId", fields.one("serviceline")),
    Field("serviceRequestId", fields.one("servicerequest")),
    Field("quantity", fields.number, is_nullable=False),
    Field("cost", fields.number),
    Field("usedOn", fields.whole),
)

FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "jobId": filters.ids("jobId"),
    "usedOnAfter": filters.at_least("usedOn"),
    "usedOnBefore": filters.at_most("usedOn"),
}


def shape(shapes: Shapes, item: Document) -> Document:
    """The full item. Where it came from is left out: nothing here buys parts yet [ST 7.2]."""
    own = {
        "name": item["name"],
        "quantity": money(item, "quantity"),
        "cost": money(item, "cost"),
        "usedOn": item["usedOn"],
        "orderIndex": item["orderIndex"],
        "job": shapes.reference("job", item["jobId"]),
        "libItem": shapes.reference("libitem", item["libItemId"]),
        "serviceLine": shapes.reference("serviceline", item["serviceLineId"]),
        "serviceRequest": shapes.reference("servicerequest", item["serviceRequestId"]),
        "user": shapes.reference("user", item["userId"]),
        "source": None,
        "externalIds": shapes.external_ids(item),
    }
    return shapes.entity("jobitem", item, own)


def _list(call: Call) -> Answer:
    return paging.answer(call, "jobitem", filters.select(call, "jobitem", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("jobitem")))


def _add(call: Call) -> Answer:
    item = DEFAULTS | {"userId": call.user_id} | fields.accept(call, FIELDS, is_new=True)
    return created(call, shape(call.shapes, call.documents.insert("jobitem", item)))


ENDPOINTS = (
    Endpoint("GET", "/jobitem", _list),
    Endpoint("POST", "/jobitem", _add, key=("jobId", "name")),
    Endpoint("GET", "/jobitem/{id}", _read),
)
