"""boto3's client for the ledger's bucket, by way of dagster-aws's `S3Resource`. Loads Dagster:
import it late.
"""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from dagster_aws.s3 import S3Resource
from pydantic import Field

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_CONNECT_SECONDS = 5.0
_CONNECTIONS = 40
"""More than the engine's largest number of workers, so that none waits for a connection."""


class LedgerS3Resource(S3Resource):
    """`S3Resource` with time-outs. Path-style addresses when an endpoint is given, as servers
    without wildcard DNS need.
    """

    timeout_seconds: float = Field(
        default=20, description="How long one request may take to be answered."
    )

    def get_client(self) -> "S3Client":
        """A client whose every request is bounded; `max_attempts` counts the first one."""
        config = Config(
            connect_timeout=min(_CONNECT_SECONDS, self.timeout_seconds),
            read_timeout=self.timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": self.max_attempts},
            max_pool_connections=_CONNECTIONS,
            s3={"addressing_style": "path" if self.endpoint_url else "auto"},
        )
        session = boto3.session.Session(profile_name=self.profile_name)
        return session.client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            use_ssl=self.use_ssl,
            verify=self.verify,
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            aws_session_token=self.aws_session_token,
            config=config,
        )


def ledger_client(settings: LedgerSettings) -> "S3Client":
    """The client that the settings describe; what they leave out comes from boto3's own chain
    (environment, profile).
    """
    region = settings.region or ("us-east-1" if settings.endpoint_url else None)
    resource = LedgerS3Resource(
        region_name=region,
        endpoint_url=settings.endpoint_url or None,
        aws_access_key_id=settings.access_key_id or None,
        aws_secret_access_key=settings.secret_access_key.get_secret_value() or None,
        max_attempts=3,
        timeout_seconds=settings.timeout_seconds,
    )
    try:
        return resource.get_client()
    except (BotoCoreError, ValueError) as error:
        raise SettingsInvalid(
            [f"ledger: no S3 client can be made from these settings: {error}"]
        ) from None
