"""Tax groups: a name, a code and a rate; the code is what a Spectrum tax code is found by
[ST 9.6].
"""

from st_spectrum.sandbox.servicetrade import fields, paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import select
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import REFERENCES, Shapes

FIELDS = (
    Field("name", fields.text(100, is_filled=True), is_required=True),
    Field("code", fields.text(40, is_filled=True), is_required=True),
    Field("combinedRate", fields.number, is_required=True),
)
"""`combinedRate` is a fraction such as 0.0725 [ST 9.6]."""


def shape(shapes: Shapes, group: Document) -> Document:
    """The four keys that were seen, and no others [ST 9.6]."""
    return REFERENCES["taxgroup"](shapes, group)


def _list(call: Call) -> Answer:
    return paging.answer(call, "taxgroup", select(call, "taxgroup", {}), shape)


def _add(call: Call) -> Answer:
    """Only GET is known; the POST is assumed, so that a world can be filled. A code that exists is
    refused.
    """
    group = fields.accept(call, FIELDS, is_new=True)
    if any(held["code"] == group["code"] for held in call.documents.all("taxgroup")):
        raise Refused(400, f"code: there is a tax group {group['code']!r} already")
    return created(call, shape(call.shapes, call.documents.insert("taxgroup", group)))


ENDPOINTS = (
    Endpoint("GET", "/taxgroup", _list),
    Endpoint("POST", "/taxgroup", _add, key=("code",)),
)
