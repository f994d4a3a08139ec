"""Reads the codes that customers and jobs have in Spectrum: one statement for each of the two
tables, or one for each 400 records [SP 16.2]. Only columns that the account file makes use of are
asked for, as another one may be missing or not granted.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from sqlalchemy import Table

from st_spectrum.spectrum.infolink.ar_masters import CODES_AT_ONCE, statement_of
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import described
from st_spectrum.spectrum.infolink.values import text_of
from st_spectrum.spectrum.live_codes import (
    CENTER,
    PRICE_METHOD,
    SALES_TAX,
    TAX_CLASS,
    TAXABLE,
    CustomerCodes,
    JobCodes,
    LiveCodes,
    LiveColumns,
)

CUSTOMERS, CUSTOMER = "CR_CUSTOMER_MASTER_MC", "Customer_Code"
JOBS, JOB = "JC_JOB_MASTER_MC", "Job_Number"
OF_JOB = (CENTER, TAX_CLASS, SALES_TAX, PRICE_METHOD)
"""In the order of `JobCodes`."""


def table_of(name: str, key: str, columns: Iterable[str]) -> Table:
    """Customers or jobs with these columns of them."""
    return described(name, " ".join(("Company_Code", key, *columns)))


def read(
    reader: InfoLinkReader, customers: Iterable[str], jobs: Iterable[str], columns: LiveColumns
) -> LiveCodes:
    """Raises a `SyncFault` where one of the tables cannot be read, or lacks a column that is not
    optional: nothing may follow from that.
    """
    of_customers = table_of(CUSTOMERS, CUSTOMER, columns.customers)
    of_jobs = table_of(JOBS, JOB, columns.jobs)
    optional = columns.optional
    return LiveCodes(
        {
            row[CUSTOMER]: CustomerCodes(row.get(SALES_TAX, ""), row.get(TAXABLE, ""))
            for row in _rows(
                reader, "customer_codes_now", of_customers, CUSTOMER, customers, optional
            )
        },
        {
            row[JOB]: JobCodes(*(row.get(name, "") for name in OF_JOB))
            for row in _rows(reader, "job_codes_now", of_jobs, JOB, jobs, optional)
        },
    )


def _rows(
    reader: InfoLinkReader,
    name: str,
    table: Table,
    key: str,
    codes: Iterable[str],
    optional: Collection[str],
) -> Iterator[dict[str, str]]:
    wanted = sorted({code.strip() for code in codes} - {""})
    may_lack = [column.name for column in table.columns if column.name in optional]
    for start in range(0, len(wanted), CODES_AT_ONCE):
        part = wanted[start : start + CODES_AT_ONCE]
        statement = partial(statement_of, table, key, reader.company_code, part)
        for row in reader.raw_without(name, table.name, may_lack, statement):
            yield {column: text_of(value).upper() for column, value in row.items()}
