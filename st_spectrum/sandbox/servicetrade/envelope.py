"""The JSON around every answer: `data`, `messages`, `meta.stats`; and the compute budget behind it
[ST 1.1, 1.5].
"""

import json
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Refused
from st_spectrum.sandbox.servicetrade.shapes import Shapes
from st_spectrum.sandbox.servicetrade.switches import Switches

MINUTE = 60


class Budget:
    """Server time used by each user in the running minute of the clock; each new minute starts full
    [ST 1.5].
    """

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._used: dict[int, tuple[int, int]] = {}

    def left(self, user_id: int, now: int) -> int:
        """Milliseconds that the user may still use in this minute."""
        minute, used = self._used.get(user_id, (0, 0))
        return max(0, self._switches.budget_ms - (used if minute == now // MINUTE else 0))

    def charge(self, user_id: int, now: int) -> None:
        """Take the cost of one call; Refused 429 when nothing is left before it."""
        left = self.left(user_id, now)
        if left == 0:
            raise Refused(
                429,
                f"The compute budget is used up; it is refilled in {seconds_to_refill(now)}"
                " seconds",
            )
        self._used[user_id] = (
            now // MINUTE,
            self._switches.budget_ms - left + self._switches.charge_ms,
        )

    def clear(self) -> None:
        """Forget what was used."""
        self._used.clear()


def seconds_to_refill(now: int) -> int:
    """What `Retry-After` says [ST 1.5]."""
    return MINUTE - now % MINUTE


def stats(duration_ms: int, usage_ms: int, left_ms: int) -> dict[str, int]:
    """The three numbers of `meta.stats` [ST 1.1]."""
    return {
        "requestDurationMs": duration_ms,
        "resourceUsageMs": usage_ms,
        "resourceBalanceMs": left_ms,
    }


def accepted(answer: Answer, shapes: Shapes | None, numbers: dict[str, int]) -> Response:
    """The HTTP answer of a call that worked.

    In a compound answer the targets of bare ids stand beside `data`, and a list says
    `meta.totalRecords` (where exactly the sibling arrays stand is assumed) [ST 1.6].
    """
    if answer.status == GONE:
        return Response(status_code=GONE, headers=answer.headers)
    if isinstance(answer.data, bytes):
        return Response(answer.data, answer.status, headers=answer.headers)
    if not answer.is_wrapped:
        return _json(answer.data, answer.status, answer.headers)
    meta: dict[str, Any] = {"stats": numbers}
    if answer.total_records is not None:
        meta["totalRecords"] = answer.total_records
    siblings = {key: list(held.values()) for key, held in shapes.included.items()} if shapes else {}
    body = {"data": answer.data, **siblings, "messages": {"success": [], "error": []}, "meta": meta}
    return _json(body, answer.status, answer.headers)


def refused(refusal: Refused, numbers: dict[str, int], now: int) -> Response:
    """The HTTP answer of a call that was not carried out; 429 says when to come back [ST 1.4, 1.5].

    A 400 has an object besides, from the name of each field to one text.
    """
    headers = {"Retry-After": str(seconds_to_refill(now))} if refusal.status == 429 else {}
    messages: dict[str, Any] = {"success": [], "error": list(refusal.texts)}
    if refusal.status == 400 and (fields := _by_field(refusal.texts)):
        messages["validation"] = fields
    body = {"data": None, "messages": messages, "meta": {"stats": numbers}}
    return _json(body, refusal.status, headers)


def _by_field(texts: Iterable[str]) -> dict[str, str]:
    parts = (text.partition(": ") for text in texts)
    found: dict[str, str] = {}
    for name, colon, text in parts:
        if colon and name.isidentifier():
            found.setdefault(name, text)
    return found


def _json(body: Any, status: int, headers: dict[str, str]) -> Response:
    content = json.dumps(body, separators=(",", ":"))
    return Response(content, status, headers=headers, media_type="application/json")
