"""The ledger's documents in an S3 bucket, changed only by conditional PUTs.

Every PUT carries a write id of its own in a last line behind the document. It makes each version's
ETag unique, and it answers the one hard question: a conditional PUT whose answer was lost, or which
the client repeated by itself, is refused with 412 although it was ours. Then the document is read
back, and the write id tells.
"""

import json
import random
import time
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ResponseStreamingError,
)

from st_spectrum.domain.errors import ClaimLost, ContractBroken, SettingsInvalid, SyncFault
from st_spectrum.ledger.s3_faults import FAILURES, MISSING, code_of, fault_of, place_of, status_of
from st_spectrum.ledger.store import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

Answer = TypeVar("Answer")

_CONFLICT_TRIES = 6
_READ_TRIES = 3
_PROBE = "probe"
_LOST = frozenset({"PreconditionFailed", "412"})


class S3Store:
    """`Store` under `prefix` in one bucket. `client` is boto3's, see `s3_client.ledger_client`; it
    is shared by threads.
    """

    def __init__(self, bucket: str, prefix: str, client: "S3Client") -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = client

    def get(self, key: str) -> Stored | None:
        """The document, or None when the bucket has no such key."""
        found = self._read(key)
        return Stored(_split(found.body)[0], found.etag) if found else None

    def create(self, key: str, body: str) -> str:
        """`PUT` with `If-None-Match: *`; `ClaimLost` when the key exists."""
        return self._put(key, body, f"{key} exists already", "create", IfNoneMatch="*")

    def replace(self, key: str, body: str, etag: str) -> str:
        """`PUT` with `If-Match`; `ClaimLost` when the key holds another version or nothing."""
        return self._put(key, body, f"{key} was changed by another worker", "replace", IfMatch=etag)

    def list(self, prefix: str) -> Iterator[str]:
        """Keys, a thousand per request. Sorted here: not every server agrees with AWS on where `/`
        comes.
        """
        start = len(self._prefix)
        pages = self._client.get_paginator("list_objects_v2")

        def read() -> list[str]:
            found = pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix)
            return [item["Key"][start:] for page in found for item in page.get("Contents", ())]

        return iter(sorted(self._asked(read, "list")))

    def discard(self, key: str) -> None:
        """Remove a marker."""
        self._asked(
            lambda: self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key),
            "discard",
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def prove(self) -> None:
        """Check that the bucket can be used and honours both conditions; a server that ignores them
        would double records.

        Raises `SettingsInvalid` when it does not. Writes one small document the first time, and
        nothing later.
        """
        for condition in ("If-None-Match", "If-Match"):
            if not self._is_honoured(condition):
                text = (
                    f"the server at {self._client.meta.endpoint_url} ignores {condition}, on which"
                    " the ledger relies"
                )
                raise SettingsInvalid([f"ledger.endpoint_url: {text}"])

    def _is_honoured(self, condition: str) -> bool:
        try:
            if condition == "If-Match":
                self.replace(_PROBE, "{}", f'"{"0" * 32}"')
                return False
            self.create(_PROBE, "{}")
            self.create(_PROBE, "{}")
        except ClaimLost:
            return True
        return False

    def _put(self, key: str, body: str, lost: str, operation: str, **condition: Any) -> str:
        write_id = uuid.uuid4().hex
        stamped = f"{body}\n{json.dumps({'write_id': write_id})}".encode()
        for attempt in range(_CONFLICT_TRIES):
            try:
                answer = self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._prefix + key,
                    Body=stamped,
                    ContentType="application/json; charset=utf-8",
                    **condition,
                )
                return self._etag(answer, operation)
            except ClientError as error:
                # AWS answers 409 when two conditional writes of one key meet: neither is done, and
                # both may try again.
                if status_of(error) == 409 and attempt + 1 < _CONFLICT_TRIES:
                    time.sleep(random.uniform(0.02, 0.08) * 2**attempt)  # noqa: S311
                    continue
                return self._after(error, key, write_id, lost, operation)
            except FAILURES as error:
                return self._after(error, key, write_id, lost, operation)
        raise AssertionError("unreachable")

    def _after(self, error: Exception, key: str, write_id: str, lost: str, operation: str) -> str:
        """The etag, when the write turns out to have been done; else what went wrong."""
        # A replace of a key that is gone is 412 on some servers, 404 NoSuchKey on AWS.
        is_lost = isinstance(error, ClientError) and code_of(error) in _LOST | MISSING
        if not is_lost and not _may_have_been_done(error):
            raise self._fault(error, operation) from error
        found = self._read(key)
        if found and _split(found.body)[1] == write_id:
            return found.etag
        if is_lost:
            raise ClaimLost(lost, system="ledger", operation=operation)
        raise self._fault(error, operation) from error

    def _read(self, key: str) -> Stored | None:
        def read() -> Stored | None:
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            except ClientError as error:
                if code_of(error) in MISSING:
                    return None
                raise
            return Stored(answer["Body"].read().decode("utf-8"), self._etag(answer, "get"))

        try:
            return self._asked(read, "get")
        except UnicodeDecodeError:
            raise ContractBroken(f"{key} is not text", system="ledger", operation="get") from None

    def _asked(self, call: Callable[[], Answer], operation: str) -> Answer:
        """The answer of a call that may be repeated. The client repeats requests itself; this is
        for a body cut short.
        """
        for attempt in range(_READ_TRIES):
            try:
                return call()
            except (IncompleteReadError, ResponseStreamingError) as error:
                if attempt + 1 == _READ_TRIES:
                    raise self._fault(error, operation) from error
            except FAILURES as error:
                raise self._fault(error, operation) from error
        raise AssertionError("unreachable")

    @property
    def place(self) -> str:
        """Bucket and server, for messages."""
        return place_of(self._client, self._bucket)

    def _fault(self, error: Exception, operation: str) -> SyncFault:
        return fault_of(error, self._client, self._bucket, operation)

    def _etag(self, answer: Any, operation: str) -> str:
        if not (etag := answer.get("ETag")):
            text = f"{self.place} does not answer as S3 does: no ETag"
            raise ContractBroken(text, system="ledger", operation=operation)
        return str(etag)


def _may_have_been_done(error: Exception) -> bool:
    """Whether a write may have been carried out although it failed, now or in an earlier try that
    the client repeated.
    """
    if isinstance(error, ClientError):
        return (
            status_of(error) >= 500
            or error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
        )
    return not isinstance(
        error, (NoCredentialsError, PartialCredentialsError, ParamValidationError)
    )


def _split(text: str) -> tuple[str, str]:
    """Document and write id; a document that somebody put there by hand has none."""
    body, _, last = text.rpartition("\n")
    if last.startswith('{"write_id": "') and last.endswith('"}'):
        return body, last[14:-2]
    return text, ""
