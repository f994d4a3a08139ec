"""The table of a payroll week as Parquet: exact hours, days, times in UTC; the same columns in an
empty week. Loads pandas late.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

if TYPE_CHECKING:
    from pandas import DataFrame
    from pyarrow import DataType

_DIGITS = 18
_PLACES = 2


def to_parquet(frame: "DataFrame") -> bytes:
    """The file. Its column types are those of `Row`, never guessed from a week."""
    import pyarrow as pa

    from st_spectrum.flows.timecards.payroll_rows import Row

    hints = get_type_hints(Row)
    schema = pa.schema([(name, _column_type(hints[name], frame[name])) for name in frame.columns])
    return frame.to_parquet(None, index=False, schema=schema)


def from_parquet(data: bytes) -> "DataFrame":
    """What `to_parquet` wrote, with hours as `Decimal` and days as `date`."""
    import pandas as pd

    return pd.read_parquet(BytesIO(data))


def _column_type(hint: Any, values: Iterable[Any]) -> "DataType":
    import pyarrow as pa

    (kind, *_) = get_args(hint) or (hint,)
    if kind is Decimal:
        return pa.decimal128(_DIGITS, max([_PLACES, *map(_places, values)]))
    return {str: pa.string(), date: pa.date32(), datetime: pa.timestamp("us", tz="UTC")}[kind]


def _places(value: object) -> int:
    """Hundredths are the rule; somebody may have keyed more, and no hour is rounded."""
    return -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
