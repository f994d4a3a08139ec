"""What Spectrum's tables say of the customers and jobs of AR documents, asked before these are sent
[SP 12.1, 16.2].
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Select, Table, select

from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import described, of_company, trimmed
from st_spectrum.spectrum.infolink.values import text_of
from st_spectrum.spectrum.stored_invoices import ArMasters

CODE_WIDTH = 10
"""Characters of a customer code and of a job number [SP 8, 10]."""
CODES_AT_ONCE = 400
"""Codes per statement: each stands there in three spellings, and SQL Server takes 2,100 values in
all.
"""

NOT_USED = "N"
"""Status of a customer that takes no invoices; the letter is assumed [SP 8, 16.2]."""
COMPLETE = "C"
"""Status of a job that is complete [SP 10]."""
BARRED = "Y"
"""`Lock_Revenue_Entry` of a job that takes no invoices once it is complete; the letter is assumed
[SP 10].
"""

CUSTOMERS = described("CR_CUSTOMER_MASTER_MC", "Company_Code Customer_Code Status")
JOBS = described(
    "JC_JOB_MASTER_MC",
    "Company_Code Job_Number Status_Code Lock_Revenue_Entry Customer_Code Contract_Number",
)
OPTIONAL: Mapping[str, Mapping[str, str]] = {
    CUSTOMERS.name: {"Status": "a customer that is not used is not seen before posting"},
    JOBS.name: {
        "Status_Code": "a job locked against revenue is not seen before posting",
        "Lock_Revenue_Entry": "a job locked against revenue is not seen before posting",
        "Customer_Code": "a job without an AR contract is not seen before posting",
        "Contract_Number": "a job without an AR contract is not seen before posting",
    },
}
"""Columns without which Spectrum's own refusal tells, and what is not seen then."""


def statement_of(
    table: Table, key: str, company_code: str, codes: Sequence[str], without: Collection[str] = ()
) -> Select[Any]:
    """The rows of these codes; the key is compared bare in every spelling, so that the database can
    use its index. Columns left out are not among the cells.
    """
    spellings = sorted(
        {
            padded
            for code in codes
            for padded in (code, code.ljust(CODE_WIDTH), code.rjust(CODE_WIDTH))
        }
    )
    cells = [
        trimmed(column).label(column.name) for column in table.columns if column.name not in without
    ]
    return select(*cells).where(of_company(table, company_code), table.c[key].in_(spellings))


def read(reader: InfoLinkReader, customers: Iterable[str], jobs: Iterable[str]) -> ArMasters:
    """One statement for the customers of a batch and one for its jobs, or one for each 400."""
    of_customers = _rows(reader, "ar_customers", CUSTOMERS, "Customer_Code", customers)
    of_jobs = tuple(_rows(reader, "ar_jobs", JOBS, "Job_Number", jobs))
    return ArMasters(
        _named(of_customers, "Customer_Code", lambda row: row.get("Status") == NOT_USED),
        _named(
            of_jobs,
            "Job_Number",
            lambda row: (
                (row.get("Status_Code"), row.get("Lock_Revenue_Entry")) == (COMPLETE, BARRED)
            ),
        ),
        _named(
            of_jobs,
            "Job_Number",
            lambda row: (row.get("Customer_Code"), row.get("Contract_Number")) == ("", ""),
        ),
    )


def _rows(
    reader: InfoLinkReader, name: str, table: Table, key: str, codes: Iterable[str]
) -> Iterator[dict[str, str]]:
    """Nothing where a column or the right to it is missing: the invoices go on without this."""
    wanted = sorted({code.strip() for code in codes} - {""})
    try:
        for start in range(0, len(wanted), CODES_AT_ONCE):
            part = wanted[start : start + CODES_AT_ONCE]
            statement = partial(statement_of, table, key, reader.company_code, part)
            for row in reader.raw_without(name, table.name, OPTIONAL[table.name], statement):
                yield {column: text_of(value).upper() for column, value in row.items()}
    except (AccessDenied, ContractBroken):
        return


def _named(
    rows: Iterable[Mapping[str, str]], key: str, bars: Callable[[Mapping[str, str]], bool]
) -> frozenset[str]:
    return frozenset(row[key] for row in rows if bars(row))
