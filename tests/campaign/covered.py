"""How much of engine, ledger and flows the histories of a campaign alone have gone through.

    make campaign N=1000 COVERAGE=1

One line for each folder, of the data that coverage.py kept.
"""

import sys
from collections import defaultdict
from pathlib import Path, PurePath

from coverage import Coverage

FOLDER = 3
"""Parts of a path that name a folder: `st_spectrum/flows/jobs`."""


def main() -> int:
    data = Coverage()
    data.load()
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    here = Path.cwd()
    for name in data.get_data().measured_files():
        numbers = data._analyze(name).numbers
        path = PurePath(name).relative_to(here)
        found = (
            numbers.n_statements, numbers.n_executed, numbers.n_branches, numbers.n_executed_branches
        )  # fmt: skip
        for folder in ("together", "/".join(path.parent.parts[1:FOLDER])):
            sums[folder] = [one + more for one, more in zip(sums[folder], found, strict=True)]
    print(f"\n{'':28}{'lines':>8}{'branches':>10}")
    for folder, (lines, gone, branches, taken) in sorted(sums.items()):
        print(f"{folder:28}{gone / max(1, lines):>8.1%}{taken / max(1, branches):>10.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
