"""Payroll's tables as Info-Link shows them: where a pre-time card stands, and whether an employee
is active [SP 16.4].

Only the columns of the history are known. That the tables before it have the same ones, and
`Batch_Code` besides, is assumed; without those that only say more of a card the rest is read.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    MetaData,
    Select,
    String,
    Table,
    and_,
    cast,
    or_,
    select,
    type_coerce,
)

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import described, of_company, trimmed
from st_spectrum.spectrum.infolink.values import Cells, text_of
from st_spectrum.spectrum.timecards import (
    HISTORY,
    TOKEN,
    Days,
    OurTokens,
    PayrollEmployee,
    StoredTimeCard,
)

TOKENS_BEGIN = "ST"
"""First letters of every token, by which our cards are told from most others."""

TOKEN_LENGTH = 18
"""Letters of every token."""

TOKENS_AT_ONCE = 500
"""Tokens of one statement; SQL Server takes 2,100 parameters."""

ROWS_AT_ONCE = 50_000
"""Tokens of one answer: what 60 technicians work in ten months."""


@dataclass(frozen=True)
class AtOnce:
    """How much one statement asks with, and how much it is answered with at the most."""

    tokens: int = TOKENS_AT_ONCE
    rows: int = ROWS_AT_ONCE


AS_USUAL = AtOnce()

CELLS = Cells("infolink.pre_time_cards")

_METADATA = MetaData()
_KNOWN = (
    *(
        "Employee_Code",
        "Work_Date",
        "Pay_Type",
        "Hours",
        "Job_Number",
        "Phase_Code",
        "Cost_Type",
        "Department_Code",
    ),
    *("Message", "Cost_Center"),
)


def _table(name: str, *columns: str) -> Table:
    return Table(
        name, _METADATA, *(Column(column, String) for column in ("Company_Code", *_KNOWN, *columns))
    )


TABLES = (
    _table("PR_PRE_TC_IMPORT_ERR_MC", "Batch_Code"),
    _table("PR_PRE_TIME_CARD_MC", "Batch_Code"),
    _table("PR_TIME_CARD_DETAIL_MC"),
    _table(HISTORY),
)
"""In the order in which a card passes through them, so that one that moves while it is looked for
is seen, or seen twice.
"""

_SAYS_MORE = "another value there of a card that stands in payroll is not seen"
OPTIONAL: Mapping[str, str] = {
    "Pay_Type": _SAYS_MORE,
    "Job_Number": _SAYS_MORE,
    "Phase_Code": _SAYS_MORE,
    "Cost_Type": _SAYS_MORE,
    "Department_Code": _SAYS_MORE,
    "Cost_Center": _SAYS_MORE,
    "Batch_Code": "the batch of a card is not seen",
}
"""Columns without which it is seen all the same whose card stands there, for which day and how many
hours; and what is lost then.
"""

EMPLOYEES = described(
    "PR_EMPLOYEE_MASTER_1_MC",
    "Company_Code Employee_Code Employee_Name Employment_Status Department_Code",
)


Statement = Callable[[Table, str, Collection[str]], Select[Any]]
"""What is asked of one table for a company, without some of its columns."""


def rows(reader: InfoLinkReader, table: Table, statement: Statement) -> Sequence[Mapping[str, Any]]:
    """Those of one table, without the optional columns that it does not show."""
    build = partial(statement, table, reader.company_code)
    return reader.raw_without("pre_time_cards", table.name, OPTIONAL.keys() & table.c.keys(), build)


def cards_of(
    table: Table, company_code: str, without: Collection[str] = (), *, tokens: Sequence[str]
) -> Select[Any]:
    """The rows of one table whose message is one of `tokens`."""
    return _cards(table, company_code, without).where(trimmed(table.c.Message).in_(tokens))


def cards_of_days(
    table: Table, company_code: str, without: Collection[str] = (), *, first: date, last: date
) -> Select[Any]:
    """The rows of one table from the first to the last of some days, whoever entered them."""
    day = type_coerce(table.c.Work_Date, Date)
    cards = _cards(table, company_code, without)
    return cards.where(day >= first, day < last + timedelta(days=1))


def our_cards_of_spans(
    table: Table,
    company_code: str,
    without: Collection[str] = (),
    *,
    spans: Sequence[tuple[date, date]],
) -> Select[Any]:
    """The rows of one table from the first to the last day of each span whose message begins as our
    tokens do.
    """
    return _cards(table, company_code, without).where(
        or_(*_within(table, spans)), trimmed(table.c.Message).like(f"{TOKENS_BEGIN}%")
    )


def tokens_of_table(
    table: Table,
    company_code: str,
    spans: Sequence[Days] | None = None,
    tokens: Sequence[str] = (),
    after: str = "",
    *,
    most: int,
) -> Select[Any]:
    """Message and work day of so many rows of one table, by message, whose message looks like a
    token of ours and comes after another. With `spans` those of these days, those without a day,
    and `tokens` whatever their day.
    """
    message = trimmed(table.c.Message)
    looks_like_ours = TOKENS_BEGIN + "_" * (TOKEN_LENGTH - len(TOKENS_BEGIN))
    statement = (
        select(message.label("Message"), table.c.Work_Date)
        .where(of_company(table, company_code))
        .where(message.like(looks_like_ours))
    )
    if spans is not None:
        either = (table.c.Work_Date.is_(None), message.in_(tokens), *_within(table, spans))
        statement = statement.where(or_(*either))
    if after:
        # The driver sends national text, which SQL Server may put into another order than the
        # column's.
        statement = statement.where(message > cast(after, String(TOKEN_LENGTH)))
    return statement.order_by(message).limit(most)


def _within(table: Table, spans: Sequence[Days]) -> Iterator[ColumnElement[bool]]:
    day = type_coerce(table.c.Work_Date, Date)
    yield from (and_(day >= first, day < last + timedelta(days=1)) for first, last in spans)


def _cards(table: Table, company_code: str, without: Collection[str]) -> Select[Any]:
    columns = [
        column if _is_typed(column.name) else trimmed(column).label(column.name)
        for column in table.columns
        if column.name not in without
    ]
    return select(*columns).where(of_company(table, company_code))


def find(
    reader: InfoLinkReader, tokens: Iterable[str], days: tuple[date, date] | None = None
) -> dict[str, StoredTimeCard]:
    """The cards by token. One that stands in several tables counts where it is furthest.

    With the first and the last of their `days` the cards of these days are read in one statement
    for each table, and only what is not among them is asked for by its token, for which the
    database has to go through all cards there are.

    Whether a card leaves a table when it moves on is not known, so copies are counted within each
    table.
    """
    wanted = {token.strip() for token in tokens} - {""}
    found: dict[str, StoredTimeCard] = {}
    if days is not None and wanted:
        _collect(
            reader,
            found,
            wanted,
            partial(cards_of_days, first=days[0], last=days[1]),
        )
    for some in _in_parts(sorted(wanted - found.keys()), AS_USUAL.tokens):
        _collect(reader, found, wanted, partial(cards_of, tokens=some))
    return found


def our_tokens(
    reader: InfoLinkReader,
    spans: Sequence[Days] | None = None,
    tokens: Iterable[str] = (),
    at_once: AtOnce = AS_USUAL,
) -> OurTokens:
    """The tokens of ours that stand in a table for one of these spans of days, or without a day,
    and those of `tokens` whatever their day; without spans every one. One statement for each table
    and each page of its rows.
    """
    parts = [()] if spans is None else list(_in_parts(sorted(set(tokens)), at_once.tokens)) or [()]
    found: dict[str, date | None] = {}
    for table in TABLES:
        for number, some in enumerate(parts):
            # What is asked for by its token alone is asked for beside the days, as far as it fits.
            those = spans if number == 0 else ()
            page = partial(
                tokens_of_table, table, reader.company_code, those, some, most=at_once.rows
            )
            for row in _pages(reader, page, at_once.rows):
                if TOKEN.fullmatch(token := text_of(row["Message"])):
                    found[token] = _day_or_none(row["Work_Date"])
    return OurTokens(found)


def _pages(
    reader: InfoLinkReader, statement: Callable[[str], Select[Any]], most: int
) -> Iterator[Mapping[str, Any]]:
    """The rows of all pages of at most so many; no answer is longer than one."""
    after = ""
    while True:
        page = reader.raw("pre_time_cards", statement(after))
        yield from page
        if len(page) < most:
            return
        if (last := str(page[-1]["Message"])) == after:
            raise ContractBroken(
                f"the rows behind {after} were answered twice",
                system="spectrum",
                operation="infolink.pre_time_cards",
            )
        after = last


def _day_or_none(cell: object) -> date | None:
    """The card is there all the same, whatever stands in its day."""
    try:
        return CELLS.date_of("Work_Date", cell)
    except ContractBroken:
        return None


def _collect(
    reader: InfoLinkReader,
    found: dict[str, StoredTimeCard],
    wanted: Collection[str],
    statement: Statement,
) -> None:
    for table in TABLES:
        in_table: dict[str, StoredTimeCard] = {}
        for row in rows(reader, table, statement):
            if (token := text_of(row["Message"])) in wanted:
                in_table[token] = with_row(in_table.get(token), card_of_row(table.name, row))
        for token, card in in_table.items():
            found[token] = _further_on(found.get(token), card)


def with_row(card: StoredTimeCard | None, row: StoredTimeCard) -> StoredTimeCard:
    """A card with one more row of its table."""
    if card is None:
        return row
    return replace(card, copies=card.copies + 1, beside=card.beside + row.hours)


def _further_on(before: StoredTimeCard | None, card: StoredTimeCard) -> StoredTimeCard:
    """A card that stands in a later table too; with the hours of the table that has most of it."""
    if before is None:
        return card
    copies = max(before.copies, card.copies)
    total = before.total if abs(before.total) > abs(card.total) else card.total
    return replace(card, copies=copies, beside=total - card.hours)


def employee(reader: InfoLinkReader, code: str, types: Mapping[str, str]) -> PayrollEmployee | None:
    """The employee with this code; nothing else of the payroll tables is asked for. `types` are
    those of the codes of status.
    """
    names = ("Employee_Code", "Employee_Name", "Employment_Status", "Department_Code")
    statement = (
        select(*(trimmed(EMPLOYEES.c[name]).label(name) for name in names))
        .where(of_company(EMPLOYEES, reader.company_code))
        .where(trimmed(EMPLOYEES.c.Employee_Code) == code.strip())
    )
    people = reader.raw("employees", statement)
    if not people:
        return None
    found, shown_as, status, department = (text_of(people[0][name]) for name in names)
    return PayrollEmployee(found, shown_as, status, department, types.get(status, ""))


def _in_parts(tokens: Iterable[str], most: int) -> Iterator[tuple[str, ...]]:
    rest = iter(tokens)
    while some := tuple(islice(rest, most)):
        yield some


def card_of_row(table: str, row: Mapping[str, Any]) -> StoredTimeCard:
    """A card out of a row of one of the tables."""
    return StoredTimeCard(
        token=text_of(row["Message"]),
        table=table,
        batch_code=text_of(row.get("Batch_Code")),
        employee_code=text_of(row["Employee_Code"]),
        department_code=text_of(row.get("Department_Code")),
        work_date=CELLS.date_of("Work_Date", row["Work_Date"]),
        pay_type=text_of(row.get("Pay_Type")),
        hours=CELLS.number_of("Hours", row["Hours"]),
        job_number=text_of(row.get("Job_Number")),
        phase_code=text_of(row.get("Phase_Code")),
        cost_type=text_of(row.get("Cost_Type")),
        cost_center=text_of(row.get("Cost_Center")),
        unseen=frozenset(OPTIONAL.keys() - row.keys()),
    )


def _is_typed(name: str) -> bool:
    return name in ("Work_Date", "Hours")
