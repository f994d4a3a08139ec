"""Weekly tables in the ledger's bucket, on dagster-aws's IO manager. Loads boto3: import late."""

from typing import TYPE_CHECKING, Any

import dagster as dg
from botocore.exceptions import ClientError
from dagster_aws.s3.io_manager import PickledObjectS3IOManager

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.ledger.s3_client import ledger_client
from st_spectrum.ledger.s3_faults import FAILURES, MISSING, code_of, fault_of
from st_spectrum.resources.week_file import WeekFile

if TYPE_CHECKING:
    from upath import UPath


class TablesOnS3(WeekFile, PickledObjectS3IOManager):
    """dagster-aws's IO manager with Parquet in place of pickles. A PUT replaces a table as a whole,
    or not at all.
    """

    def __init__(self, settings: LedgerSettings) -> None:
        client = ledger_client(settings)
        try:
            super().__init__(settings.bucket, client, settings.prefix.strip("/"))
        except FAILURES as error:
            raise fault_of(error, client, settings.bucket, "list the tables") from error

    def write(self, path: "UPath", data: bytes) -> str:
        """Put the object; it may be repeated, for whoever comes last has compared the same week."""
        try:
            self.s3.put_object(Bucket=self.bucket, Key=path.as_posix(), Body=data)
        except FAILURES as error:
            raise fault_of(error, self.s3, self.bucket, "write the table") from error
        return self._uri_for_path(path)

    def read(self, path: "UPath") -> bytes:
        """The object's content."""
        try:
            return bytes(self.s3.get_object(Bucket=self.bucket, Key=path.as_posix())["Body"].read())
        except FAILURES as error:
            if isinstance(error, ClientError) and code_of(error) in MISSING:
                raise FileNotFoundError(f"There is no table {self._uri_for_path(path)}.") from None
            raise fault_of(error, self.s3, self.bucket, "read the table") from error

    def get_metadata(self, context: dg.OutputContext, obj: Any) -> dict[str, dg.MetadataValue]:  # noqa: ARG002
        """Nothing beyond what `WeekFile` says: the inherited `uri` leaves the week out."""
        return {}
