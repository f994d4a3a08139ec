"""Weekly tables hold wages: their folder and files are their owner's alone, those of earlier
versions too.
"""

import stat
from pathlib import Path

from upath import UPath

from st_spectrum.resources.weekly_tables import TablesInFolder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_table_is_its_owners_alone_and_so_become_those_of_earlier_versions(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "state" / "payroll"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    (folder / "2026-03-01.parquet").write_bytes(b"last week's")
    (folder / "2026-03-01.parquet").chmod(0o644)
    tables, new = TablesInFolder(tmp_path / "state"), UPath(folder / "2026-03-08.parquet")

    tables.make_directory(UPath(folder))
    tables.write(new, b"this week's")

    assert mode(folder) == 0o700
    assert {file.name: mode(file) for file in folder.iterdir()} == {
        "2026-03-01.parquet": 0o600,
        "2026-03-08.parquet": 0o600,
    }
    assert Path(str(new)).read_bytes() == b"this week's"
