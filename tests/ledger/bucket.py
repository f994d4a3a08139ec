"""A bucket on either kind of S3 server, and what lies in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from st_spectrum.account.connections import LedgerSettings
from tests.ledger.ledger_servers import BUCKET, client_for, moto, s3_settings
from tests.ledger.relay import Relay

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass
class Bucket:
    """A bucket on one of the servers, the requests that reach it, and the relay in front of the
    real one.
    """

    settings: LedgerSettings
    requests: list[tuple[str, str]]
    client: Any
    relay: Relay | None = None

    def keys(self, folder: str) -> list[str]:
        """What lies there, without the account's prefix."""
        start = f"{self.settings.prefix}/"
        found = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, Prefix=f"{start}{folder}/"
        )
        return [
            content["Key"].removeprefix(start)
            for page in found
            for content in page.get("Contents", ())
        ]

    def table(self, week: str) -> "DataFrame":
        """As somebody reads it who knows nothing of us."""
        import pandas as pd

        found = self.client.get_object(
            Bucket=BUCKET, Key=f"{self.settings.prefix}/payroll/{week}.parquet"
        )
        return pd.read_parquet(BytesIO(found["Body"].read()))


@contextmanager
def moto_bucket() -> Iterator[Bucket]:
    """moto inside this process."""
    with moto() as seen:
        yield Bucket(s3_settings(""), seen, client_for(None))


@contextmanager
def seaweed_bucket(url: str) -> Iterator[Bucket]:
    """A real server behind a relay; what is looked at for the test goes past the relay."""
    relay = Relay(url)
    try:
        yield Bucket(s3_settings(relay.url), relay.seen, client_for(url), relay)
    finally:
        relay.close()
