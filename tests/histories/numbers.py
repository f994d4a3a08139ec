"""How many histories are tried, and which ones."""

import os

from hypothesis import HealthCheck, settings

FEW, MANY = 10, int(os.environ.get("ST_SPECTRUM_HISTORIES", "500"))
"""For every flow and way, in the fast suite and in the long proofs."""


def tried(histories: int) -> settings:
    """The same histories in every run, so that a failure can be seen again; others each time where
    the environment has
    `ST_SPECTRUM_OTHER_HISTORIES`, for whoever looks for what nobody has found yet."""
    is_same = not os.environ.get("ST_SPECTRUM_OTHER_HISTORIES")
    return settings(
        max_examples=histories,
        deadline=None,
        database=None,
        derandomize=is_same,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
