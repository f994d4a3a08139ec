"""What ServiceTrade's records call the things of which no public page shows a name: which
assumption each key settles. Data, and one rule for all of it. Pure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from st_spectrum.record.judgement import (
    Evidence,
    Judgement,
    judged,
    keys_of,
    kind_of,
    listed,
)
from st_spectrum.servicetrade.source_keys import in_our_keys

Rows = Sequence[Mapping[str, Any]]

CARDS = ("list timecard", "list timecard approved", "one timecard")
TIME_MODELS = "servicetrade/time_models.py"
ITEM_MODELS = "servicetrade/item_models.py"


@dataclass(frozen=True)
class Key:
    """A key that the rows of `source` should have. What is `rare` may be left out by a system that
    has nothing to say; otherwise no row with it means that it is called something else.
    """

    id: str
    source: str
    name: str
    kind: str
    where: str
    rare: bool = False


@dataclass(frozen=True)
class Values:
    """A key with a closed list of values."""

    id: str
    source: str
    name: str
    expected: tuple[str, ...]
    where: str


def _cards(source: str, *keys: tuple[str, str, str, bool]) -> Iterator[Key]:
    names = {"card": "TimeCard", "day log": "DayLog", "clock": "ClockEvent", "absence": "Absence"}
    for attribute, name, kind, rare in keys:
        chapter = "ST9" if source == "absence" else "ST8"
        model = names[source]
        id_ = f"{chapter}.{model}.{attribute}"
        yield Key(id_, source, name, kind, f"{TIME_MODELS} {model}.{attribute}", rare)


KEYS: tuple[Key, ...] = (
    *_cards(
        "card",
        ("user", "user", "object", False),
        ("period_start", "periodStart", "time", False),
        ("period_end", "periodEnd", "time", False),
        ("day_logs", "dayLogs", "list", False),
        ("office", "office", "object", True),
        ("submitted_on", "submittedOn", "time", True),
        ("approved_on", "approvedOn", "time", True),
        ("approved_by", "approvedBy", "object", True),
        ("created", "created", "time", True),
    ),
    *_cards(
        "day log",
        ("job", "job", "object", True),
        ("job_item", "jobItem", "object", True),
        ("lib_item", "libItem", "object", True),
        ("service_line", "serviceLine", "object", True),
        ("name", "name", "text", True),
        ("notes", "notes", "text", True),
        ("quantity", "quantity", "number", False),
    ),
    *_cards(
        "clock",
        ("job", "job", "object", True),
        ("created", "created", "time", True),
        ("updated", "updated", "time", True),
    ),
    *_cards(
        "absence",
        ("name", "name", "text", False),
        ("created", "created", "time", True),
        ("updated", "updated", "time", True),
    ),
    Key("ST8.Worker", "worker", "externalIds", "map", f"{TIME_MODELS} Worker"),
    Key(
        "ST8.Unreadable.begins",
        "card",
        "periodStart",
        "time",
        "servicetrade/models.py Unreadable.begins",
    ),
    Key(
        "ST6.Company.payment_terms",
        "company",
        "paymentTerms",
        "object",
        "servicetrade/models.py Company.payment_terms",
        rare=True,
    ),
    *(
        Key(
            f"ST7.ItemSource.{attribute}",
            f"{kind} source",
            name,
            of,
            f"{ITEM_MODELS} ItemSource.{attribute}; servicetrade.item_source_keys",
            rare,
        )
        for attribute, kind, name, of, rare in (
            ("po_number", "vendor", "poNumber", "text", False),
            ("status", "vendor", "status", "text", False),
            ("vendor_id", "vendor", "vendorId", "number", False),
            ("expected_delivery", "vendor", "expectedDelivery", "time", True),
            ("ref_number", "refnumber", "refNumber", "text", False),
            ("warehouse_id", "warehouse", "warehouseId", "number", False),
        )
    ),
)

VALUES: tuple[Values, ...] = (
    Values(
        "ST8.CARD_STATUSES",
        "card",
        "status",
        ("open", "submitted", "approved", "rejected"),
        f"{TIME_MODELS} CARD_STATUSES; timecards.card_statuses",
    ),
    Values(
        "ST8.TimeCard.status",
        "card",
        "status",
        ("open", "submitted", "approved", "rejected"),
        f"{TIME_MODELS} TimeCard.status",
    ),
    *(
        Values(id_, "day log", "type", ("labor", "clock", "expense", "other"), where)
        for id_, where in (
            ("ST8.DayLog.type", f"{TIME_MODELS} DayLog.type; timecards.row_types"),
            ("ST8.time_models.2", f"{TIME_MODELS} LABOR, CLOCK, EXPENSE, OTHER"),
        )
    ),
    *(
        Values(id_, "clock", "eventType", ("in", "out"), f"{TIME_MODELS} CLOCKED_IN, CLOCKED_OUT")
        for id_ in ("ST8.ClockEvent.event_type", "ST8.CLOCKED_IN")
    ),
    Values(
        "ST8.ClockEvent.source",
        "clock",
        "source",
        ("mobile", "ivr"),
        f"{TIME_MODELS} ClockEvent.source",
    ),
    Values(
        "ST7.ItemSource.type",
        "source",
        "type",
        ("vendor", "refnumber", "warehouse", "tech"),
        f"{ITEM_MODELS} ItemSource.type",
    ),
    Values(
        "ST7.RECEIVED",
        "vendor source",
        "status",
        ("to_be_ordered", "ordered", "received"),
        f"{ITEM_MODELS} RECEIVED",
    ),
)


def sources_of(evidence: Evidence) -> Mapping[str, Rows]:
    """The rows that keys are sought in."""
    cards = evidence.of(*CARDS)
    items = evidence.of("list jobitem", "list jobitem labor", "one jobitem")
    keys: dict[str, str] = {
        str(ours): there for ours, there in evidence.account.servicetrade.item_source_keys.items()
    }
    sources = _nested([in_our_keys(item, keys) for item in items], "source")
    return {
        "card": cards,
        "day log": _nested(cards, "dayLogs"),
        "worker": _nested(cards, "user"),
        "clock": evidence.of("list clock"),
        "absence": evidence.of("list user/absence"),
        "company": evidence.of("list company", "one company"),
        "source": sources,
        **{
            f"{kind} source": [row for row in sources if row.get("type") == kind]
            for kind in ("vendor", "refnumber", "warehouse", "tech")
        },
    }


def _nested(rows: Rows, key: str) -> list[Mapping[str, Any]]:
    """The objects that stand under a key, one or a list of them."""
    found = (row.get(key) for row in rows)
    several = (value if isinstance(value, list) else [value] for value in found)
    return [one for values in several for one in values if isinstance(one, Mapping)]


def judge_keys(evidence: Evidence) -> Iterator[Judgement]:
    """Each key and each closed list of values."""
    sources = sources_of(evidence)
    for key in KEYS:
        yield judge_key(key, sources[key.source])
    for values in VALUES:
        rows = sources[values.source]
        found = {row[values.name] for row in rows if isinstance(row.get(values.name), str)}
        yield judged(
            values.id,
            f"{values.name} is one of {', '.join(values.expected)}",
            f"{listed(found)}" if found else f"no {values.name} among {keys_of(rows)}",
            values.where,
            holds=bool(found) and found <= set(values.expected),
            seen=bool(rows),
        )


_KINDS: Mapping[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, Mapping | int) and not isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "map": lambda value: isinstance(value, Mapping) or value == [],
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) or _is_number(value),
    "time": lambda value: isinstance(value, int) and (value == 0 or 10**8 < value < 10**10),
}


def _is_number(value: object) -> bool:
    try:
        float(str(value).replace(",", ""))
    except ValueError:
        return False
    return True


def judge_key(key: Key, rows: Rows) -> Judgement:
    """One key in the rows that should have it."""
    holding = [row for row in rows if key.name in row]
    values = [row[key.name] for row in holding if row[key.name] is not None]
    expected = f"key {key.name}, {_WORDS[key.kind]}"
    if values:
        wrong = [value for value in values if not _KINDS[key.kind](value)]
        found = ", ".join(sorted({kind_of(value) for value in wrong}))
        return judged(key.id, expected, found, key.where, holds=not wrong)
    alike = _alike(key, rows) if not holding else []
    if not alike and (holding or key.rare or not rows):
        return judged(key.id, expected, "", key.where, holds=True, seen=False)
    found = f"{listed(alike)} in its place" if alike else f"keys {keys_of(rows)}"
    return judged(key.id, expected, found, key.where, holds=False)


def _alike(key: Key, rows: Rows) -> list[str]:
    """Keys that may be the same thing under another name: `jobId` or `job_id` for `job`."""
    known = {other.name for other in KEYS if other.source == key.source}
    bare = key.name.casefold().rstrip("s")
    names = sorted({str(name) for row in rows for name in row} - known)
    return [
        name
        for name in names
        if name.replace("_", "").casefold().removesuffix("id").rstrip("s") == bare
    ]


_WORDS = {
    "object": "an object with an id",
    "list": "a list",
    "map": "an object",
    "text": "a text",
    "number": "a number",
    "time": "epoch seconds",
}
