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
    """The keys of a record in the answer of a GET, wherever its envelope ends, with their schemas."""
    answers = _operation(described, path, "get").get("responses", {})
    answer = answers.get("200", {}) if isinstance(answers, dict) else {}
    record = _record(described, _schema(answer), 0)
    for name in inner:
        record = _element(described, _properties(described, record).get(name, {}))
    return _properties(described, record)


def _words(described: Described, path: str, inner: Sequence[str], name: str) -> set[str]:
    """The closed list of values of a key; none where it is not closed."""
    schema = _resolved(described, _shown(described, path, inner).get(name, {}))
    return {str(word) for word in schema.get("enum", ())}


def _taken(described: Described, path: str) -> Iterator[str]:
    body = _operation(described, path, "post").get("requestBody", {})
    yield from _properties(described, _schema(body))


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
