"""Keeps the table of each payroll week as one Parquet file: beside the ledger on S3, else in the account's own folder."""

from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.account_file import load_account

if TYPE_CHECKING:
    from pandas import DataFrame

FOLDER = "payroll"


class WeeklyTables(dg.ConfigurableIOManager):
    """One file for each week, named by its first day; a week that is reconciled again replaces its own."""

    account_file: str

    def handle_output(self, context: dg.OutputContext, obj: "DataFrame") -> None:
        """Write the week's table, and say where it lies."""
        account, name = load_account(Path(self.account_file)), file_name(context.partition_key)
        data: bytes = obj.to_parquet(None, index=False)
        if account.ledger.kind == "s3":
            place = _put(account, name, data)
        else:
            file = account.state_dir / FOLDER / name
            file.parent.mkdir(parents=True, exist_ok=True)
            written = file.with_suffix(".new")
            written.write_bytes(data)
            place = str(written.replace(file))
        context.add_output_metadata({"table": dg.MetadataValue.text(place), "table_bytes": len(data)})

    def load_input(self, context: dg.InputContext) -> "DataFrame":
        """The table of a week."""
        from io import BytesIO

        import pandas as pd

        account, name = load_account(Path(self.account_file)), file_name(context.partition_key)
        if account.ledger.kind == "s3":
            from st_spectrum.ledger.s3_client import ledger_client

            found = ledger_client(account.ledger).get_object(
                Bucket=account.ledger.bucket, Key=object_key(account, name)
            )
            return pd.read_parquet(BytesIO(found["Body"].read()))
        return pd.read_parquet(account.state_dir / FOLDER / name)


def file_name(partition: str) -> str:
    """What the file of a week is called."""
    return f"{partition}.parquet"


def object_key(account: Account, name: str) -> str:
    """Where it lies in the ledger's bucket."""
    return "/".join(filter(None, (account.ledger.prefix.strip("/"), FOLDER, name)))


def _put(account: Account, name: str, data: bytes) -> str:
    from st_spectrum.ledger.s3_client import ledger_client

    key = object_key(account, name)
    ledger_client(account.ledger).put_object(Bucket=account.ledger.bucket, Key=key, Body=data)
    return f"s3://{account.ledger.bucket}/{key}"
