"""Job items: everything used on a job, with its cost; the lines of an invoice bill them
[ST 7.1].
"""

from collections.abc import Mapping

from st_spectrum.sandbox.servicetrade import fields, filters, itemsource, libitem, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
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
    "source": None,
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
    Field("source", itemsource.read),
)


def _of_type(call: Call, value: str) -> filters.Test:
    """Items made from a library item of one of these types, in lower case [ST 7.1]."""
    wanted = set(filters.choices(value, libitem.TYPES))
    numbers = {item["id"] for item in call.documents.all("libitem") if item["type"] in wanted}
    return lambda item: item["libItemId"] in numbers


def _of_office(call: Call, value: str) -> filters.Test:
    """Items on jobs that one of these offices serves [ST 7.1]."""
    serves = filters.ids("officeIds")(call, value)
    jobs = {job["id"] for job in call.documents.all("job") if serves(job)}
    return lambda item: item["jobId"] in jobs


FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "jobId": filters.ids("jobId"),
    "jobOfficeId": _of_office,
    "libItemType": _of_type,
    "usedOnAfter": filters.at_least("usedOn"),
    "usedOnBefore": filters.at_most("usedOn"),
}


def shape(shapes: Shapes, item: Document) -> Document:
    """The full item [ST 7.1]."""
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
        "source": item.get("source"),
        "externalIds": shapes.external_ids(item),
    }
    return shapes.entity("jobitem", item, own)


LISTED_IDS: Mapping[str, Document] = {
    "left_out": {},
    "empty_list": {"externalIds": []},
    "null": {"externalIds": None},
}
"""What stands in a list in place of the external ids, by the switch."""


def _list(call: Call) -> Answer:
    instead = LISTED_IDS.get(call.switches.listed_item_ids)

    def listed(shapes: Shapes, item: Document) -> Document:
        shown = shape(shapes, item)
        if instead is None:
            return shown
        return {name: shown[name] for name in shown if name != "externalIds"} | instead

    return paging.answer(call, "jobitem", filters.select(call, "jobitem", FILTERS), listed)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("jobitem")))


def _add(call: Call) -> Answer:
    item = DEFAULTS | {"userId": call.user_id} | fields.accept(call, FIELDS, is_new=True)
    made = call.documents.insert("jobitem", item)
    _touch_job(call, made)
    return created(call, shape(call.shapes, made))


def _change(call: Call) -> Answer:
    """Keys left out stay as they are [ST 1]."""
    item = call.named("jobitem")
    changed = call.documents.change(
        "jobitem", item["id"], fields.accept(call, FIELDS, is_new=False)
    )
    _touch_job(call, changed)
    return Answer(shape(call.shapes, changed))


def _delete(call: Call) -> Answer:
    """That an item on an invoice cannot go is assumed; it is the use that the line bills
    [ST 6.3].
    """
    item = call.named("jobitem")
    for invoice in call.documents.all("invoice"):
        if invoice["status"] != "void" and any(
            line.get("jobItemId") == item["id"] for line in invoice["items"]
        ):
            raise Refused(400, f"jobitem {item['id']} is on invoice {invoice['invoiceNumber']}")
    call.documents.delete("jobitem", item["id"])
    _touch_job(call, item)
    return Answer(status=GONE)


def _touch_job(call: Call, item: Document) -> None:
    if call.switches.is_parent_touched:
        call.documents.change("job", item["jobId"], {})


ENDPOINTS = (
    Endpoint("GET", "/jobitem", _list),
    Endpoint("POST", "/jobitem", _add, key=("jobId", "name")),
    Endpoint("GET", "/jobitem/{id}", _read),
    Endpoint("PUT", "/jobitem/{id}", _change),
    Endpoint("DELETE", "/jobitem/{id}", _delete),
)
