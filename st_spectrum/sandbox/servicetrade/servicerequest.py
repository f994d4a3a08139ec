"""Service requests: the work to be done on a job, each with its service line [ST 5.3]."""

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes, money

STATUSES = ("open", "closed", "canceled")
"""Public code names `in_progress` and `void` beside these [ST 5.3]."""

DEFAULTS: Document = {
    "status": "open",
    "jobId": None,
    "locationId": None,
    "windowStart": None,
    "windowEnd": None,
    "closedOn": None,
    "estimatedPrice": None,
    "duration": None,
    "preferredStartTime": None,
    "preferredTechIds": [],
    "visibility": [],
}

# No page lists the write keys; these follow the rule for references and are assumed [ST 3, 5.3].
FIELDS = (
    Field("description", fields.text(is_filled=True), is_required=True),
    Field("serviceLineId", fields.one("serviceline"), is_required=True),
    Field("jobId", fields.one("job")),
    Field("locationId", fields.one("location")),
    Field("status", fields.choice(STATUSES), is_nullable=False),
    Field("windowStart", fields.whole),
    Field("windowEnd", fields.whole),
    Field("estimatedPrice", fields.number),
    Field("duration", fields.whole),
    Field("preferredStartTime", fields.whole),
    Field("preferredTechIds", fields.many("user"), is_nullable=False),
    Field("visibility", fields.choices(), is_nullable=False),
)

FILTERS: dict[str, Filter] = {
    "jobId": filters.ids("jobId"),
    "locationId": filters.ids("locationId"),
    "status": filters.one_of("status", STATUSES),
}


def shape(shapes: Shapes, request: Document) -> Document:
    """The full service request [ST 5.3]."""
    own = {
        "status": request["status"],
        "description": request["description"],
        "serviceLine": shapes.reference("serviceline", request["serviceLineId"]),
        "asset": None,
        "location": shapes.reference("location", request["locationId"]),
        "job": shapes.reference("job", request["jobId"]),
        "deficiency": None,
        "changeOrder": None,
        "budget": None,
        "contract": None,
        "windowStart": request["windowStart"],
        "windowEnd": request["windowEnd"],
        "closedOn": request["closedOn"],
        "serviceRecurrence": None,
        "preferredTechs": shapes.references("user", request["preferredTechIds"]),
        "preferredVendor": None,
        "estimatedPrice": money(request, "estimatedPrice"),
        "duration": request["duration"],
        "preferredStartTime": request["preferredStartTime"],
        "visibility": request["visibility"],
        "items": [],
    }
    return shapes.entity("servicerequest", request, own)


def _list(call: Call) -> Answer:
    return paging.answer(
        call, "servicerequest", filters.select(call, "servicerequest", FILTERS), shape
    )


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("servicerequest")))


def _add(call: Call) -> Answer:
    request = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    if request["jobId"] is None and request["locationId"] is None:
        raise Refused(400, "jobId or locationId is required")
    job = call.documents.get("job", request["jobId"]) if request["jobId"] is not None else None
    if job and request["locationId"] is None:
        request["locationId"] = job["locationId"]
    request = call.documents.insert("servicerequest", request)
    _touch(call, request["jobId"])
    return created(call, shape(call.shapes, request))


def _change(call: Call) -> Answer:
    request = call.named("servicerequest")
    changes = fields.accept(call, FIELDS, is_new=False)
    if changes.get("status", request["status"]) != request["status"]:
        changes["closedOn"] = call.documents.now() if changes["status"] == "closed" else None
    changed = call.documents.change("servicerequest", request["id"], changes)
    for job_id in {request["jobId"], changed["jobId"]}:
        _touch(call, job_id)
    return Answer(shape(call.shapes, changed))


def _touch(call: Call, job_id: int | None) -> None:
    if job_id is not None and call.switches.is_parent_touched:
        call.documents.change("job", job_id, {})


ENDPOINTS = (
    Endpoint("GET", "/servicerequest", _list),
    Endpoint("POST", "/servicerequest", _add, key=("jobId", "description")),
    Endpoint("GET", "/servicerequest/{id}", _read),
    Endpoint("PUT", "/servicerequest/{id}", _change),
)
