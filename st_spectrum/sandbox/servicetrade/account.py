"""The account itself, one in all [ST 9.10]."""

from st_spectrum.sandbox.servicetrade import paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.filters import select
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes


def shape(shapes: Shapes, account: Document) -> Document:
    """The account with its own company, whose locations are the offices [ST 9.3, 9.10]."""
    own = {
        "name": account["name"],
        "timezone": account["timezone"],
        "primeCompany": shapes.reference("company", account["primeCompanyId"]),
        "features": [],
    }
    return shapes.entity("account", account, own)


def _list(call: Call) -> Answer:
    return paging.answer(call, "account", select(call, "account", {}), shape)


ENDPOINTS = (Endpoint("GET", "/account", _list),)
