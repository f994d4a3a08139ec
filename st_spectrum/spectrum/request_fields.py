"""What goes into a call of Spectrum's SOAP services, judged against the field tables before it is
sent.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from st_spectrum.domain.errors import (
    ContractBroken,
    Problem,
    Rejected,
)
from st_spectrum.spectrum.services import Field, Kind, Service
from st_spectrum.spectrum.wire import SYSTEM

_NOT_XML_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_PLAIN_DECIMAL = re.compile(r"-?(\d+(\.\d*)?|\.\d+)", re.ASCII)

_US_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)


def build_fields(service: Service, fields: Mapping[str, str], company_code: str) -> dict[str, str]:
    """Every element of the layout in wire order, blank where nothing is given, the company filled
    in when absent [SP 3.1].

    Raises `Rejected` with all problems found (too long, wrong kind, missing), so that nothing is
    sent that cannot be taken; `ContractBroken` for an element that the layout does not have. Masks
    of characters are left to Spectrum.
    """
    known = {field.name for field in service.fields}
    if unknown := sorted(set(fields) - known):
        raise ContractBroken(
            f"the layout has no element {', '.join(unknown)}", system=SYSTEM, operation=service.name
        )
    values = {field.name: fields.get(field.name, "") for field in service.fields}
    for name in ("Company_Code", "pCompany_Code"):
        if name in values and not values[name].strip():
            values[name] = company_code
    problems = [
        problem
        for field in service.fields
        if field.is_required or values[field.name]
        for problem in field_problems(field, values[field.name])
    ]
    if problems:
        raise Rejected(problems, system=SYSTEM, operation=service.name)
    return values


def spectrum_date(day: date) -> str:
    """`MM/DD/CCYY` [SP 1.8]."""
    return f"{day:%m/%d/%Y}"


def field_problems(field: Field, value: str) -> Iterator[Problem]:
    """What is wrong with one value by the table of fields: characters, presence, length, kind,
    closed list, sign.
    """
    if not (value or field.is_required):
        return
    if _NOT_XML_TEXT.search(value):
        yield Problem("I", f"holds a character that cannot be sent: {value!r}", field.name)
    if not value.strip():
        if field.is_required:
            yield Problem("M", "is required and was left empty", field.name)
        return
    if len(value) > field.length:
        text = f"is {len(value)} characters long, Spectrum allows {field.length}: {value!r}"
        yield Problem("I", text, field.name)
    if expected := _wrong_kind(field, value):
        yield Problem("I", f"must be {expected}, found {value!r}", field.name)


def _wrong_kind(field: Field, value: str) -> str:
    """What was expected instead of `value`; empty when it is fine."""
    if field.values and value not in field.values.split(" "):
        return f"one of {', '.join(field.values.split(' '))}"
    if field.kind is Kind.FLAG and value not in ("Y", "N"):
        return "Y or N"
    if field.kind is Kind.NUMBER and not _PLAIN_DECIMAL.fullmatch(value):
        return "a plain number such as 1234.50"
    if field.is_positive and value.startswith("-"):
        return "a number that is not negative"
    if field.kind is Kind.DATE and not _is_date(value):
        return "a date written MM/DD/YYYY"
    return ""


def _is_date(value: str) -> bool:
    if not (match := _US_DATE.fullmatch(value)):
        return False
    month, day, year = map(int, match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
