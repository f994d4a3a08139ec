"""What a failed call to the bucket means, in our families and one sentence; for the ledger and for
the tables beside it.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    RateLimited,
    SettingsInvalid,
    SyncFault,
    Unavailable,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

FAILURES = (BotoCoreError, ClientError, ResponseParserError)
"""All that boto3's client raises."""

MISSING = frozenset({"NoSuchKey", "404", "NotFound"})

_DEFAULT_RETRY_AFTER = 5.0
_BUSY = frozenset(
    {
        "SlowDown",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "429",
    }
)
_REGION = frozenset(
    {
        "PermanentRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "301",
    }
)


def place_of(client: "S3Client", bucket: str) -> str:
    """Bucket and server, for messages."""
    return f"bucket {bucket!r} at {client.meta.endpoint_url}"


def fault_of(error: Exception, client: "S3Client", bucket: str, operation: str) -> SyncFault:
    """The fault to be raised for one of `FAILURES`; `operation` is what was about to be done."""
    place = place_of(client, bucket)
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return SettingsInvalid(
            [f"ledger: no complete credentials for {place}; set access_key_id and its secret"]
        )
    if isinstance(error, ParamValidationError):
        return SettingsInvalid([f"ledger.bucket: {bucket!r} is not a bucket name"])
    if isinstance(error, ClientError):
        return _refusal(error, place, operation)
    if isinstance(error, ResponseParserError):
        return ContractBroken(
            f"{place} does not answer as S3 does", system="ledger", operation=operation
        )
    text = f"no usable answer from {place} ({type(error).__name__})"
    return Unavailable(text, system="ledger", operation=operation)


def _refusal(error: ClientError, place: str, operation: str) -> SyncFault:
    code, status = code_of(error), status_of(error)
    message = error.response.get("Error", {}).get("Message", "")
    if code == "NoSuchBucket":
        return SettingsInvalid([f"ledger.bucket: there is no {place}"])
    if code in _REGION:
        return SettingsInvalid([f"ledger.region: {place} belongs to another region: {message}"])
    if code == "NotImplemented" or status == 501:
        return SettingsInvalid(
            [
                (
                    f"ledger.endpoint_url: {place} does not know conditional writes, which the"
                    " ledger needs"
                )
            ]
        )
    if status in (401, 403):
        text = f"{place} refuses the access key or the right to {operation} ({code}: {message})"
        # Without the right to list, AWS calls a missing key a refusal.
        advice = (
            "Check the key and its secret, and that it may read, write, list and delete in this"
            " bucket."
        )
        return AccessDenied(text, system="ledger", operation=operation, advice=advice)
    if code in _BUSY or status == 429:
        text = f"{place} asks us to slow down ({code})"
        return RateLimited(
            text, retry_after=_retry_after(error), system="ledger", operation=operation
        )
    if status >= 500 or status == 409:
        return Unavailable(
            f"{place} cannot answer now ({status} {code})", system="ledger", operation=operation
        )
    return ContractBroken(
        f"{place} answered {status} {code}: {message}", system="ledger", operation=operation
    )


def code_of(error: ClientError) -> str:
    """The S3 code, such as NoSuchKey."""
    return error.response.get("Error", {}).get("Code", "")


def status_of(error: ClientError) -> int:
    """The HTTP status; 0 when there was none."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _retry_after(error: ClientError) -> float:
    text = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
    return float(text) if text.isdigit() else _DEFAULT_RETRY_AFTER
