"""How to reach ServiceTrade, Spectrum and the ledger."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, SecretStr

from st_spectrum.account.infolink_columns import named_twice
from st_spectrum.account.section import Contradiction, Section
from st_spectrum.account.types import (
    ColumnName,
    DatabaseAddress,
    JsonKey,
    KnownColumn,
    OptionalWebAddress,
    OwnPath,
    SoughtTable,
    SourceKey,
    TableName,
    WebAddress,
    plain_http_refused,
)


class ServiceTradeConnection(Section):
    """How to reach ServiceTrade [ST 1, 2]. `external_system` is the name under which external ids
    are kept [ST 11]; `vendor_system` another for the codes of vendors, since a record has one slot
    in each and a vendor may be a customer as well. Empty: both go into the first.

    `account` is the name or the id of the account that the login must lead to: a demo account lives
    on the same host. `item_source_keys` says what this installation calls the keys of a job item's
    source [ST 7.2].
    """

    base_url: WebAddress
    allow_plain_http: bool = False
    auth: Literal["oauth2", "session"] = "oauth2"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    username: str = ""
    password: SecretStr = SecretStr("")
    account: str = ""
    external_system: str = Field(default="spectrum", pattern=r"^[a-z][a-z0-9_]*$")
    vendor_system: str = Field(default="", pattern=r"^([a-z][a-z0-9_]*)?$")
    item_source_keys: dict[SourceKey, JsonKey] = {}
    timeout_seconds: float = Field(default=30, gt=0)
    parallel_requests: int = Field(default=4, ge=1, le=32)
    read_attempts: int = Field(default=4, ge=1, le=10)
    page_limit: int = Field(default=1000, ge=1, le=2000)

    def contradictions(self) -> Iterator[Contradiction]:
        """A login must be complete, and crosses no network in the clear unless meant."""
        yield from plain_http_refused(self, "base_url")
        if self.auth == "oauth2" and not (self.client_id and self.client_secret.get_secret_value()):
            yield ("auth", "client_id", "client_secret"), "oauth2 needs client_id and client_secret"
        there = [self.item_source_keys.get(key, key) for key in get_args(SourceKey)]
        if len(set(there)) < len(there):
            yield ("item_source_keys",), "two keys would have one name"
        if self.auth == "session" and not (self.username and self.password.get_secret_value()):
            yield ("auth", "username", "password"), "session needs username and password"


class InfoLink(Section):
    """Read-only SQL on Spectrum's tables [SP 16]; `url` is an SQLAlchemy address such as
    `mssql+pymssql://...`.

    `tables` names those of the set-up whose names nobody has published, by what is in them; one
    that is not named is sought in Spectrum's own dictionary. `columns` says what this installation
    calls a column that is read, by `TABLE.Column` of the name that is known.
    """

    url: DatabaseAddress
    timeout_seconds: float = Field(default=30, gt=0)
    tables: dict[SoughtTable, TableName] = {}
    columns: dict[KnownColumn, ColumnName] = {}

    def contradictions(self) -> Iterator[Contradiction]:
        """Two columns of one table are two."""
        if twice := named_twice(self.columns):
            yield ("columns",), f"two columns would be {twice}; each has a name of its own"


class SpectrumConnection(Section):
    """How to reach Spectrum's Data Exchange [SP 1]. Without `infolink`, what has no Get service
    cannot be looked up.
    """

    base_url: WebAddress
    allow_plain_http: bool = False
    company_code: str = Field(min_length=1, max_length=3)
    authorization_id: SecretStr = Field(min_length=1, max_length=20)
    auth: Literal["basic", "bearer"] = "basic"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    infolink: InfoLink | None = None
    timeout_seconds: float = Field(default=60, gt=0)
    parallel_writes: int = Field(default=2, ge=1, le=16)
    parallel_reads: int = Field(default=3, ge=1, le=16)
    read_attempts: int = Field(default=4, ge=1, le=10)

    def contradictions(self) -> Iterator[Contradiction]:
        """A login must be complete, and crosses no network in the clear unless meant."""
        yield from plain_http_refused(self, "base_url")
        if self.auth == "bearer" and not (self.client_id and self.client_secret.get_secret_value()):
            yield ("auth", "client_id", "client_secret"), "bearer needs client_id and client_secret"


class LedgerSettings(Section):
    """Where the ledger lives. `lease_seconds` is how long a claim of a worker that went silent is
    respected.
    """

    kind: Literal["sqlite", "s3"] = "sqlite"
    path: OwnPath = Path(".local/ledger.sqlite")
    bucket: str = ""
    prefix: str = ""
    endpoint_url: OptionalWebAddress = ""
    allow_plain_http: bool = False
    region: str = ""
    access_key_id: str = ""
    secret_access_key: SecretStr = SecretStr("")
    timeout_seconds: float = Field(default=20, gt=0)
    lease_seconds: float = Field(default=300, gt=0)

    def contradictions(self) -> Iterator[Contradiction]:
        """A ledger on S3 lives in a bucket, and crosses no network in the clear unless meant."""
        yield from plain_http_refused(self, "endpoint_url")
        if self.kind == "s3" and not self.bucket:
            yield ("kind", "bucket"), "s3 needs a bucket"
