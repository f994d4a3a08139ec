"""What stands twice in the target, for Dagster: a table and the verdict of the last look."""

from collections.abc import Sequence

from st_spectrum.domain.markdown import in_a_line, table
from st_spectrum.ledger.documents.guards import Double

SHOWN = 50


def doubles_table(doubles: Sequence[Double], unseen: str = "") -> str:
    """Each with its places and what to do, errors first."""
    if unseen:
        return f"It could not be looked at: {in_a_line(unseen)}"
    if not doubles:
        return "Nothing stands twice."
    errors_first = sorted(doubles, key=lambda double: not double.is_error)
    rows = ((double.what, "; ".join(double.places), double.advice) for double in errors_first)
    return table(("What", "Where", "What to do"), rows, most=SHOWN)
