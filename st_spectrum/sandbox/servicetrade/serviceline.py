"""Service lines: a fixed catalogue of trades; the records are part of the set-up [ST 9.4]."""

from st_spectrum.sandbox.servicetrade import paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call
from st_spectrum.sandbox.servicetrade.filters import select
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import REFERENCES


def _list(call: Call) -> Answer:
    return paging.answer(
        call, "serviceline", select(call, "serviceline", {}), REFERENCES["serviceline"]
    )


ENDPOINTS = (Endpoint("GET", "/serviceline", _list),)
