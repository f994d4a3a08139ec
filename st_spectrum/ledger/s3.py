"""The ledger's documents in an S3 bucket, changed only by conditional PUTs.

Every PUT carries a write id of its own in a last line behind the document. It makes each version's ETag unique, and it
answers the one hard question: a conditional PUT whose answer was lost, or which the client repeated by itself, is refused
with 412 although it was ours. Then the document is read back, and the write id tells.
"""

import json
import random
import time
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError

from st_spectrum.domain.errors import (
    AccessDenied,
    ClaimLost,
    ContractBroken,
    RateLimited,
    SettingsInvalid,
    SyncFault,
    Unavailable,
)
from st_spectrum.ledger.store import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

Answer = TypeVar("Answer")

_FAILURES = (BotoCoreError, ClientError, ResponseParserError)
_CONFLICT_TRIES = 6
_READ_TRIES = 3
_PROBE = "probe"
_DEFAULT_RETRY_AFTER = 5.0
_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_LOST = frozenset({"PreconditionFailed", "412"})
_BUSY = frozenset({"SlowDown", "RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequests", "429"})
_REGION = frozenset({"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"})


class S3Store:
    """`Store` under `prefix` in one bucket. `client` is boto3's, see `s3_client.ledger_client`; it is shared by threads."""

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
        """Keys, a thousand per request. Sorted here: not every server agrees with AWS on where `/` comes."""
        start = len(self._prefix)
        pages = self._client.get_paginator("list_objects_v2")

        def read() -> list[str]:
            found = pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix)
            return [item["Key"][start:] for page in found for item in page.get("Contents", ())]

        return iter(sorted(self._asked(read, "list")))

    def discard(self, key: str) -> None:
        """Remove a marker."""
        self._asked(lambda: self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key), "discard")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def prove(self) -> None:
        """Check that the bucket can be used and honours both conditions; a server that ignores them would double records.

        Raises `SettingsInvalid` when it does not. Writes one small document the first time, and nothing later.
        """
        for condition in ("If-None-Match", "If-Match"):
            if not self._is_honoured(condition):
                text = f"the server at {self._client.meta.endpoint_url} ignores {condition}, on which the ledger relies"
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
                # AWS answers 409 when two conditional writes of one key meet: neither is done, and both may try again.
                if _status(error) == 409 and attempt + 1 < _CONFLICT_TRIES:
                    time.sleep(random.uniform(0.02, 0.08) * 2**attempt)  # noqa: S311
                    continue
                return self._after(error, key, write_id, lost, operation)
            except _FAILURES as error:
                return self._after(error, key, write_id, lost, operation)
        raise AssertionError("unreachable")

    def _after(self, error: Exception, key: str, write_id: str, lost: str, operation: str) -> str:
        """The etag, when the write turns out to have been done; else what went wrong."""
        # A replace of a key that is gone is 412 on some servers, 404 NoSuchKey on AWS.
        is_lost = isinstance(error, ClientError) and _code(error) in _LOST | _MISSING
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
                if _code(error) in _MISSING:
                    return None
                raise
            return Stored(answer["Body"].read().decode("utf-8"), self._etag(answer, "get"))

        try:
            return self._asked(read, "get")
        except UnicodeDecodeError:
            raise ContractBroken(f"{key} is not text", system="ledger", operation="get") from None

    def _asked(self, call: Callable[[], Answer], operation: str) -> Answer:
        """The answer of a call that may be repeated. The client repeats requests itself; this is for a body cut short."""
        for attempt in range(_READ_TRIES):
            try:
                return call()
            except (IncompleteReadError, ResponseStreamingError) as error:
                if attempt + 1 == _READ_TRIES:
                    raise self._fault(error, operation) from error
            except _FAILURES as error:
                raise self._fault(error, operation) from error
        raise AssertionError("unreachable")

    @property
    def place(self) -> str:
        """Bucket and server, for messages."""
        return f"bucket {self._bucket!r} at {self._client.meta.endpoint_url}"

    def _etag(self, answer: Any, operation: str) -> str:
        if not (etag := answer.get("ETag")):
            text = f"{self.place} does not answer as S3 does: no ETag"
            raise ContractBroken(text, system="ledger", operation=operation)
        return str(etag)

    def _fault(self, error: Exception, operation: str) -> SyncFault:
        place = self.place
        if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
            return SettingsInvalid([f"ledger: no complete credentials for {place}; set access_key_id and its secret"])
        if isinstance(error, ParamValidationError):
            return SettingsInvalid([f"ledger.bucket: {self._bucket!r} is not a bucket name"])
        if isinstance(error, ClientError):
            return _refusal(error, place, operation)
        if isinstance(error, ResponseParserError):
            return ContractBroken(f"{place} does not answer as S3 does", system="ledger", operation=operation)
        text = f"no usable answer from {place} ({type(error).__name__})"
        return Unavailable(text, system="ledger", operation=operation)


def _refusal(error: ClientError, place: str, operation: str) -> SyncFault:
    code, status = _code(error), _status(error)
    message = error.response.get("Error", {}).get("Message", "")
    if code == "NoSuchBucket":
        return SettingsInvalid([f"ledger.bucket: there is no {place}"])
    if code in _REGION:
        return SettingsInvalid([f"ledger.region: {place} belongs to another region: {message}"])
    if code == "NotImplemented" or status == 501:
        return SettingsInvalid(
            [f"ledger.endpoint_url: {place} does not know conditional writes, which the ledger needs"]
        )
    if status in (401, 403):
        text = f"{place} refuses the access key or the right to {operation} ({code}: {message})"
        # Without the right to list, AWS calls a missing key a refusal.
        advice = "Check the key and its secret, and that it may read, write, list and delete in this bucket."
        return AccessDenied(text, system="ledger", operation=operation, advice=advice)
    if code in _BUSY or status == 429:
        text = f"{place} asks us to slow down ({code})"
        return RateLimited(text, retry_after=_retry_after(error), system="ledger", operation=operation)
    if status >= 500 or status == 409:
        return Unavailable(f"{place} cannot answer now ({status} {code})", system="ledger", operation=operation)
    return ContractBroken(f"{place} answered {status} {code}: {message}", system="ledger", operation=operation)


def _may_have_been_done(error: Exception) -> bool:
    """Whether a write may have been carried out although it failed, now or in an earlier try that the client repeated."""
    if isinstance(error, ClientError):
        return _status(error) >= 500 or error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
    return not isinstance(error, (NoCredentialsError, PartialCredentialsError, ParamValidationError))


def _split(text: str) -> tuple[str, str]:
    """Document and write id; a document that somebody put there by hand has none."""
    body, _, last = text.rpartition("\n")
    if last.startswith('{"write_id": "') and last.endswith('"}'):
        return body, last[14:-2]
    return text, ""


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _retry_after(error: ClientError) -> float:
    text = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
    return float(text) if text.isdigit() else _DEFAULT_RETRY_AFTER
