"""Reads Info-Link: columns, types and lengths of each table that the product knows of, and a few
rows of the columns that it reads, and of no other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, column, func, literal, select, table

from st_spectrum.account import Account
from st_spectrum.domain.errors import SyncFault
from st_spectrum.spectrum.infolink.columns import as_columns
from st_spectrum.spectrum.infolink.columns import described as described_columns
from st_spectrum.spectrum.infolink.names_there import NamesThere
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import of_company, trimmed
from st_spectrum.spectrum.infolink.values import text_of
from st_spectrum.spectrum.tables_read import tables_read

ROWS = 60
"""Rows of one table that are looked at; fewer are kept."""

ALSO_KNOWN = (
    *("CR_OPEN_ITEM_MC", "CR_CONTRACT_MASTER_MC", "PO_PACK_LIST_HEADER_MC"),
    *("PR_EMPLOYEE_STATUS_MC", "JC_TRANSACTION_HISTORY_MC", "PA_COLUMN_NAMES"),
)
"""Tables whose columns are worth knowing and whose rows are not read [SP 16]."""

COUNTED = (
    ("CR_CUSTOMER_MASTER_MC", "Status"),
    ("CR_INVOICE_HEADER_MC", "Transaction_Type"),
    ("CR_INVOICE_HEADER_MC", "Post_Flag"),
    ("CR_INVOICE_HEADER_MC", "Print_Flag"),
    ("CR_INVOICE_HEADER_MC", "Reversed"),
    ("GL_MASTER_MC", "Status"),
    ("GL_MASTER_MC", "Direct_Cost_Flag"),
    ("JC_JOB_MASTER_MC", "Status_Code"),
    ("JC_JOB_MASTER_MC", "Lock_Revenue_Entry"),
    ("PO_PURCHASE_ORDER_HEADER_MC", "Status_Flag"),
    ("PO_PURCHASE_ORDER_HEADER_MC", "Currency_Code"),
    ("PO_PURCHASE_ORDER_DETAIL_MC", "Line_Type"),
    ("PR_EMPLOYEE_MASTER_1_MC", "Employment_Status"),
)
"""Columns of letters, each of whose values is counted, since a few rows would not show all."""


@dataclass(frozen=True)
class ColumnFound:
    """A column as the database describes it; the length of what has none is None."""

    name: str
    type: str
    length: int | None


@dataclass
class TableFound:
    """A table: its columns in the order of the database, under their names there, and rows of those
    that the product reads, padded as they are, under ours.
    """

    name: str
    columns: tuple[ColumnFound, ...] = ()
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    read: tuple[str, ...] = ()
    names: NamesThere = field(default_factory=lambda: NamesThere({}))

    def name_there(self, name: str) -> str:
        """What the account file says that a column of ours is called there; mostly the same."""
        return self.names.of(self.name, name)

    def column(self, name: str) -> ColumnFound | None:
        """The column that we call so, whatever its case."""
        there = self.name_there(name).upper()
        return next((one for one in self.columns if one.name.upper() == there), None)


class InfoLinkWalk:
    """One walk through the tables of one company."""

    def __init__(self, account: Account, reader: InfoLinkReader) -> None:
        self._account = account
        self._reader = reader
        self.tables: dict[str, TableFound] = {}
        self.described: Mapping[str, frozenset[str]] = {}
        self.known_tables: frozenset[str] = frozenset()
        """Every table of Spectrum's dictionary, whether or not it is granted."""
        self.counts: dict[tuple[str, str], Counter[str]] = {}
        self.extension: tuple[int, int, int] | None = None
        """Invoices with tax, those whose extension includes it, and those where not."""

    def walk(self) -> None:
        """All of it. Raises the family of what is wrong where not even the columns can be read."""
        wanted: dict[str, list[str]] = {name: [] for name in ALSO_KNOWN}
        for read in tables_read():
            names = wanted.setdefault(read.table.name, [])
            names += [one.name for one in read.table.columns if one.name not in names]
        self._columns(sorted(wanted))
        for name, columns in wanted.items():
            if name in self.tables and columns:
                self._rows(self.tables[name], columns)
        for name, counted in COUNTED:
            self._count(name, counted)
        self._judge_extension()

    def _columns(self, names: Sequence[str]) -> None:
        backend = self._reader._engine.url.get_backend_name()
        found: dict[str, list[ColumnFound]] = {}
        for row in self._reader.raw("columns", _columns_of(names, backend)):
            kind, _, size = text_of(row["type"]).partition("(")
            length = text_of(row["length"]) or size.rstrip(")")
            one = ColumnFound(
                text_of(row["column"]), kind.lower(), int(length) if length.isdigit() else None
            )
            found.setdefault(text_of(row["table"]).upper(), []).append(one)
        self.tables = {
            name: TableFound(name, tuple(cells), names=self._reader.names)
            for name, cells in found.items()
        }
        try:
            described = as_columns(self._reader.raw("dictionary", described_columns(names)))
            self.known_tables = self._reader.tables()
        except SyncFault:
            described = {}
        self.described = {name: frozenset(cells) for name, cells in described.items()}

    def _rows(self, found: TableFound, columns: Iterable[str]) -> None:
        found.read = tuple(name for name in columns if found.column(name))
        if not found.column("Company_Code"):
            return
        source = table(found.name, *(column(name) for name in found.read))
        statement = select(*source.c).where(of_company(source, self._reader.company_code))
        try:
            found.rows = list(self._reader.raw("rows", statement.limit(ROWS)))
            for key, value in self._wanted(found):
                if not any(text_of(row[key]) == value for row in found.rows):
                    one = statement.where(trimmed(source.c[key]) == value).limit(ROWS)
                    found.rows[:0] = self._reader.raw("rows", one)
        except SyncFault:
            found.rows = []

    def _wanted(self, found: TableFound) -> Iterator[tuple[str, str]]:
        """Records that the account file names, so that they are among the rows."""
        job = self._account.jobs.template_job
        if job and found.name in ("JC_JOB_MASTER_MC", "JC_PHASE_MASTER_MC"):
            yield "Job_Number", job

    def _count(self, name: str, counted: str) -> None:
        found = self.tables.get(name)
        if found is None or found.column(counted) is None:
            return
        try:
            self.counts[name, counted] = self._reader.counts(name, counted)
        except SyncFault:
            return

    def _judge_extension(self) -> None:
        """Whether an invoice's extension includes the tax: counted in the database."""
        found = self.tables.get("CR_INVOICE_HEADER_MC")
        parts = ("Taxable_Amount", "Non_Taxable_Amount", "Sales_Tax_Amount", "Invoice_Extension")
        if found is None or not all(found.column(name) for name in parts):
            return
        source = table(found.name, column("Company_Code"), *(column(name) for name in parts))
        taxable, other, tax, extension = (source.c[name] for name in parts)
        taxed = [of_company(source, self._reader.company_code), tax != literal(0)]
        near = func.abs(extension - taxable - other - tax) < literal(0.005)
        far = func.abs(extension - taxable - other) < literal(0.005)
        try:
            numbers = [
                int(self._reader.raw("extension", _counted(source, *taxed, *more))[0]["number"])
                for more in ((), (near,), (far,))
            ]
        except (SyncFault, ValueError):
            return
        self.extension = (numbers[0], numbers[1], numbers[2])


def _counted(source: Any, *conditions: Any) -> Select[Any]:
    return select(func.count().label("number")).select_from(source).where(*conditions)


def _columns_of(names: Sequence[str], backend: str) -> Select[Any]:
    """Table, column, type and length; SQLite has a list of its own, in which types bear lengths."""
    if backend == "sqlite":
        master = table("sqlite_master", column("name"))
        listed = func.pragma_table_info(master.c.name).table_valued("name", "type")
        shown = (
            master.c.name.label("table"),
            listed.c.name.label("column"),
            listed.c.type.label("type"),
            literal("").label("length"),
        )
        return select(*shown).select_from(master.join(listed, onclause=master.c.name.in_(names)))
    schema = table(
        "COLUMNS",
        *(column(name) for name in ("TABLE_NAME", "COLUMN_NAME", "DATA_TYPE")),
        column("CHARACTER_MAXIMUM_LENGTH"),
        column("ORDINAL_POSITION"),
        schema="INFORMATION_SCHEMA",
    )
    cells = tuple(
        one.label(name)
        for one, name in zip(schema.c, ("table", "column", "type", "length"), strict=False)
    )
    order = (schema.c.TABLE_NAME, schema.c.ORDINAL_POSITION)
    return select(*cells).where(schema.c.TABLE_NAME.in_(names)).order_by(*order)
