"""Keys that a POST or PUT may carry, and what their values must be.

A key that is not in the table is refused (assumed): a misspelt one would otherwise be lost without
a word. All problems of one body are told at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from st_spectrum.sandbox.servicetrade.call import Call, Refused
from st_spectrum.sandbox.servicetrade.documents import Document

Reader = Callable[[Call, Any], Any]
"""Turns a JSON value into what is kept; raises ValueError with what was wrong about it."""


@dataclass(frozen=True)
class Field:
    """One key. `store` is its name in the document when that differs."""

    name: str
    read: Reader
    store: str = ""
    is_required: bool = False
    on_post: bool = True
    on_put: bool = True
    is_nullable: bool = True


def accept(call: Call, table: Sequence[Field], is_new: bool) -> Document:
    """The changes that the body asks for, by stored name. Raises Refused 400 with every problem
    found.

    A PUT leaves out what stays, and `null` clears what may be empty [ST 1].
    """
    allowed = {field.name: field for field in table if (field.on_post if is_new else field.on_put)}
    problems = [
        f"{name}: no such key here; allowed are {', '.join(allowed)}"
        for name in call.body.keys() - allowed.keys()
    ]
    changes: Document = {}
    for name, field in allowed.items():
        if name not in call.body:
            if field.is_required and is_new:
                problems.append(f"{name} is required")
            continue
        value = call.body[name]
        if value is None:
            if field.is_required or not field.is_nullable:
                problems.append(f"{name} may not be empty")
            changes[field.store or name] = None
            continue
        try:
            changes[field.store or name] = field.read(call, value)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise Refused(400, *problems)
    return changes


def text(max_length: int = 0, *, is_filled: bool = False) -> Reader:
    """A string, at most `max_length` characters when given."""

    def read(_call: Call, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not text")
        if is_filled and not value.strip():
            raise ValueError("may not be empty")
        if max_length and len(value) > max_length:
            raise ValueError(f"{len(value)} characters, at most {max_length} fit")
        return value

    return read


def choice(allowed: Iterable[str]) -> Reader:
    """One word of an enumeration."""
    known = tuple(allowed)

    def read(_call: Call, value: Any) -> str:
        if value not in known:
            raise ValueError(f"{value!r} is not one of {', '.join(known)}")
        return str(value)

    return read


def choices(allowed: Iterable[str] = ()) -> Reader:
    """A list of words, of an enumeration when one is given."""
    known = tuple(allowed)

    def read(_call: Call, value: Any) -> list[str]:
        value = as_list(value)
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise ValueError(f"{value!r} is not a list of texts")
        if known and (unknown := [word for word in value if word not in known]):
            raise ValueError(f"{', '.join(unknown)} is not one of {', '.join(known)}")
        return value

    return read


def as_list(value: Any) -> Any:
    """An empty list comes as an empty object from an SDK that sends every list as an object
    [ST 1.1].
    """
    return [] if value == {} else value


def flag(_call: Call, value: Any) -> bool:
    """JSON true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is not true or false")
    return value


def whole(_call: Call, value: Any) -> int:
    """A whole number: epoch seconds or seconds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is not a whole number")
    return value


def number(_call: Call, value: Any) -> float:
    """A number: an amount, a rate, a coordinate."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")
    return value


def one(kind: str) -> Reader:
    """The id of an existing record."""

    def read(call: Call, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{value!r} is not an id")
        if call.documents.get(kind, value) is None:
            raise ValueError(f"there is no {kind} {value}")
        return value

    return read


def many(kind: str) -> Reader:
    """A list of ids of existing records; repeated ones count once."""
    read_one = one(kind)

    def read(call: Call, value: Any) -> list[int]:
        value = as_list(value)
        if not isinstance(value, list):
            raise ValueError(f"{value!r} is not a list of ids")
        return list(dict.fromkeys(read_one(call, item) for item in value))

    return read
