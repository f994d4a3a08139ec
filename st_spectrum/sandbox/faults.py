"""Fault rules as data: which call goes wrong, how, how often, and after how many that still go
well.
"""

import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from st_spectrum.sandbox.calls import Operation


class FaultKind(StrEnum):
    """The ways in which a call can go wrong. "Done" means that the system carried the call out."""

    FAIL_BEFORE = "fail_before"
    """HTTP 500, nothing done."""
    DROP_ANSWER = "drop_answer"
    """Done, then the connection closes without a byte of answer."""
    STATUS = "status"
    """The HTTP status of the rule, nothing done."""
    RATE_LIMIT = "rate_limit"
    """HTTP 429 with Retry-After, nothing done."""
    LATE = "late"
    """The connection closes without an answer, and `delay` seconds later the call is carried out
    all the same.
    """
    SLOW = "slow"
    """Waits `delay` seconds, then all is normal."""
    LOCKED = "locked"
    """Spectrum answers that the record is locked; the app acts on it."""
    TRUNCATE = "truncate"
    """Done, and the answer breaks off half way."""
    NOT_XML = "not_xml"
    """HTTP 200 with a page of HTML, nothing done."""
    SOAP_FAULT = "soap_fault"
    """A SOAP Server fault, nothing done."""
    EMPTY_LIST = "empty_list"
    """Done, and the JSON answer's lists hold nothing: HTTP 200, no record."""
    SHIFTED_LIST = "shifted_list"
    """Done, and the JSON answer's lists lack their first record, as when pages shift under the
    reader.
    """
    LAGGING_LIST = "lagging_list"
    """Done, and the JSON answer's lists hold nothing that changed within the last `delay` seconds,
    as from a copy that is so far behind.
    """
    EXPIRE_TOKEN = "expire_token"  # noqa: S105
    """Every token dies and this call answers 401; the app acts on it."""
    MIDDLE_BOX = "middle_box"
    """Done, and a firewall answers in the system's place: a page with the HTTP status of the rule.
    """
    MIDDLE_BOX_BEFORE = "middle_box_before"
    """The same page, nothing done."""
    REFUSE = "refuse"
    """The connection closes before anything is done."""


FOR_THE_APP = frozenset({FaultKind.LOCKED, FaultKind.EXPIRE_TOKEN})
"""Kinds that only the system itself can act; it finds them in `scope["sandbox.fault"]`."""


@dataclass(frozen=True)
class FaultRule:
    """One rule. `operation` is an exact name or "*", `key` a part of the call's key, both
    empty-safe.

    `skip` matching calls pass unharmed, the next `count` get the fault, then the rule is spent.
    `delay` and `retry_after` are
    seconds, `status` an HTTP status; each only counts for the kinds that use it. The bounds are
    checked at the control API.
    """

    system: str
    kind: FaultKind
    operation: str = "*"
    key: str = ""
    count: Annotated[int, Field(ge=1)] = 1
    skip: Annotated[int, Field(ge=0)] = 0
    delay: Annotated[float, Field(ge=0)] = 0.0
    status: Annotated[int, Field(ge=200, le=599)] = 503
    retry_after: Annotated[float, Field(ge=0)] = 1.0

    def matches(self, system: str, operation: Operation) -> bool:
        return (
            self.system in ("*", system)
            and self.operation in ("*", operation.name)
            and (self.key in operation.key)
        )


class Faults:
    """The rules in force, oldest first; the first one that matches a call is charged for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[FaultRule] = []

    def add(self, rule: FaultRule) -> None:
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def list(self) -> tuple[FaultRule, ...]:
        """The rules not yet spent; their `skip` and `count` say what is left of them."""
        with self._lock:
            return tuple(self._rules)

    def take(self, system: str, operation: Operation) -> FaultRule | None:
        """The rule that this call falls under, or None.

        Every rule that matches and still skips counts the call; the first that no longer skips is
        used once and ends the
        search, so that two rules never hit one call.
        """
        with self._lock:
            for index, rule in enumerate(self._rules):
                if not rule.matches(system, operation):
                    continue
                if rule.skip > 0:
                    self._rules[index] = replace(rule, skip=rule.skip - 1)
                    continue
                if rule.count <= 1:
                    del self._rules[index]
                else:
                    self._rules[index] = replace(rule, count=rule.count - 1)
                return rule
        return None
