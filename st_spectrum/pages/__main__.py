"""Writes the generated pages of the folder in which it is started, in `docs/` and the README, and
names those that changed.
"""

import sys
from pathlib import Path

from st_spectrum.pages.field_map import field_map
from st_spectrum.pages.inserts import with_inserts
from st_spectrum.pages.unverified import unverified


def pages(docs: Path) -> dict[Path, str]:
    """Every generated page with the text that it should have. Of those in `docs` and of the README
    beside it a part is generated.
    """
    written = {docs / "field-map.md": field_map(), docs / "unverified.md": unverified()}
    partly = [*sorted(docs.glob("*.md")), docs.parent / "README.md"]
    mixed = {page: with_inserts(page.read_text(encoding="utf-8")) for page in partly}
    return {**mixed, **written}


def main() -> None:
    """Write what is stale."""
    docs = Path("docs")
    if not docs.is_dir():
        sys.exit("There is no folder docs here; start this in the project's top folder.")
    for page, text in pages(docs).items():
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            print(f"written: {page}")


if __name__ == "__main__":
    main()
