"""Attachments: files on any record. Uploaded as a form with the file in it, and read without a
login [ST 10].
"""

import base64
import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from st_spectrum.sandbox.servicetrade import comment, fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import (
    GONE,
    Answer,
    Call,
    Handler,
    Refused,
    Upload,
    created,
)
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes

PURPOSES = {
    1: "Job Paperwork",
    3: "Job Picture",
    7: "Generic",
    8: "Avatar",
    10: "Blank Paperwork",
}
"""Names are assumed, as is that there are no others [ST 10]."""
GENERIC = 7
"""What an upload without a purpose is (assumed): the vendor's Python package sends none."""
FILE_FIELDS = ("uploadedFile", "file")
"""The first is the documented one and the PHP package's, the second the Python package's [ST 10].
"""
MOST_BYTES = 101 * 2**20
"""[ST 10]"""


def _number(_call: Call, value: Any) -> int:
    """In a form every value is text."""
    return filters.whole(value) if isinstance(value, str) else fields.whole(_call, value)


def _purpose(call: Call, value: Any) -> int:
    number = _number(call, value)
    if number not in PURPOSES:
        raise ValueError(f"{number} is not one of {', '.join(map(str, PURPOSES))}")
    return number


def _entity_type(_call: Call, value: Any) -> int:
    """The number, or the word that the vendor's Python package shows in its example [ST 10]."""
    return comment.NUMBERS.get(value) or comment.NUMBERS[comment.entity_kind(value)]


CONTENT = (
    Field("description", fields.text()),
    Field("visibility", fields.choices(comment.VISIBILITIES), is_nullable=False),
)
FIELDS = (
    Field("purposeId", _purpose),
    Field("entityType", _entity_type, is_required=True),
    Field("entityId", _number, is_required=True),
    *CONTENT,
)
DEFAULTS: Document = {"purposeId": GENERIC, "description": None, "visibility": []}


def _of_type(call: Call, value: str) -> filters.Test:
    wanted = _entity_type(call, value)
    return lambda attachment: bool(attachment["entityType"] == wanted)


FILTERS: dict[str, Filter] = {"entityId": filters.ids("entityId"), "entityType": _of_type}


def shape(shapes: Shapes, attachment: Document) -> Document:
    """The full attachment; the inside of `purpose`, and all after `contentUrl`, are assumed
    [ST 10].
    """
    own = {
        "fileName": attachment["fileName"],
        "purpose": {
            "id": attachment["purposeId"],
            "name": PURPOSES[attachment["purposeId"]],
        },
        "creator": shapes.reference("user", attachment["creatorId"]),
        "contentUrl": f"{shapes.uri('attachment', attachment['id'])}/content/{attachment['token']}",
        "description": attachment["description"],
        "visibility": attachment["visibility"],
        "entityId": attachment["entityId"],
        "entityType": attachment["entityType"],
    }
    return shapes.entity("attachment", attachment, own)


def _add(call: Call) -> Answer:
    """The same file on the same record again is the attachment that is there [ST 10]."""
    uploads = [upload for name in FILE_FIELDS for upload in call.files if upload.field == name]
    if not uploads:
        raise Refused(400, f"{FILE_FIELDS[0]}: a form with a file is expected")
    upload = uploads[0]
    if len(upload.content) > MOST_BYTES:
        raise Refused(400, f"{upload.field}: the file is larger than {MOST_BYTES} bytes")
    values = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    comment.require_entity(call, values)
    digest = sha256(upload.content).hexdigest()
    made = _same(call.documents.all("attachment"), values, upload, digest)
    if made is None:
        made = call.documents.insert(
            "attachment",
            values
            | {
                "fileName": upload.file_name,
                "contentType": upload.content_type,
                "digest": digest,
                "token": secrets.token_hex(16),
                "creatorId": call.user_id,
            },
        )
        content = {"attachmentId": made["id"], "base64": base64.b64encode(upload.content).decode()}
        call.documents.insert("upload", content)
    return created(call, shape(call.shapes, made))


def _same(
    attachments: Iterable[Document], values: Document, upload: Upload, digest: str
) -> Document | None:
    """What counts as the same file is assumed: name and content, on one record for one purpose."""
    keys = ("purposeId", "entityType", "entityId")
    for attachment in attachments:
        if (attachment["digest"], attachment["fileName"]) == (digest, upload.file_name) and all(
            attachment[key] == values[key] for key in keys
        ):
            return attachment
    return None


def _list(call: Call) -> Answer:
    """Both parameters are needed (assumed)."""
    if missing := [name for name in FILTERS if name not in call.query]:
        raise Refused(400, *(f"{name} is required" for name in missing))
    return paging.answer(call, "attachment", filters.select(call, "attachment", FILTERS), shape)


def list_of(kind: str) -> Handler:
    """GET /<kind>/{id}/attachment [ST 5.1]."""

    def handle(call: Call) -> Answer:
        pointer = (comment.NUMBERS[kind], call.named(kind)["id"])
        found = [
            attachment
            for attachment in call.documents.all("attachment")
            if (attachment["entityType"], attachment["entityId"]) == pointer
        ]
        return paging.answer(call, "attachment", found, shape)

    return handle


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("attachment")))


def _content(call: Call) -> Answer:
    """The file itself, for everybody who knows the address [ST 10]."""
    attachment = call.named("attachment")
    if not secrets.compare_digest(call.params["token"].encode(), attachment["token"].encode()):
        raise Refused(404, f"There is no attachment {attachment['id']}")
    content = _upload_of(call, attachment)["base64"]
    return Answer(
        base64.b64decode(content),
        is_wrapped=False,
        headers={"Content-Type": attachment["contentType"]},
    )


def _upload_of(call: Call, attachment: Document) -> Document:
    return next(
        upload
        for upload in call.documents.all("upload")
        if upload["attachmentId"] == attachment["id"]
    )


def _change(call: Call) -> Answer:
    attachment = call.named("attachment")
    changes = fields.accept(call, CONTENT, is_new=False)
    changed = call.documents.change("attachment", attachment["id"], changes)
    return Answer(shape(call.shapes, changed))


def _remove(call: Call) -> Answer:
    attachment = call.named("attachment")
    call.documents.delete("upload", _upload_of(call, attachment)["id"])
    call.documents.delete("attachment", attachment["id"])
    return Answer(status=GONE)


ENDPOINTS = (
    Endpoint("GET", "/attachment", _list),
    Endpoint("POST", "/attachment", _add, has_files=True),
    Endpoint("GET", "/attachment/{id}", _read),
    Endpoint("PUT", "/attachment/{id}", _change),
    Endpoint("DELETE", "/attachment/{id}", _remove),
    Endpoint("GET", "/attachment/{id}/content/{token}", _content, is_open=True),
    Endpoint("GET", "/job/{id}/attachment", list_of("job")),
)
