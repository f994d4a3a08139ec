"""One HTTP call carried out in the caller's own thread, without a socket and without an event loop.

The coroutine of an ASGI app is driven by hand: all it ever waits for is a pause of the gate. A
pause within the caller's time-out costs nothing; one beyond it leaves the caller without an answer
at once, and the call is carried out when the clock has been moved as far as the answer would have
been late.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from st_spectrum.sandbox.gate import App, Message, Scope
from st_spectrum.sandbox.hand_clock import HandClock

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Pause:
    """So many seconds go by before a call goes on; what the gate waits for when it lies behind a
    door.
    """

    seconds: float

    def __await__(self) -> Generator["Pause", None, None]:
        yield self


async def pause(seconds: float) -> None:
    """Stands in for `asyncio.sleep`."""
    await Pause(seconds)


@dataclass(frozen=True)
class Asked:
    """What a client sends. `timeout` is how many seconds it waits for an answer, None for ever."""

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes
    timeout: float | None
    port: int


class Closed(Exception):
    """The door is closed: on the wire, a connection that is refused."""


class NoAnswer(Exception):
    """The connection was cut: before the first byte of an answer, or, with `begun`, in the middle
    of it.
    """

    def __init__(self, begun: "Answer | None" = None) -> None:
        super().__init__("the connection was closed")
        self.begun = begun


class TooLate(Exception):
    """No answer came within the time-out; the call may still be carried out."""


@dataclass
class Answer:
    """An answer, as far as it came."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    is_complete: bool = False


class Exchange:
    """One call on its way. The gate cuts its connection as it does with uvicorn: by
    `send.__self__.transport.abort()`.
    """

    def __init__(
        self, app: App, asked: Asked, clock: HandClock, on_mistake: Callable[[BaseException], None]
    ) -> None:
        self.transport = self
        self.disconnected = False
        self._answer = Answer()
        self._asked = asked
        self._clock = clock
        self._on_mistake = on_mistake
        self._is_read = False
        self._steps = app(_scope(asked), self.receive, self.send)

    def abort(self) -> None:
        """Close the connection, whatever was still to be sent."""
        self.disconnected = True

    async def receive(self) -> Message:
        """The body, whole."""
        if self._is_read:
            return {"type": "http.disconnect"}
        self._is_read = True
        return {"type": "http.request", "body": self._asked.body, "more_body": False}

    async def send(self, message: Message) -> None:
        """A part of the answer; nobody listens any more after the connection was closed."""
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            self._answer.status, self._answer.headers = (
                message["status"],
                list(message.get("headers", [])),
            )
        elif message["type"] == "http.response.body":
            self._answer.body += message.get("body", b"")
            self._answer.is_complete = not message.get("more_body", False)

    def answer(self) -> Answer:
        """Carry the call out and return what the client is told; raises `NoAnswer` or `TooLate`."""
        if (late_by := self._run(self._asked.timeout)) is not None:
            self.disconnected = True
            self._clock.later(late_by, self._finish)
            raise TooLate
        if not self._answer.is_complete:
            raise NoAnswer(self._answer if self._answer.status else None)
        return self._answer

    def _finish(self) -> None:
        self._run(None)

    def _run(self, patience: float | None) -> float | None:
        """None when the call is over; else by how many seconds it is later than `patience` seconds
        from its start.
        """
        waited = 0.0
        try:
            while True:
                waiting_for: Any = self._steps.send(None)  # type: ignore[attr-defined]
                waited += waiting_for.seconds if isinstance(waiting_for, Pause) else 0.0
                if patience is not None and waited > patience:
                    return waited - patience
        except StopIteration:
            return None
        except Exception as mistake:  # noqa: BLE001 - as a server does: the client is told 500, the owner of the app why
            self._on_mistake(mistake)
            if not self._answer.status:
                self._answer = Answer(
                    500,
                    [(b"content-type", b"text/plain")],
                    b"Internal Server Error",
                    is_complete=True,
                )
            return None


def _scope(asked: Asked) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "root_path": "",
        "query_string": asked.query,
        "headers": [(name.lower(), value) for name, value in asked.headers],
        "server": ("127.0.0.1", asked.port),
        "client": ("127.0.0.1", 0),
        "state": {},
    }
