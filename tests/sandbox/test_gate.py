"""What a client sees, and what the system inside has done, under each kind of fault."""

import asyncio
import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.calls import CallLog, Operation
from st_spectrum.sandbox.faults import FaultKind, FaultRule, Faults
from st_spectrum.sandbox.gate import Gate, Latency
from st_spectrum.sandbox.listener import Listener

ANSWER = "<Envelope><Body>" + "row " * 100 + "</Body></Envelope>"


@dataclass
class Bench:
    """A system that counts what it has carried out, behind a gate, on a real port."""

    system: str
    done: list[str] = field(default_factory=list)
    seen_faults: list[str] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    calls: CallLog = field(default_factory=CallLog)
    latency: Latency = field(default_factory=Latency)
    url: str = ""

    def app(self) -> Starlette:
        async def write(request: Request) -> Response:
            self.done.append((await request.body()).decode())
            self.seen_faults.append(request.scope.get("sandbox.fault", ""))
            return PlainTextResponse(ANSWER, headers={"x-kept": "yes"})

        async def refuse(request: Request) -> Response:
            return PlainTextResponse("<response><error_code>I</error_code></response>")

        return Starlette(
            routes=[
                Route("/write", write, methods=["GET", "POST"]),
                Route("/refuse", refuse, methods=["POST"]),
            ]
        )

    def serve(self, is_ready: threading.Event) -> None:
        async def live() -> None:
            gate = Gate(
                self.app(),
                identify,
                system=self.system,
                faults=self.faults,
                calls=self.calls,
                latency=self.latency,
            )
            listener = Listener(gate, 0, "critical")
            await listener.open()
            self.url, self.loop, self.end = (
                listener.url,
                asyncio.get_running_loop(),
                asyncio.Event(),
            )
            is_ready.set()
            await self.end.wait()
            await listener.close()

        asyncio.run(live())

    def post(self, path: str = "/write", body: str = "one", timeout: float = 5) -> httpx.Response:
        return httpx.post(self.url + path, content=body, timeout=timeout, trust_env=False)

    def rule(self, kind: FaultKind, **values: object) -> None:
        self.faults.add(FaultRule(**({"system": self.system, "kind": kind} | values)))


def identify(method: str, path: str, query: str, body: bytes) -> Operation:
    return Operation(f"{method} {path}", body.decode(), method == "POST")


@pytest.fixture(params=["servicetrade", "spectrum"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    bench = Bench(request.param)
    is_ready = threading.Event()
    thread = threading.Thread(target=bench.serve, args=(is_ready,))
    thread.start()
    assert is_ready.wait(10)
    yield bench
    bench.loop.call_soon_threadsafe(bench.end.set)
    thread.join(10)


def test_without_a_rule_the_answer_passes_as_it_is(bench: Bench) -> None:
    answer = bench.post(body="C00001")
    assert (answer.status_code, answer.text, answer.headers["x-kept"]) == (200, ANSWER, "yes")
    (entry,) = bench.calls.entries()
    assert (entry.operation, entry.key, entry.is_write, entry.status) == (
        "POST /write",
        "C00001",
        True,
        200,
    )
    assert entry.is_committed
    assert entry.is_answered
    assert entry.fault == ""


def test_a_dropped_answer_is_carried_out_and_no_byte_comes_back(bench: Bench) -> None:
    bench.rule(FaultKind.DROP_ANSWER)
    connection = http.client.HTTPConnection(bench.url.removeprefix("http://"), timeout=5)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.request("POST", "/write", body="C00001")
        connection.getresponse()
    assert bench.done == ["C00001"]
    (entry,) = bench.calls.entries()
    assert entry.is_committed
    assert not entry.is_answered


def test_a_dropped_answer_is_an_error_of_the_connection_for_httpx_too_even_on_a_reused_connection(
    bench: Bench,
) -> None:
    with httpx.Client(base_url=bench.url, trust_env=False) as client:
        client.post("/write", content="first")
        bench.rule(FaultKind.DROP_ANSWER)
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            client.post("/write", content="second")
        assert client.post("/write", content="third").status_code == 200
    assert bench.done == ["first", "second", "third"]


def test_a_refused_connection_leaves_everything_undone(bench: Bench) -> None:
    bench.rule(FaultKind.REFUSE)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        bench.post()
    assert bench.done == []
    assert not bench.calls.entries()[0].is_committed


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.FAIL_BEFORE, 500),
        (FaultKind.STATUS, 503),
        (FaultKind.RATE_LIMIT, 429),
        (FaultKind.SOAP_FAULT, 500),
        (FaultKind.NOT_XML, 200),
    ],
)
def test_a_refusal_is_answered_and_nothing_is_done(
    bench: Bench, kind: FaultKind, status: int
) -> None:
    bench.rule(kind, retry_after=7)
    answer = bench.post()
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == ("7" if kind is FaultKind.RATE_LIMIT else None)
    assert bench.done == []
    (entry,) = bench.calls.entries()
    assert (entry.status, entry.fault, entry.is_committed, entry.is_answered) == (
        status,
        str(kind),
        False,
        True,
    )
    assert bench.post().text == ANSWER


@pytest.mark.parametrize(
    ("kind", "done"), [(FaultKind.MIDDLE_BOX, ["one"]), (FaultKind.MIDDLE_BOX_BEFORE, [])]
)
def test_a_firewall_answers_with_its_page_whether_or_not_the_call_was_carried_out(
    bench: Bench, kind: FaultKind, done: list[str]
) -> None:
    bench.rule(kind, status=429, retry_after=7)
    answer = bench.post()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert "Blocked by policy" in answer.text
    assert bench.done == done
    (entry,) = bench.calls.entries()
    assert (entry.is_committed, entry.is_answered) == (bool(done), True)
    assert bench.post().text == ANSWER


def test_a_truncated_answer_cannot_be_taken_for_a_whole_one(bench: Bench) -> None:
    bench.rule(FaultKind.TRUNCATE)
    if bench.system == "spectrum":
        answer = bench.post()
        assert ANSWER.startswith(answer.text)
        assert len(answer.text) < len(ANSWER)
        assert "</Envelope>" not in answer.text
    else:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            bench.post()
    assert bench.done == ["one"]
    assert not bench.calls.entries()[0].is_answered


def test_a_slow_call_is_carried_out_late_even_when_its_client_has_gone(bench: Bench) -> None:
    bench.rule(FaultKind.SLOW, delay=0.3)
    with pytest.raises(httpx.ReadTimeout):
        bench.post(timeout=0.1)
    assert bench.done == []
    deadline = time.monotonic() + 5
    while not bench.calls.entries() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert bench.done == ["one"]
    assert not bench.calls.entries()[0].is_answered


def test_latency_is_added_to_every_call(bench: Bench) -> None:
    bench.latency.seconds = 0.1
    started = time.monotonic()
    assert bench.post().status_code == 200
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize("kind", [FaultKind.LOCKED, FaultKind.EXPIRE_TOKEN])
def test_kinds_that_only_the_system_can_act_are_handed_to_it(bench: Bench, kind: FaultKind) -> None:
    bench.rule(kind)
    bench.post()
    bench.post()
    assert bench.seen_faults == [str(kind), ""]


def test_an_error_row_is_no_committed_call_although_its_status_is_200(bench: Bench) -> None:
    bench.post("/refuse")
    assert not bench.calls.entries()[0].is_committed
