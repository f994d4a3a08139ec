"""Reads the codes that customers and jobs have in Spectrum: one statement for each of the two
tables, or one for each 400 records [SP 16.2].
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Table

from st_spectrum.spectrum.ar_masters import CODES_AT_ONCE, statement_of
from st_spectrum.spectrum.infolink import InfoLinkReader
from st_spectrum.spectrum.infolink_tables import described
from st_spectrum.spectrum.infolink_values import text_of
from st_spectrum.spectrum.live_codes import CustomerCodes, JobCodes, LiveCodes

CUSTOMERS = described(
    "CR_CUSTOMER_MASTER_MC", "Company_Code Customer_Code Sales_Tax_Code Taxable_Flag"
)
JOBS = described(
    "JC_JOB_MASTER_MC",
    "Company_Code Job_Number Cost_Center Tax_Class_Code Sales_Tax_Code Price_Method_Code",
)


def read(reader: InfoLinkReader, customers: Iterable[str], jobs: Iterable[str]) -> LiveCodes:
    """Raises a `SyncFault` where one of the tables cannot be read: nothing may follow from that."""
    return LiveCodes(
        {
            row["Customer_Code"]: CustomerCodes(row["Sales_Tax_Code"], row["Taxable_Flag"])
            for row in _rows(reader, "customer_codes_now", CUSTOMERS, "Customer_Code", customers)
        },
        {
            row["Job_Number"]: JobCodes(
                row["Cost_Center"],
                row["Tax_Class_Code"],
                row["Sales_Tax_Code"],
                row["Price_Method_Code"],
            )
            for row in _rows(reader, "job_codes_now", JOBS, "Job_Number", jobs)
        },
    )


def _rows(
    reader: InfoLinkReader, name: str, table: Table, key: str, codes: Iterable[str]
) -> Iterator[dict[str, str]]:
    wanted = sorted({code.strip() for code in codes} - {""})
    for start in range(0, len(wanted), CODES_AT_ONCE):
        part = wanted[start : start + CODES_AT_ONCE]
        for row in reader.raw(name, statement_of(table, key, reader.company_code, part)):
            yield {column: text_of(value).upper() for column, value in row.items()}
