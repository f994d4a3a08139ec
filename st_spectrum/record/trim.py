"""A few rows of what was read, chosen so that each kind of row is among them. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from lxml import etree

from st_spectrum.spectrum import envelope

T = TypeVar("T")

ROWS = 6
WHOLE = {"GetPayType": 60, "GetPhase": 12, "GetPhaseEnhanced": 12}
"""Services of whose rows more is kept: short lists of the set-up."""
SHORT_LISTS = frozenset({"serviceLines", "servicelines", "paymentTerms", "libItems", "accounts"})
MOST = 60
INNER_ROWS = 6
"""Lines of one invoice, days of one time card."""
TELLING = ("status", "type", "eventType", "activity", "customer", "vendor", "primeContractor")


def few(rows: Iterable[T], kinds: Iterable[object], most: int = ROWS) -> list[T]:
    """The first rows of each kind, then others, in their order."""
    first: list[int] = []
    others: list[int] = []
    seen: set[object] = set()
    held = list(rows)
    for place, kind in enumerate(kinds):
        (others if kind in seen else first).append(place)
        seen.add(kind)
    return [held[place] for place in sorted([*first, *others][:most])]


def trimmed_json(body: Any) -> Any:
    """An answer of ServiceTrade with few of its records, counted anew as a whole list."""
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping):
        return body
    lists = [name for name, value in data.items() if isinstance(value, list)]
    if "totalPages" not in data or len(lists) != 1:
        return {**body, "data": _inner(data)}
    name = lists[0]
    records = data[name]
    kept = few(records, map(_kind, records), MOST if name in SHORT_LISTS else ROWS)
    counted = {**data, name: [_inner(one) for one in kept], "page": 1, "totalPages": 1}
    if "totalCount" in data:
        counted["totalCount"] = len(kept)
    return {**body, "data": counted}


def _kind(record: object) -> object:
    if not isinstance(record, Mapping):
        return type(record)
    source = record.get("source")
    inner = source.get("type") if isinstance(source, Mapping) else source
    return (*(str(record.get(key)) for key in TELLING), str(inner))


def _inner(record: Any) -> Any:
    """A record with few of the rows inside of it."""
    if not isinstance(record, Mapping):
        return record
    return {
        key: few(value, map(_kind, value), INNER_ROWS) if isinstance(value, list) else value
        for key, value in record.items()
    }


def trim_rows(root: etree._Element) -> None:
    """An answer of Spectrum with few of its rows, in place."""
    rows = envelope.named(root, "response")
    if not rows:
        return
    names = [name for name in WHOLE if envelope.named(root, f"{name}Response")]
    most = max((WHOLE[name] for name in names), default=ROWS)
    kinds = [
        tuple(
            envelope.text_of(cell)
            for cell in envelope.children(row)
            if "Status" in envelope.local_name(cell)
        )
        for row in rows
    ]
    kept = few(rows, kinds, most)
    for row in rows:
        parent = row.getparent()
        if row not in kept and parent is not None:
            parent.remove(row)


def few_rows(rows: list[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    """The same of a table: rows that differ in a status or a flag."""
    telling = [name for name in (rows[0] if rows else {}) if name.endswith(("Status", "_Flag"))]
    telling += [name for name in (rows[0] if rows else {}) if name.endswith("_Type")]
    return few(rows, (tuple(str(row[name]) for name in telling) for row in rows), most)
