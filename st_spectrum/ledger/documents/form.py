"""What all documents of the ledger have in common: where they lie, in which form, and what is said
of one that cannot be read.

A document lies there in one of two forms. Form 1 is how every version so far writes it, each kind
in its own way: a bare text, a list, an object. Form 2 is one JSON object of the model's fields that
bears its number. Both are read, form 1 is written. A higher number is that of a newer program,
whose words this one does not know: it stops in place of misreading them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import unquote

from pydantic import TypeAdapter, ValidationError

from st_spectrum.domain.errors import ContractBroken, UnsafePlan
from st_spectrum.ledger.layout import path_of

NEWEST = 2
"""The highest form that this program reads."""

WRITTEN = 1
"""The highest form that this program writes; the ledger's epoch bears it, for workers that do not
know it to stop.
"""

FIRST = "the first version"
"""Since when a kind is kept that was there before there were numbers of versions."""

SHOWN = 60
"""So many characters of what was found are told."""

M = TypeVar("M")

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}

_NAME = re.compile(r"\{[^}]+\}")


class NewerForm(UnsafePlan):
    """The ledger holds something that a newer program wrote: this one must not go on beside it."""

    advice = "Update this worker to the version of the newest one on this ledger."


class DamagedDocument(ContractBroken):
    """A document cannot be read. It concerns the record alone that it belongs to."""

    advice = (
        "Put a backup of the ledger back, as the runbook says under *The ledger is lost*, or have"
        " whoever maintains the integration set this one document right; everything else goes on."
    )


@dataclass(frozen=True)
class Document:
    """Base of the models. `place` is the path with names in braces, and `%2F` for a slash within a
    word.

    `since` is the version that wrote the kind first.
    """

    place: ClassVar[str]
    since: ClassVar[str]
    numbered_as: ClassVar[str] = "form"
    """Under which name the number of the form stands; kinds that had a number from the first day
    keep its name.
    """

    @classmethod
    def path(cls, *names: str) -> str:
        """Where the document of these names lies."""
        return path_of(*cls._words(names))

    @classmethod
    def folder(cls, *names: str) -> str:
        """What the paths of all documents begin with that share these names; all names but the
        last.
        """
        return path_of(*cls._words((*names, "*"))[:-1]) + "/"

    @classmethod
    def name(cls, *names: str) -> str:
        """The same as `path` for people."""
        return "/".join(cls._words(names))

    @classmethod
    def _words(cls, names: tuple[str, ...]) -> list[str]:
        given = iter(names)
        words = [_NAME.sub(lambda _: next(given), unquote(word)) for word in cls.place.split("/")]
        if next(given, None) is not None:
            raise ValueError(f"too many names for {cls.place}")
        return words

    @classmethod
    def read(cls, text: str, name: str) -> Self:
        """What `text` says; `name` tells people which document it is.

        Raises `DamagedDocument` with the place and what was found there, `NewerForm` for what a
        newer program wrote.
        """
        try:
            found, number = cls._opened(text, name)
            values = cls.fields_of_form_1(found) if number == 1 else found
            return adapter(cls).validate_python(values)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "the text"
            raise damaged(name, field, first["input"], first["msg"]) from None
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ) as error:
            raise damaged(name, "the text", text, f"{type(error).__name__} {error}") from None

    @classmethod
    def read_or_none(cls, text: str | None, name: str) -> Self | None:
        """The same for kinds that may be forgotten: None for none and for a damaged one. Still
        raises `NewerForm`.
        """
        try:
            return None if text is None else cls.read(text, name)
        except DamagedDocument:
            return None

    @classmethod
    def check_form(cls, text: str, name: str) -> None:
        """Raises `NewerForm`, for whoever asks only whether there is one."""
        try:
            cls._opened(text, name)
        except (ValueError, RecursionError):
            return

    @classmethod
    def _opened(cls, text: str, name: str) -> tuple[Any, int]:
        """The text as `fields_of_form_1` or form 2 take it, and the number of its form."""
        found = cls.opened_form_1(text)
        with_number = found if isinstance(found, Mapping) else _object(text)
        number = with_number.get(cls.numbered_as, 1) if with_number else 1
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise ValueError(f"{cls.numbered_as} is {number!r}, and no number of a form")
        if number > NEWEST:
            raise newer(name, number, NEWEST)
        return (found if number == 1 else with_number), number

    @classmethod
    def opened_form_1(cls, text: str) -> Any:
        """Form 1 as Python values."""
        return json.loads(text)

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """The model's fields, by name, of what form 1 holds; another shape may raise anything."""
        return found

    def as_text(self) -> str:
        """As the ledger keeps it: form 1."""
        raise NotImplementedError


class TextDocument(Document):
    """A document of one field whose form 1 is nothing but that field's text."""

    @classmethod
    def opened_form_1(cls, text: str) -> Any:
        """The text itself."""
        return text

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """The only field."""
        (field,) = fields(cls)
        return {field.name: found}

    def as_text(self) -> str:
        """The field's text."""
        (value,) = vars(self).values()
        return value if isinstance(value, str) else str(value.isoformat())


def adapter(model: type[M]) -> TypeAdapter[M]:
    """Reads and writes a model; made when it is needed first."""
    if model not in _ADAPTERS:
        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]


def number_in(text: str, numbered_as: str) -> int:
    """The number that an object bears; 1 where there is none, or none that can be read."""
    found = (_object(text) or {}).get(numbered_as, 1)
    return found if isinstance(found, int) else 1


def newer(name: str, found: object, known: int) -> NewerForm:
    """What is said when something bears a number that this program does not know."""
    text = (
        f"{name} was written by a newer version: its form is {found}, and this worker knows forms"
        f" up to {known}"
    )
    return NewerForm(text, system="ledger")


def damaged(name: str, field: str, found: object, problem: str) -> DamagedDocument:
    """What is said of a document that cannot be read."""
    shown = found if isinstance(found, str) else repr(found)
    shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."
    return DamagedDocument(
        f"{name} is damaged at {field}: {problem}; found: {shown or 'nothing'}", system="ledger"
    )


def holdable(text: str) -> str:
    """Without characters that no file can hold: half of a surrogate pair becomes `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _object(text: str) -> Mapping[str, Any] | None:
    """A bare text that is an object all the same."""
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, Mapping) else None
