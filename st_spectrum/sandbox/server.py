"""Both systems, the console and the mail sink in one process, on loopback.

    with Sandbox(Path("state")) as sandbox:
        sandbox.servicetrade_url, sandbox.spectrum_url, sandbox.console_url, sandbox.control

Everything runs in one background thread. What the systems hold lies in `state_dir`: a sandbox that
is stopped and started again on the same folder and ports goes on where it was.
"""

import asyncio
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Self

import anyio.to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware

from st_spectrum.sandbox.addresses import Addresses
from st_spectrum.sandbox.calls import SYSTEM_NAMES, SystemName
from st_spectrum.sandbox.console import console_routes
from st_spectrum.sandbox.console_doing import doing_routes
from st_spectrum.sandbox.console_orders import order_routes
from st_spectrum.sandbox.console_records import record_routes
from st_spectrum.sandbox.control import control_routes
from st_spectrum.sandbox.foreign_pages import OwnPagesOnly
from st_spectrum.sandbox.gate import Gate, Latency
from st_spectrum.sandbox.listener import GRACE_SECONDS, Listener
from st_spectrum.sandbox.rig import System, parts_of
from st_spectrum.sandbox.spectrum.database import FILE_NAME

THREADS = 64
"""Sync endpoints run in a pool; the default of 40 is less than several parallel loads want."""

START_SECONDS = 30


class Sandbox(Addresses):
    """The two stand-ins with all that surrounds them.

    `ports` are those of ServiceTrade, Spectrum and the console; 0 takes a free one, which is kept
    from then on. The addresses are known once `start` has returned.
    """

    def __init__(
        self,
        state_dir: Path,
        ports: tuple[int, int, int] = (0, 0, 0),
        smtp_port: int = 0,
        log_level: str = "warning",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`clock` is the time of both systems in epoch seconds, and `sleep` how faults let it
        pass.
        """
        super().__init__(state_dir, ports, smtp_port)
        self._log_level = log_level
        self._clock = clock
        self._sleep = sleep
        self._console: Listener | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def addresses(self) -> dict[str, str | int]:
        """Everything a client needs to know, as plain JSON values."""
        return {
            "servicetrade_url": self.servicetrade_url,
            "spectrum_url": self.spectrum_url,
            "console_url": self.console_url,
            "infolink_url": self.infolink_url,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp_port,
        }

    def start(self) -> None:
        """Open all ports; raises what went wrong, such as OSError for a port that is taken."""
        if self._thread:
            return
        self.state_dir.mkdir(parents=True, exist_ok=True)
        is_ready = threading.Event()
        self._failure = None
        self._thread = threading.Thread(
            target=self._live, args=(is_ready,), name="sandbox", daemon=True
        )
        self._thread.start()
        if not is_ready.wait(START_SECONDS):
            raise TimeoutError(f"the sandbox did not open its ports within {START_SECONDS} seconds")
        if self._failure:
            self._thread.join()
            self._thread = None
            raise self._failure

    def stop(self) -> None:
        """Close all ports and wait until the last one is closed; what the systems hold stays in
        `state_dir`.
        """
        if not self._thread or not self._loop:
            return
        if "control" in self.__dict__:
            self.control.close()
            del self.control
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._thread = self._loop = None

    def run_forever(self) -> None:
        """Stay until SIGINT or SIGTERM; to be called from the main thread, after `start`."""
        is_over = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001  the signature of a signal handler
            is_over.set()

        before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            is_over.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self.stop()

    def _live(self, is_ready: threading.Event) -> None:
        try:
            asyncio.run(self._serve(is_ready))
        except Exception as error:  # noqa: BLE001  handed to the thread that waits in `start`
            self._failure = error
            is_ready.set()

    async def _serve(self, is_ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        rig = self.rig
        made = [self._system(name) for name in SYSTEM_NAMES]
        rig.systems = {system.name: system for system, _ in made}
        infolink = self.state_dir / FILE_NAME
        console = Listener(
            Starlette(
                routes=[
                    *control_routes(rig),
                    *console_routes(rig, infolink),
                    *doing_routes(rig),
                    *record_routes(rig),
                    *order_routes(rig, infolink),
                ],
                middleware=[Middleware(OwnPagesOnly)],
            ),
            self._ports[2],
            self._log_level,
        )
        listeners = [*(listener for _, listener in made), console]
        try:
            for listener in listeners:
                await listener.open()
            await rig.mails.open(self.smtp_port)
            self._ports = (listeners[0].port, listeners[1].port, console.port)
            self.smtp_port = rig.mails.port
            rig.systems["servicetrade"].app.state.console_url = self.console_url
            is_ready.set()
            await self._end.wait()
        finally:
            await rig.mails.close()
            for listener in listeners:
                await listener.close(GRACE_SECONDS)
            for system in rig.systems.values():
                system.close()

    def _system(self, name: SystemName) -> tuple[System, Listener]:
        build, identify, switches = parts_of(name)
        app = build(self.state_dir, switches, self._clock)
        latency = Latency()
        gate = Gate(
            app,
            identify,
            system=name,
            faults=self.rig.faults,
            calls=self.rig.calls,
            latency=latency,
            sleep=self._sleep,
            now=self._clock,
        )
        port = self._ports[0 if name == "servicetrade" else 1]
        listener = Listener(gate, port, self._log_level)
        return System(name, app, switches, latency, listener), listener
