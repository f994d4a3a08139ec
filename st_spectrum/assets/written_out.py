"""Tables that Dagster shows on the page itself, where long Markdown stands behind a button."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import dagster as dg


def written_out(
    head: Sequence[str], rows: Iterable[Sequence[str]], most: int
) -> dg.TableMetadataValue:
    """A table of texts; of more than `most` rows the rest is counted in the last one."""
    kept = [tuple(map(str, row)) for row in rows]  # of an enumeration Dagster stores no member
    if (left := len(kept) - most) > 0:
        kept = [*kept[:most], (f"... and {left} more.", *[""] * (len(head) - 1))]
    records = [dg.TableRecord(dict(zip(head, row, strict=True))) for row in kept]
    return dg.MetadataValue.table(
        records, dg.TableSchema([dg.TableColumn(name, "string") for name in head])
    )


def amount_text(amount: Decimal) -> str:
    """Dollars or hours."""
    return f"{amount:,.2f}"
