"""The auditor of the tests: both systems compared record by record from their raw rows, by rules of
its own.

What users compare by is `st_spectrum/reconcile/`, which asks the rules that send. A rule that is
wrong is wrong on both of its sides, and shows here, because nothing here knows engine, flows or
clients.
"""

from typing import Any, Literal, Protocol


class Records(Protocol):
    """Gives the raw rows of both systems: the control API, or the rig behind it."""

    def records(
        self, system: Literal["servicetrade", "spectrum"], table: str, /
    ) -> list[dict[str, Any]]:
        """Those of one table."""
