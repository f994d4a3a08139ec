"""Edits at the screens of both systems that no integration sees."""

from dataclasses import dataclass
from typing import Any

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference
from st_spectrum.flows import FLOWS
from st_spectrum.reconcile.both_sides import compare_both_sides
from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.spectrum import tables
from tests.world.contractor import Contractor


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
        with self.contractor.system("spectrum").database.writing() as every:
            every.of(COMPANY_CODE).update(getattr(tables, table), values, **key)

    def delete(self, table: str, **key: str) -> None:
        with self.contractor.system("spectrum").database.writing() as every:
            every.of(COMPANY_CODE).delete(getattr(tables, table), **key)

    def rows(self, table: str, **key: str) -> list[dict[str, Any]]:
        with self.contractor.system("spectrum").database.writing() as every:
            return [dict(row) for row in every.of(COMPANY_CODE).all(getattr(tables, table), **key)]

    def insert(self, table: str, row: dict[str, Any]) -> None:
        with self.contractor.system("spectrum").database.writing() as every:
            texts = {name: str(value).strip() for name, value in row.items() if value is not None}
            days = {
                name: f"{text[5:7]}/{text[8:10]}/{text[:4]}" if text else ""
                for name, text in texts.items()
                if name.endswith("_Date")
            }
            every.of(COMPANY_CODE).insert(getattr(tables, table), texts | days)
