"""One HTTP port that can be closed for real and opened again on the same number while its app lives
on.
"""

import asyncio
import socket

import uvicorn

from st_spectrum.sandbox.gate import App

KEEP_ALIVE_SECONDS = 75
"""Longer than clients keep idle connections, so that no call meets a connection that just closed by
itself.
"""

GRACE_SECONDS = 1.0
"""How long calls in progress may go on when the sandbox stops."""


class Listener:
    """A uvicorn server on 127.0.0.1. `port` 0 takes a free one, which it then keeps."""

    def __init__(self, app: App, port: int, log_level: str) -> None:
        self.app = app
        self.port = port
        self.log_level = log_level
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._server is not None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Listen; OSError when the port is taken."""
        if self._server:
            return
        # asyncio switches off Nagle's algorithm only where the protocol number says TCP; left on,
        # answers wait 40 ms.
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", self.port))
        except OSError as error:
            sock.close()
            raise OSError(
                error.errno, f"port {self.port} of 127.0.0.1 cannot be used: {error.strerror}"
            ) from None
        self.port = sock.getsockname()[1]
        config = uvicorn.Config(
            self.app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=self.log_level,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[sock]))
        while not self._server.started:
            await asyncio.sleep(0.001)

    async def close(self, grace_seconds: float = 0.0) -> None:
        """Stop listening and cut every connection; calls in progress go on unheard, and
        `grace_seconds` waits for them.
        """
        server, task = self._server, self._task
        if not server or not task:
            return
        self._server = self._task = None
        for listening in server.servers:
            listening.close()
        calls = set(server.server_state.tasks)
        if calls and grace_seconds:
            await asyncio.wait(calls, timeout=grace_seconds)
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        server.force_exit = True
        server.should_exit = True
        await task
