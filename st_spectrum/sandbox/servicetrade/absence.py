"""Absences: when a technician cannot be scheduled [ST 9.2]. The list is known, the writes and
`name` are assumed.
"""

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes

DEFAULTS: Document = {"name": None}

FIELDS = (
    Field("userId", fields.one("user"), is_required=True, on_put=False),
    Field("windowStart", fields.whole, is_required=True),
    Field("windowEnd", fields.whole, is_required=True),
    Field("name", fields.text(255)),
)


def shape(shapes: Shapes, absence: Document) -> Document:
    """The absence with its technician."""
    own = {
        "user": shapes.reference("user", absence["userId"]),
        "windowStart": absence["windowStart"],
        "windowEnd": absence["windowEnd"],
        "name": absence["name"],
    }
    return shapes.entity("absence", absence, own)


def _list(call: Call) -> Answer:
    """No filter is known, so there is none."""
    return paging.answer(call, "absence", filters.select(call, "absence", {}), shape)


def _add(call: Call) -> Answer:
    absence = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    _refuse_backwards(absence)
    return created(call, shape(call.shapes, call.documents.insert("absence", absence)))


def _change(call: Call) -> Answer:
    absence = call.named("absence")
    changes = fields.accept(call, FIELDS, is_new=False)
    _refuse_backwards(absence | changes)
    return Answer(shape(call.shapes, call.documents.change("absence", absence["id"], changes)))


def _delete(call: Call) -> Answer:
    call.documents.delete("absence", call.named("absence")["id"])
    return Answer(status=GONE)


def _refuse_backwards(absence: Document) -> None:
    if absence["windowEnd"] <= absence["windowStart"]:
        raise Refused(400, "windowEnd: not after windowStart")


ENDPOINTS = (
    Endpoint("GET", "/user/absence", _list),
    Endpoint("POST", "/user/absence", _add, key=("userId", "windowStart")),
    Endpoint("PUT", "/user/absence/{id}", _change),
    Endpoint("DELETE", "/user/absence/{id}", _delete),
)
