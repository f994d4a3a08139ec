"""The AR documents of some customers on some days, under whatever number [SP 16.3]: asked for
invoices that the ledger does not know, for one of them may stand there under an earlier number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Date, Select, and_, or_, select, type_coerce

from st_spectrum.domain.ar_documents import CREDIT_MEMO, INVOICE, with_sign_of_sending
from st_spectrum.spectrum.infolink.ar_masters import CODE_WIDTH
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import described, of_company, trimmed
from st_spectrum.spectrum.infolink.values import Cells, text_of
from st_spectrum.spectrum.stored_invoices import DatedDocument

CELLS = Cells("infolink.invoices_alike")
CENT = Decimal("0.01")
DAYS_AT_ONCE = 300
"""Customers and days per statement: a customer stands there in three spellings, a day is two
values, and SQL Server takes 2,100 in all.
"""

TEXTS = "Customer_Code Invoice_Or_Transaction Transaction_Type Job_Number Batch_Code"
AMOUNTS = "Taxable_Amount Non_Taxable_Amount"
HEADERS = described("CR_INVOICE_HEADER_MC", f"Company_Code {TEXTS} {AMOUNTS} Invoice_Date")
NOT_SEEN = "an invoice that was posted under another number before the ledger was lost is not seen"
"""What is lost without a column that nothing else asks for."""


def documents_on(company_code: str, customers_and_days: Sequence[tuple[str, date]]) -> Select[Any]:
    """The documents of all of these customers on all of these days. The customer is compared bare
    in every spelling, so that the database can use its index.
    """
    spellings = sorted(
        {
            padded
            for code, _ in customers_and_days
            for padded in (code, code.ljust(CODE_WIDTH), code.rjust(CODE_WIDTH))
        }
    )
    invoice_date = type_coerce(HEADERS.c.Invoice_Date, Date)
    days = (
        and_(invoice_date >= day, invoice_date < day + timedelta(days=1))
        for day in sorted({day for _, day in customers_and_days})
    )
    texts = (trimmed(HEADERS.c[name]).label(name) for name in TEXTS.split())
    others = (HEADERS.c.Taxable_Amount, HEADERS.c.Non_Taxable_Amount, HEADERS.c.Invoice_Date)
    return select(*texts, *others).where(
        of_company(HEADERS, company_code), HEADERS.c.Customer_Code.in_(spellings), or_(*days)
    )


def read(
    reader: InfoLinkReader, customers_and_days: Iterable[tuple[str, date]]
) -> tuple[DatedDocument, ...]:
    """Those of each customer on each of its days, and perhaps more: one statement, or one for each
    300.
    """
    wanted = sorted({(code.strip(), day) for code, day in customers_and_days if code.strip()})
    rows: list[Mapping[str, Any]] = []
    for start in range(0, len(wanted), DAYS_AT_ONCE):
        statement = documents_on(reader.company_code, wanted[start : start + DAYS_AT_ONCE])
        rows += reader.raw("invoices_alike", statement)
    found = (_document(row) for row in rows)
    return tuple(document for document in found if document.kind in (INVOICE, CREDIT_MEMO))


def _document(row: Mapping[str, Any]) -> DatedDocument:
    amounts = (CELLS.number_of(name, row[name]) for name in AMOUNTS.split())
    kind = text_of(row["Transaction_Type"])
    before_tax, _ = with_sign_of_sending(kind, sum(amounts, Decimal(0)), Decimal(0))
    return DatedDocument(
        customer_code=text_of(row["Customer_Code"]),
        number=text_of(row["Invoice_Or_Transaction"]),
        kind=kind,
        before_tax=before_tax.quantize(CENT, ROUND_HALF_UP),
        job_number=text_of(row["Job_Number"]),
        invoice_date=CELLS.date_of("Invoice_Date", row["Invoice_Date"]),
        batch_code=text_of(row["Batch_Code"]),
    )
