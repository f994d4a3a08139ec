"""The YAML nodes of an account file as plain values for pydantic: texts, with references to the
environment filled in.

The type of a setting decides how a text is read, never YAML's own guesses: terms code `3`, state
`NO` and cost center `010` stay the text that the person wrote. What cannot be a value is noted with
its line and left out.
"""

from collections.abc import Mapping
from typing import Any, get_args, get_origin

import yaml
from pydantic import SecretStr

from st_spectrum.account.flaws import Flaws, Place
from st_spectrum.account.section import Section, section_of, shape_of
from st_spectrum.account.words import quoted
from st_spectrum.domain.fitting import tidy
from st_spectrum.environment import is_one_reference, resolve

PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "value")
)
NULL_TAG, MERGE_TAG = "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"


class NoText:
    """Stands where there is something else than a text; pydantic says what it wants."""

    def __init__(self, found: str) -> None:
        self.found = found


FLAWED = NoText("")
"""In place of an item or an entry that is noted already."""

NOT_SET = "(not set yet)"
MADE_UP = {"base_url": "https://not-set-yet.invalid", "url": "mssql+pymssql://not-set-yet/none"}
"""By the key of the setting: what stands for a variable that is not set, where that may be."""

TODO = "TODO"
"""Stands where a person has yet to decide, as `st-spectrum init` leaves it."""

LEFT_OUT = object()
"""No value was given, or none that is fit."""


class NodeReader:
    """Takes values from nodes. `wordings` says how a value may be called; `blank` are references
    that may be empty and are.
    """

    def __init__(
        self, environ: Mapping[str, str], flaws: Flaws, unset: set[str] | None = None
    ) -> None:
        """With `unset`, variables not set are noted there and no flaw: values are made up."""
        self._unset = unset
        self.wordings: dict[Place, str] = {}
        self.blank: set[Place] = set()
        self._environ = environ
        self._flaws = flaws

    def section(
        self, node: yaml.MappingNode, model: type[Section], place: Place = ()
    ) -> dict[str, Any]:
        """The values of a section's keys, unknown ones included."""
        values: dict[str, Any] = {}
        for key, value_node in self._entries(node, place).items():
            field = model.model_fields.get(key)
            value = self._value(value_node, field.annotation, (*place, key)) if field else FLAWED
            if value is not LEFT_OUT:
                values[key] = value
        return values

    def _entries(self, node: yaml.Node, place: Place) -> dict[str, yaml.Node]:
        entries: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == MERGE_TAG:
                text = (
                    "a key must be plain text; merging with << is not used here, write the keys out"
                )
                self._flaws.add(place, text, line)
            elif not (key := key_node.value.strip()):
                self._flaws.add(place, "a key is empty", line)
            elif key in entries:
                first = self._flaws.lines[(*place, key)]
                self._flaws.add(
                    (*place, key),
                    f"is given twice, first on line {first}; keep one of the two",
                    line,
                )
            else:
                entries[key] = value_node
                self._flaws.lines[(*place, key)] = line
        return entries

    def _value(self, node: yaml.Node, annotation: Any, place: Place) -> Any:
        shape, is_optional = shape_of(annotation)
        if isinstance(node, yaml.ScalarNode) and node.style is None and node.tag == NULL_TAG:
            return LEFT_OUT
        section, kind = section_of(annotation), get_origin(shape)
        if isinstance(node, yaml.MappingNode) and section:
            return self._subsection(node, section, is_optional, place)
        if isinstance(node, yaml.MappingNode) and kind is dict:
            return self._map(node, get_args(shape)[1], place)
        if isinstance(node, yaml.SequenceNode) and kind is tuple:
            return self._list(node, get_args(shape)[0], place)
        if isinstance(node, yaml.ScalarNode) and not section and kind not in (dict, tuple):
            return self._text(node, place, is_secret=shape is SecretStr)
        return NoText(_form_of(node))

    def _subsection(
        self, node: yaml.MappingNode, model: type[Section], is_optional: bool, place: Place
    ) -> Any:
        noted = len(self._flaws)
        values = self.section(node, model, place)
        required = [key for key, field in model.model_fields.items() if field.is_required()]
        if is_optional and any((*place, key) in self.blank for key in required):
            self._flaws.forget_since(noted)
            return LEFT_OUT
        return values

    def _map(self, node: yaml.Node, annotation: Any, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        spellings: dict[str, str] = {}
        for key, value_node in self._entries(node, place).items():
            if (first := spellings.setdefault(tidy(key).casefold(), key)) != key:
                text = f"means the same as {first!r}, for upper and lower case are not told apart"
                self._flaws.add((*place, key), text)
            values[key] = self._given(value_node, annotation, (*place, key))
        return values

    def _list(self, node: yaml.Node, annotation: Any, place: Place) -> list[Any]:
        for number, item in enumerate(node.value):
            self._flaws.lines[(*place, number)] = item.start_mark.line + 1
        return [
            self._given(item, annotation, (*place, number))
            for number, item in enumerate(node.value)
        ]

    def _given(self, node: yaml.Node, annotation: Any, place: Place) -> Any:
        """A value that must be there; `FLAWED` keeps its place."""
        value = self._value(node, annotation, place)
        if value is LEFT_OUT and not self._flaws.is_flawed(place):
            self._flaws.unfinished.add(place)
            self._flaws.add(place, "has no value; write one or remove the line")
        return FLAWED if value is LEFT_OUT else value

    def _text(self, node: yaml.ScalarNode, place: Place, *, is_secret: bool) -> Any:
        if node.tag not in PLAIN_TAGS:
            self._flaws.add(place, "carries a YAML tag (it starts with !); put the value in quotes")
            return LEFT_OUT
        written = node.value.strip()
        if written == TODO and node.style is None:
            self._flaws.unfinished.add(place)
            text = "is still TODO: decide it, or take the line out"
            self._flaws.add(place, text, node.start_mark.line + 1)
            return LEFT_OUT
        if is_secret and written and not is_one_reference(written):
            text = (
                "a secret must not stand in this file; write ${NAME} and set that environment"
                " variable"
            )
            self._flaws.add(place, text)
            return LEFT_OUT
        resolved = resolve(written, self._environ)
        if resolved.is_broken:
            self._flaws.add(
                place,
                "a reference is written ${NAME} or ${NAME:-default}; for a plain ${ write $${",
            )
        if self._unset is not None and resolved.missing and not resolved.is_broken:
            self._unset.update(resolved.missing)
            self._flaws.unfinished.add(place)
            self.wordings[place] = "the value"
            return MADE_UP.get(str(place[-1]), NOT_SET)
        for name in resolved.missing:
            if not resolved.is_broken:
                self._flaws.unfinished.add(place)
            self._flaws.add(place, f"the environment variable {name} is not set")
        if resolved.is_broken or resolved.missing:
            return LEFT_OUT
        if resolved.names and not resolved.text.strip():
            self.blank.add(place)
            return LEFT_OUT
        hidden = (
            f"the value of {' and '.join(resolved.names)}"
            if resolved.names
            else "the value"
            if is_secret
            else ""
        )
        self.wordings[place] = hidden or quoted(written)
        return resolved.text


def _form_of(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "keys indented below it"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
