"""S3 servers for the tests of this folder: moto (fast, forgiving), SeaweedFS (real), and a relay that misbehaves on demand."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from st_spectrum.account_connections import LedgerSettings

BUCKET = "ledger"
KEY_ID, SECRET = "ledger-key", "ledger-secret-of-the-tests"
_IDENTITIES = {
    "identities": [
        {
            "name": "admin",
            "credentials": [{"accessKey": "admin-key", "secretKey": "admin-secret"}],
            "actions": ["Admin", "Read", "Write", "List"],
        },
        {
            "name": "ledger",
            "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}],
            "actions": [f"{right}:{BUCKET}" for right in ("Read", "Write", "List")],
        },
        {
            "name": "reader",
            "credentials": [{"accessKey": "reader-key", "secretKey": "reader-secret"}],
            "actions": [f"{right}:{BUCKET}" for right in ("Read", "List")],
        },
    ]
}
_SEAWEED_PORTS = [
    f"{role}.port{kind}" for role in ("s3", "master", "volume", "filer", "admin") for kind in ("", ".grpc")
]


def client_for(url: str | None, key_id: str = KEY_ID, secret: str = SECRET):
    """A plain client, for preparing buckets."""
    config = Config(retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=2, read_timeout=20)
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=config,
    )


def s3_settings(url: str, **changes: object) -> LedgerSettings:
    """The account file's section for a server of this module, with a prefix of its own."""
    told = {
        "kind": "s3",
        "bucket": BUCKET,
        "prefix": uuid.uuid4().hex[:12],
        "endpoint_url": url,
        "region": "us-east-1",
        "access_key_id": KEY_ID,
        "secret_access_key": SECRET,
    }
    return LedgerSettings.model_validate(told | changes)


@contextmanager
def moto() -> Iterator[list[tuple[str, str]]]:
    """moto's S3 in place of Amazon's inside this process, with the bucket; it takes any key and secret. Notes the requests.

    moto looks at the condition and writes in two steps; one request at a time makes it as atomic as S3 is.
    """
    from moto import mock_aws
    from moto.core.botocore_stubber import BotocoreStubber

    answer, lock = BotocoreStubber.process_request, threading.RLock()
    seen: list[tuple[str, str]] = []

    def one_at_a_time(stubber: object, request: Any) -> object:
        with lock:
            seen.append((request.method, urlsplit(request.url)._replace(scheme="", netloc="").geturl()))
            return answer(stubber, request)

    with mock_aws(), mock.patch.object(BotocoreStubber, "process_request", one_at_a_time):
        client_for(None).create_bucket(Bucket=BUCKET)
        yield seen


def seaweed_binary() -> str | None:
    """The `weed` program of this environment, or one on the path."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


@contextmanager
def seaweed(folder: Path) -> Iterator[str]:
    """A real S3 server on free ports of 127.0.0.1, its files in `folder`; stopped by its process id."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "identities.json"
    config.write_text(json.dumps(_IDENTITIES))
    ports = _free_ports(len(_SEAWEED_PORTS))
    command = [
        seaweed_binary() or "weed",
        "-logtostderr=true",
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        *(f"-{name}={port}" for name, port in zip(_SEAWEED_PORTS, ports, strict=True)),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-admin.ui=false", "-webdav=false"),
        *("-s3.autoCreateBucket=false", f"-s3.config={config}", f"-bucket={BUCKET}"),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env=os.environ | {"GOMEMLIMIT": "256MiB"}
        )
    try:
        url = f"http://127.0.0.1:{ports[0]}"
        _wait_for_bucket(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for port in ports:  # it forgets its sockets in the folder for temporary files
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108
                left.unlink(missing_ok=True)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _wait_for_bucket(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Not for its health page, which is well before the bucket exists."""
    client = client_for(url)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"")
            return
        except (BotoCoreError, ClientError):
            time.sleep(0.1)
    raise RuntimeError(f"SeaweedFS did not start: {log.read_text(errors='replace')[-2000:]}")


Trick = Callable[["_Relayed"], None]


class Relay:
    """Passes HTTP on to a server, and plays one waiting trick on each request of `method` whose path ends with `suffix`.

    `rule` may name a trick for any other request by its number, which counts from 1.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.tricks: deque[tuple[str, str, Trick]] = deque()
        self.seen: list[tuple[str, str]] = []
        self.rule: Callable[[int], Trick | None] = lambda _: None
        relay = self

        class Handler(_Relayed):
            owner = relay

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def play(self, method: str, suffix: str, *tricks: Trick) -> None:
        """Play these, one per request that fits, in this order."""
        self.tricks.extend((method, suffix, trick) for trick in tricks)

    def trick_for(self, method: str, path: str) -> Trick | None:
        """The first waiting trick, when it is meant for this request; else what the rule says."""
        if self.tricks and self.tricks[0][0] == method and path.split("?")[0].endswith(self.tricks[0][1]):
            return self.tricks.popleft()[2]
        return self.rule(len(self.seen))

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Relayed(BaseHTTPRequestHandler):
    owner: Relay
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.owner.seen.append((self.command, self.path))
        if trick := self.owner.trick_for(self.command, self.path):
            trick(self)
        else:
            self.answer(*self.forward())

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = _handle  # noqa: N815

    def forward(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the server behind answers."""
        upstream = http.client.HTTPConnection(self.owner.upstream, timeout=20)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("expect", "connection"):
                    upstream.putheader(name, value)
            upstream.endheaders(self.content)
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            upstream.close()

    def answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        """Send an answer back."""
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def hang_up(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def lose_the_answer(request: _Relayed) -> None:
    """Done, but nobody hears of it."""
    request.forward()
    request.hang_up()


def hang_up(request: _Relayed) -> None:
    """Not done, and no answer."""
    request.hang_up()


def cut_short(request: _Relayed) -> None:
    """Half of the body, then nothing."""
    _, _, content = request.forward()
    request.send_response_only(200)
    request.send_header("Content-Length", str(len(content)))
    request.send_header("ETag", '"0"')
    request.end_headers()
    request.wfile.write(content[: len(content) // 2])
    request.hang_up()


def done_but_500(request: _Relayed) -> None:
    """Done, and a gateway says it was not."""
    request.forward()
    refuse(500, "InternalError")(request)


def refuse(status: int, code: str, **headers: str) -> Trick:
    """Not done; an S3 error."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>as asked</Message></Error>".encode()
    sent = [("Content-Type", "application/xml"), *((name.replace("_", "-"), text) for name, text in headers.items())]
    return lambda request: request.answer(status, sent, body)


def say(status: int, text: str) -> Trick:
    """Something that no S3 server says."""
    return lambda request: request.answer(status, [("Content-Type", "text/html")], text.encode())
