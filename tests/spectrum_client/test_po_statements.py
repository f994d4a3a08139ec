"""Purchase orders through Info-Link: what SQL Server would be asked, and what comes of padded,
blank and odd data.
"""

import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import literal_column
from sqlalchemy.dialects import mssql

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum.infolink import order_records, order_tables
from st_spectrum.spectrum.infolink.fingerprints import RowFingerprint, fingerprint
from st_spectrum.spectrum.infolink.order_tables import headers_of, headers_to_scan, lines_of
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.pace import Pace
from st_spectrum.spectrum.purchase_orders import PurchaseOrderLine
from tests.spectrum_client.order_rows import Tables

SINCE = date(2026, 4, 1)


def for_sql_server(statement: Any) -> str:
    compiled = statement.compile(dialect=mssql.dialect(), compile_kwargs={"literal_binds": True})
    return " ".join(str(compiled).split())


def test_sql_server_finds_what_may_change_by_status_and_dates_alone() -> None:
    text = for_sql_server(headers_to_scan("001", SINCE))
    of_company = (
        "FROM [PO_PURCHASE_ORDER_HEADER_MC] AS may_change WHERE may_change.[Company_Code] IN"
        " ('001') AND "
    )
    conditions = [part.split(" UNION ")[0].rstrip(")") for part in text.split(of_company)[1:]]
    assert conditions == [
        "may_change.[Status_Flag] < 'C'",
        "may_change.[Status_Flag] > 'C' AND may_change.[Status_Flag] < 'CLOSED'",
        "may_change.[Status_Flag] > 'CLOSED'",
        "may_change.[PO_Date_List1] >= '2026-04-01'",
        "may_change.[PO_Date_List3] >= '2026-04-01'",
    ]
    assert (
        "[PO_PURCHASE_ORDER_HEADER_MC].[PO_Number] IN (SELECT may_change.[PO_Number] FROM" in text
    )


def test_sql_server_adds_up_the_hashes_of_the_lines_of_one_order_of_one_company() -> None:
    text = for_sql_server(headers_to_scan("001", SINCE))
    assert "(SELECT count(*) AS count_1 FROM [PO_PURCHASE_ORDER_DETAIL_MC] WHERE" in text
    assert (
        "coalesce(sum(CAST(SUBSTRING(HASHBYTES('SHA2_256',"
        " CONCAT([PO_PURCHASE_ORDER_DETAIL_MC].[Company_Code], CHAR(31)," in text
    )
    for column in order_tables.FINGERPRINTED:
        assert f"[PO_PURCHASE_ORDER_DETAIL_MC].[{column.name}]" in text, column.name
    assert text.count("[PO_PURCHASE_ORDER_DETAIL_MC].[Company_Code] IN ('001')") == 2


def test_sql_server_is_asked_for_orders_in_every_way_their_numbers_may_be_padded() -> None:
    # Runs of blanks are shown as one here.
    spellings = "[PO_Number] IN ('4412', '4412 ', ' 4412')"
    headers, lines = (
        for_sql_server(headers_of("01", ["4412"])),
        for_sql_server(lines_of("01", ["4412"])),
    )
    assert headers.endswith(f"[PO_PURCHASE_ORDER_HEADER_MC].{spellings}")
    assert lines.endswith(f"[PO_PURCHASE_ORDER_DETAIL_MC].{spellings}")
    for text in (headers, lines):
        assert "[Company_Code] IN (' 01', '01', '01 ')" in text
    assert (
        "LEFT OUTER JOIN [VN_VENDOR_MASTER_MC] ON [VN_VENDOR_MASTER_MC].[Company_Code] IN (' 01',"
        " '01', '01 ') AND ltrim(rtrim([VN_VENDOR_MASTER_MC].[Vendor_Code])) ="
        " ltrim(rtrim([PO_PURCHASE_ORDER_HEADER_MC].[Vendor_Code]))" in headers
    )


def test_sql_server_has_the_fingerprint_built_in() -> None:
    statement = RowFingerprint(literal_column("a"), literal_column("b"))
    assert (
        for_sql_server(statement)
        == "CAST(SUBSTRING(HASHBYTES('SHA2_256', CONCAT(a, CHAR(31), b)), 1, 6) AS BIGINT)"
    )


@given(st.lists(st.text(), min_size=2, max_size=4), st.data())
def test_another_cell_makes_another_fingerprint(cells: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(cells) - 1))
    other = [*cells]
    other[place] = data.draw(st.text().filter(lambda text: text != cells[place]))
    assert fingerprint(*cells) != fingerprint(*other)


def test_text_that_moves_to_the_next_column_makes_another_fingerprint() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert 0 <= fingerprint(None, 1, 2.5) < 2**48


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return Tables(tmp_path / "infolink.sqlite")


def scanned(tables: Tables) -> dict[str, str]:
    return {header.number: header.digest for header in order_records.scan(tables.reader(), SINCE)}


def line(tables: Tables) -> PurchaseOrderLine:
    (order,) = order_records.read(tables.reader(), ["4412"])
    (only,) = order.lines
    return only


def test_an_order_is_read_trimmed_with_its_vendor_and_its_lines_in_order(tables: Tables) -> None:
    tables.add("VN_VENDOR_MASTER_MC", Vendor_Code="V0001 ", Vendor_Name="Chesapeake Pipe ")
    tables.add(
        "VN_VENDOR_MASTER_MC", Company_Code="002", Vendor_Code="V0001", Vendor_Name="Somebody else"
    )
    tables.header(
        PO_Date_List1="2026-05-04 00:00:00", PO_Date_List2="2026-05-18 00:00:00", Remarks="Urgent "
    )
    tables.detail(Line_Number="010", Message="  Call first")
    tables.detail(
        Phase_Code="001 ",
        Cost_Type="M ",
        Delivery_Date="2026-06-01 00:00:00",
        Item_Discount_Percent=5,
    )
    tables.detail(Company_Code="002", Line_Number="002")
    (order,) = order_records.read(tables.reader(), [" 4412", "4412", "9999", ""])
    assert (order.number, order.vendor_name, order.job_number) == (
        "4412",
        "Chesapeake Pipe",
        "10482",
    )
    assert (order.order_date, order.delivery_date, order.remarks) == (
        date(2026, 5, 4),
        date(2026, 5, 18),
        "Urgent",
    )
    assert [line.number for line in order.lines] == [1, 10]
    first, second = order.lines
    assert (first.ordered, first.received, first.price) == (
        Decimal(2),
        Decimal(0),
        Decimal("310.25"),
    )
    assert (first.phase_code, first.cost_type, first.discount_percent) == ("001", "M", Decimal(5))
    assert (first.description, first.delivery_date) == ("Seal kit", date(2026, 6, 1))
    assert second.message == "Call first"


def test_a_vendor_that_is_not_on_file_and_missing_dates_are_blank(tables: Tables) -> None:
    tables.header()
    (order,) = order_records.read(tables.reader(), ["4412"])
    assert (order.vendor_name, order.order_date, order.lines) == ("", None, ())


@pytest.mark.parametrize(
    ("values", "is_message"),
    [
        ({"Line_Type": "M", "Message": "Rear dock"}, True),
        ({"Line_Type": "D", "Message": "Rear dock"}, False),
        ({"Line_Type": " ", "Message": "Rear dock"}, False),
        (
            {
                "Line_Type": " ",
                "Message": "Rear dock",
                "Item_Description": " ",
                "PO_Quantity_List1": 0,
                "Item_Price": 0,
            },
            True,
        ),
        ({"Line_Type": " ", "Item_Description": " ", "PO_Quantity_List1": 0}, False),
    ],
)
def test_a_line_that_is_nothing_but_text_is_known_by_type_or_by_what_it_lacks(
    tables: Tables, values: dict[str, Any], is_message: bool
) -> None:
    tables.header()
    tables.detail(**values)
    assert line(tables).is_message is is_message


@pytest.mark.parametrize("number", ["4412", "4412      ", "      4412"])
def test_an_order_is_found_however_its_number_is_padded(tables: Tables, number: str) -> None:
    tables.header(PO_Number=number)
    tables.detail(PO_Number=number)
    (header,) = order_records.scan(tables.reader(), SINCE)
    assert (header.number, header.line_count) == ("4412", 1)
    assert len(order_records.read(tables.reader(), ["4412"])[0].lines) == 1


@pytest.mark.parametrize(
    ("values", "is_seen"),
    [
        ({"Status_Flag": "OPEN"}, True),
        ({"Status_Flag": "PROP"}, True),
        ({"Status_Flag": " "}, True),
        ({"Status_Flag": "CANCEL"}, True),
        ({"Status_Flag": "CONFRM"}, True),
        ({"Status_Flag": "ZZZ"}, True),
        ({"Status_Flag": "CLOSED"}, False),
        ({"Status_Flag": "C"}, False),
        ({"Status_Flag": "CLOSED", "PO_Date_List1": "2026-03-31 23:59:00"}, False),
        ({"Status_Flag": "CLOSED", "PO_Date_List1": "2026-04-01 00:00:00"}, True),
        (
            {
                "Status_Flag": "CLOSED",
                "PO_Date_List1": "2020-01-01 00:00:00",
                "PO_Date_List3": "2026-04-02 00:00:00",
            },
            True,
        ),
        ({"Company_Code": "002"}, False),
    ],
)
def test_what_is_not_closed_is_scanned_and_what_was_closed_long_ago_is_not(
    tables: Tables, values: dict[str, Any], is_seen: bool
) -> None:
    tables.header(**values)
    assert list(scanned(tables)) == (["4412"] if is_seen else [])


KEY = ("Company_Code", "PO_Number")
LINE_COLUMNS = [column.name for column in order_tables.FINGERPRINTED if column.name not in KEY]
HEADER_COLUMNS = [column.name for column in order_tables.SCANNED if column.name not in KEY]


def _another(name: str) -> str | int:
    if "Date" in name:
        return "2026-07-09 00:00:00"
    return 7 if name.startswith(("PO_Quantity", "Item_Price", "Item_Discount")) else "X"


@pytest.mark.parametrize("column", LINE_COLUMNS)
def test_any_change_of_a_line_makes_another_digest(tables: Tables, column: str) -> None:
    tables.header()
    tables.detail()
    before = scanned(tables)
    tables.set("PO_PURCHASE_ORDER_DETAIL_MC", **{column: _another(column)})
    assert scanned(tables)["4412"] != before["4412"]


@pytest.mark.parametrize("column", HEADER_COLUMNS)
def test_any_change_of_the_header_makes_another_digest(tables: Tables, column: str) -> None:
    tables.header()
    before = scanned(tables)
    tables.set("PO_PURCHASE_ORDER_HEADER_MC", **{column: _another(column)})
    assert scanned(tables)["4412"] != before["4412"]


def test_quantities_that_change_places_between_two_lines_make_another_digest(
    tables: Tables,
) -> None:
    tables.header()
    tables.detail(Line_Number="001", PO_Quantity_List1=2)
    tables.detail(Line_Number="002", PO_Quantity_List1=3)
    before = scanned(tables)
    with sqlite3.connect(tables.path) as connection:
        connection.execute(
            "UPDATE PO_PURCHASE_ORDER_DETAIL_MC SET PO_Quantity_List1 = 5 - PO_Quantity_List1"
        )
    assert scanned(tables) != before


def test_a_line_that_comes_or_goes_makes_another_digest_and_comes_back_to_the_old_one(
    tables: Tables,
) -> None:
    tables.header()
    tables.detail()
    before = scanned(tables)
    tables.detail(Line_Number="002")
    assert scanned(tables) != before
    with sqlite3.connect(tables.path) as connection:
        connection.execute("DELETE FROM PO_PURCHASE_ORDER_DETAIL_MC WHERE Line_Number = '002'")
    assert scanned(tables) == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda tables: tables.detail(Line_Number="A"), "Line_Number 'A' of order 4412"),
        (lambda tables: tables.detail(Delivery_Date="soon"), "Delivery_Date 'soon'"),
        (lambda tables: tables.detail(Item_Price="dear"), "Item_Price 'dear'"),
        (lambda tables: tables.detail(Item_Price="NaN"), "Item_Price 'NaN'"),
    ],
)
def test_a_value_that_cannot_be_is_said_and_never_guessed(
    tables: Tables, spoil: Callable[[Tables], None], said: str
) -> None:
    tables.header()
    spoil(tables)
    (order,) = order_records.read(tables.reader(), ["4412"])
    assert said in order.unreadable
    assert all(line.ordered == 0 and line.delivery_date is None for line in order.lines)


def test_a_table_that_is_missing_is_said(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    settings = InfoLink(url=SecretStr(f"sqlite:///{tmp_path / 'empty.sqlite'}"), timeout_seconds=1)
    with pytest.raises(ContractBroken, match="PO_PURCHASE_ORDER_HEADER_MC is missing"):
        order_records.scan(InfoLinkReader(settings, "001", Pace(read_attempts=1)), SINCE)


def test_dates_and_amounts_are_taken_as_a_sql_server_driver_gives_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row: dict[str, Any] = {column.name: " " for column in order_tables.DETAILS.columns}
    row |= {
        "PO_Number": "4412",
        "Line_Number": "001",
        "Delivery_Date": datetime(2026, 6, 1, 0, 0),  # noqa: DTZ001
    }
    row |= {
        "Item_Price": Decimal("310.2500"),
        "PO_Quantity_List1": Decimal("2.00"),
        "PO_Quantity_List2": None,
    }
    read = order_records._line(row)
    assert (read.delivery_date, read.price, read.ordered, read.received) == (
        date(2026, 6, 1), Decimal("310.25"), Decimal(2), Decimal(0),
    )  # fmt: skip


def test_an_order_keeps_the_digest_that_it_had_before_its_currency_was_read(tables: Tables) -> None:
    tables.header()
    tables.detail()
    before = scanned(tables)
    tables.set("PO_PURCHASE_ORDER_HEADER_MC", Currency_Code="CAD")
    tables.set("PO_PURCHASE_ORDER_DETAIL_MC", Received_Extension=10)
    assert scanned(tables) == before


def test_the_first_day_of_the_databases_calendar_is_no_day(tables: Tables) -> None:
    blank = "1900-01-01 00:00:00"
    tables.header(PO_Date_List1=blank, PO_Date_List2=blank, Currency_Code="cad")
    tables.detail(Delivery_Date=blank)
    (order,) = order_records.read(tables.reader(), ["4412"])
    assert (order.order_date, order.delivery_date, order.lines[0].delivery_date) == (
        None,
        None,
        None,
    )
    assert order.currency == "CAD"


@pytest.mark.parametrize(
    ("status", "is_closed", "is_proposed"),
    [("Closed", True, False), ("c", True, False), ("Open", False, False), ("Prop", False, True)],
)
def test_a_status_means_the_same_in_capitals_and_small_letters(
    tables: Tables, status: str, is_closed: bool, is_proposed: bool
) -> None:
    tables.header(Status_Flag=status)
    (order,) = order_records.read(tables.reader(), ["4412"])
    (seen,) = order_records.scan(tables.reader(), date(2000, 1, 1)) if not is_closed else (order,)
    assert (
        (order.is_closed, order.is_proposed)
        == (seen.is_closed, seen.is_proposed)
        == (is_closed, is_proposed)
    )
