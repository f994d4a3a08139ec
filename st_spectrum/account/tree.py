"""Walks the YAML node tree of an account file along the types of the settings, keeping lines and noting every flaw.

The type of a setting decides how a value is read, never YAML's own guesses: terms code `3`, state `NO` and cost center `010`
stay the text that the person wrote. Nothing here stops at the first mistake: what is flawed is left out and the walk goes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import ConfigDict, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from st_spectrum.account import Account
from st_spectrum.account.section import Contradiction, Section
from st_spectrum.account.words import complaint, quoted
from st_spectrum.domain.fitting import tidy
from st_spectrum.environment import is_one_reference, resolve

Place = tuple[str | int, ...]

PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "value")
)
VALUE_RULES = ConfigDict(str_strip_whitespace=True, allow_inf_nan=False, hide_input_in_errors=True)


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong, where it stands, and the line a person should look at."""

    line: int
    place: Place
    text: str


class NotGiven:
    """Stands for a value that is absent, empty or flawed, so that the default takes its place."""


NOT_GIVEN = NotGiven()


class TreeReader:
    """Reads sections out of nodes; `flaws` grows while it does. `environ` is where references are looked up."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.flaws: list[Flaw] = []
        self._environ = environ
        self._lines: dict[Place, int] = {(): 1}
        self._doubtful: set[Place] = set()
        self._blank: set[Place] = set()

    def section(self, node: yaml.Node, model: type[Any], place: Place) -> Any:
        """The section as far as it could be read: flawed keys have their defaults, flawed required ones are absent."""
        values: dict[str, Any] = {}
        entries = self._entries(node, place)
        for key, value_node in entries.items():
            if key not in model.model_fields:
                self._note_unknown(key, model, place)
                continue
            value = self._value(value_node, _annotation(model.model_fields[key]), (*place, key))
            if value is not NOT_GIVEN:
                values[key] = value
        for key, field in model.model_fields.items():
            if field.is_required() and key not in values and not self.is_flawed((*place, key)):
                self.note(
                    (*place, key),
                    "is empty, but must be given" if key in entries or (*place, key) in self._blank else "is missing",
                )
        section = model.model_construct(**values)
        self.note_contradictions(section.contradictions(), place)
        return section

    def note_contradictions(self, found: Iterable[Contradiction], place: Place = ()) -> None:
        """Notes what contradicts itself, unless one of the keys concerned is flawed anyway. Keys may be dotted."""
        for keys, text in found:
            places = [(*place, *key.split(".")) for key in keys]
            if not any(self.is_flawed(each) for each in places):
                self.note(places[0], text)

    def note(self, place: Place, text: str, line: int | None = None) -> None:
        """Notes a flaw; without a line, the line of the key or of the nearest section around it."""
        if line is None:
            line = next(self._lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in self._lines)
        self.flaws.append(Flaw(line, place, text))

    def is_flawed(self, place: Place) -> bool:
        """Whether something at, around or inside of this place was noted already."""
        noted = [flaw.place for flaw in self.flaws] + list(self._doubtful)
        return any(each[: len(place)] == place or place[: len(each)] == each for each in noted if each)

    def _entries(self, node: yaml.Node, place: Place) -> dict[str, yaml.Node]:
        entries: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
                self.note(place, "a key must be plain text; merging with << is not used here, write the keys out", line)
            elif not (key := key_node.value.strip()):
                self.note(place, "a key is empty", line)
            elif key in entries:
                first = self._lines[(*place, key)]
                self.note((*place, key), f"is given twice, first on line {first}; keep one of the two", line)
            else:
                entries[key] = value_node
                self._lines[(*place, key)] = line
        return entries

    def _note_unknown(self, key: str, model: type[Section], place: Place) -> None:
        text = "is not a setting of this section"
        if close := get_close_matches(key.lower(), model.model_fields, n=1):
            self._doubtful.add((*place, close[0]))
            text += f"; did you mean {close[0]!r}?"
        elif homes := _homes(key.lower()):
            text += f"; it belongs under {' or '.join(homes)}"
        else:
            text += f"; known here: {', '.join(model.model_fields)}"
        self.note((*place, key), text)

    def _value(self, node: yaml.Node, annotation: Any, place: Place) -> Any:
        shape, is_optional = shape_of(annotation)
        if isinstance(node, yaml.ScalarNode) and node.style is None and node.tag == "tag:yaml.org,2002:null":
            return NOT_GIVEN
        if isinstance(shape, type) and issubclass(shape, Section):
            return self._subsection(node, shape, is_optional, place)
        if get_origin(shape) is dict:
            return self._map(node, shape, place)
        if get_origin(shape) is tuple:
            return self._list(node, shape, place)
        return self._scalar(node, annotation, place)

    def _subsection(self, node: yaml.Node, model: type[Section], is_optional: bool, place: Place) -> Any:
        if not self._has_form(node, yaml.MappingNode, "a section, that is keys indented below it", place):
            return NOT_GIVEN
        noted = len(self.flaws)
        section = self.section(node, model, place)
        required = [key for key, field in model.model_fields.items() if field.is_required()]
        if is_optional and any((*place, key) in self._blank for key in required):
            del self.flaws[noted:]
            return None
        return section

    def _map(self, node: yaml.Node, shape: Any, place: Place) -> Any:
        if not self._has_form(node, yaml.MappingNode, "a map, that is lines of 'name: code' indented below it", place):
            return NOT_GIVEN
        key_type, value_type = get_args(shape)
        values = {}
        spellings: dict[str, str] = {}
        for key, value_node in self._entries(node, place).items():
            if (first := spellings.setdefault(tidy(key).casefold(), key)) != key:
                self.note((*place, key), f"means the same as {first!r}, for upper and lower case are not told apart")
            is_key_fine = self._checked(key, key_type, (*place, key), quoted(key)) is not NOT_GIVEN
            value = self._given(value_node, value_type, (*place, key))
            if is_key_fine and value is not NOT_GIVEN:
                values[key] = value
        return values

    def _list(self, node: yaml.Node, shape: Any, place: Place) -> Any:
        if not self._has_form(node, yaml.SequenceNode, "a list such as [first, second]", place):
            return NOT_GIVEN
        values = []
        for number, item in enumerate(node.value, start=1):
            self._lines[(*place, number)] = item.start_mark.line + 1
            values.append(self._given(item, get_args(shape)[0], (*place, number)))
        return tuple(value for value in values if value is not NOT_GIVEN)

    def _given(self, node: yaml.Node, annotation: Any, place: Place) -> Any:
        value = self._value(node, annotation, place)
        if value is NOT_GIVEN and not self.is_flawed(place):
            self.note(place, "has no value; write one or remove the line")
        return value

    def _scalar(self, node: yaml.Node, annotation: Any, place: Place) -> Any:
        if not self._has_form(node, yaml.ScalarNode, "one value", place):
            return NOT_GIVEN
        is_secret = shape_of(annotation)[0] is SecretStr
        written = node.value.strip()
        if is_secret and written and not is_one_reference(written):
            self.note(place, "a secret must not stand in this file; write ${NAME} and set that environment variable")
            return NOT_GIVEN
        resolved = resolve(written, self._environ)
        if resolved.is_broken:
            self.note(place, "a reference is written ${NAME} or ${NAME:-default}; for a plain ${ write $${")
        for name in resolved.missing:
            self.note(place, f"the environment variable {name} is not set")
        if resolved.is_broken or resolved.missing:
            return NOT_GIVEN
        if resolved.names and not resolved.text.strip():
            self._blank.add(place)
            return NOT_GIVEN
        hidden = f"the value of {' and '.join(resolved.names)}" if resolved.names else "the value" if is_secret else ""
        return self._checked(resolved.text, annotation, place, hidden or quoted(written))

    def _checked(self, text: str, annotation: Any, place: Place, found: str) -> Any:
        try:
            return _adapter_of(annotation).validate_python(text)
        except ValidationError as error:
            for each in error.errors(include_url=False):
                self.note(place, complaint(each, found).replace(repr(text), found))
            return NOT_GIVEN

    def _has_form(self, node: yaml.Node, wanted: type[yaml.Node], expected: str, place: Place) -> bool:
        if not isinstance(node, wanted):
            found = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
            found = "keys indented below it" if isinstance(node, yaml.MappingNode) else found
            self.note(place, f"found {found}, expected {expected}")
            return False
        if isinstance(node, yaml.ScalarNode) and node.tag not in PLAIN_TAGS:
            self.note(place, "carries a YAML tag (it starts with !); put the value in quotes")
            return False
        return True


@cache
def _adapter_of(annotation: Any) -> TypeAdapter[Any]:
    """Kept: making one takes longer than all values of a file together."""
    return TypeAdapter(annotation, config=VALUE_RULES)


def _annotation(field: FieldInfo) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def shape_of(annotation: Any) -> tuple[Any, bool]:
    """The bare type, without constraints and without `| None`; and whether None is allowed."""
    if get_origin(annotation) is Annotated:
        return shape_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not NoneType]
        return shape_of(kinds[0])[0], len(kinds) < len(get_args(annotation))
    return annotation, False


def _homes(key: str, model: type[Section] = Account, name: str = "") -> list[str]:
    """The sections that know `key`, by their dotted names; "the top level" for the file itself."""
    found = [name or "the top level"] if key in model.model_fields else []
    for inner, field in model.model_fields.items():
        shape = shape_of(field.annotation)[0]
        if isinstance(shape, type) and issubclass(shape, Section):
            found += _homes(key, shape, f"{name}.{inner}" if name else inner)
    return found
