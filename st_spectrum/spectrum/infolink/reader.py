"""Info-Link: Spectrum's tables as read-only SQL [SP 16].

The tables and the statements on them stand in `infolink_tables`.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import (
    Select,
    String,
    Table,
    column,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
)
from st_spectrum.spectrum.infolink.columns import Columns, as_columns, described, granted
from st_spectrum.spectrum.infolink.database import fault_of, open_engine
from st_spectrum.spectrum.infolink.names_there import NamesThere
from st_spectrum.spectrum.infolink.tables import (
    CUSTOMERS,
    EMPLOYEES,
    GL_ACCOUNTS,
    JOBS,
    PHASES,
    SITE_NAMES,
    SITES,
    TEMPLATE_PHASES,
    TEMPLATE_PHASES_OPTIONAL,
    TERMS,
    codes_of,
    of_company,
    optional_of,
    rows_of,
    tables_known,
    trimmed,
)
from st_spectrum.spectrum.infolink.values import text_of
from st_spectrum.spectrum.pace import Pace

log = logging.getLogger(__name__)

GRANTED_SECONDS = 3600.0
"""After so long a column that was not shown is asked for again."""


@dataclass(frozen=True)
class GlAccount:
    """A general ledger account. AR lines may not use a direct cost account [SP 12.1]. `status` is
    Spectrum's letter.
    """

    code: str
    is_direct_cost: bool
    status: str


class InfoLinkReader:
    """Reads one company's records. Rows are dicts of stripped texts under the names that the Add
    services use.

    Raises `Unavailable`, `AccessDenied` or `ContractBroken`; no message ever holds the address or
    its password.
    """

    def __init__(
        self,
        settings: InfoLink,
        company_code: str,
        pace: Pace | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._company = self.company_code = company_code
        self._pace = pace or Pace()
        self._clock = clock
        self._engine = open_engine(settings)
        self.names = NamesThere(settings.columns)
        self.names.teach(self._engine)
        self._missing: dict[str, tuple[frozenset[str], float]] = {}
        self._said: set[tuple[str, frozenset[str]]] = set()

    def test_connection(self) -> None:
        """Returns when the database lets us in and answers; no table is touched."""
        self.raw("test", select(literal(1).label("one")))

    def customer(self, code: str) -> dict[str, str] | None:
        """The AR customer with this code."""
        return self._one("customers", CUSTOMERS, {"Customer_Code": code.strip()})

    def customer_codes(self) -> frozenset[str]:
        """All customer codes in use, whatever their status."""
        return self._codes("customer_codes", codes_of(CUSTOMERS.c.Customer_Code, self._company))

    def site(self, site_id: str) -> dict[str, str] | None:
        """The work order site with this id."""
        row = self._one("sites", SITES, {"Ship_To_ID": site_id.strip()})
        return row and {SITE_NAMES.get(name, name): text for name, text in row.items()}

    def site_ids(self) -> frozenset[str]:
        """All site ids in use, whatever their status."""
        return self._codes("site_ids", codes_of(SITES.c.Ship_To_ID, self._company))

    def job(self, number: str) -> dict[str, str] | None:
        """The job with this number, with what only Info-Link knows of it: overhead batch and tax
        class.
        """
        return self._one("jobs", JOBS, {"Job_Number": number.strip()})

    def job_numbers(self) -> frozenset[str]:
        """All job numbers in use, whatever their status."""
        return self._codes("job_numbers", codes_of(JOBS.c.Job_Number, self._company))

    def phases(self, job_number: str) -> tuple[dict[str, str], ...]:
        """The phases of a job, one row per cost type, whatever their status."""
        return self.masters("phases", PHASES, {"Job_Number": job_number.strip()})

    def template_phases(self, job_number: str) -> tuple[dict[str, str], ...]:
        """The same with price methods, and with units where the table shows them."""

        def statement(without: Collection[str]) -> Select[Any]:
            return rows_of(
                TEMPLATE_PHASES, self._company, {"Job_Number": job_number.strip()}, without
            )

        rows = self.raw_without(
            "template_phases", TEMPLATE_PHASES.name, TEMPLATE_PHASES_OPTIONAL, statement
        )
        return tuple({name: text_of(value) for name, value in row.items()} for row in rows)

    def terms_codes(self) -> frozenset[str]:
        """The AR terms codes."""
        return self._codes("terms", codes_of(TERMS.c.Terms_Code, self._company))

    def counts(self, table_name: str, column_name: str) -> Counter[str]:
        """How many records of the company hold each value of a column, trimmed."""
        source = table(table_name, column("Company_Code", String), column(column_name, String))
        code = trimmed(source.c[column_name])
        statement = select(code.label("code"), func.count().label("number")).where(
            of_company(source, self._company)
        )
        rows = self._rows("codes_in_use", statement.group_by(code))
        return Counter({row["code"]: int(row["number"]) for row in rows})

    def employees(self) -> dict[str, str]:
        """Employee codes and names; nothing else of the payroll tables is asked for."""
        rows = self._rows("employees", rows_of(EMPLOYEES, self._company))
        return {row["Employee_Code"]: row["Employee_Name"] for row in rows}

    def gl_accounts(self) -> dict[str, GlAccount]:
        """The general ledger accounts by code, whatever their status."""
        rows = self._rows("gl_accounts", rows_of(GL_ACCOUNTS, self._company))
        return {
            row["GL_Account"]: GlAccount(
                row["GL_Account"], row["Direct_Cost_Flag"] == "Y", row["Status"]
            )
            for row in rows
            if row["GL_Account"]
        }

    def tables(self) -> frozenset[str]:
        """Names of all tables that the database describes; for finding tables whose names are not
        public [SP 16].
        """
        return self._codes("tables", tables_known())

    def columns_granted(self, names: Iterable[str]) -> Columns:
        """The columns of these tables that the login may read, with their lengths, by our names in
        upper case.
        """
        backend = self._engine.url.get_backend_name()
        return self.names.in_ours(as_columns(self.raw("columns", granted(names, backend))))

    def columns_described(self, names: Iterable[str]) -> Columns:
        """Those that the database's own dictionary has, whether or not they are granted
        [SP 16.1].
        """
        return self.names.in_ours(as_columns(self.raw("dictionary", described(names))))

    def masters(
        self, name: str, table: Table, where: Mapping[str, str] | None = None
    ) -> tuple[dict[str, str], ...]:
        """The company's rows of one of the tables of masters, as texts, whose columns equal
        `where`; without the optional columns that the table does not show.
        """

        def statement(without: Collection[str]) -> Select[Any]:
            return rows_of(table, self._company, where, without)

        rows = self.raw_without(name, table.name, optional_of(table), statement)
        return tuple({name: text_of(value) for name, value in row.items()} for row in rows)

    def raw_without(
        self,
        name: str,
        table: str,
        optional: Iterable[str],
        build: Callable[[Collection[str]], Select[Any]],
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of the statement that `build` makes without those of the optional columns that
        the table does not show.

        Which ones that are is asked only once a statement has failed, and remembered for an hour:
        by then somebody may have granted them. It is said once.
        """
        wanted = frozenset(optional)
        known = self._without(table) & wanted
        try:
            return self.raw(name, build(known))
        except (AccessDenied, ContractBroken):
            shown = self.columns_granted([table]).get(table.upper(), {})
            missing = frozenset(column for column in wanted if column.upper() not in shown)
            if not missing - known:
                raise
            rows = self.raw(name, build(missing))
            self._leave_out(table, missing)
            return rows

    def _without(self, table: str) -> frozenset[str]:
        """Columns of it that were not shown lately, of whatever statement."""
        columns, at = self._missing.get(table, (frozenset(), 0.0))
        return columns if self._clock() - at < GRANTED_SECONDS else frozenset()

    def _leave_out(self, table: str, missing: frozenset[str]) -> None:
        self._missing[table] = self._without(table) | missing, self._clock()
        if (table, missing) not in self._said:
            self._said.add((table, missing))
            names = ", ".join(sorted(self.names.of(table, column) for column in missing))
            log.warning("Info-Link does not show %s of %s: read without", names, table)

    def raw(self, name: str, statement: Select[Any]) -> Sequence[Mapping[str, Any]]:
        """The rows of any other statement, as the driver gives them; `name` is what the call is
        counted under.
        """
        return self._pace.read(f"infolink.{name}", lambda: self._ask(name, statement))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _one(self, name: str, table: Table, where: Mapping[str, str]) -> dict[str, str] | None:
        rows = self.masters(name, table, where)
        return rows[0] if rows else None

    def _codes(self, name: str, statement: Select[Any]) -> frozenset[str]:
        return frozenset(row["code"] for row in self._rows(name, statement)) - {""}

    def _rows(self, name: str, statement: Select[Any]) -> tuple[dict[str, str], ...]:
        def ask() -> tuple[dict[str, str], ...]:
            found = self._ask(name, statement)
            return tuple({key: text_of(value) for key, value in row.items()} for row in found)

        return self._pace.read(f"infolink.{name}", ask)

    def _ask(self, name: str, statement: Select[Any]) -> Sequence[Mapping[str, Any]]:
        operation = f"infolink.{name}"
        try:
            with self._engine.connect() as connection:
                return connection.execute(statement).mappings().all()  # type: ignore[return-value]
        except SQLAlchemyError as error:
            table = ", ".join(getattr(source, "name", "") for source in statement.get_final_froms())
            raise fault_of(error, table, operation) from None
