"""What a message of a webhook is taken for: which flows may have something new. Pure.

Nothing else in it is believed, for messages are not signed [ST 12.2].
"""

import json
from collections.abc import Mapping

from st_spectrum.domain.flow_description import FlowDescription


class NoMessage(Exception):
    """The body is not a message of a webhook."""


def flows_rung(body: bytes, flows: Mapping[str, FlowDescription]) -> tuple[str, ...]:
    """The flows whose records a message tells of, in their order; none for kinds that no flow
    carries. Raises `NoMessage`.
    """
    kinds = _kinds(body)
    return tuple(name for name, flow in flows.items() if kinds & flow.rung_by)


def _kinds(body: bytes) -> frozenset[str]:
    """Words such as "job" [ST 12.2]."""
    try:
        events = json.loads(body)["data"]
        found = [event["entity"]["type"] for event in events]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoMessage from None
    return frozenset(kind.lower() for kind in found if isinstance(kind, str))
