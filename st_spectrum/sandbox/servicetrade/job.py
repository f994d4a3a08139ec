"""Jobs: never deleted, only canceled; numbered by the account; and a list that shows only
`scheduled` ones unless asked [ST 5.1].
"""

from st_spectrum.sandbox.servicetrade import comment, fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes, money

STATUSES = (
    "new",
    "scheduled",
    "canceled",
    "bidding",
    "completed",
    "pending_invoice",
    "sending_invoice",
    "closed",
)
DEFAULT_LIST_STATUS = "scheduled"
DONE = frozenset({"completed", "pending_invoice", "sending_invoice", "closed"})
"""A job in one of these must be reopened before it can be canceled; said of `completed`, assumed
for the rest.
"""

TYPES = (
    *(
        "unknown",
        "repair",
        "construction",
        "upgrade",
        "service_call",
        "urgent_service_call",
        "priority_service_call",
    ),
    *(
        "emergency_service_call",
        "cleaning",
        "inspection",
        "priority_inspection",
        "reinspection",
        "survey",
    ),
    *(
        "preventative_maintenance",
        "planned_maintenance",
        "quality_assurance",
        "inspection_repair",
        "delivery",
        "pickup",
    ),
    *(
        "exchange",
        "sales",
        "installation",
        "warranty",
        "training",
        "testing",
        "administrative",
        "replacement",
        "design",
    ),
    *("hookup", "buildout", "retrofit", "start_up", "consultation", "monitoring"),
)
OLD_SERVICE_LINE = "Fire Protection"
"""What `serviceLine` says of every job that has work, whatever its service lines are [ST 5.1]; the
text is made up.
"""
SUBSTATUSES = (
    *(
        "pending_approval",
        "po_hold",
        "construction_hold",
        "awaiting_parts",
        "rework_required",
        "needs_review_sales",
    ),
    *("needs_review_ops", "sales_approved", "ops_approved"),
)

DEFAULTS: Document = {
    # A job without an appointment starts as new (assumed).
    "status": "new",
    "substatus": None,
    "customName": None,
    "refNumber": None,
    "customerPo": None,
    "description": None,
    "scheduledDate": None,
    "completedOn": None,
    "dueBy": None,
    "dueAfter": None,
    "estimatedPrice": None,
    "primaryContactId": None,
    "ownerId": None,
    "salesId": None,
    "assignedOfficeId": None,
    "visibility": [],
    "isProject": False,
    "tagIds": [],
    "externalIds": {},
    # Set by visits and clocking in, which the stand-in takes as they are put into a record.
    "latestClockIn": None,
    "appointments": [],
}

FIELDS = (
    Field("locationId", fields.one("location"), is_required=True, on_put=False),
    Field("vendorId", fields.one("company"), is_required=True, on_put=False),
    Field("type", fields.choice(TYPES), is_required=True, on_put=False),
    Field("customerId", fields.one("company"), is_nullable=False),
    Field("ownerId", fields.one("user")),
    Field("salesId", fields.one("user")),
    Field("description", fields.text()),
    Field("customName", fields.text()),
    Field("customerPo", fields.text(40)),
    Field("visibility", fields.choices(), is_nullable=False),
    Field("status", fields.choice(STATUSES), is_nullable=False),
    Field("serviceRequestIds", fields.many("servicerequest"), is_nullable=False),
    # What follows is set elsewhere in the real product; as keys of a call they are assumed.
    Field("substatus", fields.choice(SUBSTATUSES)),
    Field("refNumber", fields.text()),
    Field("assignedOfficeId", fields.one("location")),
    Field("officeIds", fields.many("location"), is_nullable=False),
    Field("primaryContactId", fields.one("contact")),
    Field("scheduledDate", fields.whole),
    Field("dueBy", fields.whole),
    Field("dueAfter", fields.whole),
    Field("estimatedPrice", fields.number),
    Field("isProject", fields.flag, is_nullable=False),
)


def _status(_call: Call, value: str) -> filters.Test:
    """A csv of statuses; `all` = all but canceled. The unverified `*` is refused [ST 5.1]."""
    wanted = set(filters.choices(value, (*STATUSES, "invoiced", "all")))
    if "all" in wanted:
        wanted |= set(STATUSES) - {"canceled"}
    return lambda job: job["status"] in wanted


def _service_lines(call: Call, value: str) -> filters.Test:
    on_line = filters.ids("serviceLineId")(call, value)
    wanted = {
        request["jobId"] for request in call.documents.all("servicerequest") if on_line(request)
    }
    return lambda job: job["id"] in wanted


def _no_due_date(_call: Call, value: str) -> filters.Test:
    wanted = filters.truth(value)
    return lambda job: (job["dueBy"] is None) is wanted


def _is_invoiced(call: Call, value: str) -> filters.Test:
    """Whether a job has a customer invoice that is not void [ST 5.1]."""
    wanted = filters.truth(value)
    invoiced = {
        invoice["jobId"]
        for invoice in call.documents.all("invoice")
        if invoice["status"] != "void" and invoice["type"] == "invoice"
    }
    return lambda job: (job["id"] in invoiced) is wanted


FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "status": _status,
    "type": filters.one_of("type", TYPES),
    "number": filters.ids("number"),
    "name": filters.containing("name"),
    "id": filters.ids("id"),
    "jobIds": filters.ids("id"),
    "locationId": filters.ids("locationId"),
    "customerId": filters.ids("customerId"),
    "vendorId": filters.ids("vendorId"),
    "ownerId": filters.ids("ownerId"),
    "salesId": filters.ids("salesId"),
    "officeIds": filters.ids("officeIds"),
    "serviceLineIds": _service_lines,
    "tag": filters.tagged,
    "dueByBegin": filters.at_least("dueBy"),
    "dueByEnd": filters.at_most("dueBy"),
    "completedOnBegin": filters.at_least("completedOn"),
    "completedOnEnd": filters.at_most("completedOn"),
    "scheduleDateFrom": filters.at_least("scheduledDate"),
    "scheduleDateTo": filters.at_most("scheduledDate"),
    "isInvoiced": _is_invoiced,
    "noDueBy": _no_due_date,
    "estimatedPriceFrom": filters.at_least("estimatedPrice"),
    "estimatedPriceTo": filters.at_most("estimatedPrice"),
}


def label(value: str | None) -> str | None:
    """Label of an enumeration value, as the office app shows it (assumed)."""
    return value.replace("_", " ").title() if value else None


def shape(shapes: Shapes, job: Document) -> Document:
    """The job as in a list [ST 5.1]."""
    own = {
        "number": job["number"],
        "name": job["name"],
        "customName": job["customName"],
        "refNumber": job["refNumber"],
        "type": job["type"],
        "jobTypeWeight": TYPES.index(job["type"]),
        "status": job["status"],
        "displayStatus": label(job["status"]),
        "substatus": job["substatus"],
        "displaySubstatus": label(job["substatus"]),
        "customerPo": job["customerPo"],
        "description": job["description"],
        "scheduledDate": job["scheduledDate"],
        "latestClockIn": job.get("latestClockIn"),
        "completedOn": job["completedOn"],
        "dueBy": job["dueBy"],
        "dueAfter": job["dueAfter"],
        "estimatedPrice": money(job, "estimatedPrice"),
        "customer": shapes.reference("company", job["customerId"]),
        "vendor": shapes.reference("company", job["vendorId"]),
        "location": shapes.reference("location", job["locationId"]),
        "primaryContact": shapes.reference("contact", job["primaryContactId"]),
        "owner": shapes.reference("user", job["ownerId"]),
        "sales": shapes.reference("user", job["salesId"]),
        "assignedOffice": shapes.reference("location", job["assignedOfficeId"]),
        "offices": shapes.references("location", job["officeIds"]),
        "terms": None,
        "contract": None,
        "tags": shapes.references("tag", job["tagIds"]),
        "serviceLine": OLD_SERVICE_LINE if any(shapes.service_requests(job["id"])) else "",
        "appointments": job.get("appointments") or [],
        "currentAppointment": None,
        "isProject": job["isProject"],
        "project": None,
        "percentComplete": None,
        "budgeted": False,
        "visibility": job["visibility"],
        "sectionVisibilities": [],
        "ivrOpen": False,
        "ivrActivity": None,
        "externalIds": shapes.external_ids(job),
    }
    return shapes.entity("job", job, own)


def detail(shapes: Shapes, job: Document) -> Document:
    """The job with what only its own address shows. Which comments are notes is assumed
    [ST 5.1].
    """
    comments = comment.about(shapes, "job", job["id"])
    return shape(shapes, job) | {
        "notes": [comment.shape(shapes, note) for note in comments],
        "schedulingComments": [
            comment.shape(shapes, note) for note in comments if "schedule" in note["visibility"]
        ],
        "serviceRequests": shapes.references(
            "servicerequest", (request["id"] for request in shapes.service_requests(job["id"]))
        ),
    }


def _list(call: Call) -> Answer:
    if "number" not in call.query:
        call.query.setdefault("status", DEFAULT_LIST_STATUS)
    return paging.answer(call, "job", filters.select(call, "job", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(detail(call.shapes, call.named("job")))


def _add(call: Call) -> Answer:
    changes = fields.accept(call, FIELDS, is_new=True)
    request_ids = changes.pop("serviceRequestIds", [])
    location = call.documents.get("location", changes["locationId"]) or {}
    # Customer and offices come from the location unless given (assumed).
    changes.setdefault("customerId", location["companyId"])
    changes.setdefault("officeIds", location["officeIds"])
    if changes["officeIds"]:
        changes.setdefault("assignedOfficeId", changes["officeIds"][0])
    changes["number"] = call.documents.next("job")
    _settle(call, DEFAULTS, changes)
    job = call.documents.insert("job", DEFAULTS | changes)
    _take_requests(call, job["id"], request_ids)
    return created(call, detail(call.shapes, job))


def _change(call: Call) -> Answer:
    job = call.named("job")
    changes = fields.accept(call, FIELDS, is_new=False)
    request_ids = changes.pop("serviceRequestIds", [])
    if changes.get("status") == "canceled" and job["status"] in DONE:
        raise Refused(
            400, f"status: job {job['number']} is {job['status']}; reopen it before it is canceled"
        )
    _settle(call, job, changes)
    changed = call.documents.change("job", job["id"], changes)
    _take_requests(call, job["id"], request_ids)
    return Answer(detail(call.shapes, changed))


def _settle(call: Call, before: Document, changes: Document) -> None:
    """What follows from the changes: the name [ST 5.1], and when the job was completed."""
    job = before | changes
    # That a custom name replaces the default one in `name` is assumed.
    changes["name"] = job["customName"] or f"{label(job['type'])} Job #{job['number']}"
    if job["status"] in DONE:
        changes["completedOn"] = job["completedOn"] or call.documents.now()
    elif job["status"] != "canceled":
        changes["completedOn"] = None


def _take_requests(call: Call, job_id: int, request_ids: list[int]) -> None:
    for request_id in request_ids:
        call.documents.change("servicerequest", request_id, {"jobId": job_id})


ENDPOINTS = (
    Endpoint("GET", "/job", _list),
    Endpoint("POST", "/job", _add, key=("locationId", "customName")),
    Endpoint("GET", "/job/{id}", _read),
    Endpoint("PUT", "/job/{id}", _change),
)
