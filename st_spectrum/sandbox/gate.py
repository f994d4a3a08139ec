"""The outermost layer around one system: latency, fault rules and the call log.

The system inside knows nothing of it, except for the kinds of fault that only it can act; those it
reads from
`scope["sandbox.fault"]`.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from st_spectrum.sandbox.calls import CallLog, Operation
from st_spectrum.sandbox.faults import FOR_THE_APP, FaultKind, FaultRule, Faults
from st_spectrum.sandbox.refusals import (
    Refusal,
    failed_before,
    middle_box,
    not_xml,
    rate_limited,
    soap_fault,
    with_status,
    without_first,
    without_newer,
    without_records,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Identify = Callable[[str, str, str, bytes], Operation]

ERROR_ROW = re.compile(rb"<error_code>\s*[AIME]\s*</error_code>")
"""A Spectrum answer that says no although its HTTP status is 200 [SP 4.3]."""

RECORD_STATUS = re.compile(rb'"status":\s*"([SE])"')
"""What became of each record of a batch in a REST answer of Spectrum, whose HTTP status is 200 too
(assumed) [SP 4.7].
"""

FLUSH_SECONDS = 0.05
"""How long a broken-off answer may take to leave before its connection is cut."""


@dataclass
class Latency:
    """Seconds that every call of a system waits before it is carried out; can be changed while the
    system runs.
    """

    seconds: float = 0.0


@dataclass
class Answer:
    """What the system inside answered, kept until the gate has decided how much of it the client
    may see.
    """

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @property
    def is_taken(self) -> bool:
        """Whether the call was carried out rather than refused, by status or by an error row; at
        least for one record.
        """
        records = RECORD_STATUS.findall(self.body)
        return (
            200 <= self.status < 400
            and not ERROR_ROW.search(self.body)
            and (not records or b"S" in records)
        )

    def taken(self, key: str) -> tuple[str, ...]:
        """Of the keys of a call, comma between them, those whose record was taken; a batch answers
        one status a record.
        """
        keys = tuple(part for part in key.split(",") if part)
        records = RECORD_STATUS.findall(self.body)
        if not self.is_taken:
            return ()
        if len(records) != len(keys):
            return keys
        return tuple(part for part, status in zip(keys, records, strict=True) if status == b"S")


class Gate:
    """ASGI wrapper around one system app; see `FaultKind` for what it can do to a call."""

    def __init__(
        self,
        app: App,
        identify: Identify,
        *,
        system: str,
        faults: Faults,
        calls: CallLog,
        latency: Latency,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`sleep` is how it lets time pass; a door in process passes none (see `exchange`). `now`
        is the time of the system, in epoch seconds.
        """
        self.app = app
        self.identify = identify
        self.system = system
        self.faults = faults
        self.calls = calls
        self.latency = latency
        self._late: set[asyncio.Task[None]] = set()
        self._sleep = sleep
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        operation = self.identify(
            scope["method"], scope["path"], scope.get("query_string", b"").decode("latin-1"), body
        )
        rule = self.faults.take(self.system, operation)
        kind = rule.kind if rule else None
        if kind is FaultKind.REFUSE:
            self._log(operation, kind, Answer(), body, is_answered=False)
            await _cut(send)
            return
        if rule and kind is FaultKind.LATE:
            self._carry_out_late(scope, body, operation, rule.delay)
            await _cut(send)
            return
        if wait := self.latency.seconds + (rule.delay if rule and kind is FaultKind.SLOW else 0.0):
            await self._sleep(wait)
        if rule and (refusal := self._refusal(rule)):
            self._log(operation, kind, refusal, body, is_answered=not _is_gone(send))
            await _tell(send, refusal.status, refusal.headers, refusal.body)
            return
        if kind in FOR_THE_APP:
            scope["sandbox.fault"] = str(kind)
        answer = await self._ask(scope, body)
        await self._deliver(answer, operation, rule, send, body)

    def _carry_out_late(
        self, scope: Scope, body: bytes, operation: Operation, delay: float
    ) -> None:
        async def later() -> None:
            await asyncio.sleep(delay)
            answer = await self._ask(scope, body)
            self._log(operation, FaultKind.LATE, answer, body, is_answered=False)

        task = asyncio.get_running_loop().create_task(later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _refusal(self, rule: FaultRule) -> Refusal | None:
        """The answer of the kinds that never reach the system."""
        match rule.kind:
            case FaultKind.FAIL_BEFORE:
                return failed_before(self.system)
            case FaultKind.STATUS:
                return with_status(self.system, rule.status)
            case FaultKind.RATE_LIMIT:
                return rate_limited(self.system, rule.retry_after)
            case FaultKind.NOT_XML:
                return not_xml()
            case FaultKind.SOAP_FAULT:
                return soap_fault()
            case FaultKind.MIDDLE_BOX_BEFORE:
                return middle_box(rule.status, rule.retry_after)
            case _:
                return None

    async def _ask(self, scope: Scope, body: bytes) -> Answer:
        answer = Answer()
        unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return unread.pop() if unread else {"type": "http.disconnect"}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = list(message.get("headers", []))
            elif message["type"] == "http.response.body":
                answer.body += message.get("body", b"")

        await self.app(scope, receive, keep)
        return answer

    async def _deliver(
        self,
        answer: Answer,
        operation: Operation,
        rule: FaultRule | None,
        send: Send,
        asked: bytes,
    ) -> None:
        """Log first and answer second, so that whoever has an answer finds its call in the log."""
        kind = rule.kind if rule else None
        is_answered = kind not in (FaultKind.DROP_ANSWER, FaultKind.TRUNCATE) and not _is_gone(send)
        self._log(operation, kind, answer, asked, is_answered=is_answered)
        if kind is FaultKind.DROP_ANSWER:
            await _cut(send)
        elif kind is FaultKind.TRUNCATE:
            await self._break_off(answer, send)
        elif kind is FaultKind.EMPTY_LIST:
            await _tell(send, answer.status, answer.headers, without_records(answer.body))
        elif kind is FaultKind.SHIFTED_LIST:
            await _tell(send, answer.status, answer.headers, without_first(answer.body))
        elif rule and kind is FaultKind.LAGGING_LIST:
            older = without_newer(answer.body, self._now() - rule.delay)
            await _tell(send, answer.status, answer.headers, older)
        elif rule and kind is FaultKind.MIDDLE_BOX:
            page = middle_box(rule.status, rule.retry_after)
            await _tell(send, page.status, page.headers, page.body)
        else:
            await _tell(send, answer.status, answer.headers, answer.body)

    async def _break_off(self, answer: Answer, send: Send) -> None:
        """Half of the answer.

        Spectrum is known to lose the tail of a body within a complete HTTP answer [SP 4.5];
        elsewhere the connection closes before the announced length.
        """
        half = answer.body[: len(answer.body) // 2]
        if self.system == "spectrum":
            await _tell(send, answer.status, answer.headers, half)
            return
        headers = _with_length(answer.headers, len(answer.body))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await self._sleep(FLUSH_SECONDS)
        await _cut(send)

    def _log(
        self,
        operation: Operation,
        kind: FaultKind | None,
        answer: Answer | Refusal,
        asked: bytes,
        *,
        is_answered: bool,
    ) -> None:
        """A `Refusal` comes from before the system, which then has taken nothing."""
        self.calls.add(
            self.system,
            operation,
            status=answer.status,
            is_committed=isinstance(answer, Answer) and answer.is_taken,
            is_answered=is_answered,
            fault=str(kind or ""),
            taken=answer.taken(operation.key) if isinstance(answer, Answer) else (),
            asked=asked,
            answered=answer.body,
        )


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _tell(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": _with_length(headers, len(body)),
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _with_length(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in (b"content-length", b"transfer-encoding")
    ]
    return [*kept, (b"content-length", str(length).encode())]


async def _cut(send: Send) -> None:
    """Close the connection as it is. uvicorn and `Exchange` hand the app a bound method of what
    owns it.
    """
    send.__self__.transport.abort()  # type: ignore[attr-defined]
    while not _is_gone(send):
        await asyncio.sleep(0)


def _is_gone(send: Send) -> bool:
    """Whether the client has hung up."""
    return bool(getattr(getattr(send, "__self__", None), "disconnected", False))
