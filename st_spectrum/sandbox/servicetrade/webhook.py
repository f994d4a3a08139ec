"""Webhooks: addresses that are told what has happened to the records of the account [ST 12]."""

from typing import Any
from urllib.parse import urlsplit

from st_spectrum.sandbox.servicetrade import comment, fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes

ACTIONS = ("created", "updated", "deleted")
LOOPBACK = ("127.0.0.1", "localhost")

DEFAULTS: Document = {
    # All three assumed [ST 12.1].
    "enabled": True,
    "includeChangesets": False,
    "entityEvents": None,
}


def _address(_call: Call, value: Any) -> str:
    """https, or plain http on this machine: the stand-in calls nobody else in the clear
    (assumed).
    """
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not text")
    parts = urlsplit(value)
    is_here = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or is_here):
        raise ValueError("is not an https address")
    return value


def _entity_events(_call: Call, value: Any) -> list[Document]:
    """A list of entity type numbers, each with its actions [ST 12.1]."""
    value = fields.as_list(value)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError(f"{value!r} is not a list of objects")
    events = []
    for item in value:
        actions = fields.as_list(item.get("actions"))
        if not isinstance(actions, list) or not actions or set(actions) - set(ACTIONS):
            raise ValueError(f"actions: {actions!r} is not a list out of {', '.join(ACTIONS)}")
        kind = comment.entity_kind(item.get("entityType"))
        events.append({"entityType": comment.NUMBERS[kind], "actions": actions})
    return events


FIELDS = (
    Field("hookUrl", _address, is_required=True, on_put=False),
    Field("enabled", fields.flag, is_nullable=False),
    Field("includeChangesets", fields.flag, is_nullable=False),
    Field("entityEvents", _entity_events),
)


def shape(shapes: Shapes, webhook: Document) -> Document:
    """The full webhook; `confirmed` says nothing, it was seen true for a host that does not exist
    [ST 12.1].
    """
    own = {name: webhook[name] for name in ("hookUrl", *DEFAULTS)} | {"confirmed": True}
    return shapes.entity("webhook", webhook, own)


def _require_admin(call: Call) -> None:
    if not call.switches.is_account_admin:
        raise Refused(403, "The activity admin.account is needed")


def _list(call: Call) -> Answer:
    _require_admin(call)
    return paging.answer(call, "webhook", filters.select(call, "webhook", {}), shape)


def _read(call: Call) -> Answer:
    _require_admin(call)
    return Answer(shape(call.shapes, call.named("webhook")))


def _add(call: Call) -> Answer:
    """The same address may be given twice, and is then told everything twice (assumed)."""
    _require_admin(call)
    webhook = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    # What the addresses of records begin with in the messages.
    made = call.documents.insert("webhook", webhook | {"baseUrl": call.shapes.base_url})
    return created(call, shape(call.shapes, made))


def _change(call: Call) -> Answer:
    _require_admin(call)
    webhook = call.named("webhook")
    changes = fields.accept(call, FIELDS, is_new=False)
    return Answer(shape(call.shapes, call.documents.change("webhook", webhook["id"], changes)))


def _remove(call: Call) -> Answer:
    _require_admin(call)
    call.documents.delete("webhook", call.named("webhook")["id"])
    return Answer(status=GONE)


ENDPOINTS = (
    Endpoint("GET", "/webhook", _list),
    Endpoint("POST", "/webhook", _add, key=("hookUrl",)),
    Endpoint("GET", "/webhook/{id}", _read),
    Endpoint("PUT", "/webhook/{id}", _change),
    Endpoint("DELETE", "/webhook/{id}", _remove),
)
