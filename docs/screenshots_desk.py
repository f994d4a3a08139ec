"""The pictures of a clerk's desk: a mail, where what it says is corrected, Dagster's page that its
link opens, and the run. `screenshots.py` takes them with the others; `tests/desk` has the desk.
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from st_spectrum.sandbox.server import Sandbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
TITLE = "Spectrum does not know the tax class of a job"


def take_desk_pictures(images: Path, browser: "Browser") -> None:
    """desk-mail, desk-correction, desk-launchpad and desk-outcome."""
    sys.path.insert(0, str(ROOT))  # the desk is that of the tests
    from tests.desk.desk import open_desk
    from tests.desk.troubles import TROUBLES, open_office

    (trouble,) = [trouble for trouble in TROUBLES if trouble.title == TITLE]
    with (
        tempfile.TemporaryDirectory(prefix="st_spectrum-") as folder,
        Sandbox(Path(folder) / "sandbox") as sandbox,
    ):
        office = open_office(sandbox, Path(folder))
        page = browser.new_page(viewport={"width": 1100, "height": 620})
        page.set_default_timeout(60_000)
        with open_desk(office.contractor, Path(folder), page) as desk:
            key = trouble.happen(office)
            office.round()
            desk.tell()
            names = ("mail", "correction", "launchpad", "outcome")
            desk.pictures = {name: images / f"desk-{name}.png" for name in names}
            desk.open_mail(trouble.subject)
            trouble.correct(desk, office, key)
            trouble.act(desk, office, key)
        office.contractor.close()
