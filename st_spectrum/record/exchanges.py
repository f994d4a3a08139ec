"""What went over the wire while a system was read, whole and unscrubbed: in memory only."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from st_spectrum.domain.answer_size import parse_json, read_bounded


@dataclass(frozen=True)
class Exchange:
    """One call with its answer. `probe` says what was to be learnt, such as `list job`; `path` is
    below the base address.
    """

    probe: str
    system: str
    method: str
    path: str
    query: Mapping[str, str]
    request_body: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        """The answer as JSON; None when it is none."""
        return parse_json(self.body)


@dataclass
class Exchanges:
    """All calls so far, in their order."""

    calls: list[Exchange] = field(default_factory=list)

    def of(self, probe: str, system: str = "") -> Exchange | None:
        """The last call of a probe that was answered, by one of the systems where that is told."""
        fits = (call for call in reversed(self.calls) if call.probe == probe)
        return next((call for call in fits if system in ("", call.system)), None)

    def all_of(self, prefix: str) -> Iterator[Exchange]:
        """The calls whose probe begins so."""
        return (call for call in self.calls if call.probe.startswith(prefix))


class RecordingTransport(httpx.BaseTransport):
    """Passes every call on and keeps it with its answer under the probe of the moment.

    Calls of several threads at once would share a probe, so whoever asks does it one by one.
    """

    def __init__(
        self, system: str, base_url: str, kept: Exchanges, inner: httpx.BaseTransport | None = None
    ) -> None:
        self._system = system
        self._own_path = urlsplit(base_url).path.rstrip("/")
        self._kept = kept
        self._inner = inner or _network(base_url)
        self._is_ours = inner is None
        self._probe = ""

    def name_probe(self, name: str) -> None:
        """What goes out from now on is kept under this name."""
        self._probe = name

    @contextmanager
    def probe(self, name: str) -> Iterator[None]:
        """What goes out meanwhile is kept under this name."""
        before, self._probe = self._probe, name
        try:
            yield
        finally:
            self._probe = before

    @property
    def has_answered(self) -> bool:
        """Whether any call of this system was answered."""
        return any(call.system == self._system for call in self._kept.calls)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call; raises what the inner transport raises, and `TooLarge`."""
        response = self._inner.handle_request(request)
        try:
            body = read_bounded(response.iter_bytes())
        finally:
            response.close()
        unpacked = [
            (name, value)
            for name, value in response.headers.multi_items()
            if name not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        self._kept.calls.append(
            Exchange(
                self._probe,
                self._system,
                request.method,
                request.url.path.removeprefix(self._own_path),
                dict(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
                request.read(),
                response.status_code,
                dict(unpacked),
                body,
            )
        )
        return httpx.Response(response.status_code, headers=unpacked, content=body)

    def close(self) -> None:
        """Give the connections back; those of an inner transport are whose it is."""
        if self._is_ours:
            self._inner.close()


def _network(base_url: str) -> httpx.BaseTransport:
    """The network, through the proxy that the machine is set up with, if it is."""
    parts = urlsplit(base_url)
    is_bypassed = bool(proxy_bypass(parts.hostname or ""))
    proxies = {} if is_bypassed else getproxies()
    return httpx.HTTPTransport(proxy=proxies.get(parts.scheme) or proxies.get("all"))
