"""External ids: one value per record and system, used once per system and kind of record
[ST 11].
"""

from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.servicetrade import company, contact, job, jobitem, libitem, location, user
from st_spectrum.sandbox.servicetrade.call import Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field, accept, text
from st_spectrum.sandbox.servicetrade.routing import Endpoint

SYSTEMS = (
    EXTERNAL_SYSTEM,
    *(f"{EXTERNAL_SYSTEM}_{use}" for use in ("ledger", "vendors", "two")),
)
"""What the account's administrator has defined, the last for a second Spectrum company; any other
is refused [ST 11, 15].
"""
ENTITY_TYPES = (
    *(
        "asset",
        "company",
        "contact",
        "contract",
        "deficiency",
        "location",
        "job",
        "jobitem",
        "libitem",
        "quote",
        "user",
    ),
)
SHAPES = {
    "company": company.shape,
    "contact": contact.shape,
    "job": job.detail,
    "jobitem": jobitem.shape,
    "libitem": libitem.shape,
    "location": location.shape,
    "user": user.shape,
}
"""Full form by kind, for the reverse look-up; the reverse look-up of a job is taken to show its
details (assumed).
"""

# Longest value and the removal by null are found on no page; the empty text removes.
VALUE = Field("value", text(), is_required=True, is_nullable=False)


def _kind(call: Call) -> str:
    kind = call.params["entityType"]
    if kind not in ENTITY_TYPES:
        raise Refused(400, f"{kind!r} carries no external ids; these do: {', '.join(ENTITY_TYPES)}")
    return kind


def _record(call: Call) -> Document:
    return call.named(_kind(call), "entityId")


def _system(call: Call) -> str:
    system = call.params["system"]
    if system not in SYSTEMS:
        raise Refused(
            400, f"There is no external system {system!r}; there are {', '.join(SYSTEMS)}"
        )
    return system


def _read_all(call: Call) -> Answer:
    return Answer({"values": _record(call).get("externalIds") or {}})


def _read_one(call: Call) -> Answer:
    """A record without a value answers null (assumed)."""
    held = _record(call).get("externalIds") or {}
    return Answer({"value": held.get(_system(call))})


def _find(call: Call) -> Answer:
    """The record that carries a value; 404 when none does (assumed) [ST 11]."""
    kind, system, value = _kind(call), _system(call), call.params["value"]
    number = call.documents.find_external(kind, system, value)
    record = call.documents.get(kind, number) if number is not None else None
    if record is None:
        raise Refused(404, f"No {kind} has {value!r} in {system}")
    return Answer(SHAPES[kind](call.shapes, record))


def _put(call: Call) -> Answer:
    """Set or remove a value; one that another record of the kind has is refused with 400 (assumed)
    [ST 11].

    The record's `updated` moves, also when the value stays the same (assumed).
    """
    record, kind, system = _record(call), _kind(call), _system(call)
    value: str = accept(call, (VALUE,), is_new=True)["value"]
    holder = call.documents.find_external(kind, system, value) if value else None
    if holder not in (None, record["id"]):
        raise Refused(400, f"value: {value!r} is already used in {system} by {kind} {holder}")
    call.documents.set_external(kind, record["id"], system, value)
    return Answer({"value": value})


def _post(call: Call) -> Answer:
    return created(call, _put(call).data)


_PATH = "/externalid/{entityType}/{entityId}"
_NAME = "/externalid"

# `entityType` must not be read as digits, hence the order: a numeric second part is an id [ST 11].
ENDPOINTS = (
    Endpoint("GET", _PATH, _read_all, name=_NAME),
    Endpoint("GET", _PATH + "/{system}", _read_one, name=_NAME),
    Endpoint("GET", "/externalid/{entityType}/{system}/{value*}", _find, name=_NAME),
    Endpoint("PUT", _PATH + "/{system}", _put, key=("value",), name=_NAME),
    Endpoint("POST", _PATH + "/{system}", _post, key=("value",), name=_NAME),
)
