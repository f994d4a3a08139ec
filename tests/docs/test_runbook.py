"""docs/runbook.md has a heading for every error family, and for every situation that other pages
send people to.
"""

import re
from pathlib import Path

import pytest

from st_spectrum.domain.errors import FAMILIES, SyncFault

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_every_error_family_has_a_heading_that_says_what_it_means_and_what_to_do(
    family: type[SyncFault],
) -> None:
    section = re.search(rf"^## {family.__name__}\n(.*?)(?=^#)", RUNBOOK, re.MULTILINE | re.DOTALL)
    assert section, f"no heading ## {family.__name__}"
    for part in ("**Means:**", "**You see:**", "**Do:**"):
        assert part in section[1]


def test_no_family_is_forgotten_in_the_list_of_families() -> None:
    def below(family: type[SyncFault]) -> set[type[SyncFault]]:
        return {family}.union(*map(below, family.__subclasses__()))

    # A client may tell cases of a family apart; they are found under the heading of their family.
    ours = {family for family in below(SyncFault) if family.__module__ == SyncFault.__module__}
    assert ours - {SyncFault} == set(FAMILIES)
