"""Payment terms: a short fixed list that a person picks from [ST 6.4]."""

from st_spectrum.sandbox.servicetrade import paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.filters import select
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import REFERENCES, Shapes


def shape(shapes: Shapes, terms: Document) -> Document:
    """The four keys that were seen, and no others; `orderIndex` is a text [ST 6.4]."""
    return REFERENCES["paymentterms"](shapes, terms) | {"orderIndex": str(terms["orderIndex"])}


def _list(call: Call) -> Answer:
    return paging.answer(call, "paymentterms", select(call, "paymentterms", {}), shape)


ENDPOINTS = (Endpoint("GET", "/paymentterms", _list),)
