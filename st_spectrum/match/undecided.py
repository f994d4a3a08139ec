"""How many companies may be customers of Spectrum already while nobody has said so."""

import json
from pathlib import Path

from st_spectrum.private_files import create_private_file, make_private_folder

FILE = Path("matching") / "undecided.json"


def keep_undecided(state_dir: Path, companies: int) -> None:
    """Remember it for the first load. Raises `OSError`."""
    path = state_dir / FILE
    make_private_folder(path.parent)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    create_private_file(new)
    new.write_text(json.dumps({"companies": companies}), "utf-8")
    new.replace(path)


def undecided(state_dir: Path) -> int:
    """0 as well where nobody has matched yet."""
    path = state_dir / FILE
    if not path.exists():
        return 0
    return int(json.loads(path.read_text("utf-8"))["companies"])
