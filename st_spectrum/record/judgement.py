"""What was read, whole and raw, and what it says of one assumption. Pure.

A judgement names shapes, keys, letters and counts, never a value: it is written down for others.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from st_spectrum.account import Account
from st_spectrum.record.exchanges import Exchanges
from st_spectrum.record.walk_infolink import TableFound

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_ ./-]{0,19}")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
MOST = 12
"""Of what is enumerated in one judgement."""


class Verdict(StrEnum):
    """What became of an assumption."""

    HOLDS = "holds"
    DIFFERS = "differs"
    NOT_SEEN = "not seen"


@dataclass(frozen=True)
class Judgement:
    """One assumption, or one fact of the pages in `docs/vendor/`, whose id then begins with
    `fact.`. `where` is the file or the setting to change if it differs.
    """

    id: str
    verdict: Verdict
    expected: str = ""
    found: str = ""
    where: str = ""


@dataclass
class Evidence:
    """All that was read. `records` are ServiceTrade's by probe, `rows` those of the Get services,
    `described` what Spectrum's own dictionary has of each table.
    """

    account: Account
    exchanges: Exchanges = field(default_factory=Exchanges)
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    is_complete: Mapping[str, bool] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, TableFound] = field(default_factory=dict)
    described: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known_tables: frozenset[str] = frozenset()
    counts: Mapping[tuple[str, str], Counter[str]] = field(default_factory=dict)
    extension: tuple[int, int, int] | None = None
    openapi: Mapping[str, Any] | None = None

    def of(self, *probes: str) -> list[Mapping[str, Any]]:
        """The records of these probes."""
        return [row for probe in probes for row in self.records.get(probe, ())]


def judged(
    id_: str, expected: str, found: str, where: str, *, holds: bool, seen: bool = True
) -> Judgement:
    """One judgement; what was not seen has nothing to compare."""
    if not seen:
        return Judgement(id_, Verdict.NOT_SEEN, expected, "", where)
    verdict = Verdict.HOLDS if holds else Verdict.DIFFERS
    return Judgement(id_, verdict, expected, found, where)


def listed(values: Iterable[object]) -> str:
    """Letters and words for a judgement, as they are where they are codes, else by their shape."""
    shown = sorted({shown_value(value) for value in values})
    more = f" and {len(shown) - MOST} more" if len(shown) > MOST else ""
    return (", ".join(shown[:MOST]) or "nothing") + more


def shown_value(value: object) -> str:
    """A code as it is; of anything else its kind and length."""
    text = "" if value is None else str(value).strip()
    if not text:
        return "blank"
    is_code = _CODE.fullmatch(text) and len(text.split()) <= 2
    return repr(text) if is_code else f"a text of {len(text)} characters"


def keys_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """The keys of some records; what is no name of a key is left out."""
    names = sorted({key for row in rows for key in row if _KEY.fullmatch(str(key))})
    return ", ".join(names) or "no keys"


def kind_of(value: object) -> str:
    """What a JSON value is, for people."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float | Decimal):
        return "a number"
    if isinstance(value, Mapping):
        return f"an object of {keys_of([value])}"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else "a text"
