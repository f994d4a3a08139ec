"""How many companies may be customers of Spectrum already while nobody has said so."""

import json
from pathlib import Path

from st_spectrum.private_files import make_private_folder, write_private_text

FILE = Path("matching") / "undecided.json"


def keep_undecided(state_dir: Path, companies: int) -> None:
    """Remember it for the first load. Raises `OSError`."""
    path = state_dir / FILE
    make_private_folder(path.parent)
    write_private_text(path, json.dumps({"companies": companies}))


def undecided(state_dir: Path) -> int:
    """0 as well where nobody has matched yet."""
    path = state_dir / FILE
    if not path.exists():
        return 0
    return int(json.loads(path.read_text("utf-8"))["companies"])
