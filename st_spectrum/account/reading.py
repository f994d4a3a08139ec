"""Validates the values of an account file and puts pydantic's errors into words, until nothing is
left that is wrong.

pydantic tells all errors of the types at once. What it complains of is noted and taken out, a
required key that is missing is set aside, and the rest becomes sections: what contradicts itself
between keys without a flaw is told in the same reading.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import yaml
from pydantic import ValidationError

from st_spectrum.account import Account
from st_spectrum.account.flaws import Flaws, Place
from st_spectrum.account.nodes import FLAWED, NodeReader, NoText
from st_spectrum.account.rules import RULES
from st_spectrum.account.section import ABSENT, CONTRADICTIONS_APART, Section, section_of
from st_spectrum.account.words import EXPECTED_FORMS, complaint, quoted

KEY = "[key]"
"""The end of pydantic's places of errors in the keys of a map."""


def read_node(
    node: yaml.MappingNode, environ: Mapping[str, str], unset: set[str] | None = None
) -> tuple[Account, Flaws]:
    """The account as far as it can be read: flawed keys have their defaults, flawed required ones
    are absent. With `unset`, variables that are not set are noted there and are no flaw.
    """
    flaws = Flaws()
    reader = NodeReader(environ, flaws, unset)
    values = reader.section(node, Account)
    account = _validated(values, reader, flaws)
    _take_off_the_absent(account)
    _note_contradictions(account, flaws)
    for rule in RULES:
        try:
            flaws.note_contradictions(list(rule(account)))
        except AttributeError:
            # A required part is absent, which is noted already; without a flaw it is a mistake of
            # ours.
            if not flaws:
                raise
    return account, flaws


def _validated(values: dict[str, Any], reader: NodeReader, flaws: Flaws) -> Account:
    while True:
        try:
            return Account.model_validate(values, context=CONTRADICTIONS_APART)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
        # Missing keys last: nothing is said about one that was misspelt.
        for error in sorted(errors, key=lambda error: error["type"] == "missing"):
            _note(error, reader, flaws)
        # From the end on: what stands before it in a list keeps its number.
        for error in reversed(errors):
            _take_out(values, error)


def _note(error: Mapping[str, Any], reader: NodeReader, flaws: Flaws) -> None:
    kind, given, place = error["type"], error["input"], _place_of(error)
    if kind == "missing":
        flaws.unfinished.add(place)
        if not flaws.is_flawed(place):
            is_empty = place in flaws.lines or place in reader.blank
            flaws.add(place, "is empty, but must be given" if is_empty else "is missing")
    elif kind == "extra_forbidden":
        _note_unknown(place, flaws)
    elif error["loc"][-1] == KEY:
        flaws.add(place, complaint(error, quoted(given)))
    elif given is FLAWED:
        pass
    elif isinstance(given, NoText):
        flaws.add(place, f"found {given.found}, expected {EXPECTED_FORMS.get(kind, 'one value')}")
    else:
        found = reader.wordings[place]
        flaws.add(place, complaint(error, found).replace(repr(given), found))


def _note_unknown(place: Place, flaws: Flaws) -> None:
    key, model = str(place[-1]), _model_at(place[:-1])
    text = "is not a setting of this section"
    if close := get_close_matches(key.lower(), model.model_fields, n=1):
        flaws.doubtful.add((*place[:-1], close[0]))
        text += f"; did you mean {close[0]!r}?"
    elif homes := _homes(key.lower()):
        text += f"; it belongs under {' or '.join(homes)}"
    else:
        text += f"; known here: {', '.join(model.model_fields)}"
    flaws.add(place, text)


def _take_out(values: Any, error: Mapping[str, Any]) -> None:
    *around, last = _place_of(error)
    for part in around:
        values = values[part]
    if error["type"] == "missing":
        values[last] = ABSENT
    elif isinstance(values, dict):
        # An entry of a map can be wrong twice, in its key and in its value.
        values.pop(last, None)
    else:
        del values[last]


def _place_of(error: Mapping[str, Any]) -> Place:
    place: Place = error["loc"]
    return place[:-1] if place[-1] == KEY else place


def _take_off_the_absent(section: Section) -> None:
    for name, value in [*vars(section).items()]:
        if value is ABSENT:
            del vars(section)[name]
        elif isinstance(value, Section):
            _take_off_the_absent(value)


def _note_contradictions(section: Section, flaws: Flaws, place: Place = ()) -> None:
    for name, value in vars(section).items():
        if isinstance(value, Section):
            _note_contradictions(value, flaws, (*place, name))
    flaws.note_contradictions(section.contradictions(), place)


def _model_at(place: Place) -> type[Section]:
    model: type[Section] = Account
    for part in place:
        model = section_of(model.model_fields[str(part)].annotation) or model
    return model


def _homes(key: str, model: type[Section] = Account, name: str = "") -> list[str]:
    """The sections that know `key`, by their dotted names; "the top level" for the file itself."""
    found = [name or "the top level"] if key in model.model_fields else []
    for inner, field in model.model_fields.items():
        if section := section_of(field.annotation):
            found += _homes(key, section, f"{name}.{inner}" if name else inner)
    return found
