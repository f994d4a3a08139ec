"""Every table and column of Info-Link that the product reads, and what stops without it [SP 16].

Columns, rather than tables, are what differs between releases, so a set-up is compared with this
list before a record meets what is missing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

from st_spectrum.account import Account
from st_spectrum.spectrum import lookup
from st_spectrum.spectrum.infolink import (
    alike_invoices,
    ar_masters,
    compared_tables,
    history_tables,
    invoice_table,
    live_code_tables,
    order_tables,
    packing_lists,
    time_tables,
)
from st_spectrum.spectrum.infolink import tables as infolink_tables
from st_spectrum.spectrum.live_codes import columns_of_invoices, columns_of_jobs

VOIDS_MAY_WAIT = (
    "a void of an invoice whose tax code was left to Spectrum earlier may wait for a person"
)


@dataclass(frozen=True)
class TableRead:
    """One table as one part of the product reads it.

    `lost` is what stops without it. `optional` names the columns without which the flow goes on,
    each with what is lost then. `widths` are the lengths that codes are padded to when they are
    looked for. `is_for_time` says that it is read only where time crosses, `is_for_packing_lists`
    only where orders are received on these.
    """

    table: Table
    lost: str
    optional: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    is_for_time: bool = False
    is_for_packing_lists: bool = False


def tables_read() -> Iterator[TableRead]:
    """All of them; a table may be read by several parts."""
    yield from _of_masters()
    yield from _of_invoices()
    yield from _of_comparison()
    yield from _of_time()
    yield from _of_orders()
    yield from _of_set_up()


def _of_set_up() -> Iterator[TableRead]:
    """What no round reads: `check` and `init` say less without it."""
    method, jobs = order_tables.METHOD, history_tables.JOBS
    without_method = "check cannot tell whether orders are received in two steps"
    yield TableRead(method, "", {order_tables.RECEIVED_BY: without_method})
    without = "init proposes nothing by it, and codes does not list it"
    yield TableRead(jobs, "", dict.fromkeys(("Job_Type", "Work_State_Tax_Code"), without))


def _of_masters() -> Iterator[TableRead]:
    lost = {
        infolink_tables.CUSTOMERS: (
            "lost answers about customers cannot be looked up, nor free codes found"
        ),
        infolink_tables.SITES: (
            "lost answers about sites cannot be looked up, nor free ids found: sites wait"
        ),
        infolink_tables.JOBS: "lost answers about jobs cannot be looked up: such jobs wait",
        infolink_tables.PHASES: "lost answers about phases cannot be looked up: such jobs wait",
    }
    by_the_rest = "lost answers and both sides are compared without it"
    for table, without in lost.items():
        optional = dict.fromkeys(sorted(infolink_tables.optional_of(table)), by_the_rest)
        if lookup.OH_BATCH in optional:
            optional[lookup.OH_BATCH] = "a lost answer about it cannot be looked up: the job waits"
        yield TableRead(table, without, optional)
    yield TableRead(
        infolink_tables.TEMPLATE_PHASES,
        "",
        {
            "Price_Method_Code": "where GetPhaseEnhanced does not answer, new jobs wait",
            **infolink_tables.TEMPLATE_PHASES_OPTIONAL,
        },
    )
    yield TableRead(infolink_tables.TERMS, "check cannot compare the AR terms codes")
    yield TableRead(
        infolink_tables.GL_ACCOUNTS, "check cannot compare the income accounts of invoices"
    )
    yield TableRead(
        infolink_tables.EMPLOYEES, "check cannot tell whether project managers are employees"
    )


def _of_invoices() -> Iterator[TableRead]:
    yield TableRead(
        invoice_table.INVOICES,
        "whether a number is free, posted or reversed cannot be seen: all invoices wait",
        invoice_table.OPTIONAL,
        {"Invoice_Or_Transaction": invoice_table.NUMBER_WIDTH},
    )
    lost_alike = dict.fromkeys(("Invoice_Date", "Batch_Code"), alike_invoices.NOT_SEEN)
    yield TableRead(alike_invoices.HEADERS, "", lost_alike)
    widths = dict.fromkeys(("Customer_Code", "Job_Number"), ar_masters.CODE_WIDTH)
    without = "Spectrum refuses such an invoice by itself"
    for table in (ar_masters.CUSTOMERS, ar_masters.JOBS):
        lost = ar_masters.OPTIONAL[table.name]
        yield TableRead(
            table, "", {name: f"{text}: {without}" for name, text in lost.items()}, widths
        )


def _of_comparison() -> Iterator[TableRead]:
    lost = "`reconcile --both-sides` cannot compare invoices"
    headers, lines = compared_tables.HEADERS, compared_tables.LINES
    known = {column.name for column in invoice_table.INVOICES.columns}
    others = {column.name: lost for column in headers.columns if column.name not in known}
    # What a round goes on without is said there.
    optional = {
        name: text
        for name, text in compared_tables.HEADERS_OPTIONAL.items()
        if name not in invoice_table.OPTIONAL
    }
    yield TableRead(headers, "", others | optional)
    width = {"Invoice_Or_Transaction": invoice_table.NUMBER_WIDTH}
    yield TableRead(
        lines, "", dict.fromkeys((column.name for column in lines.columns), lost), width
    )


def _of_time() -> Iterator[TableRead]:
    for table in time_tables.TABLES:
        yield TableRead(
            table,
            "whether time stands in payroll already cannot be seen: new time waits",
            {name: lost for name, lost in time_tables.OPTIONAL.items() if name in table.c},
            is_for_time=True,
        )
    yield TableRead(
        time_tables.EMPLOYEES,
        "employees beyond the 500 that GetEmployee shows cannot be looked up: their time waits",
        is_for_time=True,
    )


def _of_orders() -> Iterator[TableRead]:
    number = {"PO_Number": order_tables.NUMBER_WIDTH}
    orders = "purchase orders cannot be read: none of them crosses"
    yield TableRead(order_tables.HEADERS, orders, order_tables.OPTIONAL, number)
    yield TableRead(order_tables.DETAILS, orders, order_tables.OPTIONAL, number)
    yield TableRead(order_tables.VENDORS, "names of vendors cannot be read: none crosses")
    yield TableRead(
        packing_lists.PACKED,
        "what came by packing lists is not seen: items stay ordered until the vendor's invoice",
        is_for_packing_lists=True,
    )


def live_tables(account: Account) -> Iterator[TableRead]:
    """What is read besides where an account file takes codes from customers and jobs."""
    for columns, who in (
        (columns_of_jobs(account), "new jobs wait"),
        (columns_of_invoices(account), "all invoices wait"),
    ):
        lost = f"a code that the account file takes from Spectrum cannot be read: {who}"
        optional = dict.fromkeys(columns.optional, VOIDS_MAY_WAIT)
        for name, key, wanted in (
            (live_code_tables.CUSTOMERS, live_code_tables.CUSTOMER, columns.customers),
            (live_code_tables.JOBS, live_code_tables.JOB, columns.jobs),
        ):
            if wanted:
                table = live_code_tables.table_of(name, key, wanted)
                shown = {name: text for name, text in optional.items() if name in table.c}
                yield TableRead(table, lost, shown, {key: ar_masters.CODE_WIDTH})


def needed_tables(account: Account) -> Iterator[TableRead]:
    """Those that the flows of an account read."""
    yield from live_tables(account)
    has_time = bool(account.timecards.first_day)
    has_packing_lists = account.purchase_orders.receiving == "packing_lists"
    for read in tables_read():
        if (has_time or not read.is_for_time) and (
            has_packing_lists or not read.is_for_packing_lists
        ):
            yield read


def names_of(reads: Iterable[TableRead]) -> tuple[str, ...]:
    """The tables, each once."""
    return tuple(dict.fromkeys(read.table.name for read in reads))
