"""What a week's table keeps of any row that there may be."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.flows.timecards.payroll_rows import Row
from st_spectrum.resources.parquet import from_parquet, to_parquet

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
HOURS = st.decimals("-9999.99", "9999.99", places=2)
MOMENTS = st.integers(0, 10**16).map(
    lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)
KINDS = {
    str: TEXTS, Decimal: HOURS, date: st.dates(), datetime: MOMENTS,
    Decimal | None: HOURS | st.none(), datetime | None: MOMENTS | st.none(),
}  # fmt: skip


@given(
    st.lists(
        st.fixed_dictionaries({name: KINDS[kind] for name, kind in Row.__annotations__.items()}),
        max_size=5,
    )
)
def test_any_week_comes_back_as_it_was_written(rows: list[dict[str, object]]) -> None:
    written = pd.DataFrame(rows, columns=list(Row.__dataclass_fields__))
    found = from_parquet(to_parquet(written))
    read_back = [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in found.to_dict("records")
    ]
    assert read_back == rows
    assert list(found.dtypes) == list(from_parquet(to_parquet(written.head(0))).dtypes)


def test_hours_keyed_finer_than_hundredths_are_not_rounded() -> None:
    row = dict.fromkeys(Row.__dataclass_fields__) | {"hours_in_spectrum": Decimal("7.3333")}
    found = from_parquet(
        to_parquet(pd.DataFrame([row, row | {"hours_in_spectrum": Decimal("1.25")}]))
    )
    assert list(found["hours_in_spectrum"]) == [Decimal("7.3333"), Decimal("1.25")]
