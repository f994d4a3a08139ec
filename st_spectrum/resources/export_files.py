"""Where exported periods lie: beside the ledger on S3, else in the account's own private folder."""

import tempfile
from pathlib import Path

from st_spectrum.account import Account
from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.private_files import keep_file_private, make_private_folder
from st_spectrum.reconcile.workbook import write_files

FOLDER = "exports"


def keep_export(
    account: Account, flow: str, period: str, compared: FlowCompared
) -> tuple[str, ...]:
    """Write the files of a period in place of those that were there; where they lie, for people.

    Raises the error families.
    """
    try:
        make_private_folder(account.state_dir)
        with tempfile.TemporaryDirectory(dir=account.state_dir) as written:
            files = write_files([compared], Path(written))
            if account.ledger.kind == "s3":
                return _put(account.ledger, f"{FOLDER}/{flow}/{period}", files)
            folder = account.state_dir / FOLDER / flow / period
            make_private_folder(folder)
            places = [file.replace(folder / file.name) for file in files]
    except OSError as error:
        text = f"state_dir: no file can be written into {account.state_dir}: {error.strerror}"
        raise SettingsInvalid([text]) from None
    for place in places:
        keep_file_private(place)
    return tuple(map(str, places))


def _put(settings: LedgerSettings, folder: str, files: tuple[Path, ...]) -> tuple[str, ...]:
    from st_spectrum.ledger.s3_client import ledger_client
    from st_spectrum.ledger.s3_faults import FAILURES, fault_of

    client = ledger_client(settings)
    places = []
    for file in files:
        key = "/".join(filter(None, (settings.prefix.strip("/"), folder, file.name)))
        try:
            client.put_object(Bucket=settings.bucket, Key=key, Body=file.read_bytes())
        except FAILURES as error:
            raise fault_of(error, client, settings.bucket, "write the export") from error
        places.append(f"s3://{settings.bucket}/{key}")
    return tuple(places)
