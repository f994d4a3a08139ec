"""An exported period lies beside the ledger: in the state folder, for its owner alone, or in the
bucket.
"""

from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from st_spectrum.account.file import load_account
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.resources.export_files import keep_export
from tests.ledger.bucket import moto_bucket
from tests.ledger.ledger_servers import BUCKET
from tests.reconcile.test_workbook import COMPARED


def test_on_one_machine_a_later_export_replaces_the_files_of_an_earlier_one(
    account_file: Path,
) -> None:
    account = load_account(account_file)
    places = keep_export(account, "invoices", "2026-03", COMPARED)
    assert keep_export(account, "invoices", "2026-03", COMPARED) == places
    folder = account.state_dir / "exports" / "invoices" / "2026-03"
    assert {Path(place) for place in places} == set(folder.iterdir())
    assert all(file.stat().st_mode & 0o077 == 0 for file in (folder, *folder.iterdir()))
    left = {path.name for path in account.state_dir.iterdir()}
    assert left == {"exports"}, "nothing of the writing is left behind"


def test_with_a_ledger_on_s3_every_machine_finds_them_in_its_bucket(account_file: Path) -> None:
    with moto_bucket() as bucket:
        account = load_account(account_file).model_copy(update={"ledger": bucket.settings})
        places = keep_export(account, "invoices", "2026-03", COMPARED)
        start = f"s3://{BUCKET}/{bucket.settings.prefix}/"
        assert sorted(place.removeprefix(start) for place in places) == sorted(
            bucket.keys("exports/invoices/2026-03")
        )
        (place,) = [one for one in places if one.endswith("/records.parquet")]
        key = place.removeprefix(f"s3://{BUCKET}/")
        found = bucket.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert len(pd.read_parquet(BytesIO(found))) == 1


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(
    account_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    account = load_account(account_file).model_copy(update={"state_dir": tmp_path / "file"})
    with pytest.raises(SettingsInvalid, match="state_dir: no file can be written into"):
        keep_export(account, "invoices", "2026-03", COMPARED)
