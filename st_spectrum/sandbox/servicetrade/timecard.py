"""Time cards: what a technician worked in a week, released for payroll by approval.

ServiceTrade lists the resource in the contents of its documentation and shows nothing of it, so all
that is here is assumed: keys, statuses, filters, verbs [ST 8.2, 8.4].
"""

from typing import Any

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document, Documents
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import REFERENCES, Shapes, money

STATUSES = ("open", "submitted", "approved", "rejected")
TYPES = ("labor", "clock", "expense", "other")

DEFAULTS: Document = {
    "officeId": None,
    "status": "open",
    "submittedOn": None,
    "approvedOn": None,
    "approvedById": None,
    "dayLogs": [],
}

DAY_DEFAULTS: Document = {
    "name": "",
    "jobItemId": None,
    "jobId": None,
    "libItemId": None,
    "serviceLineId": None,
    "duration": 0,
    "quantity": 0,
    "notes": None,
}

DAY_FIELDS = (
    Field("id", fields.whole),
    Field("date", fields.whole, is_required=True),
    Field("type", fields.choice(TYPES), is_required=True),
    Field("name", fields.text(255)),
    Field("jobItemId", fields.one("jobitem")),
    Field("jobId", fields.one("job")),
    Field("libItemId", fields.one("libitem")),
    Field("serviceLineId", fields.one("serviceline")),
    Field("duration", fields.whole, is_nullable=False),
    Field("quantity", fields.number, is_nullable=False),
    Field("notes", fields.text()),
)


def _day_logs(call: Call, value: Any) -> list[Document]:
    """The rows of a card as a whole; one that comes with its id keeps it, the others are new."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("must be a list of objects")
    logs = []
    for place, row in enumerate(value):
        inner = Call(call.documents, call.switches, call.logins, call.shapes, body=row)
        try:
            log = DAY_DEFAULTS | fields.accept(inner, DAY_FIELDS, is_new=True)
        except Refused as refused:
            raise ValueError(f"row {place + 1}: {'; '.join(refused.texts)}") from None
        logs.append(log)
    return with_ids(call.documents, logs)


def with_ids(documents: Documents, logs: list[Document]) -> list[Document]:
    """The rows with an id on each; those that have none get one of their own."""
    return [{**log, "id": log.get("id") or documents.new_id()} for log in logs]


FIELDS = (
    Field("userId", fields.one("user"), is_required=True, on_put=False),
    Field("officeId", fields.one("location")),
    Field("periodStart", fields.whole, is_required=True),
    Field("periodEnd", fields.whole, is_required=True),
    Field("status", fields.choice(STATUSES), is_nullable=False),
    Field("dayLogs", _day_logs, is_nullable=False),
)

FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "userId": filters.ids("userId"),
    "userIds": filters.ids("userId"),
    "officeId": filters.ids("officeId"),
    "status": filters.one_of("status", STATUSES),
    "periodStartAfter": filters.at_least("periodStart"),
    "periodStartBefore": filters.at_most("periodStart"),
}


def shape(shapes: Shapes, card: Document) -> Document:
    """The full card with its rows. Its technician shows external ids, which users elsewhere show
    only in full.
    """
    user = shapes.documents.get("user", card["userId"])
    own = {
        "user": user
        and REFERENCES["user"](shapes, user) | {"externalIds": shapes.external_ids(user)},
        "office": shapes.reference("location", card["officeId"]),
        "periodStart": card["periodStart"],
        "periodEnd": card["periodEnd"],
        "status": card["status"],
        "submittedOn": card["submittedOn"],
        "approvedOn": card["approvedOn"],
        "approvedBy": shapes.reference("user", card["approvedById"]),
        "dayLogs": [_day_log(shapes, card, log) for log in card["dayLogs"]],
        "comments": [],
    }
    return shapes.entity("timecard", card, own)


def _day_log(shapes: Shapes, card: Document, log: Document) -> Document:
    return {
        "id": log["id"],
        "uri": shapes.uri("timecarddaylog", log["id"]),
        "timeCard": {"id": card["id"]},
        "date": log["date"],
        "type": log["type"],
        "name": log["name"],
        "jobItem": None if log["jobItemId"] is None else {"id": log["jobItemId"]},
        "job": shapes.reference("job", log["jobId"]),
        "libItem": shapes.reference("libitem", log["libItemId"]),
        "serviceLine": shapes.reference("serviceline", log["serviceLineId"]),
        "duration": log["duration"],
        "quantity": money(log, "quantity"),
        "notes": log["notes"],
    }


def _list(call: Call) -> Answer:
    return paging.answer(call, "timecard", filters.select(call, "timecard", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("timecard")))


def _add(call: Call) -> Answer:
    card = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    made = call.documents.insert("timecard", card | _stamps(call, DEFAULTS, card["status"]))
    return created(call, shape(call.shapes, made))


def _change(call: Call) -> Answer:
    """An approved card can be corrected, and lose its approval again; nothing says otherwise."""
    card = call.named("timecard")
    changes = fields.accept(call, FIELDS, is_new=False)
    changes |= _stamps(call, card, str(changes.get("status", card["status"])))
    return Answer(shape(call.shapes, call.documents.change("timecard", card["id"], changes)))


def _delete(call: Call) -> Answer:
    call.documents.delete("timecard", call.named("timecard")["id"])
    return Answer(status=GONE)


def _stamps(call: Call, before: Document, status: str) -> Document:
    """Who released the card, and when; empty again when the approval is taken back."""
    if status == before["status"]:
        return {}
    now = call.documents.now()
    is_approved = status == "approved"
    return {
        "submittedOn": None if status == "open" else before["submittedOn"] or now,
        "approvedOn": now if is_approved else None,
        "approvedById": call.user_id if is_approved else None,
    }


ENDPOINTS = (
    Endpoint("GET", "/timecard", _list),
    Endpoint("POST", "/timecard", _add, key=("userId", "periodStart")),
    Endpoint("GET", "/timecard/{id}", _read),
    Endpoint("PUT", "/timecard/{id}", _change),
    Endpoint("DELETE", "/timecard/{id}", _delete),
)
