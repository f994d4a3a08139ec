"""How ServiceTrade writes texts, times, amounts and external ids, and what each is read as."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from st_spectrum.domain.fitting import typed_key


def _text(value: object) -> object:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _epoch(value: object) -> object:
    return 0 if value is None else value


def _time(value: int) -> int:
    if abs(value) > LATEST:
        raise ValueError(f"{str(value)[:20]} is no time in seconds since 1970")
    return value


def _duration(value: int) -> int:
    if abs(value) > LATEST:
        raise ValueError(f"{str(value)[:20]} is no number of seconds that anybody works")
    return value


def _amount(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) > LARGEST_AMOUNT:
        raise ValueError(f"{str(value)[:20]} is no amount that anybody owes")
    return value


def _no_when_silent(value: object) -> object:
    return False if value is None else value


def _decimal(value: object) -> object:
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, bool):
        raise ValueError(f"{value!r} is not an amount")
    try:
        return Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not an amount") from None


def _id_map(value: object) -> object:
    if value is None or value == []:
        return {}
    if isinstance(value, Mapping):
        texts = (
            (str(system), typed_key(str(text)))
            for system, text in value.items()
            if text is not None
        )
        return {system: text for system, text in texts if text}
    return value


LATEST = 32_503_680_000
"""Epoch seconds of the year 3000; what lies behind it is no time, or one in milliseconds."""

LARGEST_AMOUNT = Decimal(10) ** 13
"""Ten times what the longest field of Spectrum for money holds."""

Text = Annotated[str, BeforeValidator(_text)]

Seconds = Annotated[int, AfterValidator(_time)]
"""Seconds since 1970, UTC [ST 1]; not milliseconds."""

Duration = Annotated[int, AfterValidator(_duration), BeforeValidator(_epoch)]
"""So many seconds; 0 when the record does not say."""

Epoch = Annotated[Seconds, BeforeValidator(_epoch)]
"""Seconds since 1970, UTC [ST 1]; 0 when the record does not say."""

Money = Annotated[Decimal, AfterValidator(_amount), BeforeValidator(_decimal)]
"""An amount; the wire has whole numbers, fractions and texts such as "9,250.00" [ST 1]."""

ExternalIds = Annotated[dict[str, str], BeforeValidator(_id_map)]
"""System name -> value [ST 11] as `typed_key` reads it, which is the one reading of what people
typed; `{}`, `[]` and null all mean none.
"""

Flag = Annotated[bool, BeforeValidator(_no_when_silent)]

NullIsEmptyList = BeforeValidator(lambda value: () if value is None else value)
NullIsEmptyObject = BeforeValidator(lambda value: {} if value is None else value)
