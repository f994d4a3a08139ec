"""Tags: words on jobs, companies and locations; a name that exists is used again [ST 9.5]."""

from st_spectrum.sandbox.servicetrade import comment, fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes

TAGGED = ("job", "company", "location")
"""Kinds that carry tags here."""

NAME = Field("name", fields.text(is_filled=True), is_required=True)

FILTERS: dict[str, Filter] = {"name": filters.containing("name")}


def shape(shapes: Shapes, tag: Document) -> Document:
    """The tag with the number of records that carry it, by kind; the inside of `counts` is assumed
    [ST 9.5].
    """
    counts = {
        kind: sum(tag["id"] in document["tagIds"] for document in shapes.documents.all(kind))
        for kind in TAGGED
    }
    return shapes.entity("tag", tag, {"name": tag["name"], "counts": counts})


def _list(call: Call) -> Answer:
    return paging.answer(call, "tag", filters.select(call, "tag", FILTERS), shape)


def _add(call: Call) -> Answer:
    """Put a tag on a record, making the tag if it is new; names differ by more than case
    (assumed).
    """
    changes = fields.accept(call, (NAME, *comment.ENTITY), is_new=True)
    record = _record(call, changes)
    wanted = changes["name"].strip()
    held = (tag for tag in call.documents.all("tag") if tag["name"].casefold() == wanted.casefold())
    tag = next(held, None) or call.documents.insert("tag", {"name": wanted})
    if tag["id"] not in record["tagIds"]:
        _put(call, changes, [*record["tagIds"], tag["id"]])
    return created(call, shape(call.shapes, tag))


def _remove(call: Call) -> Answer:
    """With `entityId` and `entityType` the tag leaves that record; without them it is gone
    everywhere (assumed).
    """
    tag = call.named("tag")
    if call.query:
        call.body = {name: _whole(name, value) for name, value in call.query.items()}
        pointer = fields.accept(call, comment.ENTITY, is_new=True)
        record = _record(call, pointer)
        _put(call, pointer, [id_ for id_ in record["tagIds"] if id_ != tag["id"]])
        return Answer(status=GONE)
    for kind in TAGGED:
        for record in call.documents.all(kind):
            if tag["id"] in record["tagIds"]:
                pointer = {"entityType": comment.NUMBERS[kind], "entityId": record["id"]}
                _put(call, pointer, [id_ for id_ in record["tagIds"] if id_ != tag["id"]])
    call.documents.delete("tag", tag["id"])
    return Answer(status=GONE)


def _record(call: Call, pointer: Document) -> Document:
    kind = comment.require_entity(call, pointer)
    if kind not in TAGGED:
        raise Refused(400, f"entityType: a {kind} carries no tags here")
    return call.documents.get(kind, pointer["entityId"]) or {}


def _put(call: Call, pointer: Document, tag_ids: list[int]) -> None:
    kind, number = comment.ENTITY_TYPES[pointer["entityType"]], pointer["entityId"]
    call.documents.change(
        kind, number, {"tagIds": tag_ids}, moves_updated=call.switches.is_parent_touched
    )


def _whole(name: str, value: str) -> int:
    try:
        return filters.whole(value)
    except ValueError as error:
        raise Refused(400, f"{name}: {error}") from None


ENDPOINTS = (
    Endpoint("GET", "/tag", _list),
    Endpoint("POST", "/tag", _add, key=("entityType", "entityId", "name")),
    Endpoint("DELETE", "/tag/{id}", _remove),
)
