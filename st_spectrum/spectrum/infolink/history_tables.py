"""What Spectrum's own records say of how codes go together [SP 16.2 to 16.4]: jobs, AR lines and
paid time of some years, counted in the database.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Numeric,
    Select,
    and_,
    func,
    literal,
    select,
    type_coerce,
)

from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import described, of_company, trimmed
from st_spectrum.spectrum.infolink.values import text_of

Row = Mapping[str, str]
JOBS = described(
    "JC_JOB_MASTER_MC",
    "Company_Code Job_Number Job_Description Customer_Code Status_Code Cost_Center Job_Type"
    " Tax_Class_Code Price_Method_Code Work_State_Tax_Code Job_Oh_Batch_Code",
)
JOBS_OPTIONAL = tuple(
    column.name for column in JOBS.columns if column.name not in ("Company_Code", "Job_Number")
)
"""Columns that a release may lack [SP 16.2]: without one, history says nothing of it."""
KEY = "Company_Code Customer_Code Invoice_Or_Transaction Transaction_Type"
HEADERS = described(
    "CR_INVOICE_HEADER_MC",
    f"{KEY} Job_Number Sales_Tax_Code",
    "Taxable_Amount Sales_Tax_Amount",
    "Invoice_Date",
)
LINES = described("CR_INVOICE_DETAIL_MC", f"{KEY} GL_Account Cost_Center")
PAID_TIME = described(
    "PR_TIME_CARD_HISTORY_MC",
    "Company_Code Job_Number Department_Code Phase_Code Cost_Type Pay_Type",
    dates="Work_Date",
)


@dataclass(frozen=True)
class TaxUse:
    """A sales tax code on AR documents: how many, and the fraction of the taxable amount that it
    came to.
    """

    code: str
    documents: int
    rate: Decimal


def jobs(reader: InfoLinkReader) -> tuple[Row, ...]:
    """Every job, whatever its status; blank in columns that a release does not have."""

    def statement(without: Collection[str]) -> Select[Any]:
        cells = [
            (literal("") if column.name in without else trimmed(column)).label(column.name)
            for column in JOBS.columns
        ]
        return select(*cells).where(of_company(JOBS, reader.company_code))

    return _texts(reader.raw_without("history_jobs", JOBS.name, JOBS_OPTIONAL, statement))


def income_lines(reader: InfoLinkReader, since: date) -> tuple[tuple[Row, int], ...]:
    """Job, cost center and GL account of the AR lines of documents since a day, with how many."""
    joined = and_(*(LINES.c[name] == HEADERS.c[name] for name in KEY.split()))
    by = (HEADERS.c.Job_Number, LINES.c.Cost_Center, LINES.c.GL_Account)
    statement = _counted(by).select_from(LINES.join(HEADERS, joined))
    return _counts(reader, "history_income", statement.where(*_since(reader, since)))


def taxes(reader: InfoLinkReader, since: date) -> tuple[TaxUse, ...]:
    """The sales tax codes of documents that bear tax."""
    code = trimmed(HEADERS.c.Sales_Tax_Code)
    taxable, tax = (
        func.sum(type_coerce(HEADERS.c[name] + literal(0), Numeric))
        for name in ("Taxable_Amount", "Sales_Tax_Amount")
    )
    statement = (
        select(
            code.label("code"),
            func.count().label("number"),
            taxable.label("taxable"),
            tax.label("tax"),
        )
        .where(*_since(reader, since), HEADERS.c.Taxable_Amount + literal(0) != 0)
        .group_by(code)
    )
    return tuple(
        TaxUse(text_of(row["code"]), int(row["number"]), Decimal(str(row["tax"])) / amount)
        for row in _some(reader, "history_taxes", statement)
        if text_of(row["code"]) and (amount := Decimal(str(row["taxable"] or 0)))
    )


def tax_codes_of_jobs(reader: InfoLinkReader, since: date) -> tuple[tuple[Row, int], ...]:
    """The sales tax codes of the documents of each job."""
    statement = _counted((HEADERS.c.Job_Number, HEADERS.c.Sales_Tax_Code))
    return _counts(reader, "history_tax_codes", statement.where(*_since(reader, since)))


def paid_time(reader: InfoLinkReader, since: date) -> tuple[tuple[Row, int], ...]:
    """Job, department, phase, cost type and pay type of paid time since a day, with how many rows;
    of a job or of none.
    """
    by = [PAID_TIME.c[name] for name in ("Job_Number", "Department_Code", "Phase_Code")]
    by += [PAID_TIME.c.Cost_Type, PAID_TIME.c.Pay_Type]
    statement = _counted(by).where(
        of_company(PAID_TIME, reader.company_code),
        type_coerce(PAID_TIME.c.Work_Date, Date) >= since,
    )
    return _counts(reader, "history_time", statement)


def _since(reader: InfoLinkReader, since: date) -> tuple[Any, ...]:
    day = type_coerce(HEADERS.c.Invoice_Date, Date)
    return of_company(HEADERS, reader.company_code), day >= since


def _counted(by: Sequence[Column[Any]]) -> Select[Any]:
    cells = [trimmed(column) for column in by]
    labelled = [cell.label(column.name) for cell, column in zip(cells, by, strict=True)]
    return select(*labelled, func.count().label("number")).group_by(*cells)


def _counts(
    reader: InfoLinkReader, name: str, statement: Select[Any]
) -> tuple[tuple[Row, int], ...]:
    return tuple(
        (
            {key: text_of(value) for key, value in row.items() if key != "number"},
            int(row["number"]),
        )
        for row in _some(reader, name, statement)
    )


def _some(reader: InfoLinkReader, name: str, statement: Select[Any]) -> Sequence[Mapping[str, Any]]:
    """Nothing where a table or a column is missing or not granted: then history is silent."""
    try:
        return reader.raw(name, statement)
    except (AccessDenied, ContractBroken):
        return ()


def _texts(rows: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    return tuple({key: text_of(value) for key, value in row.items()} for row in rows)
