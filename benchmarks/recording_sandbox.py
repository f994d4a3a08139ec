"""The sandbox in a process of its own, with a recorder in front of each system.

    python -m benchmarks.recording_sandbox STATE_DIR ADDRESSES_FILE CALLS_FILE

It takes free ports, writes its addresses as JSON once it is up, and stays until SIGTERM.
"""

import json
import sys
import time
from pathlib import Path
from typing import TextIO

from benchmarks.recording import KEPT_HEADERS, RecordedCall
from st_spectrum.sandbox.calls import SystemName
from st_spectrum.sandbox.gate import Gate, Message, Receive, Scope, Send
from st_spectrum.sandbox.listener import Listener
from st_spectrum.sandbox.rig import System
from st_spectrum.sandbox.server import Sandbox


class Recorder:
    """ASGI layer outside the gate: writes one line for each call that is answered. Latency is part
    of its time.
    """

    def __init__(self, gate: Gate, system: SystemName, file: TextIO) -> None:
        self.gate = gate
        self.system = system
        self.file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.gate(scope, receive, send)
            return
        began = time.monotonic()
        status = 0
        parts: list[bytes] = []

        async def listen() -> Message:
            message = await receive()
            parts.append(message.get("body", b""))
            return message

        async def forward(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                # Before the answer leaves: whoever has it finds its call in the file.
                self._note(scope, b"".join(parts), status, began)
            await send(message)

        await self.gate(scope, listen, forward)

    def _note(self, scope: Scope, body: bytes, status: int, began: float) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        named = self.gate.identify(scope["method"], scope["path"], query, body)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        call = RecordedCall(
            self.system,
            named.name,
            named.key,
            named.is_write,
            scope["method"],
            scope["path"] + (f"?{query}" if query else ""),
            {name: value for name, value in headers.items() if name in KEPT_HEADERS},
            body.decode("utf-8"),
            status,
            began,
            time.monotonic(),
        )
        self.file.write(call.as_line())
        self.file.flush()


class RecordingSandbox(Sandbox):
    """The sandbox as it is, each system behind its recorder."""

    def __init__(self, state_dir: Path, file: TextIO) -> None:
        super().__init__(state_dir)
        self._file = file

    def _system(self, name: SystemName) -> tuple[System, Listener]:
        system, listener = super()._system(name)
        assert isinstance(listener.app, Gate)  # noqa: S101  what the recorder asks for the names of calls
        listener.app = Recorder(listener.app, name, self._file)
        return system, listener


def main(state_dir: Path, addresses: Path, calls: Path) -> None:
    with calls.open("w", encoding="utf-8") as file:
        sandbox = RecordingSandbox(state_dir, file)
        sandbox.start()
        try:
            addresses.write_text(json.dumps(sandbox.addresses), encoding="utf-8")
            sandbox.run_forever()
        finally:
            sandbox.stop()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
