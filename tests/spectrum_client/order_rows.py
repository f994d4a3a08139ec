"""Orders in tables as Info-Link shows them, in a file that a test can change."""

import sqlite3
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Date, Numeric

from st_spectrum.account.connections import InfoLink
from st_spectrum.spectrum.infolink import order_tables
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.pace import Pace

HEADER = {
    "PO_Number": "      4412",
    "Vendor_Code": "V0001",
    "Status_Flag": "OPEN",
    "Job_Number": "     10482",
}


DETAIL = {
    "PO_Number": "      4412",
    "Line_Number": "001",
    "Line_Type": "D",
    "Item_Description": "Seal kit ",
    "PO_Quantity_List1": "2",
    "Item_Price": "310.25",
}


class Tables:
    """The two order tables and the vendors in a file of their own, typed as in Spectrum."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with sqlite3.connect(path) as connection:
            for table in (order_tables.HEADERS, order_tables.DETAILS, order_tables.VENDORS):
                columns = ", ".join(
                    f'"{column.name}" {self._definition(column.type)}' for column in table.columns
                )
                connection.execute(f"CREATE TABLE {table.name} ({columns})")

    @staticmethod
    def _definition(kind: object) -> str:
        if isinstance(kind, Numeric):
            return "DECIMAL(14,4) NOT NULL DEFAULT 0"
        return "DATETIME" if isinstance(kind, Date) else "TEXT NOT NULL DEFAULT ' '"

    def add(self, table: str, **values: Any) -> None:
        values = {"Company_Code": "001", **values}
        names = ", ".join(values)
        with sqlite3.connect(self.path) as connection:
            marks = ", ".join("?" * len(values))
            connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())
            )

    def header(self, **values: Any) -> None:
        self.add("PO_PURCHASE_ORDER_HEADER_MC", **(HEADER | values))

    def detail(self, **values: Any) -> None:
        self.add("PO_PURCHASE_ORDER_DETAIL_MC", **(DETAIL | values))

    def set(self, table: str, **values: Any) -> None:
        changes = ", ".join(f"{name} = ?" for name in values)
        with sqlite3.connect(self.path) as connection:
            connection.execute(f"UPDATE {table} SET {changes}", tuple(values.values()))

    def reader(self, company: str = "001") -> InfoLinkReader:
        settings = InfoLink(url=SecretStr(f"sqlite:///{self.path}"), timeout_seconds=1)
        return InfoLinkReader(settings, company, Pace(read_attempts=1))
