"""ServiceTrade's JSON as typed records, and what is left of a record that does not have the shape of its kind. Pure."""

from typing import TypeVar

from pydantic import ValidationError

from st_spectrum.domain.digests import digest
from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.models import Shape, Unreadable

S = TypeVar("S", bound=Shape)


def parsed(model: type[S], record: wire.Json, operation: str) -> S:
    """The record; raises `RecordBroken` with its id and the fields that are wrong."""
    try:
        return model.model_validate(record)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the record'}: {fault['msg']}" for fault in error.errors()[:5]
        )
        text = f"{model.__name__} {record.get('id', 'without id')}: {faults}"
        raise wire.RecordBroken(text, system=wire.SYSTEM, operation=operation) from None


def unreadable(record: wire.Json, broken: wire.RecordBroken) -> Unreadable:
    """Raises `broken` itself when the record has no id, so that nobody could come back to it."""
    try:
        times = {name: _whole(record.get(name)) for name in ("created", "updated")}
        times["begins"] = _whole(record.get("periodStart"))
        return Unreadable.model_validate(
            {"id": record["id"], "problem": str(broken), "content": digest(record), **times}
        )
    except (ValidationError, KeyError):
        raise broken from None


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
