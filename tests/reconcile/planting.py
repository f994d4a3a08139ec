"""Edits at the screens of both systems that no integration sees."""

from dataclasses import dataclass
from typing import Any

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference
from st_spectrum.flows import FLOWS
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.reconcile.both_sides import compare_both_sides
from st_spectrum.sandbox.spectrum import payroll_tables, tables
from st_spectrum.sandbox.spectrum.table import Table
from tests.world.contractor import Contractor

QUEUE = "PRE_TIME_IMPORTS"
"""Where cards of ours stand until somebody approves them."""


def table_named(name: str) -> Table:
    """One of Spectrum's tables by its name in the sandbox's own code."""
    found = getattr(tables, name, None) or getattr(payroll_tables, name)
    assert isinstance(found, Table)
    return found


@dataclass
class Month:
    """The contractor, and what a comparison of both sides says."""

    contractor: Contractor

    def compared(self) -> dict[str, FlowCompared]:
        with self.contractor.session() as session:
            return {one.flow: one for one in compare_both_sides(session, FLOWS)}

    def differences(self) -> list[Difference]:
        return [one for compared in self.compared().values() for one in compared.differences]

    def named(self) -> set[tuple[str, str, str, str]]:
        return {(one.flow, one.key, one.field, str(one.verdict)) for one in self.differences()}

    def confirmed(self, flow: str) -> list[tuple[str, str]]:
        """Key and Spectrum key of what crossed."""
        with self.contractor.session() as session:
            return [
                (entry.key, entry.target_key)
                for entry in session.ledger.entries(flow)
                if entry.state == "confirmed"
            ]

    def in_spectrum(self, table: str, values: dict[str, str], **key: str) -> None:
        """Somebody edits a row at the screen."""
        self.contractor.controller.update(table_named(table), values, **key)

    def delete(self, table: str, **key: str) -> None:
        self.contractor.controller.delete(table_named(table), **key)

    def rows(self, table: str, **key: str) -> list[dict[str, Any]]:
        return self.contractor.controller.rows(table_named(table), **key)

    def insert(self, table: str, row: dict[str, Any]) -> None:
        texts = {name: str(value).strip() for name, value in row.items() if value is not None}
        days = {
            name: f"{text[5:7]}/{text[8:10]}/{text[:4]}" if text else ""
            for name, text in texts.items()
            if name.endswith("_Date")
        }
        self.contractor.controller.insert(table_named(table), [texts | days])

    def cards(self) -> list[tuple[str, dict[str, Any]]]:
        """Key and row in the import queue of what crossed, by key."""
        rows = {str(row["Message"]).strip(): row for row in self.rows(QUEUE)}
        return [
            (key, rows[token_of(key)])
            for key, _ in sorted(self.confirmed("timecards"))
            if token_of(key) in rows
        ]

    def edit_card(self, row: dict[str, Any], **values: str) -> None:
        self.in_spectrum(QUEUE, values, Record_Number=str(row["Record_Number"]))

    def copy_card(self, row: dict[str, Any], table: str = QUEUE, **values: str) -> None:
        number = str(900_000 + len(self.rows(QUEUE)) + len(self.rows(table)))
        self.insert(table, row | {"Record_Number": number} | values)

    def take_out(self, row: dict[str, Any]) -> None:
        self.delete(QUEUE, Record_Number=str(row["Record_Number"]))

    def edit_time(self, key: str, **changes: Any) -> None:
        """Somebody edits a row of a time card behind its approval."""
        number = int(key.rpartition(".")[2])
        control = self.contractor.control
        card = next(
            card
            for card in control.records("servicetrade", "timecard")
            if any(row["id"] == number for row in card["dayLogs"])
        )
        rows = [row | changes if row["id"] == number else row for row in card["dayLogs"]]
        kept = [row for row in rows if row["id"] != number or changes]
        control.edit("timecard", card["id"], dayLogs=kept)

    def forget_to_send(self, key: str) -> None:
        """A quarter of an hour more on the job of a piece of time, on a card that nobody
        noticed.
        """
        number = int(key.rpartition(".")[2])
        control = self.contractor.control
        card, row = next(
            (card, row)
            for card in control.records("servicetrade", "timecard")
            for row in card["dayLogs"]
            if row["id"] == number
        )
        late = {name: value for name, value in row.items() if name != "id"}
        late |= {"duration": 900, "quantity": 0.25}
        copy = {name: value for name, value in card.items() if name != "id"}
        control.add_records("timecard", [copy | {"dayLogs": [late]}])

    def items(self) -> list[tuple[str, dict[str, Any]]]:
        """Key and job item of what crossed, by key."""
        rows = {
            (row.get("externalIds") or {}).get("spectrum", ""): row
            for row in self.contractor.control.records("servicetrade", "jobitem")
        }
        return [
            (key, rows[key]) for key, _ in sorted(self.confirmed("purchase_orders")) if key in rows
        ]

    def edit_item(self, row: dict[str, Any], **changes: Any) -> None:
        self.contractor.control.edit("jobitem", row["id"], **changes)

    def copy_item(self, row: dict[str, Any], key: str) -> None:
        copy = {name: value for name, value in row.items() if name != "id"}
        self.contractor.control.add_records("jobitem", [copy | {"externalIds": {"spectrum": key}}])

    def change_line(self, key: str, **values: str) -> None:
        number, _, line = key.rpartition("|")
        self.contractor.control.order(number, "change_line", line=line, **values)
