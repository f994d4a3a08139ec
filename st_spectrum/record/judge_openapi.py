"""What ServiceTrade's own description of its API says of keys of which no public page shows a name:
the file that logged-in users can fetch. Pure.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.record.judgement import Judgement, judged
from st_spectrum.record.servicetrade_keys import KEYS, VALUES
from st_spectrum.servicetrade.item_models import JobItemFields

Described = Mapping[str, Any]

PLACES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "card": ("/timecard", ()),
    "day log": ("/timecard", ("dayLogs",)),
    "worker": ("/timecard", ("user",)),
    "clock": ("/clock", ()),
    "absence": ("/user/absence", ()),
    "company": ("/company", ()),
    "source": ("/jobitem", ("source",)),
    "vendor source": ("/jobitem", ("source",)),
    "refnumber source": ("/jobitem", ("source",)),
    "warehouse source": ("/jobitem", ("source",)),
}
"""Path of the description, and the keys that lead from its record to what is looked for."""

NAMED: tuple[tuple[str, str, str, str], ...] = (
    ("ST8.DayLog.date", "day log", "date", "servicetrade/time_models.py DayLog.date"),
    ("ST8.DayLog.duration", "day log", "duration", "servicetrade/time_models.py DayLog.duration"),
    ("ST8.DayLog.type", "day log", "type", "servicetrade/time_models.py DayLog.type"),
    ("ST8.TimeCard.status", "card", "status", "servicetrade/time_models.py TimeCard.status"),
    ("ST8.ClockEvent.event_type", "clock", "eventType", "servicetrade/time_models.py ClockEvent"),
    ("ST7.ItemSource.type", "source", "type", "servicetrade/item_models.py ItemSource.type"),
)
"""Keys whose values tell more than their names where records are read; here are only names."""
FILTERS: Mapping[str, tuple[str, ...]] = {
    "ST8.ServiceTrade.time_cards": ("periodStartAfter", "periodStartBefore", "updatedAfter"),
    "ST8.ServiceTrade.time_cards.2": ("status",),
}
"""What a list of time cards is asked by."""
WELL = ("200", "201", "default")

DEEPEST = 12


def read_description(path: Path) -> Described:
    """The file, JSON or YAML. Raises `ArgumentInvalid` for one that cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ArgumentInvalid([f"{path}: cannot be read ({type(error).__name__})"]) from None
    if not isinstance(found, dict) or not isinstance(found.get("paths"), dict):
        raise ArgumentInvalid([f"{path}: is no OpenAPI description, it has no paths"])
    return found


def judge_openapi(described: Described) -> Iterator[Judgement]:
    """The keys of records that are read, and those that a write of a job item takes."""
    for key in KEYS:
        path, inner = PLACES[key.source]
        names = set(_shown(described, path, inner))
        yield judged(
            key.id,
            f"key {key.name}",
            f"described are {', '.join(sorted(names))}",
            key.where,
            holds=key.name in names,
            seen=bool(names),
        )
    for id_, source, name, where in NAMED:
        names = set(_shown(described, *PLACES[source]))
        text = f"described are {', '.join(sorted(names))}"
        yield judged(id_, f"key {name}", text, where, holds=name in names, seen=bool(names))
    asked = set(_parameters(described, "/timecard", "query"))
    for id_, filters in FILTERS.items():
        yield judged(
            id_,
            f"time cards are listed by {', '.join(filters)}",
            f"described are {', '.join(sorted(asked))}",
            "servicetrade/time_records.py TimeRecords.time_cards",
            holds=asked.issuperset(filters),
            seen=bool(asked),
        )
    for values in VALUES:
        if values.source in PLACES:
            path, inner = PLACES[values.source]
            words = _words(described, path, inner, values.name)
            yield judged(
                values.id,
                f"{values.name} is one of {', '.join(values.expected)}",
                f"described are {', '.join(sorted(words))}",
                values.where,
                holds=words <= set(values.expected),
                seen=bool(words),
            )
    taken = set(_taken(described, "/jobitem"))
    for name, field in JobItemFields.model_fields.items():
        if name != "name":
            yield judged(
                f"ST7.JobItemFields.{name}",
                f"key {field.alias or name}",
                f"described are {', '.join(sorted(taken))}",
                f"servicetrade/item_models.py JobItemFields.{name}",
                holds=(field.alias or name) in taken,
                seen=bool(taken),
            )


def _operation(described: Described, path: str, method: str) -> Described:
    """Of the path that ends so: a description may put the base address in front of each."""
    names = (name for name in described["paths"] if f"/{name}".rstrip("/").endswith(path))
    found = described["paths"].get(min(names, key=len, default=""))
    operation = found.get(method) if isinstance(found, dict) else None
    return operation if isinstance(operation, dict) else {}


def _shown(described: Described, path: str, inner: Sequence[str]) -> dict[str, Any]:
    """The keys of a record in the answer of a GET, with their schemas."""
    answers = _operation(described, path, "get").get("responses", {})
    # YAML reads a status that is not quoted as a number.
    by_status = {str(status): answer for status, answer in dict(answers).items()}
    answer: Any = next((by_status[status] for status in WELL if status in by_status), {})
    record = _record(described, _schema(_resolved(described, answer)), 0)
    found = _inside(described, record, inner)
    # What is written as it is read may be described at the write alone.
    return found or (_inside(described, _body(described, path), inner) if inner else found)


def _inside(described: Described, schema: Any, inner: Sequence[str]) -> dict[str, Any]:
    for name in inner:
        schema = _element(described, _properties(described, schema).get(name, {}))
    return _properties(described, schema)


def _parameters(described: Described, path: str, place: str) -> Iterator[str]:
    for one in _operation(described, path, "get").get("parameters", ()):
        parameter = _resolved(described, one)
        if parameter.get("in") == place:
            yield str(parameter.get("name", ""))


def _words(described: Described, path: str, inner: Sequence[str], name: str) -> set[str]:
    """The closed list of values of a key; none where it is not closed."""
    schema = _resolved(described, _shown(described, path, inner).get(name, {}))
    return {str(word) for word in schema.get("enum", ())}


def _taken(described: Described, path: str) -> Iterator[str]:
    yield from _properties(described, _body(described, path))


def _body(described: Described, path: str) -> Described:
    """What a POST takes, in either version of OpenAPI."""
    operation = _operation(described, path, "post")
    for one in operation.get("parameters", ()):
        parameter = _resolved(described, one)
        if parameter.get("in") == "body":
            return dict(parameter.get("schema", {}))
    return _schema(_resolved(described, operation.get("requestBody", {})))


def _schema(holder: Any) -> Described:
    """Of a request or an answer, in either version of OpenAPI."""
    if not isinstance(holder, dict):
        return {}
    for content in holder.get("content", {}).values():
        return dict(content.get("schema", {}))
    return dict(holder.get("schema", {}))


def _resolved(described: Described, schema: Any) -> Described:
    for _ in range(DEEPEST):
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        place: Any = described
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            place = place.get(part, {}) if isinstance(place, dict) else {}
        schema = place
    return schema if isinstance(schema, dict) else {}


def _properties(described: Described, schema: Any) -> dict[str, Any]:
    whole = _resolved(described, schema)
    found = dict(whole.get("properties", {}))
    for kind in ("allOf", "oneOf", "anyOf"):
        for part in whole.get(kind, ()):
            found |= _properties(described, part)
    return found


def _element(described: Described, schema: Any) -> Described:
    """What a list is of; anything else as it is."""
    whole = _resolved(described, schema)
    return _resolved(described, whole["items"]) if "items" in whole else whole


def _record(described: Described, schema: Any, depth: int) -> Described:
    """The first object with an id below an answer: what its list is of."""
    whole = _element(described, schema)
    properties = _properties(described, whole)
    if "id" in properties or depth > DEEPEST:
        return whole
    for inner in properties.values():
        found = _record(described, inner, depth + 1)
        if "id" in _properties(described, found):
            return found
    return {}
