"""S3 servers for the tests: moto (fast, forgiving) and SeaweedFS (real)."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from st_spectrum.account.connections import LedgerSettings

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
    f"{role}.port{kind}"
    for role in ("s3", "master", "volume", "filer", "admin")
    for kind in ("", ".grpc")
]


def client_for(url: str | None, key_id: str = KEY_ID, secret: str = SECRET):
    """A plain client, for preparing buckets."""
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=2, read_timeout=20
    )
    return _session().client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=config,
    )


@cache
def _session() -> boto3.session.Session:
    """Reads boto3's descriptions of all services, which takes longer than a test."""
    import moto  # noqa: F401 - it only sees the clients of sessions that are younger than itself

    return boto3.session.Session()


def s3_settings(url: str, **changes: object) -> LedgerSettings:
    """The account file's section for a server of this module, with a prefix of its own."""
    values = {
        "kind": "s3",
        "bucket": BUCKET,
        "prefix": uuid.uuid4().hex[:12],
        "endpoint_url": url,
        "region": "us-east-1",
        "access_key_id": KEY_ID,
        "secret_access_key": SECRET,
    }
    return LedgerSettings.model_validate(values | changes)


@contextmanager
def moto() -> Iterator[list[tuple[str, str]]]:
    """moto's S3 in place of Amazon's inside this process, with the bucket; it takes any key and
    secret. Notes the requests.

    moto looks at the condition and writes in two steps; one request at a time makes it as atomic as
    S3 is.
    """
    from moto import mock_aws
    from moto.core.botocore_stubber import BotocoreStubber

    answer, lock = BotocoreStubber.process_request, threading.RLock()
    seen: list[tuple[str, str]] = []

    def one_at_a_time(stubber: object, request: Any) -> object:
        with lock:
            seen.append(
                (request.method, urlsplit(request.url)._replace(scheme="", netloc="").geturl())
            )
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
    """A real S3 server on free ports of 127.0.0.1, its files in `folder`; stopped by its process
    id.
    """
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
        return [bound.getsockname()[1] for bound in sockets]
    finally:
        for bound in sockets:
            bound.close()


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
