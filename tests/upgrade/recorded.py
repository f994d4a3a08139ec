"""What goes out to both systems, as plain values: read from the bodies of the calls, so that no
word of the program is needed.

Used by the test and by `make_ledger.py`, which runs on the code of the first version: nothing here
imports either.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

Write = dict[str, Any]

UNTOLD = frozenset({"Authorization_ID", "authorizationId", "GUID", "guid"})
"""The login, and the mark of a group of calls, which is another one each time."""


class Recorded:
    """The writes of one run in their order, and how often each read was made. `claimed` says whose
    turn it is.
    """

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names
        self.writes: list[Write] = []
        self.reads: Counter[str] = Counter()
        self._record = ""

    def claimed(self, flow: str, key: str) -> None:
        """From here on whatever is written is written for this record."""
        self._record = self.names.get(f"{flow}/{key}", f"{flow}/{key}")

    def saw(self, system: str, operation: Any, path: str, body: bytes) -> None:
        """One call; `operation` is how the sandbox names it."""
        if not operation.is_write:
            self.reads[f"{system} {operation.name}"] += 1
            return
        fields = _soap(body) if system == "spectrum" and path.startswith("/ws/") else _json(body)
        self.writes.append(
            {
                "record": self._record,
                "operation": operation.name,
                "key": operation.key,
                "fields": fields,
            }
        )

    def watch(self, system: str, identify: Callable[..., Any]) -> Callable[..., Any]:
        """The same naming of calls, which tells us of each of them."""

        def watched(method: str, path: str, query: str, body: bytes) -> Any:
            operation = identify(method, path, query, body)
            self.saw(system, operation, path, body)
            return operation

        return watched


def _soap(body: bytes) -> dict[str, str]:
    """The elements that say something, by their local names; the login is left out."""
    envelope = ElementTree.fromstring(body)  # noqa: S314 - written by the program under test
    (call,) = (child for child in envelope.iter() if _local(child.tag) == "Body")
    values = {_local(field.tag): (field.text or "").strip() for field in call[0]}
    return {name: value for name, value in values.items() if value and name not in UNTOLD}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _json(body: bytes) -> Any:
    return _said(json.loads(body)) if body else {}


def _said(value: Any) -> Any:
    """Without what is empty, so that a field that is sent blank counts like one that is not
    sent.
    """
    if isinstance(value, dict):
        found = {name: _said(content) for name, content in value.items() if name not in UNTOLD}
        return {
            name: content for name, content in found.items() if content not in ("", None, [], {})
        }
    return [_said(item) for item in value] if isinstance(value, list) else value


def as_text(played: dict[str, Any]) -> str:
    """One line for each write, so that a review sees which one is another."""
    stories = []
    for story, parts in sorted(played.items()):
        texts = [f"  {json.dumps(part)}: {_lines(found)}" for part, found in parts.items()]
        stories.append(f" {json.dumps(story)}: {{\n" + ",\n".join(texts) + "\n }")
    return "{\n" + ",\n".join(stories) + "\n}\n"


def _lines(found: Any) -> str:
    if isinstance(found, dict):
        return (
            "{\n"
            + ",\n".join(
                f"   {json.dumps(name)}: {_lines(content)}" for name, content in found.items()
            )
            + "\n  }"
        )
    if isinstance(found, list) and found and isinstance(found[0], dict):
        return (
            "[\n"
            + ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in found)
            + "\n   ]"
        )
    return json.dumps(found, ensure_ascii=False)
