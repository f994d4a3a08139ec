"""ServiceTrade's JSON as typed records, and what is left of a record that does not have the shape
of its kind. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from st_spectrum.domain.digests import digest
from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.models import LARGEST_ID, OnUnreadable, Shape, Unreadable
from st_spectrum.servicetrade.value_types import LATEST

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

S = TypeVar("S", bound=Shape)

FOUND = 40
"""Characters of a value that cannot be read: enough to find it in ServiceTrade."""

HUGE = 10**FOUND
"""Python prints no whole number of several thousand digits."""


def parsed(model: type[S], record: wire.Json, operation: str) -> S:
    """The record; raises `RecordBroken` with its id and the fields that are wrong."""
    try:
        return model.model_validate(record)
    except ValidationError as error:
        faults = "; ".join(_in_words(fault) for fault in error.errors()[:5])
        text = f"{model.__name__} {record.get('id', 'without id')}: {faults}"
        raise wire.RecordBroken(text, system=wire.SYSTEM, operation=operation) from None


def _in_words(fault: "ErrorDetails") -> str:
    """The field, what is wrong with it and what was found there; a sentence of our own has that in
    it.
    """
    field = ".".join(map(str, fault["loc"])) or "the record"
    if fault["type"] == "value_error":
        return f"{field}: {fault['ctx']['error']}"
    if fault["type"] == "missing":
        return f"{field}: {fault['msg']}"
    return f"{field}: {fault['msg']}; found: {_found(fault['input'])}"


def _found(value: object) -> str:
    """What stands there, as far as a person needs it."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case None:
            return "nothing"
        case int() if abs(value) >= HUGE:
            return "a huge number"
    text = repr(value)
    return f"{text[:FOUND]}…" if len(text) > FOUND else text


def parsed_each(
    model: type[S], records: Iterable[wire.Json], operation: str, on_unreadable: OnUnreadable
) -> Iterator[S]:
    """The records of a list as they come; `on_unreadable` hears of those that cannot be read,
    without it they stop the list.
    """
    for record in records:
        try:
            found = parsed(model, record, operation)
            if isinstance(record.get("id"), bool) or not 0 < getattr(found, "id", 1) <= LARGEST_ID:
                text = f"{model.__name__}: its id is none, {str(record.get('id'))[:20]}"
                raise wire.RecordBroken(text, system=wire.SYSTEM, operation=operation)
            yield found
        except wire.RecordBroken as broken:
            if on_unreadable is None:
                raise
            on_unreadable(unreadable(record, broken))


def unreadable(record: wire.Json, broken: wire.RecordBroken) -> Unreadable:
    """What is left of it. Without a usable id it gets one of ours: negative, and the same as long
    as it says the same.
    """
    times = {name: _whole(record.get(name)) for name in ("created", "updated")}
    times["begins"] = _whole(record.get("periodStart"))
    content = digest(record)
    values = {"problem": str(broken), "content": content, **times}
    if isinstance(record.get("id"), bool):
        return _without_id(record, values)
    try:
        found = Unreadable.model_validate({"id": record.get("id"), **values})
    except ValidationError:
        return _without_id(record, values)
    return found if 0 < found.id <= LARGEST_ID else _without_id(record, values)


def _without_id(record: wire.Json, values: Mapping[str, object]) -> Unreadable:
    lasting = {name: value for name, value in record.items() if name not in ("created", "updated")}
    return Unreadable.model_validate({"id": -int(digest(lasting)[:12], 16) - 1, **values})


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LATEST:
        return value
    return 0
