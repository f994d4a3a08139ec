"""`st-spectrum requirements`: what the administrators of both systems have to set up, to tick."""

from itertools import groupby
from pathlib import Path

from st_spectrum.account.file import load_connections


def run_requirements(account_file: Path) -> int:
    """Prints Markdown, a list for each administrator. An account file's connections are enough."""
    from st_spectrum.check.requirements import requirements_of

    unset: set[str] = set()
    account = load_connections(account_file, unset=unset)
    print(f"# What {account.name} needs")
    print(
        "\n`st-spectrum check` reads both systems and tells what is missing, under the place in"
        " brackets."
    )
    for who, lines in groupby(requirements_of(account), key=lambda line: line.who):
        print(f"\n## {who}\n")
        for line in lines:
            print(f"- [ ] {line.text} [{line.where}]")
    for name in sorted(unset):
        print(f"- [ ] The environment variable {name}, which is not set yet. [environment]")
    return 0
