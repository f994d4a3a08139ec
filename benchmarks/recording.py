"""Recorded calls: how they lie in a file, to which flow and record each belongs, and in which order
they may be sent again.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from st_spectrum.sandbox.calls import SystemName

KEPT_HEADERS = frozenset({"accept", "content-type", "soapaction"})
"""Headers that belong to the request itself; logins, lengths and connections are the sender's own.
"""

FIRST_CALL_OF = {
    "GET /company": "customers",
    "GET /location": "sites",
    "GET /job": "jobs",
    "GET /invoice": "invoices",
    "GET /timecard": "timecards",
}
"""The list with which each flow begins; a round takes the flows one after another."""


@dataclass(frozen=True)
class RecordedCall:
    """One call as it reached a system. `began` and `ended` are seconds of one clock; `target` is
    path and query.
    """

    system: SystemName
    operation: str
    key: str
    is_write: bool
    method: str
    target: str
    headers: Mapping[str, str]
    body: str
    status: int
    began: float
    ended: float

    def as_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


@dataclass(frozen=True)
class FlowCalls:
    """One flow's calls: `setup` in its order before all others, then the `chains` side by side,
    each in its order.
    """

    flow: str
    setup: tuple[RecordedCall, ...]
    chains: tuple[tuple[RecordedCall, ...], ...]


def read_calls(path: Path, offset: int = 0) -> list[RecordedCall]:
    """The calls that a file holds from byte `offset` on, in the order of their arrival."""
    with path.open("rb") as file:
        file.seek(offset)
        calls = [RecordedCall(**values) for values in map(json.loads, file)]
    return sorted(calls, key=lambda call: call.began)


def write_calls(path: Path, calls: Iterable[RecordedCall]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(call.as_line() for call in calls)


def span(calls: Sequence[RecordedCall]) -> float:
    """Seconds from the arrival of the first call to the answer to the last one."""
    return max(call.ended for call in calls) - min(call.began for call in calls)


def by_flow(calls: Sequence[RecordedCall]) -> list[FlowCalls]:
    """Calls in the order of their arrival, by flow and record."""
    codes = dict(_codes(calls))
    return [_arranged(flow, part, codes) for flow, part in _parts(calls).items()]


def _parts(calls: Sequence[RecordedCall]) -> dict[str, list[RecordedCall]]:
    """What comes before the first list, such as the login, goes with the first flow."""
    parts: dict[str, list[RecordedCall]] = {}
    before: list[RecordedCall] = []
    part = before
    for call in calls:
        if flow := FIRST_CALL_OF.get(call.operation):
            part = parts.setdefault(flow, [] if parts else before)
        part.append(call)
    return parts or {"": before}


def _arranged(flow: str, calls: Sequence[RecordedCall], codes: Mapping[str, str]) -> FlowCalls:
    chains: dict[Any, list[RecordedCall]] = defaultdict(list)
    setup = []
    for place, call in enumerate(calls):
        if is_setup(call):
            setup.append(call)
        else:
            chains[_record(call, codes) or place].append(call)
    return FlowCalls(flow, tuple(setup), tuple(map(tuple, chains.values())))


def is_setup(call: RecordedCall) -> bool:
    """Made once in a run, whatever the number of records: logins, lists, service descriptions, the
    template.
    """
    is_login = call.operation.startswith(("POST /oauth2", "POST /auth"))
    is_description = call.operation.startswith("GET /wsdls/")
    is_query = call.operation.startswith("Get")
    return is_login or is_description or is_query or call.operation in FIRST_CALL_OF


def _record(call: RecordedCall, codes: Mapping[str, str]) -> str:
    """The code that the record has in Spectrum, or empty where the call tells of none."""
    if call.system == "spectrum":
        return call.key.partition("|")[0]
    if call.operation == "PUT /externalid":
        return call.key.rpartition("|")[2]
    return codes.get(_servicetrade_id(call.key), "")


def _codes(calls: Iterable[RecordedCall]) -> Iterator[tuple[str, str]]:
    """ServiceTrade ids, which no two records of an account share, and the codes written back to
    them.
    """
    for call in calls:
        if call.operation == "PUT /externalid":
            _, record_id, _, code = call.key.split("|", 3)
            yield record_id, code


def _servicetrade_id(key: str) -> str:
    """From a key such as "1201" or "jobId=1201&limit=1000"."""
    return key.partition("&")[0].removeprefix("jobId=")
