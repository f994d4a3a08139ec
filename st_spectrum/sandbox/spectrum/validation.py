"""The first two levels at which a call is judged: required elements, then the form of every value
[SP 2].

The third, what the company's own tables know, belongs to each service. A level that fails ends the
call, with all of its
rows; that the later levels are then left out is assumed.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from st_spectrum.sandbox.spectrum.rows import Row, invalid, missing, off_mask
from st_spectrum.spectrum.services import UDF_NAMES, Field, Kind, Mask, Service

DATE_FORMAT = "%m/%d/%Y"

NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")

MASKS: dict[Mask, re.Pattern[str]] = {
    Mask.CODE: re.compile(r"[A-Z0-9]+"),
    Mask.UPPER: re.compile(r"[^a-z,]+"),
    Mask.UNDASHED: re.compile(r"[A-Z0-9.]+"),
    Mask.NO_COMMAS: re.compile(r"[^,]+"),
    Mask.DIGITS: re.compile(r"[0-9]+"),
    Mask.STATE: re.compile(r"[A-Z]{2}"),
    Mask.ZIP: re.compile(r"[0-9]{5}(-?[0-9]{4})?"),
    Mask.EMAIL: re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+"),
    Mask.POSITION: re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,6})?"),
    Mask.VERSION: re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?"),
}


def required(service: Service, values: Mapping[str, str]) -> list[Row]:
    """An `M` row for every required element that is blank."""
    return [
        missing(field.name)
        for field in service.fields
        if field.is_required and not values[field.name]
    ]


def generic(
    service: Service, values: Mapping[str, str], udf_kinds: Mapping[str, Kind]
) -> list[Row]:
    """An `I` row for every value of the wrong length or form; one row per element. GUID is 36 long
    [SP 1.6].
    """
    rows = [too_long("GUID", 36)] if len(values.get("GUID", "")) > 36 else []
    for field in service.fields:
        value = values[field.name]
        if value and (row := _judge(field, value, udf_kinds)):
            rows.append(row)
    return rows


def too_long(name: str, length: int) -> Row:
    """The text is assumed."""
    return invalid(name, f"{name} is invalid, maximum length is {length}")


def _judge(field: Field, value: str, udf_kinds: Mapping[str, Kind]) -> Row | None:
    if len(value) > field.length:
        return too_long(field.name, field.length)
    kind = field.kind
    if field.name in UDF_NAMES:
        if field.name not in udf_kinds:
            return invalid(field.name, f"{field.name} is not mapped for this Authorization ID")
        kind = udf_kinds[field.name]
    return None if _has_form(field, kind, value) else off_mask(field.name)


def _has_form(field: Field, kind: Kind, value: str) -> bool:
    if field.values and value not in field.values.split():
        return False
    if field.mask and not MASKS[field.mask].fullmatch(value):
        return False
    match kind:
        case Kind.FLAG:
            return value in ("Y", "N")
        case Kind.NUMBER:
            return bool(NUMBER.fullmatch(value)) and not (
                field.is_positive and value.startswith("-")
            )
        case Kind.DATE:
            return is_date(value)
        case Kind.TEXT:
            return True


def is_date(value: str) -> bool:
    """Whether the value is a calendar day written `MM/DD/CCYY` [SP 1.8]."""
    if len(value) != 10:
        return False
    try:
        datetime.strptime(value, DATE_FORMAT)  # noqa: DTZ007 (a calendar day has no zone)
    except ValueError:
        return False
    return True
