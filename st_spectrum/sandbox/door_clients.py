"""The door as httpx sees it: answers in its form, and the exceptions that the wire would have led
to.
"""

from collections.abc import Callable, Iterator

import httpx

from st_spectrum.sandbox.exchange import Answer, Asked, Closed, NoAnswer, TooLate

Ask = Callable[[Asked], Answer]


class HttpxDoor(httpx.BaseTransport):
    """A transport for `httpx.Client`; may be shared by clients and threads, and survives their
    `close`.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call. Raises what httpx raises for a connection refused, closed without an answer, or
        silent for too long.
        """
        timeout = request.extensions.get("timeout", {}).get("read")
        asked = Asked(
            request.method,
            request.url.path,
            request.url.query,
            [(name.encode(), value.encode()) for name, value in request.headers.items()],
            request.read(),
            timeout,
            request.url.port or 80,
        )
        try:
            answer = self._ask(asked)
        except Closed:
            raise httpx.ConnectError("[Errno 111] Connection refused", request=request) from None
        except TooLate:
            raise httpx.ReadTimeout("timed out", request=request) from None
        except NoAnswer as none:
            if none.begun is None:
                raise httpx.RemoteProtocolError(
                    "Server disconnected without sending a response.", request=request
                ) from None
            return httpx.Response(
                none.begun.status, headers=none.begun.headers, stream=_Broken(none.begun)
            )
        return httpx.Response(answer.status, headers=[*answer.headers], content=answer.body)


class _Broken(httpx.SyncByteStream):
    """An answer that ends before its announced length."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield self._answer.body
        announced = dict(self._answer.headers).get(b"content-length", b"").decode()
        sizes = f"(received {len(self._answer.body)} bytes, expected {announced})"
        raise httpx.RemoteProtocolError(
            f"peer closed connection without sending complete message body {sizes}"
        )
