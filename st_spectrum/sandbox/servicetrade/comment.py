"""Comments on any record, addressed by entity type number and id [ST 10]."""

from typing import Any

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Handler, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes

ENTITY_TYPES = {
    3: "job",
    4: "user",
    5: "company",
    9: "quote",
    10: "deficiency",
    11: "location",
    16: "appointment",
    18: "servicerequest",
    22: "contact",
    23: "jobitem",
    # No page gives the real numbers of these four; plainly false ones stand in for them [ST 10].
    9001: "invoice",
    9002: "clockevent",
    9003: "attachment",
    9004: "quoteitem",
}
"""Kind by entity type number."""
NUMBERS = {kind: number for number, kind in ENTITY_TYPES.items()}

VISIBILITIES = ("tech", "schedule", "billing", "public")


def entity_kind(value: Any) -> str:
    """The kind behind an entity type number; ValueError for any other."""
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value not in ENTITY_TYPES:
        raise ValueError(
            f"{value!r} is not an entity type number; known are {', '.join(map(str, ENTITY_TYPES))}"
        )
    return ENTITY_TYPES[value]


ENTITY = (
    Field("entityId", fields.whole, is_required=True, on_put=False),
    Field(
        "entityType",
        lambda _call, value: NUMBERS[entity_kind(value)],
        is_required=True,
        on_put=False,
    ),
)
"""The two keys that point to a record [ST 10]."""

CONTENT = (
    Field("content", fields.text(is_filled=True), is_required=True),
    Field("visibility", fields.choices(VISIBILITIES), is_nullable=False),
    Field("pinned", fields.flag, is_nullable=False),
)


def _entity_type(_call: Call, value: str) -> filters.Test:
    wanted = NUMBERS[entity_kind(value)]
    return lambda comment: bool(comment["entityType"] == wanted)


FILTERS: dict[str, Filter] = {"entityId": filters.ids("entityId"), "entityType": _entity_type}


def require_entity(call: Call, changes: Document) -> str:
    """The kind of the record that `changes` points to; Refused 400 when it does not exist
    (assumed).
    """
    kind = ENTITY_TYPES[changes["entityType"]]
    if call.documents.get(kind, changes["entityId"]) is None:
        raise Refused(400, f"entityId: there is no {kind} {changes['entityId']}")
    return kind


def shape(shapes: Shapes, comment: Document) -> Document:
    """The full comment [ST 10]; `entityId`, `entityType` and `pinned` in the answer are assumed."""
    own = {
        "content": comment["content"],
        "author": shapes.reference("user", comment["authorId"]),
        "visibility": comment["visibility"],
        "pinned": comment["pinned"],
        "entityId": comment["entityId"],
        "entityType": comment["entityType"],
    }
    return shapes.entity("comment", comment, own)


def about(shapes: Shapes, kind: str, number: int) -> list[Document]:
    """The stored comments on one record, oldest first."""
    wanted = NUMBERS[kind]
    return [
        comment
        for comment in shapes.documents.all("comment")
        if comment["entityType"] == wanted and comment["entityId"] == number
    ]


def list_of(kind: str) -> Handler:
    """GET /<kind>/{id}/comment [ST 4.2]."""

    def handle(call: Call) -> Answer:
        record = call.named(kind)
        return paging.answer(call, "comment", about(call.shapes, kind, record["id"]), shape)

    return handle


def add_to(kind: str) -> Handler:
    """POST /<kind>/{id}/comment [ST 4.2]."""

    def handle(call: Call) -> Answer:
        record = call.named(kind)
        changes = fields.accept(call, CONTENT, is_new=True)
        return _insert(call, changes | {"entityId": record["id"], "entityType": NUMBERS[kind]})

    return handle


def _insert(call: Call, changes: Document) -> Answer:
    defaults: Document = {"visibility": [], "pinned": False, "authorId": call.user_id}
    return created(call, shape(call.shapes, call.documents.insert("comment", defaults | changes)))


def _list(call: Call) -> Answer:
    """Both parameters are needed (assumed)."""
    if missing := [name for name in FILTERS if name not in call.query]:
        raise Refused(400, *(f"{name} is required" for name in missing))
    return paging.answer(call, "comment", filters.select(call, "comment", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("comment")))


def _add(call: Call) -> Answer:
    changes = fields.accept(call, ENTITY + CONTENT, is_new=True)
    require_entity(call, changes)
    return _insert(call, changes)


def _change(call: Call) -> Answer:
    comment = call.named("comment")
    changes = fields.accept(call, CONTENT, is_new=False)
    return Answer(shape(call.shapes, call.documents.change("comment", comment["id"], changes)))


def _remove(call: Call) -> Answer:
    call.documents.delete("comment", call.named("comment")["id"])
    return Answer(status=GONE)


ENDPOINTS = (
    Endpoint("GET", "/comment", _list),
    Endpoint("POST", "/comment", _add, key=("entityType", "entityId")),
    Endpoint("GET", "/comment/{id}", _read),
    Endpoint("PUT", "/comment/{id}", _change),
    Endpoint("DELETE", "/comment/{id}", _remove),
)
